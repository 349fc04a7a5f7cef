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

    @Test func anAbortedBuildSaysWhatStays() throws {
        try Dock.with { dock in
            dock.must("pull", "ubuntu:14.04")
            let folder = "\(dock.root)-context"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(atPath: folder) }
            try Data("FROM ubuntu:14.04\nENV a=1\nENV b=2\n".utf8).write(to: URL(filePath: folder + "/Dockerfile"))
            let archive = Array(Outcome("/bin/tar", ["-C", folder, "-cf", "-", "Dockerfile"]).output.utf8)
            let texts = [
                "aborted before build.image: what had been done was rolled back",
                "aborted before build.image: what this step had done was rolled back, the images of the steps before it stay as a cache",
            ]
            for (wanted, text) in texts.enumerated() {
                var seen = 0
                let walk = try Walk(
                    dock,
                    { client in
                        var rest: [UInt8]? = archive
                        let stream = try client.upload("POST", "/build", query: [("nocache", "1")]) {
                            defer { rest = nil }
                            return rest
                        }
                        let said = String(decoding: try stream.collect(), as: UTF8.self)
                        if said.contains("errorDetail") { throw DrydockError(.failed, said) }
                    }
                ) { _, stop in
                    guard stop.id == "build.image", stop.when == "before", stop.call == nil else { return .goOn("into") }
                    defer { seen += 1 }
                    return .goOn(seen == wanted ? "abort" : "into")
                }
                #expect(walk.failure?.contains("\"\(text)\"") == true, "\(walk.failure ?? "worked")")
                #expect(dock.must("images", "-aq").split(separator: "\n").count == 1 + wanted)
            }
        }
    }

    /// Aborts at the first stop, then at the second, until there is none left at which it is possible.
    private func everyStop(_ dock: Dock, _ command: @escaping @Sendable (EngineClient) throws -> Void, check: () -> Void) throws -> Int {
        var point = 0
        while true {
            var place: Walk.Stop?
            let walk = try Walk(dock, command) { number, stop in
                guard number == point, !stop.isFinal else { return .goOn("into") }
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
