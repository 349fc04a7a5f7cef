import Basics
import CDrydock
import DockerAPI
import Glibc
import Kernel
import Runtime
import ShimProtocol
import Steps

/// One start of a further process in a running container. Belongs to the thread that starts it.
final class ExecLaunch {
    private let engine: ContainerEngine
    private let exec: ExecInstance
    private let operation: Operation
    private let cgroup: ContainerCgroup
    /// With the process, until its program runs. It ends when this does.
    private var conversation: ChildConversation?

    init(engine: ContainerEngine, exec: ExecInstance, operation: Operation) {
        self.engine = engine
        self.exec = exec
        self.operation = operation
        cgroup = engine.cgroup(of: exec.container)
    }

    /// - Parameter client: Who is connected to the process's streams; stays the caller's.
    /// - Throws: `ChildFailure`; `DrydockError`.
    func run(client: (fd: Int32, streams: UInt8)?) throws {
        tellSubject(pid: 0)
        let spec = try prepare()
        let plan = ChildPlan(spec, Evidence.watch(operation))
        let pid = try operation.step("exec.join") { step in try makeProcess(plan, client, step) }
        guard let conversation else { return }
        try conversation.run(plan, in: operation, pid: pid) { id, step in
            tellSubject(pid: conversation.pid)
            return Evidence.read(after: id, pid: conversation.pid, plan: plan, for: step)
        }
        self.conversation = nil
        try operation.step("exec.record") { step in record(step) }
    }

    private func tellSubject(pid: Int32) {
        guard operation.isStepped else { return }
        let container = exec.container
        let subject = OperationSubject(containerID: container.id, directory: container.directory, pid: pid)
        engine.subjects.update { $0[operation.id] = subject }
    }

    private func prepare() throws -> ExecSpec {
        try operation.step("exec.prepare") { step in
            var spec = try ExecSpecBuilder(engine: engine, exec: exec).spec()
            spec.cgroupTasks = cgroup.taskFiles
            step.fact("command", spec.arguments.joined(separator: " "))
            step.fact("user", "\(spec.user.uid):\(spec.user.gid)")
            step.fact("directory", spec.workingDirectory)
            step.fact("variables", "\(spec.environment.count)")
            return spec
        }
    }

    /// Has the shim clone the process that joins the container, which stands still until it gets the word.
    /// - Returns: its pid.
    private func makeProcess(_ plan: ChildPlan, _ client: (fd: Int32, streams: UInt8)?, _ step: Step) throws -> Int32 {
        guard let control = exec.container.live.read({ $0.control }) else { throw notRunning }
        var channel: [Int32] = [-1, -1]
        guard dd_socketpair(&channel) == 0 else {
            throw SystemCallFailure(name: "socketpair", subject: "AF_UNIX", errno: Errno(code: errno))
        }
        defer { close(channel[1]) }
        conversation = ChildConversation(channel: channel[0], isStepping: operation.isStepped)
        var v2 = Int32(-1)
        if let directory = cgroup.v2Directory {
            v2 = Int32(try engine.recorder(step).perform(.open(path: directory, flags: O_RDONLY | O_DIRECTORY, mode: 0)).value)
        }
        defer { if v2 >= 0 { close(v2) } }
        step.undo { [self] in try endProcess(Recorder(engine.kernel, $0)) }
        try control.exec(exec.key, configuration(plan, hasCgroup: v2 >= 0), channel: channel[1], client: client, cgroup: v2)
        let answer = exec.live.wait { live -> (pid: Int32, nanoseconds: UInt64, failure: Int32)? in
            if let joiner = live.joiner { return (joiner.pid, joiner.cloneNanoseconds, 0) }
            if let failure = live.failure { return (-1, 0, failure) }
            return live.isGone ? (-1, 0, ESRCH) : nil
        }
        // The shim of a container that has ended makes nothing in it any more.
        if answer.failure == ESRCH { throw notRunning }
        let flags = FlagNames.clone(0x1000 | (v2 >= 0 ? 0x2_0000_0000 : 0))
        step.record(
            CallRecord(
                name: "clone3", args: [flags], result: Int64(answer.pid), errno: answer.failure, us: Double(answer.nanoseconds) / 1000,
                pid: parent(of: answer.pid), caller: .shim))
        if answer.failure != 0 { throw SystemCallFailure(name: "clone3", subject: flags, errno: Errno(code: answer.failure)) }
        return answer.pid
    }

    private var notRunning: DrydockError { DrydockError(.conflict, "Container \(exec.container.id) is not running") }

    /// The shim, which the engine may not have started itself.
    private func parent(of pid: Int32) -> Int32 {
        guard operation.isObserved, pid > 0 else { return 0 }
        return ProcText("/proc/\(pid)/status").field("PPid").flatMap(Int32.init) ?? 0
    }

    private func configuration(_ plan: ChildPlan, hasCgroup: Bool) -> ShimConfiguration {
        let request = exec.request
        var configuration = ShimConfiguration(
            containerID: exec.container.id, isTerminal: request.tty, opensStdin: request.attachStdin, closesStdinOnce: true,
            isStepping: operation.isStepped, syncsExit: false, hasCgroup: hasCgroup, cloneFlags: 0)
        configuration.table = plan.table.bytes
        return configuration
    }

    /// The process runs. One that has ended in the meantime stays ended.
    private func record(_ step: Step) {
        let pid = exec.live.wait(seconds: 10) { $0.pid > 0 || $0.isGone ? $0.pid : nil } ?? 0
        exec.live.update { if $0.phase == .starting { $0.phase = .running } }
        step.fact("id", exec.id)
        step.fact("pid", "\(pid)")
    }

    /// Takes the process back, however far it has come, and waits until it has gone.
    private func endProcess(_ recorder: Recorder) throws {
        // Before its program runs it ends when nobody listens to it.
        conversation = nil
        try exec.live.update { live in
            guard live.pidfd >= 0 else { return }
            try recorder.perform(.pidfdSendSignal(pidfd: live.pidfd, signal: SIGKILL, pid: live.pid), tolerating: [ESRCH])
        }
        let hasOrdered = exec.live.read { $0.joiner != nil }
        if hasOrdered { _ = exec.live.wait(seconds: 10) { $0.isGone ? true : nil } }
    }
}
