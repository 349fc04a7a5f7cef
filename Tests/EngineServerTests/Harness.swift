import Basics
import EngineServer
import Glibc
import Synchronization

/// A server with a fake engine on a socket of its own, gone at the end of `body`.
func withServer<Result>(directory: String? = nil, _ body: (TestServer) throws -> Result) throws -> Result {
    let template = strdup("/tmp/drydock-server-test-XXXXXX")
    defer { free(template) }
    guard let template, mkdtemp(template) != nil else { throw DrydockError(.failed, "mkdtemp", errno: .current) }
    let base = String(cString: template)
    defer { _ = try? run(["rm", "-rf", base]) }
    let folder = base + (directory.map { "/" + $0 } ?? "")
    _ = try run(["mkdir", "-p", folder])
    let server = TestServer(directory: folder)
    try server.server.listen(directory: folder, name: "e.sock")
    defer {
        server.openGate()
        server.server.shutdown()
        server.server.waitUntilShutdown()
    }
    return try body(server)
}

@discardableResult
private func run(_ words: [String]) throws -> Int32 {
    var pid = pid_t()
    var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
    defer { for case let argument? in arguments { free(argument) } }
    guard posix_spawnp(&pid, words[0], nil, nil, &arguments, environ) == 0 else { throw DrydockError(.failed, "spawn") }
    var status: Int32 = 0
    waitpid(pid, &status, 0)
    return status
}

struct TestServer {
    let directory: String
    let engine: FakeEngine
    let server: EngineServer

    init(directory: String) {
        self.directory = directory
        engine = FakeEngine()
        server = EngineServer(service: engine)
    }

    func connect() throws -> Client { try Client(directory: directory, name: "e.sock") }

    /// One request on a connection of its own; the answer up to the connection's end.
    func ask(_ method: String, _ target: String, headers: [String] = [], body: String = "") throws -> Answer {
        let client = try connect()
        var lines = ["\(method) \(target) HTTP/1.1", "Host: x", "Connection: close"] + headers
        if !body.isEmpty { lines += ["Content-Length: \(body.utf8.count)"] }
        try client.send(lines.joined(separator: "\r\n") + "\r\n\r\n" + body)
        return Answer(try client.readToEnd())
    }

    func post(_ target: String, json: String, headers: [String] = []) throws -> Answer {
        try ask("POST", target, headers: ["Content-Type: application/json"] + headers, body: json)
    }

    /// Lets the calls that last end.
    func openGate() { engine.gate.withLock { $0 = true } }

    /// Waits, five seconds at most, for something that happens on another thread.
    func eventually(_ condition: () -> Bool) -> Bool {
        for _ in 0..<1000 {
            if condition() { return true }
            usleep(5000)
        }
        return false
    }
}

/// An answer taken apart.
struct Answer {
    let head: String
    let body: String
    let status: Int

    init(_ bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self)
        let parts = text.split(separator: "\r\n\r\n", maxSplits: 1, omittingEmptySubsequences: false)
        head = String(parts[0])
        status = Int(head.split(separator: " ").dropFirst().first ?? "") ?? 0
        let rest = parts.count > 1 ? String(parts[1]) : ""
        body = head.contains("Transfer-Encoding: chunked") ? Self.unchunked(rest) : rest
    }

    /// A client that keeps the connection needs no end of it to know the end of the answer (RFC 9112, section 6.3).
    var saysWhereItEnds: Bool {
        status == 204 || status == 304 || header("Content-Length") != nil || head.contains("Transfer-Encoding: chunked")
    }

    func header(_ name: String) -> String? {
        head.split(separator: "\r\n").first { $0.hasPrefix(name + ": ") }.map { String($0.dropFirst(name.count + 2)) }
    }

    private static func unchunked(_ text: String) -> String {
        var rest = Array(text.utf8)[...]
        var result: [UInt8] = []
        while let end = rest.firstIndex(of: 10) {
            let size = String(decoding: rest[..<(end - 1)], as: UTF8.self)
            guard let length = Int(size, radix: 16), length > 0, end + length + 3 <= rest.endIndex else { break }
            result += rest[(end + 1)..<(end + 1 + length)]
            rest = rest[(end + 1 + length + 2)...]
        }
        return String(decoding: result, as: UTF8.self)
    }
}

/// A client that says exactly what it is told to.
final class Client: Sendable {
    let descriptor: Int32

    init(directory: String, name: String) throws {
        signal(SIGPIPE, SIG_IGN)
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var timeout = timeval(tv_sec: 10, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        let folder = open(directory, O_RDONLY | O_DIRECTORY)
        defer { close(folder) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: "/proc/self/fd/\(folder)/\(name)".utf8) }
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard result == 0 else { throw DrydockError(.failed, "connect", errno: .current) }
    }

    deinit { close(descriptor) }

    func send(_ text: String) throws { try writeAll(descriptor, text) }
    func send(_ bytes: [UInt8]) throws { try writeAll(descriptor, bytes) }
    func endInput() { shutdown(descriptor, Int32(SHUT_WR)) }
    func vanish() { shutdown(descriptor, Int32(SHUT_RDWR)) }

    /// The next bytes; empty at the end. Throws after ten seconds of silence.
    func read(_ limit: Int = 65536) throws -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: limit)
        let count = Glibc.read(descriptor, &buffer, limit)
        if count < 0, errno == ECONNRESET { return [] }
        guard count >= 0 else { throw DrydockError(.failed, "read", errno: .current) }
        return Array(buffer[..<count])
    }

    func read(until end: String) throws -> String {
        var bytes: [UInt8] = []
        while !String(decoding: bytes, as: UTF8.self).contains(end) {
            let more = try read()
            if more.isEmpty { break }
            bytes += more
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    func readToEnd() throws -> [UInt8] {
        var bytes: [UInt8] = []
        while true {
            let more = try read()
            if more.isEmpty { return bytes }
            bytes += more
        }
    }
}
