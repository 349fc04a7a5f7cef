import Basics
import CDrydock
import Glibc
import Kernel

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

    /// A path that leads this process, and one that it spawns, to the program.
    var path: String {
        get throws {
            let fd = try mount.update { mount throws -> Int32 in
                if mount < 0 {
                    mount = dd_readonly_mount(file)
                    if mount < 0 { throw SystemCallFailure(name: "mount_setattr", subject: file, errno: Errno(code: errno)) }
                }
                return mount
            }
            return "/proc/self/fd/\(fd)"
        }
    }
}
