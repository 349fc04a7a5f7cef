import Basics
import Lessons
import Narration
import Testing

@testable import Shell

@Suite struct LessonWordsTests {
    @Test func everythingIsSaidInBothLanguages() {
        for phrase in LessonPhrase.allCases {
            let (english, korean) = phrase.texts
            #expect(!english.isEmpty && !korean.isEmpty, "\(phrase)")
            for mark in ["%1", "%2", "%3"] { #expect(english.contains(mark) == korean.contains(mark), "\(phrase) \(mark)") }
        }
    }

    @Test func valuesAreFilledInOnce() {
        #expect(LessonPhrase.stepOf.text(.english, "1", "4", "100%1") == "Step 1 of 4: 100%1")
    }

    @Test func startOptions() {
        #expect(LessonStartOptions(["2", "--record", "/a"])?.record == "/a")
        #expect(LessonStartOptions(["--record=/a"])?.name == nil)
        #expect(LessonStartOptions([])?.name == nil)
        #expect(LessonStartOptions(["--full", "2"])?.isFull == true && LessonStartOptions(["2"])?.isFull == false)
        for wrong in [["1", "2"], ["--record"], ["--nonsense", "x"]] { #expect(LessonStartOptions(wrong) == nil) }
    }

    @Test(arguments: [
        ("172.18.0.0/16", "ping 172.18.0.2 in 172.18.0.0/16, not 172.18.5.1"),
        ("192.168.16.0/20", "ping 192.168.16.2 in 192.168.16.0/20, not 172.17.5.1"),
        ("172.17.0.0/16", "ping 172.17.0.2 in 172.17.0.0/16, not 172.17.5.1"),
    ])
    func addresses(_ subnet: String, _ expected: String) {
        #expect(LessonNetwork.adapt("ping 172.17.0.2 in 172.17.0.0/16, not 172.17.5.1", to: subnet) == expected)
    }

    @Test func pastedLessonPromptsAreTakenOff() {
        let stripper = PromptStripper { _ in true }
        #expect(stripper.strip("2.3.1-commit 2/4> docker ps").line == "docker ps")
        #expect(stripper.strip("2.3.1-commit ✓> docker ps").line == "docker ps")
        #expect(stripper.strip("echo 2/x> file").line == "echo 2/x> file")
        #expect(!stripper.strip("echo 1 > file").hadPrompt)
    }

    @Test func aLessonsWordsAreOwnOnlyAlone() {
        let classifier = LineClassifier(
            dockerCommands: DockerWords.names, ownCommands: ShellWords.names.union(LessonWords.short), fileExists: { _ in false })
        #expect(classifier.classify("hint") == .own(name: "hint", arguments: []))
        #expect(classifier.classify("reset -Q") == .bash)
        #expect(classifier.classify("lesson start 1") == .own(name: "lesson", arguments: ["start", "1"]))
    }
}

@Suite struct LessonTellerTests {
    private func teller(_ colour: Bool, width: Int) -> LessonTeller {
        var appearance = Appearance(descriptor: -1, environment: Environment([:]))
        appearance.colour = colour
        appearance.width = width
        return LessonTeller(.korean, appearance)
    }

    @Test func wideLettersCountTwice() {
        let lines = teller(false, width: 20).prose("컨테이너에서 바꾼 것은 이미지 위에 얹힌다.").split(separator: "\n")
        #expect(lines == ["컨테이너에서 바꾼", "것은 이미지 위에", "얹힌다."])
    }

    @Test func linesJoinAndListsStay() {
        #expect(teller(false, width: 80).prose("a\nb\n\n- one\n- two\n\n    code  x") == "a b\n\n- one\n- two\n\n    code  x")
    }

    @Test func codeIsInColourAcrossLines() {
        let text = teller(true, width: 10).prose("see `docker run -it`")
        // Backticks that turn into a colour take no room: the first line is full.
        #expect(text == "see \u{1B}[33mdocker\u{1B}[39m\n\u{1B}[33mrun -it\u{1B}[39m")
    }
}

@Suite struct LessonProgressTests {
    @Test func entriesReadBack() {
        let entry = LessonProgress.Entry(
            step: "b", isDone: true, done: ["a", "b"], skipped: ["a"], values: ["first": "sha256:1"], changes: [3, 7], asked: ["a/q"],
            boot: "x", isFull: true)
        #expect(LessonProgress.Entry(entry.json) == entry)
        #expect(LessonProgress.Entry(.null) == LessonProgress.Entry())
    }
}
