import Basics
import CDrydock
import Glibc
import Kernel
import ShimProtocol

/// The engine's end of the control socket to a shim. Reading belongs to one thread; sending is atomic.
public final class ControlSocket: @unchecked Sendable {
    private let fd: Int32
    private var received: [UInt8] = []
    private var descriptors: [Int32] = []

    /// - Parameter fd: Owned: closed with this object.
    public init(fd: Int32) { self.fd = fd }

    deinit {
        for descriptor in descriptors { close(descriptor) }
        close(fd)
    }

    /// Connects to the shim of a container that an earlier engine started.
    /// - Returns: nil when there is no shim any more.
    public static func connect(directory: String, name: String) -> ControlSocket? {
        let fd = dd_unix_connect(directory, name)
        return fd >= 0 ? ControlSocket(fd: fd) : nil
    }

    /// Sends a message, with a descriptor if one belongs to it. A shim that has gone is no error here: its end is told by `next`.
    /// - Throws: `SystemCallFailure` when the message is lost, and the shim is there.
    public func send(_ message: ShimMessage, descriptor: Int32 = -1) throws {
        let bytes = message.bytes
        let fds = [descriptor]
        while dd_send_fds(fd, bytes, bytes.count, fds, descriptor >= 0 ? 1 : 0) < 0 {
            switch errno {
            case EINTR: continue
            case EPIPE, ECONNRESET: return
            default: throw SystemCallFailure(name: "sendmsg", subject: "drydock-shim", errno: Errno(code: errno))
            }
        }
    }

    /// Nothing more is said over this connection. The shim then closes its end, and `next` tells what it has said before.
    public func hangUp() { shutdown(fd, Int32(SHUT_WR)) }

    /// Tells a shim what its container is to be; it then makes the container's process.
    /// - Parameters:
    ///   - cgroup: The container's cgroup v2 directory, or -1.
    ///   - ports: Sockets of held ports, in the order of `configuration.ports`.
    /// - Throws: `SystemCallFailure`.
    public func configure(_ configuration: ShimConfiguration, cgroup: Int32, ports: [Int32]) throws {
        try send(.configure, configuration, (cgroup >= 0 ? [cgroup] : []) + ports)
    }

    /// Has the shim make another process in the container.
    /// - Parameters:
    ///   - key: Names it from now on.
    ///   - channel: The process's end of the channel to the engine.
    ///   - client: Who is connected to its streams, and to which.
    ///   - cgroup: The container's cgroup v2 directory, or -1.
    /// - Throws: `SystemCallFailure`.
    public func exec(
        _ key: UInt64, _ configuration: ShimConfiguration, channel: Int32, client: (fd: Int32, streams: UInt8)?, cgroup: Int32
    ) throws {
        let message = ShimMessage.exec(key: key, streams: client?.streams ?? 0, hasClient: client != nil, hasCgroup: cgroup >= 0)
        try send(message, configuration, [channel] + (client.map { [$0.fd] } ?? []) + (cgroup >= 0 ? [cgroup] : []))
    }

    /// Sends a message with a configuration, which is too long for a message, and further descriptors.
    private func send(_ message: ShimMessage, _ configuration: ShimConfiguration, _ others: [Int32]) throws {
        let memory = dd_memfd_create("drydock-shim", 1)
        guard memory >= 0 else { throw SystemCallFailure(name: "memfd_create", subject: "drydock-shim", errno: Errno(code: errno)) }
        defer { close(memory) }
        do { try writeAll(memory, configuration.bytes) } catch {
            throw SystemCallFailure(name: "write", subject: "drydock-shim", errno: error)
        }
        let bytes = message.bytes
        let descriptors = [memory] + others
        while dd_send_fds(fd, bytes, bytes.count, descriptors, Int32(descriptors.count)) < 0 {
            if errno != EINTR { throw SystemCallFailure(name: "sendmsg", subject: "drydock-shim", errno: Errno(code: errno)) }
        }
    }

    /// Waits for the next message.
    /// - Returns: nil when the shim has gone; the descriptor that came with `.started` or `.execBorn`, owned by the caller.
    public func next() -> (message: ShimMessage, descriptor: Int32?)? {
        while true {
            switch ShimMessage.take(from: &received) {
            case .success(let message):
                switch message {
                case .started, .execBorn: return (message, descriptors.isEmpty ? nil : descriptors.removeFirst())
                default: return (message, nil)
                }
            case .failure: return nil
            case nil: break
            }
            var buffer = [UInt8](repeating: 0, count: 512)
            var fds = [Int32](repeating: -1, count: 16)
            var count: Int32 = 0
            let length = dd_recv_fds(fd, &buffer, buffer.count, &fds, 16, &count)
            if length < 0 && errno == EINTR { continue }
            guard length > 0 else { return nil }
            received += buffer[0..<length]
            descriptors += fds[0..<Int(count)]
        }
    }
}
