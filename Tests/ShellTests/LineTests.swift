import Testing

@testable import Shell

@Suite struct LineScannerTests {
    @Test(
        "plain commands are split as bash would",
        arguments: [
            (#"docker run -it "my image" 'a b' c\ d"#, ["docker", "run", "-it", "my image", "a b", "c d"]),
            ("docker run ubuntu:14.04 echo hello world!", ["docker", "run", "ubuntu:14.04", "echo", "hello", "world!"]),
            ("docker commit \\\n -a \"me\" x", ["docker", "commit", "-a", "me", "x"]),
            ("docker run -e A=1 x ''", ["docker", "run", "-e", "A=1", "x", ""]),
            (#"docker ps --format '{{.ID}}'"#, ["docker", "ps", "--format", "{{.ID}}"]),
        ])
    func words(line: String, expected: [String]) {
        let scanned = LineScanner.scan(line)
        #expect(!scanned.needsBash && scanned.unfinished == nil)
        #expect(scanned.words == expected)
    }

    @Test(
        "shell syntax is bash's",
        arguments: [
            "docker ps | wc", "a && b", "a; b", "echo x > f", "docker rm $(docker ps -a -q)", "echo $X", "echo \"$X\"", "ls *.txt", "X=1",
            "X=1 docker ps", "docker ps # comment", "sleep 1 &", "echo `date`", "! true", "ls ~", "(a)", "x+=1",
        ])
    func bash(line: String) { #expect(LineScanner.scan(line).needsBash) }

    @Test(
        "unfinished lines go on",
        arguments: [
            ("docker commit \\", ScannedLine.Unfinished.backslash), ("echo 'a", .quote), ("echo \"a", .quote),
            ("echo \"a $(b", .parenthesis),
            ("cat <<EOF", .hereDocument), ("cat <<EOF\nx", .hereDocument), ("cat <<-'END'\nx\nEND x", .hereDocument),
            ("a |", .operatorAtEnd),
            ("a &&", .operatorAtEnd), ("echo $(a", .parenthesis), ("(a", .parenthesis), ("echo ${a", .parenthesis), ("echo `a", .quote),
        ])
    func unfinished(line: String, why: ScannedLine.Unfinished) { #expect(LineScanner.scan(line).unfinished == why) }

    @Test(
        "whole lines do not",
        arguments: [
            "cat <<EOF\nx\nEOF", "cat <<-EOF\n\tx\n\tEOF", "cat <<< word", "# don't", "sleep 1 &", "echo \\'", "echo 'a\nb'", "a; ",
            "echo $((1 + (2)))",
            "", "   ", "cat <<A <<B\n1\nA\n2\nB",
        ])
    func whole(line: String) { #expect(LineScanner.scan(line).unfinished == nil) }
}

@Suite struct LineClassifierTests {
    let classifier = LineClassifier(
        dockerCommands: ["run", "ps", "rm", "kill", "wait", "top", "cp", "diff", "export", "history", "info", "exec", "start", "images"],
        ownCommands: ShellWords.names, fileExists: { $0 == "test.html" })

    @Test(
        "Docker's, with and without the word",
        arguments: [
            ("docker ps -a", ["ps", "-a"]), ("ps -a", ["ps", "-a"]), ("ps -aq", ["ps", "-aq"]), ("ps -f name=x", ["ps", "-f", "name=x"]),
            ("docker", []), ("run -it ubuntu:14.04", ["run", "-it", "ubuntu:14.04"]), ("rm -f mycentos", ["rm", "-f", "mycentos"]),
            ("rm web db", ["rm", "web", "db"]), ("kill web", ["kill", "web"]), ("kill -s HUP web", ["kill", "-s", "HUP", "web"]),
            ("wait web", ["wait", "web"]), ("start 169", ["start", "169"]), ("top web", ["top", "web"]),
            ("cp web:/etc/hosts .", ["cp", "web:/etc/hosts", "."]), ("diff web", ["diff", "web"]),
            ("export -o test.tar test", ["export", "-o", "test.tar", "test"]), ("history ubuntu:14.04", ["history", "ubuntu:14.04"]),
            ("docker kill -9 1", ["kill", "-9", "1"]), ("docker statrt x", ["statrt", "x"]), ("ps -n 3", ["ps", "-n", "3"]),
        ])
    func docker(line: String, expected: [String]) { #expect(classifier.classify(line) == .docker(expected)) }

    @Test(
        "the host's",
        arguments: [
            "ps aux", "ps -ef", "ps -e", "ps -f", "rm -r dir", "rm -rf dir", "rm test.html", "rm ./x", "kill -9 1234", "kill %1",
            "kill 1234", "wait",
            "wait 77", "top", "top -b", "cp a b", "diff a b", "export FOO", "export -p", "ls", "statrt web", "cd /tmp", "ps | grep x",
            "docker ps | wc -l", "rm $(docker ps -a -q)", "watch -n1 date", "# a comment",
        ])
    func host(line: String) { #expect(classifier.classify(line) == .bash) }

    @Test(
        "the shell's own",
        arguments: ["help", "narrate full", "step on", "break start.mount", "lang ko", "exit", "history", "history 20", "watch"])
    func own(line: String) {
        guard case .own(let name, _) = classifier.classify(line) else {
            Issue.record("\(line) is not the shell's own")
            return
        }
        #expect(line.hasPrefix(name))
    }

    @Test func theProgramsOwnNameChangesNothing() {
        #expect(classifier.classify("drydock history 20") == .own(name: "history", arguments: ["20"]))
        #expect(classifier.classify("drydock ps -a") == .docker(["ps", "-a"]))
    }

    @Test func nothingIsEmpty() {
        #expect(classifier.classify("") == .empty)
        #expect(classifier.classify("  \t ") == .empty)
    }
}

@Suite struct PromptStripperTests {
    let stripper = PromptStripper { ["docker", "echo", "exit", "vi", "run"].contains($0) }

    @Test(
        "pasted prompts go",
        arguments: [
            ("# docker ps", "docker ps"), ("$ cd /x", "cd /x"), ("  $ ls", "ls"),
            ("# echo test_first! >> first", "echo test_first! >> first"),
            ("# exit", "exit"), ("# X=1", "X=1"), ("drydock> ps", "ps"), ("# docker|cat", "docker|cat"),
        ])
    func strips(line: String, expected: String) {
        let result = stripper.strip(line)
        #expect(result.line == expected && result.hadPrompt)
    }

    @Test(
        "comments and everything else stay",
        arguments: ["# Dockerfile", "#docker ps", "# the same as above", "docker ps", "$X", "$(a)", "# ", "#"])
    func keeps(line: String) {
        let result = stripper.strip(line)
        #expect(result.line == line && !result.hadPrompt)
    }

    @Test func continuationsLoseTheirPromptOnlyAfterAPastedOne() {
        #expect(stripper.stripContinuation("> x", firstHadPrompt: true) == "x")
        #expect(stripper.stripContinuation("> x", firstHadPrompt: false) == "> x")
    }
}

@Suite struct InputLinesTests {
    private final class Script: LineReader {
        var results: [LineResult]
        var prompts: [String] = []
        init(_ results: [LineResult]) { self.results = results }
        func read(prompt: String) -> LineResult {
            prompts.append(prompt)
            return results.isEmpty ? .end : results.removeFirst()
        }
    }

    private func lines(_ script: Script) -> InputLines {
        InputLines(reader: script, stripper: PromptStripper { $0 == "docker" }, isIncomplete: { !$0.contains("done") })
    }

    @Test func continuationAsksWithAnotherPrompt() {
        let script = Script([.line("# docker commit \\"), .line("> -a x"), .line("next")])
        var input = lines(script)
        #expect(input.next(prompt: "p> ") == .line("docker commit \\\n-a x"))
        #expect(script.prompts == ["p> ", "> "])
        #expect(input.next(prompt: "p> ") == .line("next"))
    }

    @Test func aPasteOfSeveralLinesIsSeveralLines() {
        var input = lines(Script([.line("# docker ps\n# docker images\necho 'a\nb'")]))
        #expect(input.next(prompt: "") == .line("docker ps"))
        #expect(input.next(prompt: "") == .line("docker images"))
        #expect(input.next(prompt: "") == .line("echo 'a\nb'"))
        #expect(input.next(prompt: "") == .end(unfinished: false))
    }

    @Test func ctrlCDropsWhatWasBegun() {
        var input = lines(Script([.line("echo 'a"), .interrupted, .line("x")]))
        #expect(input.next(prompt: "") == .interrupted)
        #expect(input.next(prompt: "") == .line("x"))
    }

    @Test func compoundCommandsAreBashsToJudge() {
        var input = lines(Script([.line("for i in 1 2"), .line("do echo $i"), .line("done")]))
        #expect(input.next(prompt: "") == .line("for i in 1 2\ndo echo $i\ndone"))
    }

    @Test func anEndInTheMiddleIsTold() {
        var input = lines(Script([.line("echo 'a")]))
        #expect(input.next(prompt: "") == .end(unfinished: true))
    }
}
