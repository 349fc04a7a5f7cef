import Basics
import Testing

@testable import Dockerfile

/// What a Dockerfile may say, and how it is told that it can't: asked of Docker 20.10 (Tests/Oracle/findings.md).
@Suite struct BuildPlanTests {
    @Test(
        "mistakes are told in Docker's words, with their line",
        arguments: [
            ("", "failed to parse D: file with no instructions"), ("# only\n\n", "failed to parse D: file with no instructions"),
            ("FROM a\n\nFORM b", "dockerfile parse error line 3: unknown instruction: FORM"),
            ("RUN x\nFROM a", "no build stage in current context"),
            ("FROM", "dockerfile parse error line 1: FROM requires either one or three arguments"),
            ("FROM a b", "dockerfile parse error line 1: FROM requires either one or three arguments"),
            (
                "FROM a as 1x",
                "dockerfile parse error line 1: invalid name for build stage: \"1x\", name can't start with a number or contain symbols"
            ),
            ("FROM --platform a", "dockerfile parse error line 1: Missing a value on flag: platform"),
            ("FROM a\nCOPY --from=a --from=b c d", "dockerfile parse error line 2: Duplicate flag specified: from"),
            ("FROM a\nADD --from=a c d", "dockerfile parse error line 2: Unknown flag: from"),
            ("FROM a\nRUN --network=none x", "dockerfile parse error line 2: Unknown flag: network"),
            ("FROM a\nWORKDIR", "dockerfile parse error line 2: WORKDIR requires exactly one argument"),
            ("FROM a\nVOLUME []", "dockerfile parse error line 2: VOLUME requires at least one argument"),
            (
                "FROM a\nCOPY x",
                "dockerfile parse error line 2: COPY requires at least two arguments, but only one was provided. Destination could not be determined"
            ),
            ("FROM a\nENV a", "failed to parse D: ENV must have two arguments"),
            ("FROM a\nENV a=b c", "failed to parse D: Syntax error - can't find = in \"c\". Must be of the form: name=value"),
            ("FROM a\nENV =b", "dockerfile parse error line 2: ENV names can not be blank"),
            ("FROM a\nHEALTHCHECK WRONG", "dockerfile parse error line 2: Unknown type \"WRONG\" in HEALTHCHECK (try CMD)"),
            ("FROM a\nHEALTHCHECK NONE x", "dockerfile parse error line 2: HEALTHCHECK NONE takes no arguments"),
            ("FROM a\nHEALTHCHECK --interval=0 CMD x", "dockerfile parse error line 2: Interval \"interval\" cannot be less than 1ms"),
            ("FROM a\nHEALTHCHECK --retries=0 CMD x", "dockerfile parse error line 2: --retries must be at least 1 (not 0)"),
            ("FROM a\nSHELL /bin/sh", "dockerfile parse error line 2: SHELL requires the arguments to be in JSON form"),
            ("FROM a\nONBUILD ONBUILD x", "dockerfile parse error line 2: Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed"),
            ("FROM a\nONBUILD FROM x", "dockerfile parse error line 2: FROM isn't allowed as an ONBUILD trigger"),
            ("FROM a\nCMD [\"a\", 1]", "failed to parse D: when using JSON array syntax, arrays must be comprised of strings only"),
            ("# escape=x\nFROM a", "failed to parse D: invalid escape token 'x' does not match ` or \\"),
        ])
    func mistakes(text: String, sentence: String) {
        let error = #expect(throws: DrydockError.self) { try BuildPlan(parsing: text, name: "D") }
        #expect(error?.sentence == sentence)
    }

    private func kinds(_ lines: String) throws -> [BuildCommand.Kind] {
        try BuildPlan(parsing: "FROM a\n\(lines)", name: "D").stages[0].commands.map(\.kind)
    }

    @Test func listsAreJSONOrElseTheShells() throws {
        let line = { (words: [String], isForShell: Bool) in BuildCommand.CommandLine(words: words, isForShell: isForShell) }
        #expect(
            try kinds("CMD [\"a\", \"b c\"]\nCMD [\"a\",]\nCMD ['a']\nCMD [\"a\"] rest\nCMD") == [
                .cmd(line(["a", "b c"], false)), .cmd(line(["[\"a\",]"], true)), .cmd(line(["['a']"], true)), .cmd(line(["a"], false)),
                .cmd(line([], true)),
            ])
    }

    @Test func stagesAndArgumentsBeforeThem() throws {
        var plan = try BuildPlan(
            parsing: "ARG v=1\nFROM a:$v AS One\nRUN x\nFROM --platform=linux/amd64 one\nFROM two as THREE\nCMD y", name: "D")
        #expect(plan.arguments.count == 1)
        #expect(plan.stages.map(\.name) == ["one", "", "three"])
        #expect(plan.stages.map(\.base) == ["a:$v", "one", "two"])
        #expect(plan.stages[1].platform == "linux/amd64")
        #expect(throws: DrydockError.self) { try plan.cut(toTarget: "2") }
        plan.addLabels(["b": "2", "a": "1"])
        #expect(plan.stages[2].commands.map(\.instruction.original) == ["CMD y", "LABEL a=1", "LABEL b=2"])
        try plan.cut(toTarget: "ONE")
        #expect(plan.stages.count == 1)
    }

    @Test func anEmptyLineWithinAnInstructionIsWarnedOf() throws {
        let plan = try BuildPlan(parsing: "FROM a\nRUN x && \\\n\n   y\n", name: "D")
        #expect(plan.stages[0].commands[0].instruction.original == "RUN x &&    y")
        #expect(plan.warnings.first?.hasPrefix("[WARNING]: Empty continuation line found in:\n    RUN x &&") == true)
    }

    @Test func pitfallsAreNamedWithTheirLines() throws {
        let plan = try BuildPlan(
            parsing: """
                FROM debian
                ENV API_TOKEN=x
                COPY . /app
                RUN apt-get update
                RUN apt-get install curl
                ADD a.txt b.tar.gz /x/
                ADD a.txt /x/
                RUN cd /app
                RUN rm -rf /tmp/x
                CMD a
                CMD b
                """, name: "D")
        let found = DockerfileAdvice.of(plan).map { "\($0.line) \($0.pitfall.rawValue)" }
        #expect(
            found == [
                "1 movingBase", "2 secret", "3 copyBeforeInstall", "4 updateAlone", "5 aptAsks", "5 aptLists", "7 addForCopy",
                "8 changeFolder", "9 lateRemoval", "10 overridden",
            ])
        let good = try BuildPlan(
            parsing: "FROM debian:12\nRUN apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*\nCOPY . /app\nCMD a",
            name: "D")
        #expect(DockerfileAdvice.of(good).isEmpty)
    }
}
