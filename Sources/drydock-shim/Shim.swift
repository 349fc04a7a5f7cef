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

    private var configuration: ShimConfiguration { order.configuration }

    init(_ order: Order) {
        self.order = order
        let configuration = order.configuration
        let log = LogFile(directory: directory, containerID: configuration.containerID)
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
        loop.run()
        return 0
    }

    func add(_ connection: ControlConnection) {
        connections.append(connection)
        if pid > 0 { connection.send(.started(pid: pid, cloneNanoseconds: cloneNanoseconds), descriptor: pidfd) }
    }

    func remove(_ connection: ControlConnection) { connections.removeAll { $0 === connection } }

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
        streams.drain()
        let time = recordExit(code: signal == 0 ? status : 128 + signal, signal: signal)
        for connection in connections {
            connection.send(.exited(code: signal == 0 ? status : 128 + signal, signal: signal, time: time))
        }
        // Clients that have not read everything yet keep the shim alive until they have, or have gone.
        loop.endsWhen = { [unowned self] in streams.clients.isEmpty }
    }

    private func startProcess() -> Bool {
        var pipes: [[Int32]] = []
        var stdio: [Int32] = [0, 0, 0]
        var consolePair: [Int32] = [-1, -1]
        if configuration.isTerminal {
            guard dd_socketpair(&consolePair) == 0 else { return false }
        } else {
            for _ in 0..<3 {
                var ends: [Int32] = [-1, -1]
                guard dd_pipe(&ends) == 0 else { return false }
                pipes.append(ends)
            }
            // Without -i our end of the pipe is closed, and the container reads end-of-file at once. Not our own /dev/null: that is the
            // host's, and root in the container could change its mode through the descriptor.
            stdio = [pipes[0][0], pipes[1][1], pipes[2][1]]
        }
        guard clone(stdio: stdio, console: consolePair[1]) else { return false }
        close(ShimConfiguration.Descriptor.channel)
        if configuration.isTerminal {
            close(consolePair[1])
            console = ConsoleReceiver(fd: consolePair[0], streams: streams)
        } else {
            for fd in [pipes[0][0], pipes[1][1], pipes[2][1]] { close(fd) }
            if !configuration.opensStdin { close(pipes[0][1]) }
            streams.use(stdin: configuration.opensStdin ? pipes[0][1] : -1, stdout: pipes[1][0], stderr: pipes[2][0])
        }
        return true
    }

    private func clone(stdio: [Int32], console: Int32) -> Bool {
        configuration.table.withUnsafeBufferPointer { table in
            var how = dd_clone()
            how.flags = configuration.cloneFlags
            how.cgroup = order.cgroup
            how.stdio = (stdio[0], stdio[1], stdio[2])
            how.channel = ShimConfiguration.Descriptor.channel
            how.console = console
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
