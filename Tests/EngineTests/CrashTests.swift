import EngineClient
import Foundation
import Testing

/// A `kill -9` at every step and after every kernel call: nothing is lost, nothing is left, and the next command works.
@Suite(.serialized, .enabled(if: Dock.obstacle == nil, "\(Dock.obstacle ?? "")"))
struct CrashTests {
    @Test func theEngineIsKilledInTheMiddleOfRun() throws {
        try Dock.with { dock in
            dock.must("pull", "ubuntu:14.04")
            let points = try killEngine(dock, Command.run(["true"], autoRemove: true))
            print("killed the engine at \(points) points of run --rm")
            #expect(points > 150)
        }
    }

    /// What isn't synced may be an empty file after a power cut.
    @Test func aStateThatIsNotOnTheDiskKeepsNobodyOut() throws {
        try Dock.with { dock in
            dock.must("pull", "ubuntu:14.04")
            let id = dock.must("create", "--name", "fallen", "ubuntu:14.04", "true")
            let folder = URL(filePath: "\(dock.root)/containers/\(id)")
            // With the shim's note of the end, and without.
            for (lost, code) in [(["state.json"], 0), (["state.json", "exit.json"], 255)] {
                dock.must("start", "-a", "fallen")
                try dock.killEngine()
                for name in lost {
                    try #require(try !Data(contentsOf: folder.appending(path: name)).isEmpty)
                    try Data().write(to: folder.appending(path: name))
                }
                #expect(dock.must("inspect", "-f", "{{.State.Status}} {{.State.ExitCode}}", "fallen") == "exited \(code)")
            }
            dock.must("start", "-a", "fallen")
            #expect(dock.must("inspect", "-f", "{{.State.ExitCode}}", "fallen") == "0")
            #expect(dock.ailments == "")
        }
    }

    @Test func theEngineIsKilledInTheMiddleOfRmForce() throws {
        try Dock.with { dock in
            dock.must("pull", "ubuntu:14.04")
            let points = try killEngine(dock, Command.remove) { dock.must("run", "-d", "--name", "walked", "ubuntu:14.04", "sleep", "600") }
            print("killed the engine at \(points) points of rm -f")
            #expect(points > 5)
        }
    }

    @Test func theEngineIsKilledInTheMiddleOfStop() throws {
        try Dock.with { dock in
            dock.must("pull", "ubuntu:14.04")
            let points = try killEngine(dock, Command.stop) { dock.must("run", "-d", "--name", "walked", "ubuntu:14.04", "sleep", "600") }
            print("killed the engine at \(points) points of stop")
            #expect(points > 2)
        }
    }

    @Test func theEngineIsKilledInTheMiddleOfPull() throws {
        try Dock.with { dock in
            let points = try killEngine(dock, Command.pull) { _ = dock.drydock("rmi", "-f", "ubuntu:14.04") }
            print("killed the engine at \(points) points of pull")
            #expect(points > 5)
        }
    }

    @Test func theEngineIsKilledInTheMiddleOfCommitAndRmi() throws {
        try Dock.with { dock in
            let create = { _ = dock.drydock("run", "--name", "walked", "ubuntu:14.04", "sh", "-c", "echo x > /file") }
            let commits = try killEngine(
                dock, { _ = try $0.request("POST", "/commit", query: [("container", "walked"), ("repo", "made")]) }, prepare: create)
            let removals = try killEngine(dock, { _ = try $0.request("DELETE", "/images/made") }) {
                create()
                _ = dock.drydock("commit", "walked", "made")
                _ = dock.drydock("rm", "walked")
            }
            print("killed the engine at \(commits) points of commit and \(removals) of rmi")
            #expect(commits >= 4 && removals >= 4)
            #expect(!dock.must("images", "-q", "ubuntu:14.04").isEmpty)
        }
    }

    @Test func theEngineIsKilledInTheMiddleOfLoadAndPush() throws {
        try Dock.with { dock in
            dock.must("run", "--name", "maker", "ubuntu:14.04", "sh", "-c", "echo x > /file")
            dock.must("commit", "maker", "me2u/made:1")
            dock.must("rm", "maker")
            let archive = "\(dock.root)-archive"
            dock.must("save", "-o", archive, "me2u/made:1")
            dock.must("login", "-u", "me2u", "--password-stdin", input: "pw")
            let pushes = try killEngine(dock, Command.push("me2u/made", "1", auth: ("me2u", "pw")))
            #expect(dock.must("images", "-q", "me2u/made").isEmpty == false)
            let bytes = Array(try Data(contentsOf: URL(filePath: archive)))
            let loads = try killEngine(dock, Command.load(bytes)) { _ = dock.drydock("rmi", "-f", "me2u/made:1") }
            print("killed the engine at \(pushes) points of push and \(loads) of load")
            #expect(pushes > 10 && loads >= 3)
            // Whatever was half pushed is whole in the end.
            dock.must("rmi", "-f", "me2u/made:1")
            #expect(dock.must("run", "--rm", "me2u/made:1", "cat", "/file") == "x")
        }
    }

    @Test func theEngineIsKilledInTheMiddleOfBuild() throws {
        try Dock.with { dock in
            dock.must("pull", "ubuntu:14.04")
            let folder = "\(dock.root)-context"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(atPath: folder) }
            try Data("FROM ubuntu:14.04\nENV a=1\nWORKDIR /w\nCOPY f .\n".utf8).write(to: URL(filePath: folder + "/Dockerfile"))
            try Data("content".utf8).write(to: URL(filePath: folder + "/f"))
            let archive = Outcome("/bin/tar", ["-C", folder, "-cf", "-", "Dockerfile", "f"]).output
            let points = try killEngine(dock, Command.build(Array(archive.utf8)))
            print("killed the engine at \(points) points of build")
            #expect(points > 40)
            #expect(dock.must("run", "--rm", "made", "cat", "f") == "content")
            // What the killed builds left as a cache is images like others, and can be removed as such.
            dock.must("image", "prune", "-f")
            #expect(dock.ailments == "")
        }
    }

    @Test func theShimIsKilledInTheMiddleOfRun() throws {
        try Dock.with { dock in
            dock.must("pull", "ubuntu:14.04")
            var points = 0
            var point = 0
            while true {
                var place: Walk.Stop?
                _ = try Walk(dock, Command.run(["sleep", "0.05"], autoRemove: true)) { number, stop in
                    guard number >= point, place == nil, stop.when == "after" else { return .goOn("into") }
                    place = stop
                    point = number + 1
                    for shim in dock.shims {
                        kill(shim, SIGKILL)
                        points += 1
                    }
                    return .goOn("continue")
                }
                guard let place else { break }
                settle(dock, "after the shim was killed \(place)")
            }
            print("killed the shim at \(points) points of run --rm")
            #expect(points > 100)
        }
    }

    /// Kills the engine at the first stop, then at the second, until the command gets by.
    private func killEngine(
        _ dock: Dock, _ command: @escaping @Sendable (EngineClient) throws -> Void, prepare: () -> Void = {}
    ) throws -> Int {
        try Walk.killEngine(dock, command, prepare: prepare) { settle(dock, $0) }
    }

    /// The next engine has swept up; what is there works, and can be removed.
    private func settle(_ dock: Dock, _ when: String) {
        if !dock.must("ps", "-aq").isEmpty { dock.must("rm", "-f", "walked") }
        let next = dock.drydock("run", "--rm", "ubuntu:14.04", "true")
        #expect(next.code == 0, "\(when): \(next.error)")
    }
}
