import Dockerfile
import Testing

@Suite struct ParserTests {
    private func parse(_ text: String) throws -> [String] {
        try ParsedDockerfile(parsing: text).instructions.map { "\($0.line) \($0.keyword) \($0.flags) \($0.arguments)" }
    }

    @Test func linesAreJoinedAndCommentsTakenAway() throws {
        let text = """
            # a comment
            FROM ubuntu:14.04
              RUN apt-get update && \\
            # in between
                  apt-get install -y \\

                  curl  \t
            copy --from=0 --chown="a b" x y
            CMD ["a"]
            """
        #expect(
            try parse(text) == [
                "2 from [] ubuntu:14.04", "3 run [] apt-get update &&       apt-get install -y       curl",
                "8 copy [\"--from=0\", \"--chown=a b\"] x y", "9 cmd [] [\"a\"]",
            ])
    }

    @Test func theEscapeDirectiveCountsAtTheBeginningAlone() throws {
        let file = try ParsedDockerfile(parsing: "# escape=`\r\nRUN a `\r\n b\r\n# escape=\\\r\n")
        #expect(file.escape == "`" && file.instructions.map(\.arguments) == ["a  b"])
        #expect(try ParsedDockerfile(parsing: "RUN x\n# escape=`").escape == "\\")
        #expect(throws: (any Error).self) { try ParsedDockerfile(parsing: "# escape=x\nRUN y") }
    }

    @Test func nothingIsAnError() {
        for text in ["", "\n\n", "# only words\n", "\\\n"] {
            #expect { try ParsedDockerfile(parsing: text) } throws: { "\($0)" == "file with no instructions" }
        }
        #expect(throws: (any Error).self) { try ParsedDockerfile(parsing: String(repeating: "x", count: ParsedDockerfile.limit + 1)) }
    }

    @Test func anEndlessContinuationEnds() throws {
        let file = try ParsedDockerfile(parsing: "RUN x" + String(repeating: " \\\n", count: 20_000))
        #expect(file.instructions.count == 1)
    }

    @Test func namesAndValues() throws {
        func pairs(_ arguments: String) throws -> [String] {
            try Instruction(keyword: "env", arguments: arguments).nameValues(escape: "\\").map { "\($0.name)|\($0.value)" }
        }
        #expect(try pairs(#"A=1 B="c d" C=e\ f"#) == ["A|1", #"B|"c d""#, #"C|e\ f"#])
        #expect(try pairs("A b  c") == ["A|b  c"])
        #expect { try pairs("A") } throws: { "\($0)" == "ENV must have two arguments" }
        #expect { try pairs("A=1 B") } throws: { "\($0)".hasPrefix("Syntax error - can't find = in \"B\"") }
    }

    @Test func theTwoFormsOfACommand() {
        #expect(Instruction(keyword: "cmd", arguments: #"["a", "b c"]"#).jsonForm == ["a", "b c"])
        for text in ["echo hi", #"["a""#, #"["a", 1]"#, #"['a']"#] { #expect(Instruction(keyword: "cmd", arguments: text).jsonForm == nil) }
    }
}
