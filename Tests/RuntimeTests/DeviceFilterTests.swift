import Basics
import Foundation
import Kernel
import Steps
import Testing

@testable import Runtime

/// Docker's device rules as a BPF program, tried on the kernel: a process in a cgroup v2 with it may use /dev/null and not the rest.
@Suite struct DeviceFilterTests {
    @Test func rulesReadAsInCgroupV1() {
        #expect(DeviceRule.docker.map(\.line).prefix(4) == ["c *:* m", "b *:* m", "c 1:3 rwm", "c 1:5 rwm"])
        #expect(DeviceRule.docker.map(\.line).contains("c 136:* rwm"))
    }

    @Test(.enabled(if: geteuid() == 0 && v2 != nil, "wants root and a mounted cgroup v2"))
    func theKernelObeysTheProgram() throws {
        let parent = try #require(Self.v2)
        let cgroup = "\(parent)/drydock-filter-test-\(getpid())"
        try #require(mkdir(cgroup, 0o755) == 0)
        defer { rmdir(cgroup) }
        try UnifiedController().filterDevices(cgroup, .silent(LiveKernel()))
        // Nodes of devices that exist: the kernel's log, the null device, a terminal's master.
        #expect(try run("echo x > /dev/null && head -c 1 /dev/zero && : < /dev/ptmx", in: cgroup) == 0)
        #expect(try run(": < /dev/kmsg", in: cgroup) != 0)
        #expect(try run(": < /dev/kmsg", in: nil) == 0)
        let node = "/tmp/drydock-node-\(getpid())"
        defer { unlink(node) }
        #expect(try run("mknod \(node) b 7 0", in: cgroup) == 0)
        #expect(try run("head -c 1 \(node)", in: cgroup) == 1)
    }

    private static var v2: String? { (try? CgroupTree.current())?.v2?.directory }

    /// The exit code of a shell line, run in a cgroup.
    private func run(_ line: String, in cgroup: String?) throws -> Int32 {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", (cgroup.map { "echo 0 > \($0)/cgroup.procs && " } ?? "") + "{ \(line); } 2>/dev/null >/dev/null"]
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus
    }
}
