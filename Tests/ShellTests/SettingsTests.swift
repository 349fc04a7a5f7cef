import DockerCLI
import Narration
import Testing

@testable import Shell

@Suite struct GlobalOptionsTests {
    @Test func ownOptionsStandBeforeTheCommandAmongDockers() throws {
        let options = try GlobalOptions(["--root", "/x", "-H", "unix:///s", "--narrate=full", "--step", "run", "--narrate", "off"])
        #expect(options.root == "/x" && options.narration == .full && options.step == true)
        #expect(options.dockerOptions == ["-H", "unix:///s"])
        #expect(options.command == ["run", "--narrate", "off"])
    }

    @Test func mistakesAreNamed() {
        #expect(throws: GlobalOptions.Mistake.needsValue("--root")) { try GlobalOptions(["--root"]) }
        #expect(throws: GlobalOptions.Mistake.badValue(option: "--lang", value: "fr", choices: "ko, en")) {
            try GlobalOptions(["--lang", "fr"])
        }
    }

    @Test func optionsComeBeforeTheEnvironment() throws {
        let environment = Environment([
            "DRYDOCK_NARRATE": "brief", "DRYDOCK_LANG": "ko", "DRYDOCK_STEP": "1", "DRYDOCK_BREAK": "start.mount,create",
        ])
        let settings = try Settings(GlobalOptions(["--narrate", "full"]), environment)
        #expect(settings.narration == .full && settings.language == .korean && settings.isStepping)
        #expect(settings.breakpoints == ["start.mount", "create"])
        #expect(settings.root == "/var/lib/drydock")
    }

    @Test func aHostIsFoundInAllItsForms() throws {
        for words in [["-H", "/s"], ["-H/s"], ["-H=/s"], ["--host", "/s"], ["--host=/s"]] {
            #expect(try Settings(GlobalOptions(words), Environment([:])).host == "/s")
        }
    }

    @Test func pathsBecomeAbsolute() {
        #expect(absolute("/a/./b/../c/") == "/a/c")
        #expect(absolute("x").hasPrefix("/") && absolute("x").hasSuffix("/x"))
    }
}

@Suite struct StepCommandTests {
    @Test(
        "commands and their short forms",
        arguments: [
            ("", StepCommand.next), ("n", .next), ("into", .into), ("f", .finish), ("continue", .goOn), ("abort", .abort), ("l", .look),
            ("!", .rootShell), ("shell", .shell), ("s", .shell), ("?", .help), ("break", .listBreaks),
            ("b start.mount", .addBreak("start.mount")),
            ("unbreak", .removeBreak(nil)),
            ("unbreak create", .removeBreak("create")),
        ])
    func parses(line: String, expected: StepCommand) { #expect(StepCommand(line) == expected) }

    @Test("what is none", arguments: ["nxt", "next 3", "break a b", "into x"])
    func refuses(line: String) { #expect(StepCommand(line) == nil) }
}

@Suite struct ShellWordsTests {
    @Test func settingsChange() throws {
        var settings = try Settings(GlobalOptions([]), Environment([:]))
        #expect(ShellWords.apply("narrate", ["full"], to: &settings).status == 0 && settings.narration == .full)
        #expect(ShellWords.apply("step", ["on"], to: &settings).status == 0 && settings.isStepping)
        #expect(ShellWords.apply("break", ["start.mount"], to: &settings).status == 0 && settings.breakpoints == ["start.mount"])
        #expect(ShellWords.apply("unbreak", [], to: &settings).status == 0 && settings.breakpoints.isEmpty)
        #expect(ShellWords.apply("lang", ["ko"], to: &settings).text == "언어: 한국어")
    }

    @Test func typosGetAGuess() throws {
        var settings = try Settings(GlobalOptions([]), Environment([:]))
        let answer = ShellWords.apply("break", ["start.mont"], to: &settings)
        #expect(answer.status == 2 && answer.text.contains("Did you mean start.mount?"))
    }

    @Test func noWordOfTheShellIsADockerCommandButHistory() {
        #expect(ShellWords.names.subtracting(["history", "help"]).isDisjoint(with: DockerWords.names))
    }

    @Test("every phrase is there in both languages", arguments: Phrase.allCases)
    func phrases(phrase: Phrase) {
        #expect(!phrase.texts.en.isEmpty && !phrase.texts.ko.isEmpty)
        for number in 1...3 { #expect(phrase.texts.en.contains("%\(number)") == phrase.texts.ko.contains("%\(number)")) }
    }
}

@Suite struct CompletionTests {
    private struct Names: CompletionSource {
        func lessons() -> [String] { ["2.3.1-commit"] }
        func containers(running: Bool?) -> [String] {
            running == false ? ["old"] : running == true ? ["web", "db"] : ["web", "db", "old"]
        }
        func images() -> [String] { ["ubuntu:14.04", "busybox:latest"] }
        func objects(_ path: String) -> [String] { [] }
    }

    private var completer: Completer {
        var table = CompletionTable()
        table.commands = [
            CompletionCommand(
                names: ["run"], flags: [("--name", true), ("--network", true), ("-i", false), ("--interactive", false)],
                arguments: .imageThenCommand),
            CompletionCommand(names: ["stop"], flags: [], arguments: .runningContainers),
            CompletionCommand(names: ["rm"], flags: [("-f", false)], arguments: .containers),
        ]
        table.groups = [("container", [CompletionCommand(names: ["prune"], flags: [], arguments: .nothing)])]
        table.own = [("narrate", ["off", "brief", "full"]), ("layers", ["--svg", "--files", "--all"])]
        return Completer(table: table, source: Names()) { _ in ["runc"] }
    }

    @Test(
        "candidates",
        arguments: [
            ("", "r", ["rm", "run"]), ("docker ", "st", ["stop"]), ("run --", "", ["busybox:latest", "ubuntu:14.04"]),
            ("run ", "--n", ["--name", "--network"]), ("docker run -i ", "ubu", ["ubuntu:14.04"]), ("run --network ", "h", ["host"]),
            ("stop ", "", ["db", "web"]), ("rm web ", "", ["db", "old"]), ("narrate ", "f", ["full"]),
            ("docker container ", "p", ["prune"]), ("layers --files ", "ub", ["ubuntu:14.04"]),
            ("layers --files ", "-", ["--all", "--svg"]),
            ("cd /tmp && docker stop ", "w", ["web"]), ("docker rm $(docker stop ", "d", ["db"]), ("", "runx", []), ("", "xr", []),
        ])
    func candidates(before: String, word: String, expected: [String]) {
        #expect(completer.complete(before: before, word: word).candidates == expected)
    }

    @Test func filesWhereNothingElseIsKnown() {
        #expect(completer.complete(before: "vi ", word: "x") == Completion(allowsFiles: true))
        #expect(completer.complete(before: "run ubuntu:14.04 ", word: "x") == Completion(allowsFiles: true))
        #expect(completer.complete(before: "layers --svg ", word: "u") == Completion(allowsFiles: true))
    }

    @Test func whatAllShare() {
        #expect(commonPrefix(["--name", "--network"]) == "--n")
        #expect(commonPrefix([]) == "")
    }
}
