import Foundation
import Testing

/// The engine of a root may be started anew from another session, which stands in another cgroup.
@Suite(.enabled(if: Dock.obstacle == nil && MemoryHierarchy.own != nil, "needs a memory hierarchy of cgroup v1"))
struct CgroupPlaceTests {
    @Test func anEngineFromElsewhereFindsWhatRunsAndLeavesNothing() throws {
        let other = try #require(MemoryHierarchy.own) + "/drydock-test-\(getpid())"
        #expect(mkdir(other, 0o755) == 0)
        defer { #expect(rmdir(other) == 0, "something is left in \(other)") }
        try Dock.with { dock in
            dock.must("pull", "busybox")
            dock.must("shutdown")
            let drydock = "'\(Dock.binaries)/drydock' --root '\(dock.root)'"
            let started = Outcome(
                "/bin/sh", ["-c", "echo $$ > \(other)/tasks; exec \(drydock) run -d --name here busybox sleep 1000"],
                environment: ["DRYDOCK_REGISTRY": "lab"])
            #expect(started.code == 0, "\(started.error)")
            let parent = "\(other)/drydock-\(dock.suffix)"
            #expect(Kernel.entries(parent).contains { $0.count == 64 })
            try dock.killEngine()
            dock.must("pause", "here")
            dock.must("unpause", "here")
            #expect(dock.must("shutdown").hasSuffix("containers that run on without it: 1"))
            dock.must("rm", "-f", "here")
            #expect(!Kernel.entries(parent).contains { $0.count == 64 })
            #expect(dock.ailments == "")
            dock.must("shutdown")
            #expect(access(parent, F_OK) != 0)
        }
    }
}

private enum MemoryHierarchy {
    /// This process's directory in it; nil where there is none that could be written to.
    static let own: String? = Kernel.text("/proc/self/cgroup").split(separator: "\n").compactMap { line -> String? in
        let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, parts[1] == "memory" else { return nil }
        let path = "/sys/fs/cgroup/memory\(parts[2])"
        return access(path, W_OK) == 0 ? path : nil
    }.first
}
