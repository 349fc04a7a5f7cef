import Basics
import EngineClient
import Foundation
import Testing

/// Looking at what a container has left, and at what a build is about to make.
@Suite(.serialized, .enabled(if: Dock.obstacle == nil, "\(Dock.obstacle ?? "")"))
struct LookInsideTests {
    @Test func aFailedStepIsLookedAtAndStaysAsItIs() throws {
        try Dock.with { dock in
            let context = try BuildFolder(
                "FROM ubuntu:14.04\nENV COLOUR=green\nWORKDIR /work\nRUN echo one > one && chmod 777 .\nUSER 1000\nRUN echo two > two; rm one; exit 3\n"
            )
            let build = dock.drydock("build", context.path)
            #expect(build.code == 3 && !build.error.contains("look-inside"), "a hint is for people at a terminal")
            let failed = dock.must("ps", "-aq")
            let before = dock.must("diff", failed)
            let look = dock.drydock("look-inside", failed, input: "pwd; cat two; ls one; id -u; echo $COLOUR; touch mine; ls\n")
            #expect(look.output == "/work\ntwo\n1000\ngreen\nmine\ntwo\n", "\(look)")
            #expect(look.error.contains("one") && look.code == 0)
            #expect(dock.must("diff", failed) == before)
            #expect(dock.must("ps", "-aq") == failed, "the visitor is gone")
            #expect(dock.drydock("look-inside", failed, "sh", "-c", "cat two; exit 5").code == 5)
            #expect(dock.must("look-inside", failed, "ls") == "two")
            #expect(dock.drydock("look-inside", "nothing").error.contains("No such container: nothing"))
            #expect(dock.ailments == "")
        }
    }

    @Test func volumesAreShownAndNotWritten() throws {
        try Dock.with { dock in
            dock.must("run", "--name", "box", "-v", "data:/data", "-p", "80", "ubuntu:14.04", "sh", "-c", "echo x > /data/x")
            #expect(dock.must("look-inside", "box", "cat", "/data/x") == "x")
            #expect(dock.drydock("look-inside", "box", "touch", "/data/y").code != 0)
            #expect(dock.must("look-inside", "box", "ls", "/data") == "x")
            #expect(dock.must("volume", "ls", "-q") == "data")
            #expect(dock.must("rm", "box") == "box")
        }
    }

    @Test func whatHasNoShellOrRunsIsSaidInASentence() throws {
        try Dock.with { dock in
            let context = try BuildFolder("FROM scratch\nCOPY file /\n", ["file": "x"])
            dock.must("build", "-t", "none", context.path)
            dock.must("create", "--name", "none", "none", "/file")
            let refusal = dock.drydock("look-inside", "none")
            #expect(refusal.code == 1 && refusal.error.contains("container none has no /bin/sh, so no shell can be opened in it"))
            dock.must("run", "-d", "--name", "runs", "ubuntu:14.04", "sleep", "100")
            #expect(dock.drydock("look-inside", "runs").error.contains("container runs is running\n  docker exec -it runs sh"))
            #expect(dock.must("ps", "-aq").split(separator: "\n").count == 2)
            #expect(dock.ailments == "")
        }
    }

    @Test func aVisitEndsWithWhoeverAskedForItAndWithTheEngine() throws {
        try Dock.with { dock in
            dock.must("run", "--name", "box", "ubuntu:14.04", "true")
            for isStarted in [false, true] {
                do {
                    let (visit, id) = try visit(dock)
                    if isStarted { dock.must("start", id) }
                    _ = visit
                }
                #expect(eventually { dock.must("ps", "-a", "--format", "{{.Names}}") == "box" }, "started: \(isStarted)")
            }
            let (visit, id) = try visit(dock)
            dock.must("start", id)
            try dock.killEngine()
            #expect(dock.must("ps", "-a", "--format", "{{.Names}}") == "box")
            #expect(dock.ailments == "" && dock.shims.isEmpty)
            _ = visit
        }
    }

    private func visit(_ dock: Dock) throws -> (EventStream, String) {
        let stream = try dock.client().stream(
            "POST", "/drydock/containers/box/visit", headers: [("Content-Type", "application/json")], body: Array("{}".utf8))
        var events = EventStream(stream)
        let id = try #require(try events.next()?["id"]?.stringValue)
        return (events, id)
    }

    private func eventually(_ isSo: () -> Bool) -> Bool {
        for _ in 0..<100 {
            if isSo() { return true }
            usleep(50_000)
        }
        return false
    }

    /// What `shell` at a stop does: `look-inside --at`, with a command instead of a person.
    @Test func atTheStopsOfABuild() throws {
        try Dock.with { dock in
            dock.must("pull", "ubuntu:14.04")
            let archive = try BuildFolder(
                "FROM ubuntu:14.04\nENV COLOUR=green\nWORKDIR /work\nRUN echo one > one\nCOPY file .\n", ["file": "x"]
            ).archive()
            var seen: [String: [String]] = [:]
            var ran = 0
            let walk = try Walk(dock, level: "step", Command.build(archive)) { _, stop in
                let look = dock.drydock(
                    "look-inside", "--at", stop.operation, "sh", "-c", "pwd; ls; echo $COLOUR; touch /seen-\(ran)-\(stop.id)")
                seen[stop.description, default: []].append(look.code == 97 ? "nothing" : look.output + look.error)
                ran += 1
                return .goOn(stop.goOnAtSteps)
            }
            #expect(walk.failure == nil, "\(walk.failure ?? "")")
            // The image so far: what was written is gone.
            #expect(seen["before instruction"]?.last == "/work\none\ngreen\n")
            #expect(seen["after instruction"]?.last == "/work\nfile\none\ngreen\n" && seen["before build.stage"]?.count == 1)
            #expect(seen["after build.stage"]?.last == "/work\nfile\none\ngreen\n")
            // The step's own files, before and after its command.
            #expect(seen["before start.shim"]?.first == "/work\ngreen\n")
            #expect(seen["after exit.record"]?.first == "/work\none\ngreen\n" || seen["after exit.cgroup"]?.first == "/work\none\ngreen\n")
            #expect(seen["before start"] == ["/work\ngreen\n"] && seen["before exit"] == ["/work\none\ngreen\n"])
            #expect(seen["before build.layer"]?.contains("/work\none\ngreen\n") == true)
            #expect(seen["after build.copy"]?.first == "/work\nfile\none\ngreen\n")
            // Held still with its process made: there the shell is nsenter's.
            #expect(seen["after start.clone"] == ["nothing"])
            #expect(seen["before build.context"] == ["nothing"])
            let written = dock.must("run", "--rm", "made", "sh", "-c", "cd /; ls -d seen-*").split(separator: "\n").map(String.init)
            let places = Set(written.map { String($0.split(separator: "-")[2]) })
            #expect(places.isSuperset(of: ["build.layer", "build.copy", "start.shim"]))
            #expect(!places.contains("instruction") && !places.contains("build.stage") && !places.contains("build.cache"))
            #expect(dock.must("ps", "-aq").isEmpty)
            #expect(dock.ailments == "")
        }
    }

    /// Whoever only looks leaves nothing in the layer.
    @Test func lookingAddsNothing() throws {
        try Dock.with { dock in
            dock.must("pull", "ubuntu:14.04")
            let archive = try BuildFolder("FROM ubuntu:14.04\nRUN echo one > /one\n").archive()
            _ = try Walk(dock, level: "step", Command.build(archive)) { _, stop in
                _ = dock.drydock("look-inside", "--at", stop.operation, input: "ls -lR /etc /proc/self > /dev/null; cd; history\n")
                return .goOn(stop.goOnAtSteps)
            }
            let lines = dock.must("layers", "--files", "made").components(separatedBy: "layer 2 of 2")
            #expect(lines.last?.contains("added 1, changed 0, deleted 0") == true, "\(lines.last ?? "")")
            #expect(dock.must("ps", "-aq").isEmpty)
        }
    }
}
