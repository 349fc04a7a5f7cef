import Basics
import EngineClient
import Foundation
import Testing

/// Wherever the user says abort, everything is as before: no container, no image that wasn't there, nothing in the kernel.
@Suite(.serialized, .enabled(if: Dock.obstacle == nil, "\(Dock.obstacle ?? "")"))
struct AbortTests {
    @Test func runIsTakenBackFromEveryStop() throws {
        try Dock.with { dock in
            dock.must("pull", "ubuntu:14.04")
            let points = try everyStop(
                dock, Command.run(["true"], autoRemove: true, extra: #","PortBindings":{"80/tcp":[{"HostPort":""}]}"#)
            ) {
                #expect(dock.must("ps", "-aq").isEmpty)
            }
            #expect(points > 250, "only \(points) stops: not every call is stopped at")
        }
    }

    @Test func pullIsTakenBackFromEveryStop() throws {
        try Dock.with { dock in
            let points = try everyStop(dock, Command.pull) { #expect(dock.must("images", "-aq").isEmpty) }
            #expect(points > 10)
        }
    }

    @Test func pushLeavesNothingBehindWhereverItIsAborted() throws {
        try Dock.with { dock in
            dock.must("run", "--name", "maker", "ubuntu:14.04", "sh", "-c", "echo x > /file")
            dock.must("commit", "maker", "me2u/made:1")
            dock.must("rm", "maker")
            dock.must("login", "-u", "me2u", "--password-stdin", input: "pw")
            let names = "{{.Repository}} {{.Tag}} {{.Digest}} {{.ID}}"
            let before = dock.must("images", "--digests", "--format", names)
            let points = try everyStop(dock, Command.push("me2u/made", "1", auth: ("me2u", "pw"))) {
                #expect(dock.must("images", "--digests", "--format", names) == before)
            }
            #expect(points > 8)
            #expect(dock.drydock("search", "made").output.contains("me2u/made"), "in the end it was pushed")
        }
    }

    @Test func buildIsTakenBackFromEveryStop() throws {
        try Dock.with { dock in
            dock.must("pull", "ubuntu:14.04")
            let archive = try BuildFolder(
                "FROM ubuntu:14.04 AS first\nCOPY file /file\nRUN echo 1 > /made\nFROM first\nWORKDIR /new\nCOPY --from=first /made /copy\n",
                ["file": "x"]
            ).archive()
            let before = dock.must("images", "-aq")
            let points = try everyStop(dock, level: "step", Command.build(archive)) {
                #expect(dock.must("ps", "-aq").isEmpty)
                #expect(dock.must("images", "-aq") == before)
                #expect(Kernel.entries(dock.root + "/builds").isEmpty)
            }
            #expect(points > 60, "only \(points) stops")
        }
    }

    /// Aborts at the first stop, then at the second, until there is none left at which it is possible.
    private func everyStop(
        _ dock: Dock, level: String = "call", _ command: @escaping @Sendable (EngineClient) throws -> Void, check: () -> Void
    ) throws -> Int {
        var point = 0
        while true {
            var place: Walk.Stop?
            let walk = try Walk(dock, level: level, command) { number, stop in
                guard number == point, !stop.isFinal else { return .goOn(level == "call" ? "into" : stop.goOnAtSteps) }
                place = stop
                return .goOn("abort")
            }
            guard let place else { return point }
            #expect(walk.failure?.contains("aborted") == true, "abort \(place): \(walk.failure ?? "worked")")
            check()
            #expect(dock.ailments == "", "after an abort \(place)")
            point += 1
        }
    }
}
