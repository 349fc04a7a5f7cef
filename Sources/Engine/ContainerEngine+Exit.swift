import Basics
import CDrydock
import DockerAPI
import EngineInterface
import Glibc
import Kernel
import Runtime
import ShimProtocol
import Steps
import Store

extension ContainerEngine {
    /// Waits for a container's end on a thread of its own, and cleans up after it.
    /// - Parameter shim: Pid of a shim that is this engine's own child, to be reaped; 0 for an earlier engine's.
    /// - Throws: `DrydockError` when there is no thread for it.
    func monitor(_ container: Container, _ control: ControlSocket, shim: Int32) throws {
        try EngineThread.start { [self] in
            let told = listen(to: container, control)
            if told == nil { awaitDeath(container) }
            handleExit(of: container, told)
            while shim > 0 && waitpid(shim, nil, 0) < 0 && errno == EINTR {}
        }
    }

    /// Takes in what a shim says, until the container has ended.
    /// - Returns: nil when the shim has gone without telling.
    private func listen(to container: Container, _ first: ControlSocket) -> ExitStatus? {
        var (control, successor): (ControlSocket, ControlSocket?) = (first, nil)
        while true {
            guard let (message, descriptor) = control.next() else {
                guard let next = successor else { return nil }
                (control, successor) = (next, nil)
                continue
            }
            switch message {
            case .started(let pid, _): meet(container, pid: pid, pidfd: descriptor)
            case .exited(let code, let signal, let time): return ExitStatus(code: code, signal: signal, time: time)
            default:
                do { try hear(message, descriptor: descriptor, over: control) } catch {
                    log("answering the shim of container \(container.id.prefix(12)): \(error)")
                    successor = successor ?? reconnect(to: container)
                    control.hangUp()
                }
            }
        }
    }

    /// An answer was lost for which the shim waits: it gives up waiting when that connection ends. A new one comes first, so that nothing
    /// which it tells meanwhile goes unheard.
    private func reconnect(to container: Container) -> ControlSocket? {
        let control = ControlSocket.connect(directory: paths.shims, name: container.shimSocket)
        if let control { container.live.update { $0.control = control } }
        return control
    }

    /// An earlier engine's shim has told whom it watches over.
    private func meet(_ container: Container, pid: Int32, pidfd: Int32?) {
        container.live.update { live in
            if live.pidfd >= 0 { close(live.pidfd) }
            live.pidfd = pidfd ?? -1
            live.state.pid = pid
        }
    }

    /// The shim has gone without a word. Its child dies with it (PR_SET_PDEATHSIG); what follows needs it gone.
    private func awaitDeath(_ container: Container) {
        let pidfd = container.live.read { $0.pidfd }
        guard pidfd >= 0 else { return }
        var waited = pollfd(fd: pidfd, events: Int16(POLLIN), revents: 0)
        while poll(&waited, 1, 10_000) < 0 && errno == EINTR {}
        if waited.revents == 0 { _ = dd_pidfd_send_signal(pidfd, SIGKILL) }
        while poll(&waited, 1, 10_000) < 0 && errno == EINTR {}
    }

    /// What the shim wrote before it told anyone.
    func exitOnRecord(_ container: Container) -> ExitStatus? {
        guard let bytes = try? readFile(container.exitFile, limit: 4096), let value = try? JSONValue(parsing: bytes),
            let code = value["exitCode"]?.intValue, let time = value["finishedAt"]?.intValue
        else { return nil }
        let signal = value["signal"]?.intValue ?? 0
        return ExitStatus(code: Int32(truncatingIfNeeded: code), signal: Int32(truncatingIfNeeded: signal), time: Int64(time))
    }

    /// A container has ended: its network, its cgroups and its state follow, and it itself if it was to remove itself.
    func handleExit(of container: Container, _ told: ExitStatus?) {
        container.lifecycle.with {
            guard container.isRunning else { return }
            let (session, command) = container.live.read { ($0.session, $0.command) }
            let ending = told ?? exitOnRecord(container)
            do {
                try operate("exit", session: session, command: command, stepping: .final) { operation in
                    if operation.isStepped {
                        let subject = OperationSubject(containerID: container.id, directory: container.directory)
                        subjects.update { $0[operation.id] = subject }
                    }
                    try cleanUp(container, told, operation)
                }
            } catch {
                log("after the end of container \(container.id.prefix(12)): \(error)")
            }
            execs.containerEnded(container)
            container.live.update { live in
                if live.state.phase == .running {
                    // It could not be put on record (the disk is full): known here all the same, with its code and its time.
                    live.state.phase = .exited
                    live.state.pid = 0
                    live.state.network = nil
                    live.state.exitCode = ending?.code ?? 137
                    live.state.finishedAt = ending.map { Timestamp(nanoseconds: $0.time) } ?? .now()
                }
                if live.pidfd >= 0 { close(live.pidfd) }
                live.pidfd = -1
                live.control = nil
                live.exits += 1
                for follower in live.followers { eventfd_write(follower, 1) }
            }
            if container.record.hostConfig.autoRemove && !container.live.read({ $0.isRemoving || $0.isRestarting }) {
                do {
                    try operate("rm", session: session, command: command, stepping: .final) { try erase(container, $0) }
                } catch {
                    log("removing container \(container.id.prefix(12)): \(error)")
                }
            }
        }
    }

    private func cleanUp(_ container: Container, _ told: ExitStatus?, _ operation: Operation) throws {
        let cgroup = cgroup(of: container)
        var state = container.state
        let ending = told ?? exitOnRecord(container)
        try operation.step("exit.status") { step in
            state.exitCode = ending?.code ?? 137
            state.finishedAt = ending.map { Timestamp(nanoseconds: $0.time) } ?? .now()
            state.isOutOfMemory = cgroup.wasOutOfMemory
            state.ending = ContainerEnding(
                signal: ending?.signal ?? 0, isUnrecorded: ending == nil,
                sent: container.live.update { live -> [SentSignal] in
                    defer { live.sent = [] }
                    return live.sent
                })
            var ended = state
            ended.phase = .exited
            endings.add(container.record, ended)
            step.fact("exit code", "\(state.exitCode)")
            if ending == nil { step.fact("shim", "ended without recording a status: counted as killed") }
            try recorder(step).perform(.unlink(path: "\(paths.shims)/\(container.shimSocket)"), tolerating: [ENOENT])
        }
        // One that fails doesn't keep the others from being done: the container has ended, and is on record as ended.
        var failure: (any Error)?
        if let attachment = state.network {
            do { try network.detach(operation, attachment.endpoint, ports: attachment.ports) } catch { failure = error }
        }
        do {
            try operation.step("exit.cgroup") { step in try cgroup.remove(recorder(step)) }
        } catch { failure = failure ?? error }
        do { try unmountVolumes(of: container, operation) } catch { failure = failure ?? error }
        defer { if let failure { log("after the end of container \(container.id.prefix(12)): \(failure)") } }
        state.phase = .exited
        state.isPaused = nil
        state.pid = 0
        state.network = nil
        // One that removes itself has no use for a record any more.
        guard !container.record.hostConfig.autoRemove else { return container.live.update { $0.state = state } }
        try operation.step("exit.record") { step in
            try saveState(state, of: container, recorder(step))
            container.live.update { $0.state = state }
            step.fact("status", "exited (\(state.exitCode))")
        }
    }

    func cgroup(of container: Container) -> ContainerCgroup {
        ContainerCgroup(tree: cgroups, parent: paths.cgroupParent, id: container.id)
    }

    /// Takes up the containers that were running when the last engine ended. A shim that somebody has stopped doesn't keep the engine
    /// waiting: whom it watches over is told whenever it answers.
    /// - Throws: `DrydockError` when there is no thread to watch one of them.
    func adoptRunningContainers() throws {
        for container in containers.all where container.isRunning {
            if let attachment = container.state.network { network.adopt(attachment.endpoint, ports: attachment.ports) }
            // The engine before may have been killed while it held the container still for a commit, or let a paused one go on.
            let cgroup = cgroup(of: container)
            if !cgroup.isHeldStill { container.live.update { $0.state.isPaused = nil } }
            if cgroup.isHeldStill && !container.state.isHeldStill {
                do { try operate("commit", CallContext()) { try $0.step("commit.resume") { try cgroup.thaw(recorder($0)) } } } catch {
                    log("letting container \(container.id.prefix(12)) go on: \(error)")
                }
            }
            if let control = ControlSocket.connect(directory: paths.shims, name: container.shimSocket) {
                container.live.update {
                    $0.control = control
                    $0.starts += 1
                }
                try watchHealth(of: container)
                try monitor(container, control, shim: 0)
            } else {
                handleExit(of: container, nil)
            }
        }
    }

    /// Containers that were to remove themselves and don't run: the engine that was to do it has been killed.
    func removeEndedContainers() {
        for container in containers.all { removeIfEnded(container) }
    }

    func removeIfEnded(_ container: Container) {
        guard container.record.hostConfig.autoRemove else { return }
        do {
            try container.lifecycle.with {
                guard !container.isRunning, !container.live.read({ $0.isRemoved }) else { return }
                try operate("rm", CallContext()) { try erase(container, $0) }
            }
        } catch {
            log("removing container \(container.id.prefix(12)): \(error)")
        }
    }

    /// One line to the engine's log.
    public func log(_ text: String) {
        let line = Array("\(Timestamp.now()) \(text)\n".utf8)
        try? writeAll(2, line)
    }
}
