import Basics
import CDrydock
import DockerAPI
import EngineInterface
import Glibc
import Kernel
import Steps
import Store

extension ContainerEngine {
    /// Asks a container to end, and ends it when it doesn't.
    public func stopContainer(_ reference: String, timeout: Int?, context call: CallContext) throws {
        let container = try containers.find(reference)
        guard container.isRunning else { throw DrydockError(.notModified, "container \(container.id) is not running") }
        let config = container.record.config
        let wanted = try config.stopSignal.isEmpty ? SIGTERM : SignalName.number(config.stopSignal, invalid: "Invalid signal")
        // As Docker does with a signal that can't be sent.
        let signal = SignalName.isSupported(wanted) ? wanted : SIGKILL
        let seconds = timeout ?? config.stopTimeout ?? 10
        let exits = container.live.read { $0.exits }
        try operate("stop", call) { operation in
            try operation.step("stop.signal") { try send(signal, to: container, $0, operation) }
            let ended = try operation.step("stop.wait") { step in
                let ended = awaitExit(of: container, after: exits, seconds: seconds < 0 ? nil : Double(seconds))
                step.fact("ended", ended ? "yes" : "no, after \(seconds) s")
                return ended
            }
            guard !ended else { return }
            try operation.step("stop.kill") { step in
                try send(SIGKILL, to: container, step, operation)
                _ = awaitExit(of: container, after: exits, seconds: nil)
            }
        }
    }

    public func restartContainer(_ reference: String, timeout: Int?, context call: CallContext) throws {
        let container = try containers.find(reference)
        // One that removes itself at its end is not to do so in the midst of this.
        container.live.update { $0.isRestarting = true }
        defer { container.live.update { $0.isRestarting = false } }
        do {
            try stopContainer(container.id, timeout: timeout, context: call)
        } catch let error as DrydockError where error.code == .notModified {
        }
        do {
            try startContainer(container.id, context: call)
        } catch {
            container.live.update { $0.isRestarting = false }
            removeIfEnded(container)
            throw error
        }
    }

    public func killContainer(_ reference: String, signal: String?, context call: CallContext) throws {
        let container: Container
        do {
            container = try containers.find(reference)
        } catch let error as DrydockError {
            throw DrydockError(error.code, "Cannot kill container: \(reference): \(error.sentence)")
        }
        let number = try SignalName.number(signal ?? "KILL", invalid: "Invalid signal")
        guard SignalName.isSupported(number) else {
            let shown = UInt64(bitPattern: Int64(number))
            throw DrydockError(.invalid, "Cannot kill container: \(reference): The linux daemon does not support signal \(shown)")
        }
        guard container.isRunning else {
            throw DrydockError(.conflict, "Cannot kill container: \(reference): Container \(container.id) is not running")
        }
        let exits = container.live.read { $0.exits }
        try operate("kill", call) { operation in
            try operation.step("kill.signal") { try send(number, to: container, $0, operation) }
        }
        if number == SIGKILL { _ = awaitExit(of: container, after: exits, seconds: 10) }
    }

    func send(_ signal: Int32, to container: Container, _ step: Step, _ operation: Operation) throws {
        // A descriptor of our own: a user may hold us at the call until the container has ended and its number is another's.
        // An engine that has just begun may not have heard from the shim yet.
        let answer = container.live.wait(seconds: 5) { live -> (pidfd: Int32, pid: Int32)? in
            if live.state.phase != .running { return (-1, 0) }
            return live.pidfd < 0 ? nil : (dd_fcntl(live.pidfd, F_DUPFD_CLOEXEC, 0), live.state.pid)
        }
        guard let (pidfd, pid) = answer else {
            throw DrydockError(
                .failed, "the shim of container \(container.id.prefix(12)) doesn't answer", cause: "it may have been stopped",
                advice: "See `ps -C drydock-shim`; SIGCONT wakes it.")
        }
        guard pidfd >= 0 else { return }
        defer { close(pidfd) }
        // A signal can't be taken back.
        operation.makeFinal()
        // Before: its end may be told before the call has returned.
        let sent = SentSignal(signal: FlagNames.signal(signal), by: operation.command ?? operation.verb, at: .now())
        container.live.update { $0.sent = $0.sent.suffix(SentSignal.most - 1) + [sent] }
        try waking(container, for: signal, step) {
            // Gone in the meantime: what was wanted has happened.
            try recorder(step).perform(.pidfdSendSignal(pidfd: pidfd, signal: signal, pid: pid), tolerating: [ESRCH])
        }
        step.fact("signal", FlagNames.signal(signal))
        step.fact("container", container.id)
    }

    /// - Returns: false when the time was over first.
    func awaitExit(of container: Container, after exits: Int, seconds: Double?) -> Bool {
        container.live.wait(seconds: seconds) { $0.exits > exits ? true : nil } ?? false
    }

    public func waitContainer(
        _ reference: String, condition: WaitCondition, context call: CallContext, began: () throws -> Void
    ) throws -> WaitResponse {
        let container = try containers.find(reference)
        let (exits, failures) = container.live.read { ($0.exits, $0.failedRemovals) }
        let token = call.onDisconnect { container.live.wake() }
        defer { call.cancellation.remove(token) }
        // The session lasts as long: the container's end is told in it.
        hub.began(session: call.session)
        defer { hub.finished(session: call.session) }
        try began()
        return container.live.wait { live -> WaitResponse? in
            if call.isCancelled { return WaitResponse(statusCode: -1) }
            let ended = WaitResponse(statusCode: Int64(live.state.exitCode))
            switch condition {
            case .notRunning: return live.state.phase == .running ? nil : ended
            case .nextExit: return live.exits > exits || live.isRemoved ? ended : nil
            case .removed:
                if live.isRemoved { return ended }
                guard live.failedRemovals > failures else { return nil }
                return WaitResponse(error: WaitError(message: live.removalFailure), statusCode: ended.statusCode)
            }
        }
    }

    public func removeContainer(_ reference: String, force: Bool, volumes: Bool, context call: CallContext) throws {
        let container = try containers.find(reference)
        let isRunning =
            container.state.isHeldStill
            ? DrydockError(
                .conflict,
                "You cannot remove a paused container \(container.id). Unpause and then stop the container before attempting removal or "
                    + "force remove")
            : DrydockError(
                .conflict,
                "You cannot remove a running container \(container.id). Stop the container before attempting removal or force remove")
        if container.isRunning && !force { throw isRunning }
        let isMine = container.live.update { live in
            defer { live.isRemoving = true }
            return !live.isRemoving
        }
        guard isMine else {
            throw DrydockError(.conflict, "removal of container \(reference) is already in progress")
        }
        do {
            try operate("rm", call) { operation in
                while true {
                    let exits = container.live.read { $0.exits }
                    if container.isRunning {
                        guard force else { throw isRunning }
                        try operation.step("rm.stop") { step in
                            try send(SIGKILL, to: container, step, operation)
                            guard awaitExit(of: container, after: exits, seconds: 10) else {
                                throw DrydockError(.conflict, "container \(container.id) could not be killed within 10 seconds. Try again")
                            }
                        }
                    }
                    // Looked at again under the lock: a start may have held it, and what it started must not lose its files.
                    let isErased = try container.lifecycle.with {
                        guard !container.isRunning else { return false }
                        try erase(container, operation, takesVolumes: volumes)
                        return true
                    }
                    if isErased { return }
                }
            }
        } catch {
            container.live.update { $0.isRemoving = false }
            throw error
        }
    }

    /// Takes a container that doesn't run out of the world: one rename, after which it isn't there, then its files.
    /// - Parameter takesVolumes: Volumes without a name go with it. Those of one that removes itself always do.
    func erase(_ container: Container, _ operation: Operation, takesVolumes: Bool = false) throws {
        let takesVolumes = takesVolumes || container.record.hostConfig.autoRemove
        let aside = "\(paths.staging)/rm-\(container.id)"
        busy.update { _ = $0.insert("rm-\(container.id)") }
        defer { busy.update { _ = $0.remove("rm-\(container.id)") } }
        do {
            try operation.step("rm.record") { step in
                let recorder = recorder(step)
                if takesVolumes { try markVolumes(of: container, step) }
                try recorder.perform(.rename(from: container.directory, to: aside))
                step.undo { [kernel] in try Recorder(kernel, $0).perform(.rename(from: aside, to: container.directory)) }
                if container.isDurable { try DurableFile.syncDirectory(paths.containers, recorder) }
                step.fact("name", container.name)
            }
        } catch {
            container.live.update {
                $0.failedRemovals += 1
                $0.removalFailure = "unable to remove filesystem for \(container.id): \(error)"
            }
            throw error
        }
        // The container is gone whatever happens to its files now: the next engine's sweep takes what is left of them.
        operation.makeFinal()
        containers.remove(container)
        let tell = {
            container.live.update {
                for client in $0.waitingClients { close(client.fd) }
                $0.waitingClients.removeAll()
                $0.isRemoved = true
            }
        }
        defer { tell() }
        if takesVolumes { try removeVolumes(of: container.record, operation) }
        // Whoever waits for the removal need not wait for the files; whoever has it narrated wants to hear of them.
        if !operation.isObserved { tell() }
        try operation.step("rm.layer") { step in
            if deleteFiles(at: aside, step) { step.fact("removed", "\(container.directory)") }
        }
    }

    public func renameContainer(_ reference: String, to name: String, context call: CallContext) throws {
        let container = try containers.find(reference)
        let new = try ContainerDefinition.checkedName(name)
        let old = container.name
        guard new != old else {
            throw DrydockError(.invalid, "Renaming a container with the same name as its current name")
        }
        try container.lifecycle.with {
            try containers.reserve(name: new, id: container.id)
            var record = container.record
            let path = "\(container.directory)/config.json"
            do {
                let before = try JSONEncoder().bytes(record, indent: "  ")
                record.name = new
                let bytes = try JSONEncoder().bytes(record, indent: "  ")
                try operate("rename", call) { operation in
                    try operation.step("create.name") { step in
                        // Before it is written: it may fail when the file has its name already, and only that isn't on the disk.
                        step.undo { [self] in try DurableFile.write(path, before, isSynced: container.isDurable, recorder($0)) }
                        try DurableFile.write(path, bytes, isSynced: container.isDurable, recorder(step))
                        step.fact("name", "\(old) → \(new)")
                    }
                }
            } catch {
                containers.release(name: new, id: container.id)
                throw error
            }
            container.live.update { $0.record.name = new }
            containers.release(name: old, id: container.id)
        }
    }

    public func pruneContainers(filters: Filters, context call: CallContext) throws -> ContainersPruneReport {
        let wanted = try ContainerFilter(filters, allowed: ["label", "label!", "until"])
        var deleted: [String] = []
        var reclaimed: UInt64 = 0
        for container in containers.all.sorted(by: { $0.record.created < $1.record.created })
        where !container.isRunning && wanted.matches(container, self) {
            let size = FileTree.size(container.upper)
            do {
                try removeContainer(container.id, force: false, volumes: false, context: call)
            } catch let error as DrydockError where error.code == .conflict || error.code == .notFound {
                continue
            } catch let error as DrydockError where error.code == .aborted && !deleted.isEmpty {
                throw DrydockError(.aborted, "\(error.sentence); the containers removed before stay removed: \(deleted.count)")
            }
            deleted.append(container.id)
            reclaimed += UInt64(size)
        }
        return ContainersPruneReport(containersDeleted: deleted.isEmpty ? nil : deleted, spaceReclaimed: reclaimed)
    }
}
