import Basics
import CDrydock
import DockerAPI
import EngineInterface
import Glibc
import Kernel
import Runtime
import ShimProtocol
import Steps

extension ContainerEngine {
    /// Starts a container that is not running.
    /// - Throws: `DrydockError`: `.notModified` when it runs already; in Docker's words when its command can't be executed.
    public func startContainer(_ reference: String, context call: CallContext) throws {
        let container = try containers.find(reference)
        try partOfCommand(call) {
            do {
                try container.lifecycle.with { try startHeld(container, call) }
            } catch let error as DrydockError where error.code == .aborted {
                end(container, call)
                throw error
            }
        }
        steppingSession(call)?.addCompensation { [self] in end(container, call) }
    }

    /// Starts a container whose lifecycle the caller holds.
    private func startHeld(_ container: Container, _ call: CallContext) throws {
        if container.state.isHeldStill { throw DrydockError(.conflict, "cannot start a paused container, try unpause instead") }
        if container.isRunning { throw DrydockError(.notModified, "container \(container.id) is running") }
        if container.live.read({ $0.isRemoving }) {
            throw DrydockError(.conflict, "container is marked for removal and cannot be started")
        }
        do {
            try operate("start", call) { try start(container, $0, call) }
        } catch let failure as ChildFailure {
            throw remember(StartFailure(failure, container.record), of: container, call)
        } catch let error as DrydockError {
            throw error.code == .aborted ? error : remember(StartFailure(error), of: container, call)
        } catch {
            // Whatever it was: who waits for the container's removal must not wait for ever.
            throw remember(StartFailure(DrydockError(.failed, "\(error)")), of: container, call)
        }
    }

    /// Takes back a start that went well: the container ends, whatever it is doing. One that does not run is left alone.
    private func end(_ container: Container, _ call: CallContext) {
        let exits = container.live.read { $0.exits }
        guard container.isRunning else { return }
        do {
            try operate("kill", session: call.session, command: call.command, stepping: .none) { operation in
                try operation.step("kill.signal") { try send(SIGKILL, to: container, $0, operation) }
            }
            _ = awaitExit(of: container, after: exits, seconds: 10)
        } catch {
            log("taking back the start of container \(container.id.prefix(12)): \(error)")
        }
    }

    private func start(_ container: Container, _ operation: Operation, _ call: CallContext) throws {
        let launch = try Launch(engine: self, container: container, operation: operation)
        defer { launch.closeHeldPorts() }
        try mountVolumes(of: container, operation)
        try launch.startShim()
        try launch.prepareNetwork()
        try launch.makeCgroup()
        try launch.clone()
        try launch.connectNetwork()
        try launch.walkChild()
        try operation.step("start.record") { step in
            try record(launch, step)
            container.live.update {
                $0.session = call.session
                $0.command = call.command
            }
        }
        try watchHealth(of: container)
        try monitor(container, launch.control, shim: launch.shimPid)
        operation.keep()
        if operation.isStepped { subjects.update { $0[operation.id]?.isRunning = true } }
    }

    /// The container runs: from here on it is on record as running.
    private func record(_ launch: Launch, _ step: Step) throws {
        let container = launch.container
        let before = container.state
        step.undo { [self] undo in
            container.live.update {
                $0.state = before
                $0.pidfd = -1
                $0.control = nil
            }
            try saveState(before, of: container, recorder(undo))
        }
        var state = LifeState()
        state.phase = .running
        state.pid = launch.pid
        state.startedAt = .now()
        state.finishedAt = container.state.finishedAt
        state.network = launch.attachment
        // What was logged before stays, as in Docker.
        if HealthSettings(container.record.config) != nil { state.health = HealthState(after: before.health) }
        try saveState(state, of: container, recorder(step))
        container.live.update {
            $0.state = state
            $0.starts += 1
            $0.pidfd = launch.pidfd
            $0.control = launch.control
        }
        step.fact("status", "running")
        step.fact("pid", "\(launch.pid)")
    }

    /// Puts a container's state on disk. That of a running one has a file of its own, which replaces nothing: a rename over an existing
    /// file makes ext4 write it out at once, some milliseconds in every start.
    ///
    /// Not synced: after a fall of the machine nothing runs, whatever stands here; what has ended is told by exit.json too.
    func saveState(_ state: LifeState, of container: Container, _ recorder: Recorder) throws {
        let isRunning = state.phase == .running
        let path = isRunning ? container.runningFile : container.stateFile
        try DurableFile.write(path, try JSONEncoder().bytes(state), isSynced: false, recorder)
        if !isRunning { try recorder.perform(.unlink(path: container.runningFile), tolerating: [ENOENT]) }
    }

    /// A start that failed leaves its reason in the container's state, as Docker does, and the clients that waited are let go.
    private func remember(_ failure: StartFailure, of container: Container, _ call: CallContext) -> DrydockError {
        container.live.update {
            $0.state.exitCode = failure.exitCode
            $0.state.error = failure.error.description
            for client in $0.waitingClients { close(client.fd) }
            $0.waitingClients.removeAll()
        }
        if container.record.hostConfig.autoRemove {
            // It was to remove itself at its end, and this is its end.
            do { try operate("rm", session: call.session, command: call.command, stepping: .final) { try erase(container, $0) } } catch {
                log("removing container \(container.id.prefix(12)): \(error)")
            }
        } else if let bytes = try? JSONEncoder().bytes(container.state) {
            replaceFile(container.stateFile, bytes)
        }
        return failure.error
    }

    /// Replaces a small file outside of a step: what it says is not part of an operation.
    func replaceFile(_ path: String, _ bytes: [UInt8]) { try? replaceUnsynced(path, bytes, mode: 0o644) }
}

/// Why a container did not start, in Docker's words and with Docker's exit codes.
struct StartFailure {
    let error: DrydockError
    let exitCode: Int32

    init(_ error: DrydockError, exitCode: Int32 = 128) {
        self.error = error
        self.exitCode = exitCode
    }

    init(_ failure: ChildFailure, _ record: ContainerRecord) {
        let prefix = "failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: "
        if let reason = ProcessLimits.sentence(failure) {
            self.init(DrydockError(.failed, "\(prefix)error during container init: \(reason): unknown"))
            return
        }
        guard failure.isExec else {
            self.init(DrydockError(.failed, "\(prefix)\(failure.step): \(failure.description): unknown"))
            return
        }
        let program = record.path
        let reason = Self.reason(failure, program: program)
        // As Docker's daemon does it: a command that can't be run is the client's mistake.
        let error = DrydockError(.invalid, "\(prefix)exec: \"\(program)\": \(reason): unknown")
        self.init(error, exitCode: failure.errno.code == ENOENT ? 127 : 126)
    }

    /// Why a program can't be executed, in the words of Go's os/exec.
    static func reason(_ failure: ChildFailure, program: String) -> String {
        switch failure.errno.code {
        case ENOENT where !program.contains("/"): "executable file not found in $PATH"
        case ENOENT: "stat \(program): no such file or directory"
        default: failure.errno.text
        }
    }
}
