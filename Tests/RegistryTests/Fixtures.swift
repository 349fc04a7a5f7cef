import Basics
import Foundation
import LabHub
import OCI
import Registry
import Synchronization

/// A folder of its own that goes away with the test.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "drydock-registry-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    func write(_ name: String, _ text: String) throws {
        try FileManager.default.createDirectory(
            atPath: (("\(path)/\(name)") as NSString).deletingLastPathComponent,
            withIntermediateDirectories: true
        )
        try Data(text.utf8).write(to: URL(fileURLWithPath: "\(path)/\(name)"))
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// A hub that serves one small image, `tiny:1` and `tiny:latest`, made of text alone: no file of the host is needed.
final class HubFixture: Sendable {
    static let recipe = """
        {"name": "tiny", "tags": ["1", "latest"], "note": "lab stand-in for tiny:1", "created": "2024-01-01T00:00:00Z",
         "labels": {"org.drydock.stand-in-for": "tiny:1"}, "config": {"Cmd": ["sh"], "Env": ["PATH=/bin"]},
         "layers": [
           {"createdBy": "base", "entries": [
             {"directories": ["/etc"]}, {"directories": ["/tmp"], "mode": "1777"},
             {"to": "/etc/motd", "text": ["hello", "world"]}, {"link": "/etc/motd", "to": "/hello"}]},
           {"createdBy": "top", "entries": [{"to": "/srv/data/file", "text": ["deep"], "mode": "0600"}]}]}
        """
    let folder: TemporaryFolder
    let hub: LabHub
    let client: RegistryClient
    private let record: Exchanges

    init() throws {
        let folder = try TemporaryFolder()
        try folder.write("recipes/tiny.json", Self.recipe)
        let hub = try LabHub(directory: "\(folder.path)/hub")
        _ = try hub.fill(recipes: "\(folder.path)/recipes")
        let (host, port) = try hub.start()
        let record = Exchanges()
        self.folder = folder
        self.hub = hub
        self.record = record
        client = RegistryClient(endpoint: RegistryEndpoint(scheme: "http", host: host, port: port)) { record.add($0) }
    }

    /// The requests so far, without the address: `GET /v2/ 401`.
    var requests: [String] { record.lines }
    var endpoint: RegistryEndpoint { client.endpoint }

    deinit { hub.stop() }
}

/// Collects what an observer is told.
final class Exchanges: Sendable {
    private let all = Mutex<[HTTPExchange]>([])

    func add(_ exchange: HTTPExchange) { all.withLock { $0.append(exchange) } }

    var lines: [String] {
        all.withLock { all in
            all.map { exchange in
                let path = exchange.url.replacing(/^[a-z]+:\/\/[^\/]*/, with: "").replacing(/\?.*/, with: "")
                return "\(exchange.method) \(path) \(exchange.status)"
            }
        }
    }
}

/// A registry that says what it likes: each connection's request goes to a closure, whose bytes are sent as they are.
final class LyingServer: Sendable {
    struct Request: Sendable {
        let path: String
        let head: String

        var authorization: String? {
            head.split(separator: "\r\n").first { $0.lowercased().hasPrefix("authorization: ") }.map { String($0.dropFirst(15)) }
        }
    }

    let port: Int
    private let listener: CInt
    private let seen = Mutex<[Request]>([])

    var requests: [Request] { seen.withLock { $0 } }

    /// - Parameter answer: nil keeps the connection open and silent until the client gives up.
    init(_ answer: @escaping @Sendable (Request) -> [UInt8]?) throws {
        listener = socket(AF_INET, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let listener = listener
        port = try withUnsafeMutablePointer(to: &address) { pointer in
            try pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                guard bind(listener, pointer, length) == 0, listen(listener, 16) == 0, getsockname(listener, pointer, &length) == 0 else {
                    throw Errno.current
                }
            }
            return Int(UInt16(bigEndian: pointer.pointee.sin_port))
        }
        Thread.detachNewThread { [weak self] in
            while true {
                let connection = accept(listener, nil, nil)
                guard connection >= 0 else { return }
                Thread.detachNewThread { [weak self] in
                    Self.serve(connection, answer) { request in self?.seen.withLock { $0.append(request) } }
                }
            }
        }
    }

    func client(_ limits: RegistryLimits = .quick, _ exchanges: Exchanges = Exchanges()) -> RegistryClient {
        RegistryClient(endpoint: RegistryEndpoint(scheme: "http", host: "127.0.0.1", port: port), limits: limits) { exchanges.add($0) }
    }

    deinit {
        shutdown(listener, CInt(SHUT_RDWR))
        close(listener)
    }

    private static func serve(_ connection: CInt, _ answer: (Request) -> [UInt8]?, _ note: (Request) -> Void) {
        defer { close(connection) }
        var head: [UInt8] = []
        while !head.suffix(4).elementsEqual("\r\n\r\n".utf8) {
            var byte: UInt8 = 0
            guard read(connection, &byte, 1) == 1 else { return }
            head.append(byte)
        }
        let text = String(decoding: head, as: UTF8.self)
        let request = Request(path: text.split(separator: " ").dropFirst().first.map(String.init) ?? "", head: text)
        note(request)
        if let bytes = answer(request) {
            _ = bytes.withUnsafeBytes { buffer in
                var sent = 0
                while sent < buffer.count {
                    let count = send(connection, buffer.baseAddress! + sent, buffer.count - sent, CInt(MSG_NOSIGNAL))
                    if count <= 0 { return sent }
                    sent += count
                }
                return sent
            }
        } else {
            var byte: UInt8 = 0
            _ = read(connection, &byte, 1)
        }
    }
}

extension RegistryLimits {
    /// The usual ones, with pauses too short to notice.
    static var quick: RegistryLimits {
        var limits = RegistryLimits()
        limits.retrySeconds = 0.001
        return limits
    }
}

/// An HTTP answer as bytes. `length` is what it claims to be.
func answer(_ status: Int, _ headers: [String] = [], _ body: [UInt8] = [], length: Int? = nil) -> [UInt8] {
    let lines = ["HTTP/1.1 \(status) Whatever", "Content-Length: \(length ?? body.count)", "Connection: close"] + headers
    return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) + body
}

/// The sentence that an action fails with; nil if it does not fail.
func sentence(_ action: () throws -> Void) -> String? {
    do {
        try action()
        return nil
    } catch { return "\(error)" }
}
