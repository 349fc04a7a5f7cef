import Testing

@testable import Replay

/// Commands as textbooks and notes write them.
@Suite struct DocumentTests {
    private func commands(_ text: String) -> [DocumentCommand] {
        DocumentCommands.parse(text).compactMap { if case .command(let command) = $0 { command } else { nil } }
    }

    @Test func promptsMarkCommandsAndTheRestIsOutput() {
        let found = commands("text\n```bash\n# docker images\n\n======\nREPOSITORY TAG\n# docker ps\n```\n")
        #expect(found.map(\.text) == ["docker images", "docker ps"])
        #expect(found[0].claimed == ["REPOSITORY TAG"])
        #expect(found.map(\.line) == [3, 7])
    }

    @Test func withoutPromptsOnlyDockersLinesAreCommands() {
        let found = commands("```\ndocker start 169a848678c3\ndocker start 169\nalicek106/ubuntu:14.04\n```")
        #expect(found.map(\.text) == ["docker start 169a848678c3", "docker start 169"])
    }

    @Test func linesGoOnBehindABackslash() {
        #expect(commands("```\n# docker commit \\\n-a x \\\nc c:first\n```").map(\.text) == ["docker commit \\\n-a x \\\nc c:first"])
    }

    @Test func whatFollowsATerminalIsTypedIntoIt() {
        let found = commands("```\n# docker run -it --name a ubuntu:14.04\n# echo x >> first\n# exit\n# docker ps\n```")
        #expect(found.map(\.text) == ["docker run -it --name a ubuntu:14.04", "docker ps"])
        #expect(found[0].keys == ["echo x >> first", "exit"])
    }

    @Test func aTerminalThatNobodyLeavesIsLeft() {
        #expect(commands("```\n$ docker run -it ubuntu:14.04\n$ docker ps\n```")[0].keys == ["exit"])
        #expect(commands("```\n$ docker run -itd ubuntu:14.04\n$ docker ps\n```")[0].keys == [])
    }

    @Test func dockerfilesAreFiles() {
        let parts = DocumentCommands.parse("```Dockerfile\nFROM a\nRUN b\n\n==> c\n```")
        #expect(parts == [.file(name: "Dockerfile", content: "FROM a\nRUN b\n\n", line: 2)])
    }

    @Test func idsAgesAndSizesAreNobodysToForetell() {
        #expect(
            ClaimedOutput.missing(
                ["commit_test   first   12a60b0b321c   10 seconds ago   187MB"],
                "commit_test first 000000000000 Less than a second ago 4.3MB\n") == [])
        #expect(
            ClaimedOutput.missing(
                ["commit_test   first   12a60b0b321c   10 seconds ago   187MB"], "commit_test second 000000000000 2 days ago 4MB\n"
            ).count == 1)
        #expect(
            ClaimedOutput.missing(["...", "sha256:" + String(repeating: "a", count: 64)], "sha256:" + String(repeating: "b", count: 64))
                == [])
    }
}
