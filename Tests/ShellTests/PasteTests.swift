import DockerCLI
import Glibc
import Testing

@testable import Shell

/// Blocks of a book pasted as a whole: each line goes to whom it was meant for.
@Suite struct PasteTests {
    private struct Reader: LineReader {
        let text: String
        func read(prompt: String) -> LineResult { .line(text) }
    }

    private func lines(of paste: String, _ leftOut: @escaping (Int) -> Void = { _ in }) -> InputLines {
        InputLines(reader: Reader(text: paste), stripper: PromptStripper { _ in true }, isIncomplete: { _ in false }, leftOut: leftOut)
    }

    @Test func whatACommandPrintedIsNoCommand() {
        var count = 0
        var input = lines(of: "# docker images\n\n======\nREPOSITORY TAG\nubuntu 14.04") { count = $0 }
        #expect(input.next(prompt: "> ") == .line("docker images"))
        #expect(input.pending == [""])
        #expect(count == 3)
    }

    @Test func theRestOfAPasteIsThereForTheCommandThatTakesTheTerminal() throws {
        var input = lines(of: "docker run -it ubuntu:14.04\n# apt-get update\n$ ls\n  # exit")
        #expect(input.next(prompt: "> ") == .line("docker run -it ubuntu:14.04"))
        let ahead = try #require(TypedAhead(input.pending))
        #expect(!ahead.wasRead)
        var buffer = [UInt8](repeating: 0, count: 100)
        let count = read(try #require(Int32(ahead.name)), &buffer, buffer.count)
        #expect(String(decoding: buffer[..<count], as: UTF8.self) == "apt-get update\rls\rexit\r")
        #expect(ahead.wasRead)
        input.dropPending()
        #expect(input.pending.isEmpty)
        #expect(TypedAhead([]) == nil)
    }

    @Test(
        "who takes the terminal",
        arguments: [
            ("run -it ubuntu:14.04", true), ("run -i -t --name linux ubuntu:14.04 bash", true), ("run -itd ubuntu:14.04", false),
            ("run ubuntu:14.04 ls -it", false), ("container run -ti x", true), ("start -ai x", true), ("start x", false),
            ("attach x", true),
            ("ps -a", false), ("run --nonsense", false),
        ])
    func terminalTakers(_ line: String, _ expected: Bool) {
        #expect(takesTerminal(line.split(separator: " ").map(String.init)) == expected)
    }
}
