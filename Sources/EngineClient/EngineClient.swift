import Basics
import Glibc
import Synchronization

/// A whole answer.
public struct Response: Sendable {
    public let status: Int
    public let head: ResponseHead
    public let body: [UInt8]

    /// The body as JSON.
    public func json() throws -> JSONValue {
        do { return try JSONValue(parsing: body) } catch { throw EngineClientError.malformed("the engine's answer is not JSON: \(error)") }
    }
}

/// A request that was sent; its answer is still to be read.
public struct PendingRequest {
    fileprivate let read: () throws -> ResponseStream

    /// Waits for the whole answer. This or `stream()` is to be called, once.
    public func response() throws -> Response {
        let stream = try read()
        return Response(status: stream.status, head: stream.head, body: try stream.collect())
    }

    /// Waits for the answer's head.
    public func stream() throws -> ResponseStream { try read() }
}

/// A blocking client of the Docker Engine API over a unix socket: poll(2) and nothing else, so that it costs a one-shot
/// command next to nothing. Safe to use from several threads; each call has a connection of its own, kept for the next call.
public final class EngineClient: Sendable {
    public typealias Header = (name: String, value: String)

    public let endpoint: EngineEndpoint
    /// The API version that stands before each path, without its `v`.
    public let apiVersion: String
    private let state: Mutex<State>

    private struct State: Sendable {
        var idle: [Connection] = []
        var interrupt: Int32 = -1
        var extraHeaders: (@Sendable () -> [Header])?
    }

    /// - Parameter endpoint: where the engine listens; nothing is opened before the first call.
    public init(endpoint: EngineEndpoint, apiVersion: String = "1.41") {
        self.endpoint = endpoint
        self.apiVersion = apiVersion
        state = Mutex(State())
    }

    /// A descriptor that turns readable when calls shall end with `EngineClientError.interrupted`; -1 for none.
    /// Setting it drops idle connections, which still watch the old one.
    public var interruptDescriptor: Int32 {
        get { state.withLock { $0.interrupt } }
        set {
            state.withLock {
                $0.interrupt = newValue
                $0.idle = []
            }
        }
    }

    /// Headers added to each request, asked anew every time (drydock's session and command).
    public func setExtraHeaders(_ headers: (@Sendable () -> [Header])?) {
        state.withLock { $0.extraHeaders = headers }
    }

    /// Sends a request and reads the whole answer.
    /// - Parameters:
    ///   - path: unversioned and already percent-encoded (`/containers/json`).
    ///   - query: encoded here; order is kept.
    ///   - body: JSON unless a content-type header says otherwise.
    /// - Throws: `EngineClientError`; a status of 400 or more is `.api`.
    public func request(
        _ method: String, _ path: String, query: [(String, String)] = [], headers: [Header] = [], body: [UInt8]? = nil
    ) throws -> Response {
        let stream = try self.stream(method, path, query: query, headers: headers, body: body)
        return Response(status: stream.status, head: stream.head, body: try stream.collect())
    }

    /// Sends a request; the answer's body is read by the caller, piece by piece.
    /// Returns as soon as the answer's head is there.
    public func stream(
        _ method: String, _ path: String, query: [(String, String)] = [], headers: [Header] = [], body: [UInt8]? = nil
    ) throws -> ResponseStream {
        var head = requestHead(method, path, query, headers, hasBody: body != nil)
        if let body {
            head += "Content-Length: \(body.count)\r\n\r\n"
        } else {
            head += method == "POST" || method == "PUT" ? "Content-Length: 0\r\n\r\n" : "\r\n"
        }
        let bytes = Array(head.utf8) + (body ?? [])
        while true {
            let connection = try takeConnection()
            // The engine may close an idle connection at any moment: then nothing was done yet, and a fresh one is tried.
            let mayRetry = connection.isReused
            do {
                try connection.write(bytes)
                if let head = try ResponseHead.read(from: connection) { return try answer(head, method, path, connection) }
            } catch EngineClientError.io(let errno) where mayRetry && (errno.code == EPIPE || errno.code == ECONNRESET) {}
            guard mayRetry else { throw EngineClientError.malformed("the engine hung up without an answer") }
        }
    }

    /// Sends a request without waiting for its answer, so that several can be under way at once, each on a connection of its own.
    /// - Parameter reusing: Also on one that has carried others, and may be closed at any moment: for what need not arrive.
    public func begin(
        _ method: String, _ path: String, query: [(String, String)] = [], headers: [Header] = [], reusing: Bool = false
    ) throws -> PendingRequest {
        let connection = try takeConnection(fresh: !reusing)
        let end = method == "POST" || method == "PUT" ? "Content-Length: 0\r\n\r\n" : "\r\n"
        try connection.write(Array((requestHead(method, path, query, headers, hasBody: false) + end).utf8))
        return PendingRequest {
            guard let head = try ResponseHead.read(from: connection) else {
                throw EngineClientError.malformed("the engine hung up without an answer")
            }
            return try self.answer(head, method, path, connection)
        }
    }

    /// Sends a request whose body is produced piece by piece (`docker load`, a build context).
    /// - Parameter next: the next piece, nil at the end. What it throws ends the call.
    public func upload(
        _ method: String, _ path: String, query: [(String, String)] = [], headers: [Header] = [], next: () throws -> [UInt8]?
    ) throws -> ResponseStream {
        try upload(method, path, query: query, headers: headers) { write in
            while let piece = try next() { try write(piece) }
        }
    }

    /// The same for a body whose maker decides when it goes on (an archive).
    /// - Parameter produce: Gets a function that sends a piece.
    public func upload(
        _ method: String, _ path: String, query: [(String, String)] = [], headers: [Header] = [],
        produce: (_ write: @escaping ([UInt8]) throws -> Void) throws -> Void
    ) throws -> ResponseStream {
        let head = requestHead(method, path, query, headers, hasBody: true) + "Transfer-Encoding: chunked\r\n\r\n"
        let connection = try takeConnection(fresh: true)
        do {
            try connection.write(Array(head.utf8))
            try produce { piece in
                guard !piece.isEmpty else { return }
                try connection.write(Array((String(piece.count, radix: 16) + "\r\n").utf8), moreFollows: true)
                try connection.write(piece, moreFollows: true)
                try connection.write([13, 10])
            }
            try connection.write(Array("0\r\n\r\n".utf8))
        } catch EngineClientError.io(let errno) where errno.code == EPIPE || errno.code == ECONNRESET {
            // The engine answered before it had read everything; its answer says why.
        }
        guard let answerHead = try ResponseHead.read(from: connection) else {
            throw EngineClientError.malformed("the engine hung up without an answer")
        }
        return try answer(answerHead, method, path, connection)
    }

    /// Sends a request and takes the connection over as a raw stream (`Upgrade: tcp`).
    public func hijack(_ path: String, query: [(String, String)] = [], body: [UInt8]? = nil) throws -> HijackedConnection {
        let headers: [Header] = [("Connection", "Upgrade"), ("Upgrade", "tcp")] + (body == nil ? [("Content-Type", "text/plain")] : [])
        let head = requestHead("POST", path, query, headers, hasBody: body != nil) + "Content-Length: \(body?.count ?? 0)\r\n\r\n"
        let connection = try takeConnection(fresh: true)
        try connection.write(Array(head.utf8) + (body ?? []))
        guard let answerHead = try ResponseHead.read(from: connection) else {
            throw EngineClientError.malformed("the engine hung up without an answer")
        }
        guard answerHead.status == 101 || answerHead.status == 200 else {
            _ = try answer(answerHead, "POST", path, connection)
            throw EngineClientError.malformed("unable to upgrade to tcp, received \(answerHead.status)")
        }
        return HijackedConnection(connection)
    }

    /// Opens a connection ahead of the first call.
    /// - Returns: false where nobody listens.
    public func connect() throws -> Bool {
        do {
            keep(Connection(descriptor: try endpoint.connect(), interrupt: interruptDescriptor))
            return true
        } catch EngineClientError.cannotConnect { return false }
    }

    /// Closes the connections that wait for a next call.
    public func closeIdle() { state.withLock { $0.idle = [] } }

    // MARK: Pieces

    private func requestHead(_ method: String, _ path: String, _ query: [(String, String)], _ headers: [Header], hasBody: Bool) -> String {
        let isUnversioned = path.hasPrefix("/drydock/") || path == "/_ping"
        var head = "\(method) \(isUnversioned ? "" : "/v\(apiVersion)")\(path)"
        for (index, item) in query.enumerated() {
            head += "\(index == 0 ? "?" : "&")\(percentEncoded(item.0))=\(percentEncoded(item.1))"
        }
        head += " HTTP/1.1\r\nHost: docker\r\nUser-Agent: Docker-Client/20.10 (linux) drydock\r\n"
        let extra = state.withLock { $0.extraHeaders }?() ?? []
        for header in extra + headers { head += "\(oneLine(header.name)): \(oneLine(header.value))\r\n" }
        if hasBody, !headers.contains(where: { $0.name == "Content-Type" }) { head += "Content-Type: application/json\r\n" }
        return head
    }

    /// A header that brings its own line ends would smuggle further headers in.
    private func oneLine(_ text: String) -> String { String(text.unicodeScalars.filter { $0.value >= 32 && $0.value != 127 }) }

    private func answer(_ head: ResponseHead, _ method: String, _ path: String, _ connection: Connection) throws -> ResponseStream {
        connection.isReused = true
        let stream = try ResponseStream(head: head, method: method, connection: connection) { [weak self] in self?.keep($0) }
        guard head.status >= 400 else { return stream }
        throw EngineClientError.api(APIError(status: head.status, body: try stream.collect(limit: 1 << 20), path: "/v\(apiVersion)\(path)"))
    }

    private func takeConnection(fresh: Bool = false) throws -> Connection {
        while !fresh, let connection = state.withLock({ $0.idle.popLast() }) {
            if !connection.isStale { return connection }
        }
        return Connection(descriptor: try endpoint.connect(), interrupt: interruptDescriptor)
    }

    private func keep(_ connection: Connection) {
        guard connection.bufferedCount == 0 else { return }
        state.withLock { if $0.idle.count < 4, $0.interrupt == connection.interrupt { $0.idle.append(connection) } }
    }
}
