import CDrydock
import Glibc
import ShimProtocol

/// A further process in the container, from the engine's order to its end.
///
/// It comes in two steps, both children of ours. The first joins the container's cgroup and namespaces, takes its filter and gives up its
/// privileges while nobody in the container can see it: its pid namespace is the host's. Then it makes the second, which is in the
/// container's pid namespace and by then has nothing that the container has not, and ends.
final class ExecSession {
    private let key: UInt64
    private unowned let shim: Shim
    private let configuration: ShimConfiguration
    private let streams: Streams
    private var joiner: ChildWatch?
    private var process: ChildWatch?
    private var console: ExecConsole?
    /// Engines that were told of the end, and have not said that they know.
    private var uninformed: [ControlConnection] = []
    private var hasEnded = false
    private(set) var joinerPid: pid_t = 0
    private(set) var cloneNanoseconds: UInt64 = 0

    init(key: UInt64, shim: Shim, _ configuration: ShimConfiguration) {
        self.key = key
        self.shim = shim
        self.configuration = configuration
        let size = winsize(ws_row: configuration.rows, ws_col: configuration.columns, ws_xpixel: 0, ws_ypixel: 0)
        streams = Streams(
            loop: shim.loop, log: nil, configuration: (configuration.isTerminal, configuration.closesStdinOnce), size: size)
    }

    /// Nothing of it is left to do.
    var isOver: Bool { hasEnded && joiner == nil && uninformed.isEmpty && streams.clients.isEmpty }

    /// Makes the process that joins.
    /// - Parameter client: Taken over in any case.
    /// - Returns: an error number, or 0.
    func start(channel: Int32, client: (fd: Int32, streams: UInt8), joined: Int32, cgroup: Int32) -> Int32 {
        guard let ends = ChildEnds(isTerminal: configuration.isTerminal, hasConsole: true) else {
            let failure = errno
            if client.fd >= 0 { close(client.fd) }
            return failure
        }
        var pidfd: Int32 = -1
        let pid = clone(ends, channel: channel, joined: joined, cgroup: cgroup, &pidfd)
        guard pid > 0 else {
            let failure = errno
            ends.closeAll()
            if client.fd >= 0 { close(client.fd) }
            return failure
        }
        ends.closeTheirs()
        ends.connect(streams, opensStdin: configuration.opensStdin)
        joinerPid = pid
        // The client first: it is to see the first byte.
        if client.fd >= 0 { streams.attach(client.fd, streams: client.streams) }
        console = ExecConsole(fd: ends.console, session: self, loop: shim.loop)
        joiner = ChildWatch(pid: pid, pidfd: pidfd, loop: shim.loop) { [unowned self] _ in joinerEnded() }
        return 0
    }

    func resize(_ size: winsize) { streams.resize(size) }

    func use(terminal: Int32) { streams.use(terminal: terminal) }

    /// The process that stays has come into being.
    func born(pid: pid_t, pidfd: Int32) {
        _ = shim.tell(.execBorn(key: key, pid: pid), descriptor: pidfd)
        process = ChildWatch(pid: pid, pidfd: pidfd, loop: shim.loop) { [unowned self] code in ended(code) }
    }

    func isAcknowledged(by connection: ControlConnection) {
        uninformed.removeAll { $0 === connection }
        if hasEnded && uninformed.isEmpty { streams.letClientsGo() }
    }

    private func clone(_ ends: ChildEnds, channel: Int32, joined: Int32, cgroup: Int32, _ pidfd: inout Int32) -> pid_t {
        configuration.table.withUnsafeBufferPointer { table in
            var how = dd_clone()
            how.flags = configuration.cloneFlags
            how.cgroup = cgroup
            how.stdio = ends.stdio
            how.channel = channel
            how.console = ends.theirConsole
            how.joined = joined
            how.stepping = configuration.isStepping ? 1 : 0
            how.table = table.baseAddress
            how.length = table.count
            return dd_clone_child(&how, &pidfd, &cloneNanoseconds)
        }
    }

    /// The processes that it knows of; 0 for none.
    var pids: [pid_t] { [joiner?.pid ?? 0, process?.pid ?? 0] }

    /// Takes what the joining process has handed out by now.
    func takeWhatCame() { console?.receiveAll() }

    private func joinerEnded() {
        // What it sent before it ended is there.
        console?.receiveAll()
        console?.shut()
        console = nil
        joiner = nil
        // It did not get as far as the other: the engine has learned why from itself.
        guard process == nil && !hasEnded else { return }
        shim.endStrays()
        ended(127)
    }

    private func ended(_ code: Int32) {
        // A process that ends at once may be seen to end before its maker.
        console?.receiveAll()
        hasEnded = true
        process = nil
        streams.drain()
        streams.closeInput()
        uninformed = shim.tell(.execExited(key: key, code: code))
        // With no engine there is nobody whom a client could ask too early.
        if uninformed.isEmpty { streams.letClientsGo() }
    }
}

/// Waits for the end of a child.
final class ChildWatch: Handler {
    let pid: pid_t
    private let pidfd: Int32
    private let loop: EventLoop
    private let onEnd: (_ code: Int32) -> Void

    /// - Parameters:
    ///   - pidfd: Owned.
    ///   - onEnd: Gets the exit code, or 128 and the signal.
    init(pid: pid_t, pidfd: Int32, loop: EventLoop, onEnd: @escaping (_ code: Int32) -> Void) {
        self.pid = pid
        self.pidfd = pidfd
        self.loop = loop
        self.onEnd = onEnd
        loop.watch(pidfd, EventLoop.readable, self)
    }

    func ready(_ events: UInt32) {
        var information = siginfo_t()
        guard waitid(P_PID, id_t(pid), &information, WEXITED) == 0 else { return }
        loop.forget(pidfd)
        close(pidfd)
        let status = information._sifields._sigchld.si_status
        onEnd(information.si_code == CLD_EXITED ? status : 128 + status)
    }
}

/// Takes what the joining process hands out: the terminal's master, and the pidfd of the process that stays.
final class ExecConsole: Handler {
    private let fd: Int32
    private unowned let session: ExecSession
    private let loop: EventLoop
    private var isOpen = true

    init(fd: Int32, session: ExecSession, loop: EventLoop) {
        self.fd = fd
        self.session = session
        self.loop = loop
        makeNonBlocking(fd)
        loop.watch(fd, EventLoop.readable, self)
    }

    func ready(_ events: UInt32) { _ = receive() }

    /// Takes everything that has come.
    func receiveAll() {
        while receive() {}
    }

    /// - Returns: false when there is nothing more now.
    private func receive() -> Bool {
        guard isOpen else { return false }
        var word = dd_newborn()
        var received: Int32 = -1
        var count: Int32 = 0
        // A word comes alone: the kernel ends a read at the message that carries a descriptor.
        let length = withUnsafeMutableBytes(of: &word) { dd_recv_fds(fd, $0.baseAddress, $0.count, &received, 1, &count) }
        if length < 0 && (errno == EAGAIN || errno == EINTR) { return errno == EINTR }
        guard length > 0, count == 1 else {
            shut()
            return false
        }
        if length == MemoryLayout<dd_newborn>.size {
            session.born(pid: word.pid, pidfd: received)
        } else {
            session.use(terminal: received)
        }
        return true
    }

    func shut() {
        guard isOpen else { return }
        isOpen = false
        loop.forget(fd)
        close(fd)
    }
}
