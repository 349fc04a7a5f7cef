import CDrydock
import Glibc
import ShimProtocol

/// A published port on [::], where the firewall's IPv4 rules don't reach: connections are relayed to the container's address.
final class PortListener: Handler {
    let fd: Int32
    private let target: ShimConfiguration.HeldPort
    private let loop: EventLoop

    init(fd: Int32, target: ShimConfiguration.HeldPort, loop: EventLoop) {
        self.fd = fd
        self.target = target
        self.loop = loop
        makeNonBlocking(fd)
        loop.watch(fd, EventLoop.readable, self)
    }

    func ready(_ events: UInt32) {
        let client = dd_accept(fd, 1)
        guard client >= 0 else { return }
        let server = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = target.relayPort.bigEndian
        inet_pton(AF_INET, target.relayAddress, &address.sin_addr)
        let outcome = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(server, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
        guard server >= 0, outcome == 0 || errno == EINPROGRESS else {
            close(client)
            if server >= 0 { close(server) }
            return
        }
        let toServer = RelayHalf(fd: client, loop: loop)
        let toClient = RelayHalf(fd: server, loop: loop)
        toServer.peer = toClient
        toClient.peer = toServer
        toServer.watch()
        toClient.watch()
    }
}

/// One end of a relayed connection. The two ends own each other until both have ended; the loop's table keeps them alive.
final class RelayHalf: Handler {
    private let fd: Int32
    private let loop: EventLoop
    var peer: RelayHalf?
    private var outbox = Outbox()
    private var buffer = [UInt8](repeating: 0, count: 16 * 1024)
    private var hasEnded = false
    private var endsWhenEmpty = false

    init(fd: Int32, loop: EventLoop) {
        self.fd = fd
        self.loop = loop
    }

    func watch() {
        var events: UInt32 = outbox.isEmpty ? 0 : EventLoop.writable
        if !hasEnded && (peer?.outbox.count ?? 0) < 256 * 1024 { events |= EventLoop.readable }
        loop.watch(fd, events, self)
    }

    func ready(_ events: UInt32) {
        guard let peer else { return }
        if events & EventLoop.failed != 0 { return shutBoth() }
        if events & EventLoop.writable != 0, !outbox.flush(to: fd) { return shutBoth() }
        if !hasEnded, events & (EventLoop.readable | EventLoop.hungUp) != 0 {
            switch readOnce(fd, &buffer) {
            case .bytes(let bytes):
                peer.outbox.add(bytes)
                if !peer.outbox.flush(to: peer.fd) { return shutBoth() }
            case .nothingYet: break
            case .ended:
                hasEnded = true
                peer.endsWhenEmpty = true
            }
        }
        for half in [self, peer] where half.endsWhenEmpty && half.outbox.isEmpty { shutdown(half.fd, Int32(SHUT_WR)) }
        if hasEnded && peer.hasEnded && outbox.isEmpty && peer.outbox.isEmpty { return shutBoth() }
        watch()
        peer.watch()
    }

    private func shutBoth() {
        guard let peer else { return }
        self.peer = nil
        peer.peer = nil
        for half in [self, peer] {
            loop.forget(half.fd)
            close(half.fd)
        }
    }
}
