import Basics
import Glibc

/// Where an engine listens.
public enum EngineEndpoint: Sendable, Hashable, CustomStringConvertible {
    case unixSocket(path: String)

    /// Reads a `DOCKER_HOST` or `-H` value.
    /// - Parameter host: `unix:///path`, or an absolute path.
    /// - Throws: `EngineClientError.launch` for a scheme that is not spoken here.
    public init(host: String) throws {
        if host.hasPrefix("unix://") {
            self = .unixSocket(path: String(host.dropFirst(7)))
        } else if host.hasPrefix("/") {
            self = .unixSocket(path: host)
        } else {
            throw EngineClientError.launch("unable to resolve docker endpoint: Invalid bind address format: \(host)")
        }
    }

    public var description: String {
        switch self {
        case .unixSocket(let path): "unix://\(path)"
        }
    }

    /// Opens a stream to the endpoint.
    /// - Returns: a close-on-exec descriptor that the caller owns.
    func connect() throws -> Int32 {
        switch self {
        case .unixSocket(let path): try connectUnix(path)
        }
    }

    private func connectUnix(_ path: String) throws -> Int32 {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw EngineClientError.io(Errno(code: errno)) }
        let failure = withSocketName(path) { connectSocket(descriptor, to: $0) }
        guard failure != 0 else { return descriptor }
        close(descriptor)
        switch failure {
        case ENOENT, ECONNREFUSED, ENOTDIR: throw EngineClientError.cannotConnect(endpoint: self.description)
        case EACCES, EPERM: throw EngineClientError.permissionDenied(endpoint: self.description)
        default: throw EngineClientError.io(Errno(code: failure))
        }
    }

    /// Calls `body` with a name for `path` that fits into `sun_path` (107 bytes, unix(7)): a longer one is reached through
    /// a descriptor of its directory, `/proc/self/fd/N/name`.
    private func withSocketName(_ path: String, _ body: (String) -> Int32) -> Int32 {
        guard path.utf8.count > 107 else { return body(path) }
        let slash = path.lastIndex(of: "/") ?? path.startIndex
        let directory = open(String(path[..<slash]), openPathOnly | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else { return errno }
        defer { close(directory) }
        return body("/proc/self/fd/\(directory)/\(path[path.index(after: slash)...])")
    }

    /// - Returns: 0, or the errno of connect(2).
    private func connectSocket(_ descriptor: Int32, to name: String) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(name.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else { return ENAMETOOLONG }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let length = socklen_t(MemoryLayout<sockaddr_un>.size)
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { Glibc.connect(descriptor, $0, length) == 0 ? 0 : errno }
        }
    }
}

/// O_PATH of open(2): a descriptor that only names a place; not in the C headers that Swift imports without _GNU_SOURCE.
private let openPathOnly: Int32 = 0o10000000
