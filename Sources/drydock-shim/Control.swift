import CDrydock
import Glibc
import ShimProtocol

/// A connection to the engine. There is one from the start; an engine that was started anew connects through the listener.
final class ControlConnection: Handler {
    private let fd: Int32
    private unowned let shim: Shim
    private var received: [UInt8] = []
    private var descriptors: [Int32] = []

    init(fd: Int32, shim: Shim) {
        self.fd = fd
        self.shim = shim
        shim.loop.watch(fd, EventLoop.readable, self)
    }

    func send(_ message: ShimMessage, descriptor: Int32 = -1) {
        let bytes = message.bytes
        var fds = [descriptor]
        _ = dd_send_fds(fd, bytes, bytes.count, &fds, descriptor >= 0 ? 1 : 0)
    }

    func ready(_ events: UInt32) {
        var buffer = [UInt8](repeating: 0, count: 512)
        var fds = [Int32](repeating: -1, count: 16)
        var count: Int32 = 0
        let length = dd_recv_fds(fd, &buffer, buffer.count, &fds, 16, &count)
        if length < 0 && (errno == EINTR || errno == EAGAIN) { return }
        guard length > 0 else { return hangUp() }
        received += buffer[0..<length]
        descriptors += fds[0..<Int(count)]
        while let message = ShimMessage.take(from: &received) {
            guard case .success(let message) = message else { return hangUp() }
            handle(message)
        }
    }

    private func handle(_ message: ShimMessage) {
        switch message {
        case .resize(let rows, let columns):
            shim.streams.resize(winsize(ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0))
        case .attach(let streams):
            guard !descriptors.isEmpty else { return }
            shim.streams.attach(descriptors.removeFirst(), streams: streams)
        case .exec(let key, let streams, let hasClient, let hasCgroup):
            takeExec(key, streams: streams, hasClient: hasClient, hasCgroup: hasCgroup)
        case .execResize(let key, let rows, let columns):
            shim.execs[key]?.resize(winsize(ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0))
        case .execAcknowledged(let key):
            shim.execs[key]?.isAcknowledged(by: self)
        case .configure, .ready, .started, .cloneFailed, .exited, .execJoins, .execFailed, .execBorn, .execExited:
            break
        }
    }

    private func takeExec(_ key: UInt64, streams: UInt8, hasClient: Bool, hasCgroup: Bool) {
        let count = 2 + (hasClient ? 1 : 0) + (hasCgroup ? 1 : 0)
        var taken = Array(descriptors.prefix(count))
        descriptors.removeFirst(taken.count)
        // Fewer arrive when we may not have so many open: then it fails, and nothing of it stays.
        guard taken.count == count else {
            for descriptor in taken { close(descriptor) }
            return send(.execFailed(key: key, errno: EMFILE))
        }
        let memory = taken.removeFirst()
        let configuration = ShimConfiguration(bytes: Order.content(of: memory))
        close(memory)
        let channel = taken.removeFirst()
        let client = hasClient ? taken.removeFirst() : -1
        let cgroup = hasCgroup ? taken.removeFirst() : -1
        var failure = EINVAL
        if let configuration {
            failure = shim.exec(key, configuration, channel: channel, client: (client, streams), cgroup: cgroup, for: self)
        } else if client >= 0 {
            close(client)
        }
        close(channel)
        if cgroup >= 0 { close(cgroup) }
        if failure != 0 { send(.execFailed(key: key, errno: failure)) }
    }

    private func hangUp() {
        shim.loop.forget(fd)
        for descriptor in descriptors { close(descriptor) }
        close(fd)
        shim.remove(self)
    }
}

/// Where an engine that was started anew connects.
final class ControlListener: Handler {
    private let fd: Int32
    private unowned let shim: Shim

    init(fd: Int32, shim: Shim) {
        self.fd = fd
        self.shim = shim
        makeNonBlocking(fd)
        shim.loop.watch(fd, EventLoop.readable, self)
    }

    func ready(_ events: UInt32) {
        let connection = dd_accept(fd, 0)
        if connection >= 0 { shim.add(ControlConnection(fd: connection, shim: shim)) }
    }
}
