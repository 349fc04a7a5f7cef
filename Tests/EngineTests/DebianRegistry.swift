import Foundation
import Glibc
import Testing

/// Debian's docker-registry, on a port and with a folder of its own, for as long as this object lives.
final class DebianRegistry {
    let folder: String
    /// `127.0.0.1:PORT`
    let address: String
    private let process = Process()

    enum Guard {
        case nobody
        /// Name and password.
        case htpasswd(String, String)
    }

    static var obstacle: String? {
        Dock.obstacle ?? (access("/usr/bin/docker-registry", X_OK) == 0 ? nil : "docker-registry is not installed (make test does)")
    }

    /// - Parameters:
    ///   - host: An address of this machine.
    ///   - isSecure: With TLS, by a certificate that `folder/ca.crt` has signed: itself.
    init(host: String = "127.0.0.1", guard kind: Guard = .nobody, isSecure: Bool = false) throws {
        folder = "/var/tmp/drydock-test-registry-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: folder + "/data", withIntermediateDirectories: true)
        address = "\(host):\(try LocalPort.free())"
        var config = """
            version: 0.1
            log: {level: error}
            storage: {filesystem: {rootdirectory: \(folder)/data}, delete: {enabled: true}}
            http:
              addr: "\(address)"

            """
        if isSecure {
            let made = Outcome(
                "/usr/bin/openssl",
                [
                    "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=\(host)", "-addext",
                    "subjectAltName=IP:\(host)", "-keyout", folder + "/key", "-out", folder + "/ca.crt",
                ])
            try #require(made.code == 0, "\(made.error)")
            config += "  tls: {certificate: \(folder)/ca.crt, key: \(folder)/key}\n"
        }
        if case .htpasswd(let name, let password) = kind {
            let made = Outcome("/usr/bin/htpasswd", ["-Bbc", folder + "/htpasswd", name, password])
            try #require(made.code == 0, "\(made.error)")
            config += "auth: {htpasswd: {realm: test, path: \(folder)/htpasswd}}\n"
        }
        try Data(config.utf8).write(to: URL(filePath: folder + "/config.yml"))
        process.executableURL = URL(filePath: "/usr/bin/docker-registry")
        process.arguments = ["serve", folder + "/config.yml"]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle(forWritingAtPath: "/dev/null")
        try process.run()
        try LocalPort.await(address)
    }

    deinit {
        // SIGTERM may be blocked in what a test starts.
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        try? FileManager.default.removeItem(atPath: folder)
    }
}

/// Ports and addresses of this machine, for servers that tests start.
enum LocalPort {
    /// An address of this machine that isn't loopback; nil when there is none.
    static var ownAddress: String? {
        var list: UnsafeMutablePointer<ifaddrs>?
        guard getifaddrs(&list) == 0 else { return nil }
        defer { freeifaddrs(list) }
        for entry in sequence(first: list, next: { $0?.pointee.ifa_next }) {
            guard let entry, let address = entry.pointee.ifa_addr, address.pointee.sa_family == sa_family_t(AF_INET) else { continue }
            var text = [CChar](repeating: 0, count: 64)
            guard getnameinfo(address, socklen_t(MemoryLayout<sockaddr_in>.size), &text, 64, nil, 0, NI_NUMERICHOST) == 0 else { continue }
            let name = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            if !name.hasPrefix("127.") { return name }
        }
        return nil
    }

    static func free() throws -> Int {
        let fd = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(fd) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        return try withUnsafeMutablePointer(to: &address) { pointer in
            try pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                try #require(bind(fd, $0, length) == 0 && getsockname(fd, $0, &length) == 0)
            }
            return Int(UInt16(bigEndian: pointer.pointee.sin_port))
        }
    }

    static func listens(_ address: String) -> Bool {
        let parts = address.split(separator: ":")
        let fd = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(fd) }
        var target = sockaddr_in()
        target.sin_family = sa_family_t(AF_INET)
        target.sin_port = (UInt16(parts[1]) ?? 0).bigEndian
        inet_pton(AF_INET, String(parts[0]), &target.sin_addr)
        return withUnsafePointer(to: &target) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(fd, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0 }
        }
    }

    /// Waits until a server listens that tells nobody when it does.
    static func await(_ address: String) throws {
        var tries = 0
        while !listens(address) {
            tries += 1
            try #require(tries < 500, "nobody begins to listen on \(address)")
            usleep(20_000)
        }
    }
}
