import Lessons
import Narration
import Replay
import Testing

@Suite struct LessonParserTests {
    static let head = "---\nid: 1-x\nsection: 1\ntitle.en: A\ntitle.ko: 가\n---\n"
    static let step = """
        ## s: Step / 단계
        :::en
        Do it.
        :::
        :::ko
        해 보자.
        :::
        ```drydock
        $ docker run -it --name a ubuntu:14.04
        > echo hi
        > ^P^Q
        line [..] end
        ...
        [3]
        $ cat > Dockerfile <<'EOF'
        FROM scratch
        EOF
        $ docker commit \\
        a b
        ```
        % check: container a exit-code == 3
        % keep: x = container a id
        % hint.en: do it
        % hint.ko: 해라
        :::en
        Done.
        :::
        :::ko
        됐다.
        :::

        """

    @Test func readsAStep() throws {
        let lesson = try LessonParser.parse(Self.head + Self.step, file: "x.md")
        let step = try #require(lesson.steps.first)
        #expect(step.title == Localized(english: "Step", korean: "단계"))
        #expect(step.goal[.english] == "Do it.")
        #expect(step.explanation[.korean] == "됐다.")
        #expect(step.commands.count == 3)
        #expect(step.commands[0].keys.map(\.text) == ["echo hi", "^P^Q"])
        #expect(step.commands[0].keys[0].bytes == Array("echo hi\r".utf8))
        #expect(step.commands[0].keys[1].bytes == [16, 17])
        #expect(step.commands[0].expected == [.text("line [..] end"), .anyLines])
        #expect(step.commands[0].exitCode == 3)
        #expect(step.commands[1].text == "cat > Dockerfile <<'EOF'\nFROM scratch\nEOF")
        #expect(step.commands[2].text == "docker commit \\\na b")
        #expect(step.checks[0].subject == .container("a"))
        #expect(step.checks[0].expectation == .compares(.equal, "3"))
    }

    private static func after(_ rest: String) -> String { head + rest }

    static let refusals: [(String, String)] = [
        ("", "begins with ---"), ("---\nid: 1\n", "is missing"), ("---\nid: ../x\n---\n", "is no id"),
        (after(""), "no step"), (after("text"), "belongs to nothing"), (after(":::fr\n:::\n"), "no language"),
        (after(":::en\nx"), "not closed"), (after("## s Step\n"), "a step is written as"),
        (after("## s: A / 가\n```drydock\n$ a\n"), "not closed"), (after("## s: A / 가\n```drydock\noutput\n```\n"), "begins with a command"),
        (after("## s: A / 가\n```file ../x\n```\n"), "inside the learner's folder"),
        (after("## s: A / 가\n```file /etc/passwd\n```\n"), "inside the learner's folder"),
        (after("## s: A / 가\n% check: image x layers ~ 4\n"), "is no comparison"),
        (after("## s: A / 가\n% check: image x flavour == 4\n"), "is no property"),
        (after("## s: A / 가\n% check: image x\n"), "says nothing"),
        (after("## s: A / 가\n% check: container x file /a == \"b\n"), "not closed"),
        (after("## s: A / 가\n% check: file ../../etc/shadow exists\n"), "not inside"),
        (after("## s: A / 가\n## s: A / 가\n"), "two steps"),
    ]

    @Test(arguments: refusals)
    func refusesWithOneSentence(_ text: String, _ sentence: String) throws {
        let error = try #require(throws: LessonProblem.self) { try LessonParser.parse(text, file: "x.md") }
        #expect("\(error)".contains(sentence), "\(error)")
        #expect(!"\(error)".contains("\n"))
    }

    @Test func readsPredictions() throws {
        let text =
            Self.head + Self.step
            + "```predict p\n? en: Q\n? ko: 물음\n( ) en: A\n( ) ko: 가\n! en: no\n! ko: 아니\n(x) en: B\n(x) ko: 나\n! en: yes\n! ko: 예\n```\n"
        let prediction = try #require(try LessonParser.parse(text, file: "x.md").steps[0].predictions.first)
        #expect(prediction.choices.map(\.isRight) == [false, true])
        #expect(prediction.choices[1].text == Localized(english: "B", korean: "나"))
        #expect(prediction.choices[0].explanation[.korean] == "아니")
    }

    @Test func lintFindsWhatIsMissing() throws {
        var text = Self.head + ":::en\nHello.\n:::\n" + Self.step
        text = text.replacing("% hint.ko: 해라\n", with: "").replacing("container a exit-code == 3", with: "output contains x")
        let sentences = LessonLint.problems(of: try LessonParser.parse(text, file: "x.md")).map(\.sentence)
        #expect(sentences.contains { $0.contains("introduction") })
        #expect(sentences.contains { $0.contains("hint.ko") })
        #expect(sentences.contains { $0.contains("output alone") })
        let whole = Self.head + ":::en\nHello.\n:::\n:::ko\n안녕.\n:::\n" + Self.step
        #expect(LessonLint.problems(of: try LessonParser.parse(whole, file: "x.md")).isEmpty)
    }

    @Test func lintFindsStepsWithRealImagesThatNobodyNames() throws {
        let text = Self.head + ":::en\nHello.\n:::\n:::ko\n안녕.\n:::\n" + Self.step + "% only: full\n"
        #expect(LessonLint.problems(of: try LessonParser.parse(text, file: "x.md")).map(\.sentence).contains { $0.contains("images.full") })
        let named = text.replacing("title.ko: 가\n", with: "title.ko: 가\nimages.full: debian:12\n")
        let lesson = try LessonParser.parse(named, file: "x.md")
        #expect(lesson.fullImages == ["debian:12"] && LessonLint.problems(of: lesson).isEmpty)
        #expect(!TrialAudience(isDrydock: true, isFull: false).plays(lesson.steps[0]))
        #expect(TrialAudience(isDrydock: true, isFull: true).plays(lesson.steps[0]))
    }

    @Test func lintFindsValuesThatNobodyKept() throws {
        let text = Self.head + ":::en\nHello.\n:::\n:::ko\n안녕.\n:::\n" + Self.step + "% check: image {y} exists\n"
        #expect(LessonLint.problems(of: try LessonParser.parse(text, file: "x.md")).contains { $0.sentence.contains("{y}") })
    }
}
