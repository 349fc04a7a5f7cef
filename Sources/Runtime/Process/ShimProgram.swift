import Basics
import CDrydock
import Glibc
import Kernel
import Steps

/// The shim's program, as it may be run beside a container: nobody can write to it through what leads to it.
///
/// Between clone and exec a process of the container's is still the shim's program, and `/proc/self/exe` names it. A container that
/// executes that name, or looks there from outside, holds the file that root on the host runs (CVE-2019-5736). So it is run from a mount
/// of its own, read only and in no mount namespace: what a container can reach of it can't be written, with whatever capabilities it has
/// inside. A copy in memory would do it, too, for seven megabytes.
public final class ShimProgram: Sendable {
    /// Path of the program.
    public let file: String
    private let mount = Monitored<Int32>(-1)

    public init(file: String) { self.file = file }

    deinit { mount.read { if $0 >= 0 { close($0) } } }

    /// A path that leads this process, and one that it spawns, to the program. The first time the mount is made.
    /// - Throws: `SystemCallFailure`.
    func path(_ step: Step) throws -> String {
        let fd = try mount.update { mount throws -> Int32 in
            if mount < 0 { mount = try makeMount(step) }
            return mount
        }
        return "/proc/self/fd/\(fd)"
    }

    private func makeMount(_ step: Step) throws -> Int32 {
        let tree = try perform("open_tree", ["AT_FDCWD", file, "OPEN_TREE_CLONE|OPEN_TREE_CLOEXEC"], step) { dd_open_tree(file) }
        defer { close(tree) }
        _ = try perform("mount_setattr", ["\(tree)", "", "AT_EMPTY_PATH", "attr_set=MOUNT_ATTR_RDONLY"], step) { dd_make_readonly(tree) }
        // Above the numbers that a spawned program's own descriptors get, over which this one would be lost before it is used.
        let high = dd_fcntl(tree, F_DUPFD_CLOEXEC, 64)
        guard high >= 0 else { throw SystemCallFailure(name: "fcntl", subject: file, errno: Errno(code: errno)) }
        return high
    }

    private func perform(_ name: String, _ arguments: [String], _ step: Step, _ body: () -> Int32) throws -> Int32 {
        let start = monotonicMicroseconds()
        let result = body()
        let code = result < 0 ? errno : 0
        step.record(
            CallRecord(
                name: name, args: arguments, result: Int64(result), errno: code, us: monotonicMicroseconds() - start, pid: dd_gettid()))
        if code != 0 { throw SystemCallFailure(name: name, subject: file, errno: Errno(code: code)) }
        return result
    }
}
