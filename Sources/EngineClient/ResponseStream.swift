import Basics

/// An answer whose body is read piece by piece, as the engine sends it.
///
/// Unchecked: it belongs to one reader at a time.
public final class ResponseStream: @unchecked Sendable {
    public let head: ResponseHead
    private var connection: Connection?
    private var framing: Framing
    private let recycle: @Sendable (Connection) -> Void

    private enum Framing {
        case none
        case length(Int)
        case chunked(left: Int, first: Bool)
        case untilClose
    }

    public var status: Int { head.status }

    init(head: ResponseHead, method: String, connection: Connection, recycle: @escaping @Sendable (Connection) -> Void) throws {
        self.head = head
        self.recycle = recycle
        self.connection = connection
        if method == "HEAD" || head.status == 204 || head.status == 304 {
            framing = .none
        } else if head.header("transfer-encoding")?.lowercased() == "chunked" {
            framing = .chunked(left: 0, first: true)
        } else if let text = head.header("content-length") {
            guard let length = Int(text), length >= 0 else { throw EngineClientError.malformed("the engine sent Content-Length \(text)") }
            framing = length == 0 ? .none : .length(length)
        } else {
            framing = .untilClose
        }
        if case .none = framing { finish() }
    }

    /// Waits for the next piece of the body.
    /// - Returns: nil after the last one.
    /// - Throws: `EngineClientError`; a body that ends too early is an error, not an end.
    public func next() throws -> [UInt8]? {
        guard let connection else { return nil }
        switch framing {
        case .none:
            finish()
            return nil
        case .untilClose:
            let bytes = try connection.read(limit: 1 << 16)
            if bytes.isEmpty { self.connection = nil }
            return bytes.isEmpty ? nil : bytes
        case .length(let left):
            let bytes = try connection.read(limit: min(left, 1 << 16))
            guard !bytes.isEmpty else { throw cutShort() }
            framing = .length(left - bytes.count)
            if left == bytes.count { finish() }
            return bytes
        case .chunked(let left, let first):
            return try nextOfChunk(left: left, first: first, connection)
        }
    }

    /// Reads the rest of the body.
    /// - Parameter limit: bytes beyond which the answer is refused.
    public func collect(limit: Int = 64 << 20) throws -> [UInt8] {
        var all: [UInt8] = []
        while let piece = try next() {
            guard all.count + piece.count <= limit else {
                throw EngineClientError.malformed("the engine's answer is longer than \(limit) bytes")
            }
            if all.isEmpty { all = piece } else { all += piece }
        }
        return all
    }

    /// Ends reading early; the connection is closed.
    public func cancel() { connection = nil }

    private func nextOfChunk(left: Int, first: Bool, _ connection: Connection) throws -> [UInt8]? {
        var left = left
        if left == 0 {
            // Each chunk's data is followed by an empty line, which stands before the next chunk's size.
            if !first, try connection.readLine(limit: 16) != "" { throw cutShort() }
            guard let line = try connection.readLine(limit: WireLimits.line) else { throw cutShort() }
            let size = line.prefix { $0 != ";" && $0 != " " }
            guard let count = Int(size, radix: 16), count >= 0 else {
                throw EngineClientError.malformed("the engine sent a malformed chunk size")
            }
            if count == 0 {
                while let trailer = try connection.readLine(limit: WireLimits.line), !trailer.isEmpty {}
                finish()
                return nil
            }
            left = count
        }
        let bytes = try connection.read(limit: min(left, 1 << 16))
        guard !bytes.isEmpty else { throw cutShort() }
        framing = .chunked(left: left - bytes.count, first: false)
        return bytes
    }

    private func cutShort() -> EngineClientError {
        connection = nil
        return .malformed("the engine hung up in the middle of its answer")
    }

    private func finish() {
        guard let connection else { return }
        self.connection = nil
        if head.header("connection")?.lowercased() != "close" { recycle(connection) }
    }
}
