import Basics
import CDrydock
import DockerAPI
import Glibc
import Kernel
import Runtime
import ShimProtocol
import Steps

/// One start of a container, from its place in the network to the exec of its program. Belongs to the thread that starts it.
final class Launch {
    let container: Container
    private let engine: ContainerEngine
    private let operation: Operation
    private let record: ContainerRecord
    private let cgroup: ContainerCgroup
    private let log: LogLimits
    private var ports: PortReservation?
    private var shim: ShimProcess?
    private var plan: ChildPlan?
    /// With the container's first process, which stands still until it gets the word. It ends when this does.
    private var conversation: ChildConversation?
    private(set) var attachment: NetworkAttachment?
    private(set) var control: ControlSocket
    private(set) var pid: Int32 = 0
    private(set) var pidfd: Int32 = -1

    /// - Throws: `DrydockError` when the record says what can't be started.
    init(engine: ContainerEngine, container: Container, operation: Operation) throws {
        self.engine = engine
        self.container = container
        self.operation = operation
        record = container.record
        cgroup = engine.cgroup(of: container)
        log = try LogLimits(record.hostConfig.logConfig)
        control = ControlSocket(fd: -1)
        tellSubject()
    }

    /// Whoever pauses this start can look at what there is of it.
    private func tellSubject() {
        guard operation.isStepped else { return }
        let subject = OperationSubject(containerID: container.id, directory: container.directory, pid: pid)
        engine.subjects.update { $0[operation.id] = subject }
    }

    private var kernel: any Kernel { engine.kernel }
    private var usesBridge: Bool { ["default", "bridge"].contains(record.hostConfig.networkMode) }

    var shimPid: Int32 { shim?.pid ?? 0 }

    func closeHeldPorts() { ports?.close() }

    /// The container's address on the bridge, its line in /etc/hosts, and its published ports.
    func prepareNetwork() throws {
        guard usesBridge else {
            guard ["host", "none"].contains(record.hostConfig.networkMode) else {
                throw DrydockError(.notFound, "network \(record.hostConfig.networkMode) not found")
            }
            return try writeHosts(address: nil)
        }
        let hold = try engine.network.prepare(operation)
        let endpoint = try engine.network.claimAddress(operation, container: container.id, hold)
        attachment = NetworkAttachment(endpoint: endpoint)
        try writeHosts(address: endpoint.address.description)
        let wanted = try PortPlan(record).requests
        guard !wanted.isEmpty else { return }
        let reservation = try engine.network.publish(operation, wanted, to: endpoint, name: record.name)
        ports = reservation
        attachment?.ports = reservation.ports
    }

    /// Unlinked and made anew: what is replaced by a rename, or cut and written, ext4 writes out at once.
    private func writeHosts(address: String?) throws {
        try operation.step("start.files") { step in
            let path = "\(container.directory)/hosts"
            let recorder = engine.recorder(step)
            try recorder.perform(.unlink(path: path), tolerating: [ENOENT])
            try DurableFile.create(
                path, ContainerFiles(record).hosts(address: address, gateway: attachment?.endpoint.gateway.description), isSynced: false,
                recorder)
            step.fact("/etc/hosts", [address ?? "127.0.0.1", address == nil ? "localhost" : record.config.hostname].joined(separator: " "))
        }
    }

    func makeCgroup() throws {
        try operation.step("start.cgroup.create") { step in
            let cgroup = cgroup
            try cgroup.create(limits, engine.recorder(step))
            step.fact("cgroup", cgroup.mounts.first?.source ?? "")
            step.fact("hierarchies", "\(engine.cgroups.hierarchies.count)")
        }
    }

    private var limits: ResourceLimits {
        let host = record.hostConfig
        var limits = ResourceLimits()
        limits.memoryBytes = host.memory
        limits.swapBytes = host.memorySwap
        limits.reservedBytes = host.memoryReservation
        limits.swappiness = host.memorySwappiness.flatMap { $0 >= 0 ? $0 : nil }
        limits.processorPeriod = host.cpuPeriod
        limits.processorQuota = host.cpuQuota
        if host.nanoCpus > 0 {
            limits.processorPeriod = 100_000
            limits.processorQuota = host.nanoCpus / 10_000
        }
        limits.cpuShares = host.cpuShares
        limits.pids = max(0, host.pidsLimit ?? 0)
        limits.cpusetCPUs = host.cpusetCpus
        limits.cpusetMemories = host.cpusetMems
        return limits
    }

    /// Starts the shim, which is to be the parent of the container's first process. While it gets up, the rest is prepared.
    func startShim() throws {
        try operation.step("start.shim") { step in
            let listener = try listen(step)
            defer { close(listener) }
            try engine.recorder(step).perform(.unlink(path: container.exitFile), tolerating: [ENOENT])
            let shim = try ShimProcess.start(
                program: engine.shimProgram, containerID: container.id, directory: container.directory, listener: listener, step: step)
            self.shim = shim
            control = ControlSocket(fd: shim.control)
            conversation = ChildConversation(channel: shim.channel, isStepping: operation.isStepped)
            step.undo { [self] in try endShim(Recorder(kernel, $0)) }
            step.fact("shim", "pid \(shim.pid)")
        }
    }

    private func listen(_ step: Step) throws -> Int32 {
        let path = "\(engine.paths.shims)/\(container.shimSocket)"
        try engine.recorder(step).perform(.unlink(path: path), tolerating: [ENOENT])
        let fd = dd_unix_listen(engine.paths.shims, container.shimSocket, 8)
        guard fd >= 0 else { throw SystemCallFailure(name: "bind", subject: path, errno: Errno(code: errno)) }
        step.undo { [kernel] in try Recorder(kernel, $0).perform(.unlink(path: path), tolerating: [ENOENT]) }
        return fd
    }

    private func configuration(_ plan: ChildPlan, hasCgroup: Bool) -> ShimConfiguration {
        let config = record.config
        var configuration = ShimConfiguration(
            containerID: container.id, isTerminal: config.tty, opensStdin: config.openStdin, closesStdinOnce: config.stdinOnce,
            isStepping: operation.isStepped, syncsExit: container.isDurable, hasCgroup: hasCgroup, cloneFlags: cloneFlags)
        configuration.ports = (ports?.ports ?? []).map { port in
            // IPv4 is nftables' business; of IPv6 the shim relays TCP to the container's IPv4 address.
            let isRelayed = port.isIPv6 && port.transport == .tcp
            return .init(relayAddress: isRelayed ? attachment?.endpoint.address.description ?? "" : "", relayPort: port.containerPort)
        }
        configuration.table = plan.table.bytes
        configuration.logSize = UInt64(log.size)
        configuration.logFiles = UInt32(log.files)
        return configuration
    }

    private var cloneFlags: UInt64 { engine.namespaces(of: record) }

    /// Has the shim clone the container's first process, which stands still until it gets the word.
    func clone() throws {
        let spec = try SpecBuilder(engine: engine, container: container, attachment: attachment, cgroup: cgroup).spec()
        let plan = ChildPlan(spec, Evidence.watch(operation, remountsRoot: spec.isRootReadOnly))
        self.plan = plan
        try operation.step("start.clone") { step in
            var v2 = Int32(-1)
            if let directory = cgroup.v2Directory {
                v2 = Int32(try engine.recorder(step).perform(.open(path: directory, flags: O_RDONLY | O_DIRECTORY, mode: 0)).value)
            }
            defer { if v2 >= 0 { close(v2) } }
            let sockets = ports?.sockets.map(\.socket) ?? []
            guard sockets.count + 2 <= ShimConfiguration.mostDescriptors else {
                throw DrydockError(
                    .invalid,
                    "\(sockets.count) published ports are more than the \(ShimConfiguration.mostDescriptors - 2) that a container can have",
                    advice: "Publish a range of fewer ports, or use --network host.")
            }
            try control.configure(configuration(plan, hasCgroup: v2 >= 0), cgroup: v2, ports: sockets)
            // Not before: a shim that has not heard of it makes no process, and says nothing.
            step.undo { [self] in try endFirstProcess(Recorder(kernel, $0)) }
            guard let (message, descriptor) = control.next() else {
                throw DrydockError(
                    .failed, "the shim ended before it made the container's process", advice: "See \(engine.paths.runtime)/engine.log.")
            }
            // CLONE_PIDFD always, CLONE_INTO_CGROUP where there is one.
            let flags = FlagNames.clone(cloneFlags | 0x1000 | (v2 >= 0 ? 0x2_0000_0000 : 0))
            switch message {
            case .started(let pid, let nanoseconds):
                self.pid = pid
                pidfd = descriptor ?? -1
                tellSubject()
                step.record(
                    CallRecord(
                        name: "clone3", args: [flags], result: Int64(pid), errno: 0, us: Double(nanoseconds) / 1000, pid: shim?.pid ?? 0,
                        caller: .shim))
            case .cloneFailed(let code):
                step.record(CallRecord(name: "clone3", args: [flags], result: -1, errno: code, us: 0, pid: shim?.pid ?? 0, caller: .shim))
                throw SystemCallFailure(name: "clone3", subject: flags, errno: Errno(code: code))
            default:
                throw DrydockError(.failed, "the shim answered something that is no start")
            }
            Evidence.namespaces(of: pid, step)
        }
    }

    /// Kills the first process and waits until it has gone: its cgroup can be removed only then. The shim may have made it without our
    /// having asked for the news yet: the news always comes.
    private func endFirstProcess(_ recorder: Recorder) throws {
        if pid == 0, let (message, descriptor) = control.next(), case .started(let first, _) = message {
            pid = first
            pidfd = descriptor ?? -1
        }
        guard pidfd >= 0 else { return }
        try recorder.perform(.pidfdSendSignal(pidfd: pidfd, signal: SIGKILL, pid: pid), tolerating: [ESRCH])
        var waited = pollfd(fd: pidfd, events: Int16(POLLIN), revents: 0)
        while poll(&waited, 1, 10_000) < 0 && errno == EINTR {}
        close(pidfd)
    }

    func connectNetwork() throws {
        guard let attachment else { return }
        try engine.network.attach(
            operation, attachment.endpoint, to: .process(pid), isPublished: !attachment.ports.isEmpty)
    }

    /// Gives the word: the first process makes its mounts, gives up its privileges, and executes the program.
    func walkChild() throws {
        guard let conversation, let plan else { return }
        let waiting = container.live.update { live in
            defer { live.waitingClients.removeAll() }
            return live.waitingClients
        }
        defer { for client in waiting { close(client.fd) } }
        for client in waiting { try control.send(.attach(streams: client.streams), descriptor: client.fd) }
        let pid = pid
        try conversation.run(plan, in: operation, pid: pid) { Evidence.read(after: $0, pid: pid, plan: plan, for: $1) }
    }

    private func endShim(_ recorder: Recorder) throws {
        conversation = nil
        try recorder.perform(.kill(pid: shimPid, signal: SIGKILL), tolerating: [ESRCH])
        while waitpid(shimPid, nil, 0) < 0 && errno == EINTR {}
    }
}
