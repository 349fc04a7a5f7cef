import CDrydock
import Glibc
import ShimProtocol

/// The parent of one container's first process: owner of its streams, its log and its exit status.
final class Shim: Handler {
    let loop = EventLoop()
    let streams: Streams
    private let order: Order
    private let directory = ShimConfiguration.Descriptor.directory
    private var connections: [ControlConnection] = []
    private var listener: ControlListener?
    private var relays: [PortListener] = []
    private var pid: pid_t = 0
    private var pidfd: Int32 = -1
    private var cloneNanoseconds: UInt64 = 0
    private var console: ConsoleReceiver?
    private var hasEnded = false
    /// Further processes in the container, by the engine's key.
    private(set) var execs: [UInt64: ExecSession] = [:]

    private var configuration: ShimConfiguration { order.configuration }

    init(_ order: Order) {
        self.order = order
        let configuration = order.configuration
        let log = LogFile(
            directory: directory, name: "\(configuration.containerID)-json.log", limit: Int(clamping: configuration.logSize),
            files: Int(configuration.logFiles))
        let size = winsize(ws_row: configuration.rows, ws_col: configuration.columns, ws_xpixel: 0, ws_ypixel: 0)
        streams = Streams(
            loop: loop, log: log, configuration: (configuration.isTerminal, configuration.closesStdinOnce), size: size)
    }

    /// Makes the container's process and stays until it has ended.
    func run() -> Int32 {
        let control = ControlConnection(fd: ShimConfiguration.Descriptor.control, shim: self)
        connections = [control]
        guard startProcess() else {
            control.send(.cloneFailed(errno: errno))
            return 1
        }
        listener = ControlListener(fd: ShimConfiguration.Descriptor.listener, shim: self)
        startRelays()
        control.send(.started(pid: pid, cloneNanoseconds: cloneNanoseconds), descriptor: pidfd)
        loop.watch(pidfd, EventLoop.readable, self)
        // Clients that have not read everything yet keep the shim alive until they have, or have gone.
        loop.endsWhen = { [unowned self] in
            for (key, session) in execs where session.isOver { execs[key] = nil }
            return hasEnded && streams.clients.isEmpty && execs.isEmpty
        }
        loop.run()
        return 0
    }

    func add(_ connection: ControlConnection) {
        connections.append(connection)
        if pid > 0 { connection.send(.started(pid: pid, cloneNanoseconds: cloneNanoseconds), descriptor: pidfd) }
    }

    func remove(_ connection: ControlConnection) {
        connections.removeAll { $0 === connection }
        for session in execs.values { session.isAcknowledged(by: connection) }
    }

    /// Makes another process in the container.
    /// - Parameters:
    ///   - channel: To the engine, which listens to the process until its program runs. Stays the caller's.
    ///   - client: A socket, or -1, and the streams that it wants. Taken over in any case.
    ///   - connection: Whoever ordered it, and is told first.
    /// - Returns: an error number, or 0.
    func exec(
        _ key: UInt64, _ configuration: ShimConfiguration, channel: Int32, client: (fd: Int32, streams: UInt8), cgroup: Int32,
        for connection: ControlConnection
    ) -> Int32 {
        guard !hasEnded, execs[key] == nil else {
            if client.fd >= 0 { close(client.fd) }
            return ESRCH
        }
        let session = ExecSession(key: key, shim: self, configuration)
        let failure = session.start(channel: channel, client: client, joined: pidfd, cgroup: cgroup)
        guard failure == 0 else { return failure }
        execs[key] = session
        connection.send(.execJoins(key: key, pid: session.joinerPid, cloneNanoseconds: session.cloneNanoseconds))
        return 0
    }

    /// A joining process that was killed may have made another that we have not heard of. It is our child: if nobody waits for it, the
    /// container's pid namespace never ends.
    func endStrays() {
        for session in execs.values { session.takeWhatCame() }
        let known = Set([pid] + execs.values.flatMap(\.pids))
        let list = dd_open("/proc/thread-self/children", O_RDONLY | O_CLOEXEC, 0)
        guard list >= 0 else { return }
        defer { close(list) }
        for word in Order.content(of: list).split(separator: UInt8(ascii: " ")) {
            let child = word.reduce(pid_t(0)) { $0 &* 10 &+ pid_t($1) &- 48 }
            if child <= 0 || known.contains(child) { continue }
            kill(child, SIGKILL)
            var information = siginfo_t()
            while waitid(P_PID, id_t(child), &information, WEXITED) < 0 && errno == EINTR {}
        }
    }

    /// Tells every engine that listens.
    /// - Returns: whom it told.
    func tell(_ message: ShimMessage, descriptor: Int32 = -1) -> [ControlConnection] {
        for connection in connections { connection.send(message, descriptor: descriptor) }
        return connections
    }

    /// The container's first process has ended.
    func ready(_ events: UInt32) {
        var information = siginfo_t()
        guard waitid(P_PID, id_t(pid), &information, WEXITED) == 0 else { return }
        loop.forget(pidfd)
        let status = information._sifields._sigchld.si_status
        let signal = information.si_code == CLD_EXITED ? 0 : status
        console?.receive()
        // The ports are free again however long a client takes to read what is left.
        for relay in relays { loop.forget(relay.fd) }
        relays = []
        for port in order.ports { close(port) }
        hasEnded = true
        streams.drain()
        streams.letClientsGo()
        let time = recordExit(code: signal == 0 ? status : 128 + signal, signal: signal)
        _ = tell(.exited(code: signal == 0 ? status : 128 + signal, signal: signal, time: time))
    }

    private func startProcess() -> Bool {
        guard let ends = ChildEnds(isTerminal: configuration.isTerminal) else { return false }
        guard clone(ends) else {
            ends.closeAll()
            return false
        }
        close(ShimConfiguration.Descriptor.channel)
        ends.closeTheirs()
        if configuration.isTerminal { console = ConsoleReceiver(fd: ends.console, streams: streams) }
        ends.connect(streams, opensStdin: configuration.opensStdin)
        return true
    }

    private func clone(_ ends: ChildEnds) -> Bool {
        configuration.table.withUnsafeBufferPointer { table in
            var how = dd_clone()
            how.flags = configuration.cloneFlags
            how.cgroup = order.cgroup
            how.stdio = ends.stdio
            how.channel = ShimConfiguration.Descriptor.channel
            how.console = ends.theirConsole
            how.joined = -1
            how.stepping = configuration.isStepping ? 1 : 0
            how.table = table.baseAddress
            how.length = table.count
            pid = dd_clone_child(&how, &pidfd, &cloneNanoseconds)
            return pid > 0
        }
    }

    private func startRelays() {
        for (port, fd) in zip(configuration.ports, order.ports) where !port.relayAddress.isEmpty {
            relays.append(PortListener(fd: fd, target: port, loop: loop))
        }
    }

    /// Writes the exit status where the engine finds it, whenever it comes: by rename, and synced when it must outlive the machine.
    /// - Returns: the time that was recorded, in nanoseconds since 1970.
    private func recordExit(code: Int32, signal: Int32) -> Int64 {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        let time = Int64(now.tv_sec) * 1_000_000_000 + Int64(now.tv_nsec)
        let text = Array("{\"exitCode\":\(code),\"signal\":\(signal),\"finishedAt\":\(time)}\n".utf8)
        let fd = dd_openat(directory, "exit.json.new", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard fd >= 0 else { return time }
        let isWhole = write(fd, text, text.count) == text.count
        if configuration.syncsExit { fsync(fd) }
        close(fd)
        if isWhole { _ = renameat(directory, "exit.json.new", directory, "exit.json") }
        return time
    }
}

/// Waits for the master of the container's terminal, which its first process opens inside and sends out.
final class ConsoleReceiver: Handler {
    private let fd: Int32
    private unowned let streams: Streams
    private var isDone = false

    init(fd: Int32, streams: Streams) {
        self.fd = fd
        self.streams = streams
        makeNonBlocking(fd)
        streams.loop.watch(fd, EventLoop.readable, self)
    }

    func ready(_ events: UInt32) { receive() }

    /// Takes the terminal if it has come.
    func receive() {
        guard !isDone else { return }
        var byte: UInt8 = 0
        var received: Int32 = -1
        var count: Int32 = 0
        if dd_recv_fds(fd, &byte, 1, &received, 1, &count) < 0 && errno == EAGAIN { return }
        isDone = true
        streams.loop.forget(fd)
        close(fd)
        if count == 1 { streams.use(terminal: received) }
    }
}
