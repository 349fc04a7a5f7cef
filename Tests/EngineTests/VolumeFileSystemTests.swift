import EngineClient
import Foundation
import Testing

/// Volumes that are file systems of their own (`--opt type=…`): mounted on the host while containers use them, and never left there.
@Suite(.serialized, .enabled(if: Dock.obstacle == nil, "\(Dock.obstacle ?? "")"))
struct VolumeFileSystemTests {
    @Test func containersShareATmpfsUntilTheLastEnds() throws {
        try Dock.with { dock in
            dock.must("pull", "busybox")
            makeTmpfs(dock)
            dock.must("run", "-d", "--name", "first", "-v", "ram:/x", "busybox", "sh", "-c", "echo shared > /x/s; sleep 1000")
            #expect(
                dock.must("exec", "first", "sh", "-c", "while [ ! -e /x/s ]; do :; done; grep ' /x ' /proc/mounts").contains("size=1024k"))
            #expect(dock.must("run", "--rm", "-v", "ram:/y", "busybox", "cat", "/y/s") == "shared")
            #expect(mounts(dock) == 1 && dock.ailments == "")
            #expect(dock.drydock("volume", "rm", "ram").error.contains("volume is in use"))
            // The next engine knows whose it is.
            try dock.killEngine()
            #expect(dock.must("run", "--rm", "-v", "ram:/y", "busybox", "cat", "/y/s") == "shared")
            #expect(mounts(dock) == 1 && dock.ailments == "")
            // A stopped container's files are shown with it, too.
            dock.must("create", "--name", "second", "-v", "ram:/z", "busybox")
            #expect(dock.drydock("cp", "second:/z/s", "-").output.contains("shared"))
            #expect(mounts(dock) == 1)
            dock.must("rm", "-f", "first")
            #expect(mounts(dock) == 0 && dock.drydock("cp", "second:/z/s", "-").code == 1)
            #expect(mounts(dock) == 0 && dock.ailments == "")
            // The last one ends while no engine runs.
            dock.must("start", "second")
            dock.must("run", "-d", "--name", "third", "-v", "ram:/x", "busybox", "sleep", "1000")
            let shim = try #require(dock.shims.first)
            try dock.killEngine()
            kill(shim, SIGKILL)
            #expect(dock.must("ps", "-q").isEmpty)
            #expect(mounts(dock) == 0 && dock.ailments == "")
        }
    }

    /// A plain volume that a running container had when the engine was killed, and another of its name later.
    @Test func aNameThatComesBackIsAnotherVolume() throws {
        try Dock.with { dock in
            dock.must("pull", "busybox")
            dock.must("run", "-d", "--name", "first", "-v", "ram:/x", "busybox", "sleep", "1000")
            try dock.killEngine()
            dock.must("rm", "-f", "first")
            dock.must("volume", "rm", "ram")
            makeTmpfs(dock)
            #expect(dock.must("run", "--rm", "-v", "ram:/x", "busybox", "grep", " /x ", "/proc/mounts").contains("tmpfs"))
            #expect(mounts(dock) == 0 && dock.ailments == "")
        }
    }

    @Test func whatIsOnlyMountedIsNeverRemoved() throws {
        try Dock.with { dock in
            dock.must("pull", "busybox")
            let folder = NSTemporaryDirectory() + "/drydock-precious-\(UUID().uuidString)"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(atPath: folder) }
            dock.must("volume", "create", "-o", "type=none", "-o", "o=bind", "-o", "device=\(folder)", "bound")
            // An empty one gets what the image has in its place.
            dock.must("create", "--name", "one", "-v", "bound:/etc", "busybox", "sleep", "1000")
            #expect(Kernel.entries(folder).contains("passwd") && mounts(dock) == 0)
            dock.must("start", "one")
            #expect(mounts(dock) == 1)
            dock.must("rm", "-f", "one")
            #expect(dock.must("volume", "prune", "-f").contains("0B") && dock.must("volume", "ls", "-q") == "bound")
            dock.must("volume", "rm", "bound")
            #expect(Kernel.entries(folder).contains("passwd") && dock.ailments == "")
        }
    }

    @Test func anAbortedStartLeavesNothingMounted() throws {
        try Dock.with { dock in
            dock.must("pull", "busybox")
            makeTmpfs(dock)
            dock.must("create", "--name", "walked", "-v", "ram:/x", "busybox", "true")
            var mounted = 0
            // The volume is mounted in the first step: more would only prove what other tests do.
            for point in 0..<16 {
                var place: Walk.Stop?
                _ = try Walk(dock, Self.start) { number, stop in
                    guard number == point else { return .goOn("into") }
                    place = stop
                    mounted += mounts(dock)
                    return .goOn("abort")
                }
                let stop = try #require(place)
                #expect(mounts(dock) == 0, "after an abort \(stop)")
            }
            #expect(mounted > 4)
            #expect(dock.ailments == "")
        }
    }

    @Test func theEngineIsKilledInTheMiddleOfAStart() throws {
        try Dock.with { dock in
            dock.must("pull", "busybox")
            makeTmpfs(dock)
            let steps: Set = ["start.volume", "start.clone", "start.exec", "start.record"]
            let points = try Walk.killEngine(dock, at: { steps.contains($0.id) }, Self.start) {
                _ = dock.drydock("rm", "-f", "walked")
                dock.must("create", "--name", "walked", "-v", "ram:/x", "busybox", "sleep", "1000")
            } check: { when in
                #expect(mounts(dock) == (dock.must("ps", "-q").isEmpty ? 0 : 1), "\(when)")
            }
            #expect(points > 8)
            dock.must("rm", "-f", "walked")
            #expect(mounts(dock) == 0 && dock.ailments == "")
        }
    }

    private static let start: @Sendable (EngineClient) throws -> Void = { client in
        _ = try client.request("POST", "/containers/walked/start")
    }

    private func makeTmpfs(_ dock: Dock) {
        dock.must("volume", "create", "-o", "type=tmpfs", "-o", "device=tmpfs", "-o", "o=size=1m", "ram")
    }

    /// How many of this root's volumes are mounted on the host.
    private func mounts(_ dock: Dock) -> Int {
        Kernel.text("/proc/self/mountinfo").split(separator: "\n").count { $0.contains(" \(dock.root)/volumes/") }
    }
}
