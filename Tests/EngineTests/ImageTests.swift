import EngineClient
import Foundation
import Testing

/// The notes' 2.3: commits share layers, names go before images do, images travel as files.
@Suite(.serialized, .enabled(if: Dock.obstacle == nil, "\(Dock.obstacle ?? "")"))
struct ImageTests {
    @Test func theChapterOnImages() throws {
        try Dock.with { dock in
            dock.must("run", "--name", "commit_test", "ubuntu:14.04", "sh", "-c", "echo test_first! >> first")
            #expect(dock.must("diff", "commit_test") == "A /first")
            let first = dock.must("commit", "-a", "rhehdrla", "-m", "first commit", "commit_test", "commit_test:first")
            dock.must("run", "--name", "commit_test2", "commit_test:first", "sh", "-c", "echo test_second! >> second")
            let second = dock.must("commit", "commit_test2", "commit_test:second")
            #expect(layers(dock, "ubuntu:14.04").count == 3)
            #expect(layers(dock, "commit_test:first").count == 4)
            #expect(layers(dock, "commit_test:second").prefix(4) == layers(dock, "commit_test:first")[...])
            #expect(layers(dock, "commit_test:second").count == 5)

            let conflict = dock.drydock("rmi", "commit_test:first")
            #expect(
                conflict.code == 1
                    && conflict.error.contains("conflict: unable to remove repository reference \"commit_test:first\" (must force)"))
            dock.must("rm", "commit_test", "commit_test2")
            #expect(dock.must("rmi", "commit_test:first") == "Untagged: commit_test:first")
            let cascade = dock.must("rmi", "commit_test:second").split(separator: "\n").map(String.init)
            #expect(cascade.count == 5 && cascade[0] == "Untagged: commit_test:second")
            #expect(cascade[1] == "Deleted: \(second)" && cascade[3] == "Deleted: \(first)")
            #expect(dock.must("images", "--format", "{{.Repository}}:{{.Tag}}") == "ubuntu:14.04")
            #expect(dock.ailments == "")
        }
    }

    @Test func aCommitOfNothingHasNoLayerAndLeavesNone() throws {
        try Dock.with { dock in
            dock.must("run", "--name", "idle", "ubuntu:14.04", "true")
            dock.must("commit", "idle", "same:1")
            #expect(layers(dock, "same:1") == layers(dock, "ubuntu:14.04"))
            #expect(dock.ailments == "")
        }
    }

    @Test func imagesTravelAsFiles() throws {
        try Dock.with { dock in
            dock.must("run", "--name", "test", "ubuntu:14.04", "sh", "-c", "echo kept > /kept; rm /etc/os-release")
            let id = dock.must("commit", "test", "mine:1")
            let archive = dock.root + "/mine.tar"
            dock.must("save", "-o", archive, "mine:1", "ubuntu:14.04")
            dock.must("rm", "test")
            dock.must("rmi", "mine:1", "ubuntu:14.04")
            #expect(dock.must("images", "-q").isEmpty)
            #expect(dock.must("load", "-i", archive).contains("Loaded image: mine:1"))
            #expect(dock.must("images", "-q", "--no-trunc", "mine:1") == id)
            dock.must("run", "--name", "again", "mine:1", "cat", "/kept")
            let export = dock.root + "/again.tar"
            dock.must("export", "-o", export, "again")
            dock.must("import", export, "flat:1")
            #expect(layers(dock, "flat:1").count == 1)
            #expect(
                dock.must("run", "--rm", "flat:1", "sh", "-c", "cat /kept; ls /etc/os-release 2>/dev/null || echo gone") == "kept\ngone")
            #expect(dock.drydock("run", "flat:1").error.contains("No command specified"))
            #expect(dock.ailments == "")
        }
    }

    @Test func commitIsTakenBackFromEveryStop() throws {
        try Dock.with { dock in
            dock.must("run", "--name", "walked", "ubuntu:14.04", "sh", "-c", "echo x > /file")
            let before = dock.must("images", "-aq")
            var point = 0
            while true {
                var place: Walk.Stop?
                let walk = try Walk(dock, { _ = try $0.request("POST", "/commit", query: [("container", "walked"), ("repo", "made")]) }) {
                    number, stop in
                    guard number == point else { return .goOn("into") }
                    place = stop
                    return .goOn("abort")
                }
                guard let place else { break }
                #expect(walk.failure?.contains("aborted") == true, "abort \(place)")
                #expect(dock.must("images", "-aq") == before)
                #expect(dock.ailments == "", "after an abort \(place)")
                point += 1
            }
            #expect(point >= 5)
            #expect(dock.must("images", "--format", "{{.Repository}}").contains("made"))
        }
    }

    private func layers(_ dock: Dock, _ image: String) -> [String] {
        dock.must("inspect", "--type", "image", "--format", "{{join .RootFS.Layers \" \"}}", image).split(separator: " ").map(String.init)
    }
}
