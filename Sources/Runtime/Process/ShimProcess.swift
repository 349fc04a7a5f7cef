import Basics
import CDrydock
import Glibc
import Kernel
import ShimProtocol
import Steps

/// A shim that was started: its process, and the engine's ends of the sockets to it.
public struct ShimProcess: Sendable {
    public let pid: Int32
    /// The engine's end of the control socket.
    public let control: Int32
    /// The engine's end of the channel to the container's first process.
    public let channel: Int32

    /// Starts a shim for a container. It waits for `ControlSocket.configure`.
    /// - Parameters:
    ///   - program: `drydock-shim`.
    ///   - containerID: For those who look at the list of processes.
    ///   - directory: The container's directory, for the log and the exit status.
    ///   - listener: A listening unix socket, through which a later engine reaches the shim.
    /// - Throws: `SystemCallFailure`.
    public static func start(
        program: ShimProgram, containerID: String, directory: String, listener: Int32, step: Step
    ) throws -> ShimProcess {
        let container = dd_open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0)
        guard container >= 0 else { throw SystemCallFailure(name: "openat", subject: directory, errno: Errno(code: errno)) }
        defer { close(container) }
        let null = dd_open("/dev/null", O_RDWR | O_CLOEXEC, 0)
        defer { close(null) }
        var control: [Int32] = [-1, -1]
        var channel: [Int32] = [-1, -1]
        guard dd_socketpair(&control) == 0, dd_socketpair(&channel) == 0 else {
            let code = errno
            for fd in control + channel where fd >= 0 { close(fd) }
            throw SystemCallFailure(name: "socketpair", subject: "AF_UNIX", errno: Errno(code: code))
        }
        defer {
            close(control[1])
            close(channel[1])
        }
        do {
            let pid = try spawn(program, [null, null, 2, listener, control[1], channel[1], container], name: containerID, step)
            return ShimProcess(pid: pid, control: control[0], channel: channel[0])
        } catch {
            close(control[0])
            close(channel[0])
            throw error
        }
    }

    private static func spawn(_ program: ShimProgram, _ descriptors: [Int32], name: String, _ step: Step) throws -> Int32 {
        let argv = ["drydock-shim", name].map { (text: String) in strdup(text) } + [nil]
        // Malloc's arenas and thresholds: the shim is to stay small beside every container.
        let envp = ["MALLOC_ARENA_MAX=1", "MALLOC_TRIM_THRESHOLD_=65536"].map { (text: String) in strdup(text) } + [nil]
        defer { for text in argv + envp { free(text) } }
        var pidfd: Int32 = -1
        let path = try program.path(step)
        let start = monotonicMicroseconds()
        let pid = dd_spawn(path, argv, envp, descriptors, Int32(descriptors.count), &pidfd)
        let failure = pid < 0 ? errno : 0
        step.record(
            CallRecord(
                name: "clone", args: ["CLONE_VM|CLONE_VFORK|CLONE_PIDFD", "then execve \(path), \(program.file)"], result: Int64(pid),
                errno: failure,
                us: monotonicMicroseconds() - start, pid: dd_gettid()))
        guard pid >= 0 else { throw SystemCallFailure(name: "clone and execve", subject: program.file, errno: Errno(code: failure)) }
        close(pidfd)
        return pid
    }
}
