import Basics
import Foundation
import Hashing
import OCI

@testable import LabHub

/// What came back, as it came.
struct RawAnswer {
    var status = 0
    /// By lower-case name.
    var headers: [String: String] = [:]
    var body: [UInt8] = []

    /// The code of the first error.
    var code: String? { (try? JSONValue(parsing: body))?["errors"]?[0]?["code"]?.stringValue }
    var json: JSONValue? { try? JSONValue(parsing: body) }
}

/// A connection on which a test says every byte itself.
final class RawConnection {
    private let socket: CInt
    private var pending: [UInt8] = []

    init(port: Int) throws {
        socket = Glibc.socket(AF_INET, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        address.sin_port = UInt16(port).bigEndian
        // A hub that does not answer must fail the test, not hang it.
        var patience = timeval(tv_sec: 30, tv_usec: 0)
        setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
        guard result == 0 else { throw Errno.current }
    }

    deinit { close() }

    private var isOpen = true
    func close() {
        if isOpen { Glibc.close(socket) }
        isOpen = false
    }

    /// - Returns: false once the other side takes no more.
    @discardableResult
    func send(_ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes { Glibc.send(socket, $0.baseAddress! + sent, bytes.count - sent, CInt(MSG_NOSIGNAL)) }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }

    func send(_ text: String) { send(Array(text.utf8)) }

    func head(_ method: String, _ target: String, _ headers: [String]) -> String {
        (["\(method) \(target) HTTP/1.1", "Host: 127.0.0.1"] + headers).joined(separator: "\r\n") + "\r\n\r\n"
    }

    func ask(_ method: String, _ target: String, _ headers: [String] = [], _ body: [UInt8]? = nil) throws -> RawAnswer {
        send(Array(head(method, target, headers + (body.map { ["Content-Length: \($0.count)"] } ?? [])).utf8) + (body ?? []))
        return try answer(to: method)
    }

    func answer(to method: String) throws -> RawAnswer {
        var answer = RawAnswer()
        let lines = try line(through: "\r\n\r\n").split(separator: "\r\n")
        answer.status = Int(lines.first?.split(separator: " ").dropFirst().first ?? "") ?? 0
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            answer.headers[line[..<colon].lowercased()] = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
        }
        let length = method == "HEAD" ? 0 : Int(answer.headers["content-length"] ?? "0") ?? 0
        while pending.count < length { try receive() }
        answer.body = Array(pending.prefix(length))
        pending.removeFirst(length)
        return answer
    }

    private func line(through end: String) throws -> String {
        let end = Array(end.utf8)
        while true {
            if let range = pending.firstRange(of: end) {
                let text = String(decoding: pending[..<range.lowerBound], as: UTF8.self)
                pending.removeFirst(range.upperBound)
                return text
            }
            try receive()
        }
    }

    private func receive() throws {
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        let count = recv(socket, &buffer, buffer.count, 0)
        guard count > 0 else { throw count == 0 ? Errno(EPIPE) : Errno.current }
        pending += buffer.prefix(count)
    }
}

extension HubRoutes {
    /// Routes with quick logins.
    init(_ storage: HubStorage, uploads: Uploads.Limits = Uploads.Limits(), now: @escaping @Sendable () -> Int64 = Uploads.monotonic) throws
    {
        var limits = HubUsers.Limits()
        limits.rounds = 10
        self.init(
            storage: storage, users: try HubUsers(storage: storage, limits: limits),
            uploads: Uploads(storage: storage, limits: uploads, now: now), tokens: TokenMint(), platform: .host)
    }
}

/// A hub that serves, with limits of the test's choice.
final class PushFixture: Sendable {
    let folder: TemporaryFolder
    let storage: HubStorage
    let routes: HubRoutes
    private let server: HubServer
    let port: Int

    init(
        storage limits: HubStorage.Limits = HubStorage.Limits(), uploads: Uploads.Limits = Uploads.Limits(),
        now: @escaping @Sendable () -> Int64 = Uploads.monotonic, folder: TemporaryFolder? = nil
    ) throws {
        self.folder = try folder ?? TemporaryFolder()
        try self.folder.write("recipes/tiny.json", HubFixture.recipe)
        storage = try HubStorage(directory: "\(self.folder.path)/hub", limits: limits)
        var filler = try HubFiller(storage: storage, platform: .host)
        for found in try RecipeFinder.recipes(in: "\(self.folder.path)/recipes") {
            _ = try filler.fill(found.recipe, source: found.bytes, progress: { _ in })
        }
        routes = try HubRoutes(storage, uploads: uploads, now: now)
        server = try HubServer(host: "127.0.0.1", port: 0, routes: routes)
        port = server.port
    }

    deinit { server.stop() }

    func connection() throws -> RawConnection { try RawConnection(port: port) }

    func ask(_ method: String, _ target: String, _ headers: [String] = [], _ body: [UInt8]? = nil) throws -> RawAnswer {
        try connection().ask(method, target, headers, body)
    }

    /// Logs in as a user (whose password is `pw`) and gives the header that allows what is asked for.
    func token(_ user: String?, _ scopes: String..., password: String = "pw") throws -> String {
        let query = scopes.map { "scope=\($0)" }.joined(separator: "&")
        let answer = try ask("GET", "/token?service=\(HubRoutes.service)&\(query)", user.map { [Self.basic($0, password)] } ?? [])
        guard let token = answer.json?["token"]?.stringValue else { throw DrydockError(.unauthorized, "no token: \(answer.status)") }
        return "Authorization: Bearer \(token)"
    }

    static func basic(_ user: String, _ password: String) -> String {
        "Authorization: Basic \(Data("\(user):\(password)".utf8).base64EncodedString())"
    }

    /// Uploads a blob in one go.
    @discardableResult
    func upload(_ bytes: [UInt8], to name: String, _ token: String) throws -> Digest {
        let digest = Digest.sha256(of: bytes)
        let answer = try ask("POST", "/v2/\(name)/blobs/uploads/?digest=\(digest)", [token], bytes)
        guard answer.status == 201 else { throw DrydockError(.failed, "not uploaded: \(answer.status) \(answer.code ?? "")") }
        return digest
    }

    /// A small image's manifest, whose config and layer are uploaded.
    func image(_ name: String, _ token: String, text: String = "layer", description: String = "") throws -> [UInt8] {
        let config = """
            {"architecture":"amd64","os":"linux","config":{"Labels":{"org.opencontainers.image.description":"\(description)"}},
             "rootfs":{"type":"layers","diff_ids":["\(Digest.sha256(of: text.utf8))"]}}
            """
        let parts = try [Array(config.utf8), Array(text.utf8)].map { (try upload($0, to: name, token), $0.count) }
        return Self.manifest(config: parts[0], layers: [parts[1]])
    }

    static func manifest(config: (Digest, Int), layers: [(Digest, Int)]) -> [UInt8] {
        func descriptor(_ part: (Digest, Int), _ type: String) -> Descriptor {
            Descriptor(mediaType: type, digest: part.0, size: Int64(part.1))
        }
        return ImageManifest(
            config: descriptor(config, MediaType.ociConfig), layers: layers.map { descriptor($0, MediaType.ociLayer) }
        ).bytes
    }

    func put(_ manifest: [UInt8], _ name: String, _ reference: String, _ token: String, type: String = MediaType.ociManifest) throws
        -> RawAnswer
    {
        try ask("PUT", "/v2/\(name)/manifests/\(reference)", [token, "Content-Type: \(type)"], manifest)
    }

    var staged: [String] { (try? FileManager.default.contentsOfDirectory(atPath: "\(folder.path)/hub/staging")) ?? ["?"] }

    func isStored(_ digest: Digest) -> Bool { FileManager.default.fileExists(atPath: storage.path(of: digest)) }
}
