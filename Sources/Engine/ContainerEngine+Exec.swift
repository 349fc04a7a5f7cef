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
    /// Takes note of a process that is to run in a container.
    /// - Throws: `DrydockError` in Docker's words: no command, no such container, one that doesn't run.
    public func createExec(_ reference: String, _ request: ExecCreateRequest) throws -> ExecCreateResponse {
        let container = try containers.find(reference)
        guard !(request.cmd ?? []).isEmpty else { throw DrydockError(.invalid, "No exec command specified") }
        guard container.isRunning else { throw DrydockError(.conflict, "Container \(container.id) is not running") }
        guard !container.state.isHeldStill else {
            throw DrydockError(.conflict, "Container \(reference) is paused, unpause the container before exec")
        }
        guard let keys = ExecKeys.bytes(request.detachKeys) else {
            throw DrydockError(.failed, "Invalid escape keys (\(request.detachKeys)) provided")
        }
        let exec = ExecInstance(id: newContainerID(), container: container, request: request, detachKeys: keys)
        execs.add(exec)
        return ExecCreateResponse(id: exec.id)
    }

    /// Starts a process that nobody listens to.
    /// - Throws: `DrydockError` in Docker's words when it can't be started.
    public func startExec(_ id: String, context call: CallContext) throws {
        try start(try execs.find(id), client: nil, call)
    }

    /// Starts a process and connects the client to it. As in Docker a failure is told on the stream, since the client listens there.
    /// - Throws: `DrydockError` when there is no such exec instance, or the user has taken the start back.
    public func attachExec(_ id: String, context call: CallContext) throws -> AttachStream {
        let exec = try execs.find(id)
        var ends: [Int32] = [-1, -1]
        guard dd_socketpair(&ends) == 0 else { throw DrydockError(.failed, "no socket for the client", errno: Errno(code: errno)) }
        let (client, ours) = (ends[0], ends[1])
        defer { close(ours) }
        let request = exec.request
        let streams: UInt8 = (request.attachStdin ? 1 : 0) | (request.attachStdout ? 2 : 0) | (request.attachStderr ? 4 : 0)
        do {
            try start(exec, client: (ours, streams), call)
        } catch let error as DrydockError where error.code != .aborted {
            let text = Array("\(error.description)\r\n".utf8)
            try? writeAll(ours, request.tty ? text : StandardStream.output.frame(text))
        } catch {
            close(client)
            throw error
        }
        return AttachStream(owning: client)
    }

    public func inspectExec(_ id: String) throws -> ExecInspect {
        let exec = try execs.find(id)
        let (request, live) = (exec.request, exec.live.read { $0 })
        let command = request.cmd ?? []
        var inspect = ExecInspect()
        inspect.id = exec.id
        inspect.running = live.phase == .running
        inspect.exitCode = live.exitCode
        inspect.processConfig = ExecProcessConfig(
            tty: request.tty, entrypoint: command.first ?? "", arguments: Array(command.dropFirst()), privileged: request.privileged,
            user: ExecSpecBuilder(engine: self, exec: exec).userName)
        inspect.openStdin = request.attachStdin
        inspect.openStderr = request.attachStderr
        inspect.openStdout = request.attachStdout
        inspect.containerID = exec.container.id
        inspect.detachKeys = ExecKeys.base64(exec.detachKeys)
        inspect.pid = Int(live.pid)
        return inspect
    }

    /// Gives a process's terminal a new size. One that is about to start is waited for, as Docker does.
    public func resizeExec(_ id: String, width: Int, height: Int) throws {
        let exec = try execs.find(id)
        let phase = exec.live.wait(seconds: 10) { live -> ExecInstance.Phase? in
            live.phase == .running || live.phase == .ended ? live.phase : nil
        }
        guard let phase else { throw DrydockError(.failed, "timeout waiting for exec session ready") }
        guard phase == .running, let control = exec.container.live.read({ $0.control }) else {
            throw DrydockError(.notFound, "no such exec")
        }
        try operate("resize", session: nil, command: nil) { operation in
            try operation.step("resize.terminal") { step in
                try control.send(.execResize(key: exec.key, rows: UInt16(clamping: height), columns: UInt16(clamping: width)))
                step.fact("size", "\(height) rows, \(width) columns")
            }
        }
    }

    /// What a shim tells of the processes that were asked for.
    /// - Parameter descriptor: Owned.
    /// - Throws: `SystemCallFailure` when the shim can't be answered.
    func hear(_ message: ShimMessage, descriptor: Int32?, over control: ControlSocket) throws {
        switch message {
        case .execJoins(let key, let pid, let nanoseconds):
            execs.find(key: key)?.live.update { $0.joiner = (pid, nanoseconds) }
        case .execFailed(let key, let errno):
            execs.find(key: key)?.live.update { $0.failure = errno }
        case .execBorn(let key, let pid):
            guard let exec = execs.find(key: key) else { break }
            return exec.live.update {
                $0.pid = pid
                $0.pidfd = descriptor ?? -1
            }
        case .execExited(let key, let code):
            execs.find(key: key)?.end(code: Int(code), isGone: true)
            // Its client learns of the end only now: whoever then asks for the exit code gets it.
            try control.send(.execAcknowledged(key: key))
        default:
            break
        }
        if let descriptor { close(descriptor) }
    }

    /// Starts a process that was asked for.
    /// - Parameter client: Who is connected to its streams; stays the caller's.
    /// - Throws: `DrydockError` in Docker's words when it can't be started.
    func start(_ exec: ExecInstance, client: (fd: Int32, streams: UInt8)?, _ call: CallContext) throws {
        let container = exec.container
        guard container.isRunning else { throw DrydockError(.conflict, "Container \(container.id) is not running") }
        try exec.live.update { live in
            switch live.phase {
            case .created: live.phase = .starting
            case .starting, .running: throw DrydockError(.conflict, "Error: Exec command \(exec.id) is already running")
            case .ended: throw DrydockError(.conflict, "Error: Exec command \(exec.id) has already run")
            }
        }
        do {
            try operate("exec", call) { try ExecLaunch(engine: self, exec: exec, operation: $0).run(client: client) }
        } catch {
            // Docker's code for whatever keeps a process from being started.
            exec.failed(code: 126)
            throw (error as? ChildFailure).map { failure in
                DrydockError(
                    failure.isExec ? .invalid : .failed,
                    "OCI runtime exec failed: exec failed: " + ExecSentence.of(failure, exec.request.cmd?.first ?? "", exec) + ": unknown")
            } ?? error
        }
    }
}

/// Why a process could not be started, in the words of Docker's runtime.
private enum ExecSentence {
    static func of(_ failure: ChildFailure, _ program: String, _ exec: ExecInstance) -> String {
        let prefix = "unable to start container process: "
        if failure.isExec { return prefix + "exec: \"\(program)\": \(StartFailure.reason(failure, program: program))" }
        if let reason = ProcessLimits.sentence(failure) { return prefix + reason }
        if failure.call.hasPrefix("chdir ") {
            return prefix + "chdir to cwd (\"\(failure.call.dropFirst(6))\") set in config.json failed: \(failure.errno.text)"
        }
        if failure.call.hasPrefix("getcwd") {
            return prefix + "current working directory is outside of container mount namespace root -- possible container breakout detected"
        }
        return prefix + "\(failure.step): \(failure.description)"
    }
}

/// Keys that detach, in Docker's notation.
enum ExecKeys {
    /// - Returns: nil where Docker has no such keys; nothing for the default ones.
    static func bytes(_ text: String) -> [UInt8]? {
        guard !text.isEmpty else { return [] }
        var keys: [UInt8] = []
        for key in text.split(separator: ",", omittingEmptySubsequences: false) {
            let bytes = Array(key.utf8)
            if bytes.count == 1 {
                keys.append(bytes[0])
            } else if key.hasPrefix("ctrl-"), bytes.count == 6, (64...95).contains(bytes[5]) || (97...122).contains(bytes[5]) {
                // ctrl-a is 1, ctrl-@ is 0: the letter's last five bits.
                keys.append(bytes[5] & 31)
            } else {
                return nil
            }
        }
        return keys
    }

    static func base64(_ bytes: [UInt8]) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var text: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let bits = group.reduce(UInt32(0)) { $0 << 8 | UInt32($1) } << UInt32(8 * (3 - group.count))
            for index in 0..<4 {
                text.append(index <= group.count ? alphabet[Int(bits >> UInt32(18 - 6 * index) & 63)] : UInt8(ascii: "="))
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}
