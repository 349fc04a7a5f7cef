import CDrydock
import Foundation
import Testing

/// What happens to a machine: many containers, an engine that is killed, a disk that is full.
@Suite(.serialized, .enabled(if: Dock.obstacle == nil, "\(Dock.obstacle ?? "")"))
struct EnduranceTests {
    @Test func aHundredRunsLeaveNothing() throws {
        try Dock.with { dock in
            for number in 0..<100 { #expect(dock.drydock("run", "--rm", "ubuntu:14.04", "true").code == 0, "run \(number)") }
            #expect(dock.ailments == "")
            #expect(dock.must("ps", "-aq").isEmpty)
            #expect(dock.shims.isEmpty)
        }
    }

    @Test func twentyAtATime() throws {
        try Dock.with { dock in
            dock.must("pull", "ubuntu:14.04")
            let outcomes = OutcomeList()
            DispatchQueue.concurrentPerform(iterations: 20) { _ in
                outcomes.add(dock.drydock("run", "--rm", "ubuntu:14.04", "hostname", "-i"))
            }
            #expect(outcomes.all.allSatisfy { $0.code == 0 }, "\(outcomes.all.map(\.error))")
            #expect(dock.ailments == "")
        }
    }

    @Test func containersOutliveTheEngine() throws {
        try Dock.with { dock in
            let script =
                "trap 'echo asked to end; exit 3' TERM; echo begun; read x < /p/go; echo gone on; echo x > /p/done; while :; do sleep 0.05; done"
            let pipes = try Pipes(dock)
            let id = dock.must("run", "-d", "--name", "survivor", "-v", "\(pipes.folder):/p", "ubuntu:14.04", "sh", "-c", script)
            try dock.killEngine()
            // Nobody serves now; the container writes, and its shim logs.
            pipes.go()
            #expect(pipes.awaitDone())
            #expect(dock.must("ps", "-q", "--no-trunc") == id)
            #expect(dock.must("logs", "survivor") == "begun\ngone on")
            #expect(dock.must("stop", "survivor") == "survivor")
            #expect(dock.must("inspect", "--format", "{{.State.ExitCode}}", "survivor") == "3")
            #expect(dock.must("logs", "--tail", "1", "survivor") == "asked to end")
            #expect(dock.ailments == "")
        }
    }

    @Test func whatEndedWithoutAnEngineIsKnownToTheNext() throws {
        try Dock.with { dock in
            let pipes = try Pipes(dock)
            dock.must("run", "-d", "--name", "short", "-v", "\(pipes.folder):/p", "ubuntu:14.04", "sh", "-c", "read x < /p/go; exit 5")
            let shim = dd_pidfd_open(try #require(dock.shims.first), 0)
            defer { close(shim) }
            try dock.killEngine()
            pipes.go()
            #expect(becomesReadable(shim))
            #expect(dock.must("inspect", "--format", "{{.State.Status}} {{.State.ExitCode}}", "short") == "exited 5")
            #expect(dock.ailments == "")
        }
    }

    /// The root lies on a file system of its own, and that is full.
    @Test func aFullDiskIsAnErrorAndNothingElse() throws {
        let mountPoint = "/var/tmp/drydock-test-full-\(getpid())"
        try FileManager.default.createDirectory(atPath: mountPoint, withIntermediateDirectories: true)
        defer { rmdir(mountPoint) }
        try #require(Outcome("/bin/mount", ["-t", "tmpfs", "-o", "size=24m", "tmpfs", mountPoint]).code == 0)
        defer { _ = Outcome("/bin/umount", [mountPoint]) }
        let dock = try Dock(below: mountPoint)
        defer { dock.close() }
        dock.must("run", "--rm", "ubuntu:14.04", "true")
        dock.must("rmi", "ubuntu:14.04")
        let filler = mountPoint + "/filler"
        _ = Outcome("/bin/dd", ["if=/dev/zero", "of=\(filler)", "bs=64k"])
        let full = dock.drydock("run", "--rm", "ubuntu:14.04", "true")
        #expect(full.code == 125 && full.error.contains("no space left on device"), "\(full.code) \(full.error)")
        #expect(dock.must("ps", "-aq").isEmpty)
        #expect(dock.must("images", "-aq").isEmpty)
        #expect(dock.ailments == "")
        unlink(filler)
        dock.must("run", "--rm", "ubuntu:14.04", "true")
    }

    @Test func doctorFindsAndRepairsWhatIsPlanted() throws {
        try Dock.with { dock in
            dock.must("run", "--rm", "ubuntu:14.04", "true")
            let cgroup = try #require(Kernel.cgroupHierarchies.first) + "/drydock-\(dock.suffix)/" + String(repeating: "ab", count: 32)
            try FileManager.default.createDirectory(atPath: cgroup, withIntermediateDirectories: true)
            try FileManager.default.createDirectory(atPath: dock.root + "/making/left", withIntermediateDirectories: true)
            let sick = dock.drydock("doctor")
            #expect(sick.code == 1 && sick.output.contains(cgroup) && sick.output.contains("making/left"))
            #expect(dock.drydock("doctor", "--repair").code == 0)
            #expect(dock.ailments == "")
            #expect(access(cgroup, F_OK) != 0)
        }
    }
}

/// Outcomes from several threads.
final class OutcomeList: @unchecked Sendable {
    // Unchecked: `list` is touched under the lock alone.
    private let lock = NSLock()
    private var list: [Outcome] = []
    func add(_ outcome: Outcome) { lock.withLock { list.append(outcome) } }
    var all: [Outcome] { lock.withLock { list } }
}

/// Two named pipes by which a test and its container tell each other that it is time, also while no engine serves.
private final class Pipes {
    let folder: String
    private let start: Int32
    private let done: Int32

    init(_ dock: borrowing Dock) throws {
        folder = dock.root + "-pipes"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try #require(mkfifo(folder + "/go", 0o600) == 0 && mkfifo(folder + "/done", 0o600) == 0)
        // Open at both ends: neither side waits for the other to open.
        start = dd_open(folder + "/go", O_RDWR | O_CLOEXEC, 0)
        done = dd_open(folder + "/done", O_RDWR | O_CLOEXEC, 0)
    }

    deinit {
        close(start)
        close(done)
    }

    func go() { _ = write(start, "go\n", 3) }
    func awaitDone() -> Bool { becomesReadable(done) }
}

/// - Returns: false when nothing came in 30 s.
private func becomesReadable(_ descriptor: Int32) -> Bool {
    var waited = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return poll(&waited, 1, 30_000) == 1
}
