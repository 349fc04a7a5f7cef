import Basics
import CCurl
import Glibc
import Synchronization

/// A request, as it goes out.
struct HTTPRequest {
    var method = "GET"
    let url: String
    var accept: [String] = []
    /// Sent to the host of `url` alone.
    var authorization: String?
    /// `Content-Type`, `Range`, …: whole lines.
    var otherHeaders: [String] = []
    var body: HTTPBody?
}

/// What a request carries.
enum HTTPBody {
    case bytes([UInt8])
    /// A whole file, read by position: a request that is made again begins anew.
    case file(Int32, size: Int64)

    var size: Int64 {
        switch self {
        case .bytes(let bytes): Int64(bytes.count)
        case .file(_, let size): size
        }
    }

    /// Copies the bytes from `offset` on.
    /// - Returns: how many; 0 at the end; nil when the file can't be read.
    func read(at offset: Int64, into space: UnsafeMutableRawBufferPointer) -> Int? {
        switch self {
        case .bytes(let bytes):
            let rest = bytes[min(bytes.count, Int(offset))...].prefix(space.count)
            space.copyBytes(from: rest)
            return rest.count
        case .file(let file, let size):
            let wanted = min(space.count, Int(max(0, size - offset)))
            while true {
                let count = pread(file, space.baseAddress, wanted, off_t(offset))
                if count < 0 && errno == EINTR { continue }
                return count < 0 ? nil : count
            }
        }
    }
}

/// An answer without the part of its body that went to a sink.
struct HTTPAnswer {
    let url: String
    let status: Int
    /// The words beside the status; empty where the server has none.
    var reason = ""
    let headers: [(name: String, value: String)]
    let body: [UInt8]
    /// Where a redirect leads, made absolute.
    let location: String?

    func values(_ name: String) -> [String] { headers.filter { $0.name == name }.map(\.value) }
}

/// curl's easy handles that are not in use: a handle keeps its connection open, so the next request saves the handshake.
final class HandlePool: Sendable {
    /// A handle is used by one thread at a time, which the pool sees to.
    struct Handle: @unchecked Sendable {
        let pointer: UnsafeMutableRawPointer
    }

    private static let limit = 8
    /// curl wants this once for the process, before all else.
    private static let prepared: Bool = dd_curl_global_init() == CURLE_OK
    private let idle = Mutex<[Handle]>([])

    func take() throws -> Handle {
        guard Self.prepared else { throw DrydockError(.failed, "libcurl cannot be initialised") }
        if let handle = idle.withLock({ $0.popLast() }) { return handle }
        guard let pointer = curl_easy_init() else { throw DrydockError(.failed, "libcurl has no memory for a transfer") }
        return Handle(pointer: pointer)
    }

    func giveBack(_ handle: Handle) {
        // Forgets the options and keeps the connections.
        curl_easy_reset(handle.pointer)
        let kept = idle.withLock { idle in
            guard idle.count < Self.limit else { return false }
            idle.append(handle)
            return true
        }
        if !kept { curl_easy_cleanup(handle.pointer) }
    }

    deinit {
        idle.withLock { idle in
            for handle in idle { curl_easy_cleanup(handle.pointer) }
        }
    }
}

/// One request to one address, without following redirects.
final class HTTPTransfer {
    /// Takes the body of an answer with status 200 or 206.
    private let sink: (UnsafeRawBufferPointer, Int) throws -> Void
    /// Called about once a second also when nothing moves, with the bytes sent so far; what it throws ends the transfer.
    private let tick: (Int64) throws -> Void
    private let request: HTTPRequest
    private let limits: RegistryLimits

    private(set) var status = 0
    private var reason = ""
    /// Told of the answer's head when it is whole; what it throws ends the transfer.
    var onHead: (([(name: String, value: String)], Int) throws -> Void)?
    private(set) var received: Int64 = 0
    /// Bytes of the request's body that curl has taken.
    private(set) var sent: Int64 = 0
    private var headers: [(name: String, value: String)] = []
    private var headerBytes = 0
    private var otherBody: [UInt8] = []
    /// What a callback threw: curl's callbacks can only say "stop".
    private var failure: (any Error)?

    private static let headerLimit = 256 << 10

    init(
        _ request: HTTPRequest,
        limits: RegistryLimits,
        tick: @escaping (Int64) throws -> Void,
        sink: @escaping (UnsafeRawBufferPointer, Int) throws -> Void
    ) {
        self.request = request
        self.limits = limits
        self.sink = sink
        self.tick = tick
    }

    /// - Throws: what the sink or `tick` throws; `TransferFailure` if no whole answer came.
    func perform(on handle: UnsafeMutableRawPointer, userAgent: String, endpoint: RegistryEndpoint?) throws -> HTTPAnswer {
        var list: UnsafeMutablePointer<curl_slist>?
        defer { curl_slist_free_all(list) }
        // Without the empty Expect curl holds a body back until it is asked for, or for a second.
        let lines =
            request.accept.map { "Accept: \($0)" } + (request.authorization.map { ["Authorization: \($0)"] } ?? [])
            + request.otherHeaders + (request.body == nil ? [] : ["Expect:"])
        for line in lines { list = curl_slist_append(list, line) }
        let context = Unmanaged.passUnretained(self).toOpaque()
        configure(handle, context: context, list: list, userAgent: userAgent)
        if let endpoint, URLParts(request.url) == URLParts("\(endpoint)") { trust(endpoint, handle) }
        let result = withExtendedLifetime(self) { curl_easy_perform(handle) }
        if let failure { throw failure }
        guard result == CURLE_OK else { throw TransferFailure(result, handle, request, received: received, limits: limits) }
        var location: UnsafeMutablePointer<CChar>?
        dd_curl_getinfo_string(handle, CURLINFO_REDIRECT_URL, &location)
        return HTTPAnswer(
            url: request.url,
            status: status,
            reason: reason,
            headers: headers,
            body: otherBody,
            location: location.map { String(cString: $0) }
        )
    }

    private func configure(
        _ handle: UnsafeMutableRawPointer,
        context: UnsafeMutableRawPointer,
        list: UnsafeMutablePointer<curl_slist>?,
        userAgent: String
    ) {
        dd_curl_setopt_string(handle, CURLOPT_URL, request.url)
        dd_curl_setopt_string(handle, CURLOPT_USERAGENT, userAgent)
        dd_curl_setopt_list(handle, CURLOPT_HTTPHEADER, list)
        dd_curl_only_http(handle)
        configureMethod(handle, context: context)
        dd_curl_setopt_long(handle, CURLOPT_FOLLOWLOCATION, 0)
        // Signals are the process's own: curl must not use SIGALRM in a program with threads.
        dd_curl_setopt_long(handle, CURLOPT_NOSIGNAL, 1)
        dd_curl_setopt_long(handle, CURLOPT_CONNECTTIMEOUT, limits.connectSeconds)
        dd_curl_setopt_long(handle, CURLOPT_LOW_SPEED_LIMIT, 1)
        dd_curl_setopt_long(handle, CURLOPT_LOW_SPEED_TIME, limits.stallSeconds)
        dd_curl_setopt_long(handle, CURLOPT_BUFFERSIZE, 128 << 10)
        // As Go does it: what runs on this machine is never asked for through a proxy.
        if URLParts(request.url)?.isLoopback ?? false { dd_curl_setopt_string(handle, CURLOPT_PROXY, "") }
        dd_curl_setopt_pointer(handle, CURLOPT_WRITEDATA, context)
        dd_curl_setopt_data_callback(handle, CURLOPT_WRITEFUNCTION) { data, size, count, context in
            guard let context else { return 0 }
            let bytes = UnsafeRawBufferPointer(start: data, count: size * count)
            return Unmanaged<HTTPTransfer>.fromOpaque(context).takeUnretainedValue().body(bytes) ? size * count : 0
        }
        dd_curl_setopt_pointer(handle, CURLOPT_HEADERDATA, context)
        dd_curl_setopt_data_callback(handle, CURLOPT_HEADERFUNCTION) { data, size, count, context in
            guard let context else { return 0 }
            let bytes = UnsafeRawBufferPointer(start: data, count: size * count)
            return Unmanaged<HTTPTransfer>.fromOpaque(context).takeUnretainedValue().header(bytes) ? size * count : 0
        }
        dd_curl_setopt_long(handle, CURLOPT_NOPROGRESS, 0)
        dd_curl_setopt_pointer(handle, CURLOPT_XFERINFODATA, context)
        dd_curl_setopt_progress_callback(handle) { context, _, _, _, _ in
            guard let context else { return 1 }
            let transfer = Unmanaged<HTTPTransfer>.fromOpaque(context).takeUnretainedValue()
            return transfer.keep { try transfer.tick(transfer.sent) } ? 0 : 1
        }
    }

    /// What is believed of the registry itself, and of nobody else: not of a host that gives out its tokens, nor of one that it redirects to.
    private func trust(_ endpoint: RegistryEndpoint, _ handle: UnsafeMutableRawPointer) {
        if let authorities = endpoint.authorities { dd_curl_setopt_string(handle, CURLOPT_CAINFO, authorities) }
        guard !endpoint.verifiesCertificate else { return }
        dd_curl_setopt_long(handle, CURLOPT_SSL_VERIFYPEER, 0)
        dd_curl_setopt_long(handle, CURLOPT_SSL_VERIFYHOST, 0)
    }

    private func configureMethod(_ handle: UnsafeMutableRawPointer, context: UnsafeMutableRawPointer) {
        if request.method == "HEAD" { dd_curl_setopt_long(handle, CURLOPT_NOBODY, 1) }
        guard let body = request.body else {
            if request.method != "GET" && request.method != "HEAD" { dd_curl_setopt_string(handle, CURLOPT_CUSTOMREQUEST, request.method) }
            return
        }
        dd_curl_setopt_long(handle, CURLOPT_UPLOAD, 1)
        dd_curl_setopt_string(handle, CURLOPT_CUSTOMREQUEST, request.method)
        dd_curl_setopt_off(handle, CURLOPT_INFILESIZE_LARGE, curl_off_t(body.size))
        dd_curl_setopt_long(handle, CURLOPT_UPLOAD_BUFFERSIZE, 256 << 10)
        dd_curl_setopt_pointer(handle, CURLOPT_READDATA, context)
        dd_curl_setopt_data_callback(handle, CURLOPT_READFUNCTION) { space, size, count, context in
            guard let context, let space else { return Int(CURL_READFUNC_ABORT) }
            let room = UnsafeMutableRawBufferPointer(start: space, count: size * count)
            return Unmanaged<HTTPTransfer>.fromOpaque(context).takeUnretainedValue().give(room) ?? Int(CURL_READFUNC_ABORT)
        }
        // A connection that was kept open may turn out to be closed after the first bytes: curl then begins again on a new one.
        dd_curl_setopt_pointer(handle, CURLOPT_SEEKDATA, context)
        dd_curl_setopt_seek_callback(handle) { context, offset, origin in
            guard let context, origin == SEEK_SET else { return CURL_SEEKFUNC_CANTSEEK }
            Unmanaged<HTTPTransfer>.fromOpaque(context).takeUnretainedValue().sent = Int64(offset)
            return CURL_SEEKFUNC_OK
        }
    }

    // MARK: Callbacks

    private func give(_ space: UnsafeMutableRawBufferPointer) -> Int? {
        guard let count = request.body?.read(at: sent, into: space) else { return nil }
        sent += Int64(count)
        return count
    }

    private func body(_ bytes: UnsafeRawBufferPointer) -> Bool {
        keep {
            received += Int64(bytes.count)
            if status == 200 || status == 206 {
                try sink(bytes, status)
            } else {
                guard otherBody.count + bytes.count <= limits.answerBytes else {
                    throw DrydockError(.unavailable, "\(request.url) answered \(status) with more than \(limits.answerBytes) bytes")
                }
                otherBody.append(contentsOf: bytes)
            }
        }
    }

    private func header(_ bytes: UnsafeRawBufferPointer) -> Bool {
        keep {
            headerBytes += bytes.count
            guard headerBytes <= Self.headerLimit else {
                throw DrydockError(.unavailable, "\(request.url) answered with more than \(Self.headerLimit) bytes of headers")
            }
            let line = String(decoding: bytes, as: UTF8.self)
            if line.hasPrefix("HTTP/") {
                // An interim answer (100, 103) has a head of its own; the last one counts.
                headers = []
                let words = line.split(separator: " ", maxSplits: 2)
                status = words.dropFirst().first.flatMap { Int($0.prefix { !$0.isNewline }) } ?? 0
                reason = words.count == 3 ? String(words[2].prefix { !$0.isNewline }) : ""
            } else if line.first?.isNewline == true {
                if status >= 200 { try onHead?(headers, status) }
            } else if let colon = line.firstIndex(of: ":") {
                let value = line[line.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
                headers.append((line[..<colon].lowercased(), String(value.prefix { !$0.isNewline })))
            }
        }
    }

    private func keep(_ action: () throws -> Void) -> Bool {
        guard failure == nil else { return false }
        do {
            try action()
            return true
        } catch {
            failure = error
            return false
        }
    }
}

/// What an address consists of, by curl's own parser, so that the parts are those which curl connects to.
struct URLParts: Hashable {
    let scheme: String
    let host: String
    let port: Int

    init?(_ url: String) {
        guard let parser = curl_url() else { return nil }
        defer { curl_url_cleanup(parser) }
        guard curl_url_set(parser, CURLUPART_URL, url, 0) == CURLUE_OK else { return nil }
        func part(_ part: CURLUPart) -> String? {
            var text: UnsafeMutablePointer<CChar>?
            guard curl_url_get(parser, part, &text, UInt32(CURLU_DEFAULT_PORT)) == CURLUE_OK, let text else { return nil }
            defer { curl_free(text) }
            return String(cString: text)
        }
        guard let scheme = part(CURLUPART_SCHEME), let host = part(CURLUPART_HOST), let port = part(CURLUPART_PORT).flatMap({ Int($0) })
        else { return nil }
        (self.scheme, self.host, self.port) = (scheme.lowercased(), host.lowercased(), port)
    }

    var isLoopback: Bool { RegistryEndpoint.isLoopback(host) }
    /// As Go writes it: `127.0.0.1:5000`.
    var address: String { "\(host):\(port)" }
}
