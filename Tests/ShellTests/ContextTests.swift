import Basics
import DockerCLI
import Foundation
import Narration
import Testing
import TextTools

@testable import Shell

@Suite struct ContextTests {
    @Test func optionsAreUnderstood() {
        #expect(ContextOptions([]) == .list(path: ".", dockerfile: "", json: false))
        #expect(ContextOptions(["-f", "D", "--json", "x"]) == .list(path: "x", dockerfile: "D", json: true))
        #expect(ContextOptions(["--file=D", "--", "-x"]) == .list(path: "-x", dockerfile: "D", json: false))
        #expect(ContextOptions(["x", "--help"]) == .help)
        for words in [["a", "b"], ["-f"], ["--file="], ["--nosuch"], [""]] { #expect(ContextOptions(words) == nil, "\(words)") }
    }

    @Test func dockersOwnContextCommandsStayDockers() {
        #expect(ContextOptions.isDockers(["ls"]) && ContextOptions.isDockers(["use", "default"]))
        #expect(!ContextOptions.isDockers([]) && !ContextOptions.isDockers(["./ls"]) && !ContextOptions.isDockers(["--json"]))
        #expect(OwnVerbs.names.contains("context") && ShellWords.names.contains("context"))
        #expect(!SharedName.isOwn("context", ["ls"]) && SharedName.isOwn("context", ["."]))
    }

    private func lines(_ files: [String: String], _ language: Narration.Language) throws -> [String] {
        let folder = URL(filePath: "/tmp/drydock-listing-test-\(randomHex(bytes: 8))")
        defer { try? FileManager.default.removeItem(at: folder) }
        for (name, text) in files {
            let place = folder.appending(path: name)
            try FileManager.default.createDirectory(at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: place)
        }
        let listing = try ContextListing(folder.path, dockerfile: "")
        var text = ContextText(language: language, style: .plain)
        var lines: [String] = []
        listing.visit { lines.append(text.line(for: $0)) }
        return lines + text.summary(rules: listing.rules)
    }

    private static let files = [
        ".dockerignore": "# c\n*.log\nout\nd\n!d/x\n*.never\n", "Dockerfile": "FROM x\n", "a.log": "12", "out/1": "1", "out/2/3": "22",
        "d/x": "1", "d/y": "2", "폴더/파일": "123",
    ]

    @Test func theTreeTellsWhatIsLeftOutAndByWhichLine() throws {
        #expect(
            try lines(Self.files, .english) == [
                "       29B  .dockerignore",
                "        7B  Dockerfile",
                "-       2B  a.log  (left out by .dockerignore:2 *.log)",
                "-           d/  (left out by .dockerignore:4 d, but looked into for an exception)",
                "        1B    x",
                "-       1B    y  (left out by .dockerignore:4 d)",
                "-       3B  out/  (left out by .dockerignore:3 out, files inside: 2)",
                "            폴더/",
                "        3B    파일",
                "",
                "sent: files 4, folders 1, 40B",
                "left out: files 4, 6B",
                "What each line leaves out:",
                "  .dockerignore:2 *.log  : 1",
                "  .dockerignore:3 out    : 1",
                "  .dockerignore:4 d      : 1",
                "  .dockerignore:6 *.never: nothing",
            ])
    }

    @Test func inKorean() throws {
        let told = try lines(Self.files, .korean)
        #expect(told.contains("-       2B  a.log  (.dockerignore:2 *.log에 따라 뺌)"))
        #expect(told.contains("보내는 것: 파일 4개, 폴더 1개, 40B"))
    }

    @Test func aNameCannotSteerTheTerminal() throws {
        let told = try lines(["Dockerfile": "", "a\u{1b}[31mb": ""], .english)
        #expect(!told.joined().contains("\u{1b}"))
    }

    @Test func whatBuildRefusesIsRefused() {
        #expect(throws: DrydockError.self) { _ = try ContextListing("/nonexistent/folder", dockerfile: "") }
    }
}
