import Basics
import DockerAPI
import Runtime

/// `--ulimit`: what the kernel allows a process. Source: docker/go-units, `ulimit.go`; getrlimit(2).
enum ProcessLimits {
    /// Docker's names with the kernel's numbers, which are those of asm-generic.
    private static let numbers: [String: UInt32] = [
        "cpu": 0, "fsize": 1, "data": 2, "stack": 3, "core": 4, "rss": 5, "nproc": 6, "nofile": 7, "memlock": 8, "locks": 10,
        "sigpending": 11, "msgqueue": 12, "nice": 13, "rtprio": 14, "rttime": 15,
    ]

    /// The order in which /proc/PID/limits has them.
    static let kernelOrder = [
        "cpu", "fsize", "data", "stack", "core", "rss", "nproc", "nofile", "memlock", "as", "locks", "sigpending", "msgqueue", "nice",
        "rtprio", "rttime",
    ]

    /// - Throws: `DrydockError.invalid` in the words of Docker's runtime, which is the first to look at the names.
    static func of(_ host: HostConfig) throws -> [ContainerSpec.Limit] {
        try (host.ulimits ?? []).map { limit in
            guard let number = numbers[limit.name.lowercased()] else {
                throw DrydockError(
                    .failed,
                    "failed to create shim task: OCI runtime create failed: runc create failed: invalid rlimit type "
                        + "\"RLIMIT_\(limit.name.prefix(64).uppercased())\": unknown")
            }
            // -1 is the kernel's own word for no limit at all.
            return ContainerSpec.Limit(
                resource: number, name: "RLIMIT_\(limit.name.uppercased())", soft: UInt64(bitPattern: limit.soft),
                hard: UInt64(bitPattern: limit.hard))
        }
    }

    /// Why a limit was refused, in the words of Docker's runtime; nil for another failure.
    static func sentence(_ failure: ChildFailure) -> String? {
        guard failure.step.hasSuffix(".limits"),
            let name = numbers.first(where: { failure.call.contains("RLIMIT_\($0.key.uppercased())") })
        else { return nil }
        return "error setting rlimits for ready process: error setting rlimit type \(name.value): \(failure.errno.text)"
    }
}
