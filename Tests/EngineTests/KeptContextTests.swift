import Foundation
import Testing

/// Of a large context only what has changed is sent, and never is anything old taken for new.
@Suite(.serialized, .enabled(if: Dock.obstacle == nil, "\(Dock.obstacle ?? "")"))
struct KeptContextTests {
    private struct Folder {
        let path = "/var/tmp/drydock-context-\(UUID().uuidString)"

        init() throws {
            for number in 0..<200 { try write("src/d\(number % 10)/f\(number)", String(repeating: "\(number % 10)", count: 10_000)) }
            try write("Dockerfile", "FROM busybox\nCOPY src /src\n")
        }

        func write(_ name: String, _ text: String) throws {
            let file = URL(filePath: "\(path)/\(name)")
            try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            let handle = open(file.path, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
            defer { close(handle) }
            #expect(Glibc.write(handle, text, text.utf8.count) == text.utf8.count)
        }

        func shell(_ line: String) { #expect(Outcome("/bin/sh", ["-ec", "cd \(path)/src; \(line)"]).code == 0) }
    }

    /// Builds with what is kept, and once more with all of it from a pipe, which must find everything in the cache.
    /// - Returns: what was said to have been sent.
    private func build(_ dock: Dock, _ folder: Folder, isChanged: Bool = true, _ comment: Comment) -> String {
        let output = dock.must("build", "-t", "kept", folder.path)
        #expect(output.contains("Using cache") != isChanged, comment)
        let whole = Outcome(
            "/bin/sh",
            ["-c", "tar -C '\(folder.path)' -cf - Dockerfile src | '\(Dock.binaries)/drydock' --root '\(dock.root)' build -"])
        #expect(whole.output.contains("Using cache"), comment)
        let there = dock.must("run", "--rm", "kept", "sh", "-c", Self.listing("/src"))
        let here = Outcome("/bin/busybox", ["sh", "-c", Self.listing("\(folder.path)/src")]).output
        #expect(there == here.trimmingCharacters(in: .newlines), comment)
        return String(output.split(separator: "\n").first { $0.contains("Sending build context") } ?? "")
    }

    @Test func onlyWhatChangedIsSentAndNothingOldIsUsed() throws {
        try Dock.with { dock in
            dock.must("pull", "busybox")
            let folder = try Folder()
            defer { try? FileManager.default.removeItem(atPath: folder.path) }
            #expect(build(dock, folder, "first").contains("MB"))
            let again = build(dock, folder, isChanged: false, "again")
            #expect(again.contains("kB"), "\(again)")
            // The same size, and the time set back.
            folder.shell("touch -r d1/f1 ../time; tr 1 x < d1/f1 > ../new; cat ../new > d1/f1; touch -r ../time d1/f1")
            #expect(build(dock, folder, "changed with its time set back").contains("kB"))
            folder.shell("rm -r d2; mv d3/f3 d3/g3; ln -s ../d1/f1 d4/link; chmod 600 d5/f5; mkdir -m 700 d6/deep; echo new > d6/deep/er")
            #expect(build(dock, folder, "removed, renamed, linked, moded").contains("kB"))
            folder.shell("rm -r d4; echo file > d4; rm d5/f5; mkdir d5/f5; echo x > d5/f5/y; rm d6/deep/er")
            #expect(build(dock, folder, "files for folders and back").contains("kB"))
            // What is ignored is not there, and comes back.
            try folder.write(".dockerignore", "src/d7\n")
            #expect(dock.must("run", "--rm", builtID(dock, folder), "sh", "-c", "ls /src").contains("d7") == false)
            try folder.write(".dockerignore", "Dockerfile\n.dockerignore\n")
            #expect(build(dock, folder, isChanged: false, "all again").contains("kB"))
            #expect(dock.ailments == "")
        }
    }

    /// Content, names, modes and times, folders' too.
    private static func listing(_ folder: String) -> String {
        "cd \(folder); find . -type f -exec md5sum {} + | sort; find . -mindepth 1 -exec stat -c '%n %a %Y' {} + | sort"
    }

    private func builtID(_ dock: Dock, _ folder: Folder) -> String { dock.must("build", "-q", folder.path) }

    @Test func whatCannotBeTrustedIsSentAnew() throws {
        try Dock.with { dock in
            dock.must("pull", "busybox")
            let folder = try Folder()
            defer { try? FileManager.default.removeItem(atPath: folder.path) }
            #expect(build(dock, folder, "first").contains("MB"))
            // The list is what an engine that is killed in the middle of an update leaves behind: nothing.
            let kept = "\(dock.root)/cache/contexts"
            for name in try FileManager.default.contentsOfDirectory(atPath: kept) { unlink("\(kept)/\(name)/list") }
            #expect(build(dock, folder, isChanged: false, "without a list").contains("MB"))
            for name in try FileManager.default.contentsOfDirectory(atPath: kept) {
                try Data("nonsense\0".utf8).write(to: URL(filePath: "\(kept)/\(name)/list"))
            }
            #expect(build(dock, folder, isChanged: false, "with another list").contains("MB"))
            // Hard links and what else the list can't say are sent as ever.
            folder.shell("ln d1/f1 d1/again")
            #expect(dock.must("build", folder.path).contains("MB"))
            #expect(dock.ailments == "")
        }
    }
}
