import Basics
import CDrydock
import DockerAPI
import EngineInterface
import Glibc
import Kernel
import Steps

/// One look at a container's health: its command, run in the container as `docker exec` would run it.
struct HealthProbe {
    let engine: ContainerEngine
    let container: Container
    let settings: HealthSettings

    /// Runs the command to its end, or kills it when its time is over. Returns only when nothing of it is left: probes that hang must not pile
    /// up.
    func run() -> HealthState.Result {
        let start = Timestamp.now()
        let deadline = start.nanoseconds.addingReportingOverflow(settings.timeout)
        let until = deadline.overflow ? Int64.max : deadline.partialValue
        var request = ExecCreateRequest()
        request.attachStdout = true
        request.attachStderr = true
        request.cmd = settings.command
        let exec = ExecInstance(id: newContainerID(), container: container, request: request, detachKeys: [])
        engine.execs.add(exec)
        // Nobody asks for a probe once it is over, and there are many.
        defer { engine.execs.remove(exec) }
        do {
            var output = ProbeOutput()
            let isOver = try listen(to: exec, until: until, &output)
            if !isOver { end(exec) }
            let code: Int? = exec.live.wait { live -> Int?? in live.isGone ? .some(live.exitCode) : nil }
            guard isOver, let code else {
                let text = "Health check exceeded timeout (\(GoFormat.duration(settings.timeout)))"
                return HealthState.Result(start: start, end: .now(), exitCode: -1, output: text)
            }
            return HealthState.Result(start: start, end: .now(), exitCode: code, output: output.text)
        } catch {
            return HealthState.Result(start: start, end: .now(), exitCode: -1, output: "\(error)")
        }
    }

    /// Starts the process and reads what it says.
    /// - Returns: false when the time was over first.
    private func listen(to exec: ExecInstance, until deadline: Int64, _ output: inout ProbeOutput) throws -> Bool {
        var ends: [Int32] = [-1, -1]
        guard dd_socketpair(&ends) == 0 else { throw DrydockError(.failed, "no socket for the probe", errno: Errno(code: errno)) }
        let (ours, its) = (ends[0], ends[1])
        defer { close(ours) }
        do {
            // Its other end must be the shim's alone, or its end would not be seen.
            defer { close(its) }
            try engine.start(exec, client: (its, 6), CallContext(command: "health"))
        }
        var buffer = [UInt8](repeating: 0, count: 16 * 1024)
        while true {
            let rest = deadline - Timestamp.now().nanoseconds
            guard rest > 0 else { return false }
            var waited = pollfd(fd: ours, events: Int16(POLLIN), revents: 0)
            let count = poll(&waited, 1, Int32(clamping: rest / 1_000_000 + 1))
            if count < 0 && errno != EINTR { throw DrydockError(.failed, "waiting for the probe", errno: Errno(code: errno)) }
            guard count > 0 else { continue }
            let length = read(ours, &buffer, buffer.count)
            if length < 0 && errno == EINTR { continue }
            // The shim lets go of the socket when the process has ended.
            guard length > 0 else { return true }
            output.take(buffer[..<length])
        }
    }

    private func end(_ exec: ExecInstance) {
        do {
            try engine.operate("health", CallContext()) { operation in
                try operation.step("health.kill") { step in
                    step.fact("container", container.name)
                    step.fact("after", GoFormat.duration(settings.timeout))
                    try exec.live.update { live in
                        guard live.pidfd >= 0 else { return }
                        try engine.recorder(step).perform(
                            .pidfdSendSignal(pidfd: live.pidfd, signal: SIGKILL, pid: live.pid), tolerating: [ESRCH])
                    }
                }
            }
        } catch {
            engine.log("ending a probe of container \(container.id.prefix(12)): \(error)")
        }
    }
}

/// What a probe says on both of its streams, as far as it is kept.
struct ProbeOutput {
    private static let most = 4096

    private var kept: [UInt8] = []
    private var isCut = false
    /// Of the frame that is being read: its header so far, and how much of its payload is still to come.
    private var header: [UInt8] = []
    private var rest = 0

    init() {}

    /// Takes framed bytes, see `StandardStream`.
    mutating func take(_ bytes: ArraySlice<UInt8>) {
        var bytes = bytes
        while !bytes.isEmpty {
            if rest == 0 {
                let part = bytes.prefix(StandardStream.headerLength - header.count)
                header += part
                bytes = bytes.dropFirst(part.count)
                guard header.count == StandardStream.headerLength else { return }
                rest = header[4...].reduce(0) { $0 << 8 | Int($1) }
                header = []
            } else {
                let part = bytes.prefix(rest)
                let fitting = part.prefix(Self.most - kept.count)
                kept += fitting
                if fitting.count < part.count { isCut = true }
                rest -= part.count
                bytes = bytes.dropFirst(part.count)
            }
        }
    }

    /// As Docker shows it: three dots stand for what is left out.
    var text: String { String(decoding: kept, as: UTF8.self) + (isCut ? "..." : "") }
}
