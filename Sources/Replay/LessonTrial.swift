import LessonState
import Lessons
import Narration

/// Proves a lesson by playing it: before each step its checks fail, after it they pass; with anything left out or changed some check
/// fails.
public struct LessonTrial {
    /// What was left out or changed.
    public enum Change: Sendable, Hashable {
        case nothing
        case stepLeftOut(Int)
        case commandLeftOut(step: Int, command: Int)
        case keysLeftOut(step: Int, command: Int, keys: Int)
        /// One word of a command, by its place, became another.
        case wordChanged(step: Int, command: Int, word: Int)
    }

    private let lesson: Lesson
    private let audience: TrialAudience
    private let makeHost: () throws -> any LineHost

    /// - Parameters:
    ///   - audience: which steps are played.
    ///   - makeHost: a fresh host with the lesson's images.
    public init(_ lesson: Lesson, audience: TrialAudience, makeHost: @escaping () throws -> any LineHost) {
        self.lesson = lesson
        self.audience = audience
        self.makeHost = makeHost
    }

    /// The steps that are played, by their places.
    private var places: [Int] { lesson.steps.indices.filter { audience.plays(lesson.steps[$0]) } }

    // MARK: The whole lesson

    /// Plays the lesson as it is.
    /// - Returns: everything that is wrong.
    public func problems() throws -> [LessonProblem] {
        let host = try makeHost()
        defer { host.end() }
        let play = LessonPlay(lesson, on: host)
        var problems: [LessonProblem] = []
        for place in places {
            let step = lesson.steps[place]
            try play.begin(step)
            problems += before(step, play)
            for command in step.commands {
                problems += compare(try play.run(command.text, keys: command.keys), with: command)
            }
            problems += after(step, play)
            problems += narrated(step, host)
            play.finish(step)
        }
        return problems
    }

    private func problem(_ line: Int, _ sentence: String) -> LessonProblem { LessonProblem(lesson.file, line, sentence) }

    private func before(_ step: LessonStep, _ play: LessonPlay) -> [LessonProblem] {
        play.judge(audience.answered(step.checks)).filter(\.outcome.hasPassed).map {
            problem(
                $0.check.line, "step \(step.id): \"\($0.check.source)\" holds before the step already; write % still: for what always holds"
            )
        } + broken(step.invariants, "before", step, play)
    }

    private func after(_ step: LessonStep, _ play: LessonPlay) -> [LessonProblem] {
        broken(audience.answered(step.checks), "after", step, play) + broken(step.invariants, "after", step, play)
    }

    private func broken(_ checks: [Check], _ when: String, _ step: LessonStep, _ play: LessonPlay) -> [LessonProblem] {
        play.judge(audience.answered(checks)).compactMap { check, outcome in
            switch outcome {
            case .passed: return nil
            case .failed(let found):
                let text = check.text(.english, found: found, values: play.keptValues)
                return problem(check.line, "step \(step.id): \"\(check.source)\" fails \(when) it: \(text)")
            case .notReached(let why): return problem(check.line, "step \(step.id): \"\(check.source)\" can't be asked \(when) it: \(why)")
            }
        }
    }

    private func compare(_ result: LineResult, with command: LessonCommand) -> [LessonProblem] {
        var problems: [LessonProblem] = []
        if result.isLate { problems.append(problem(command.line, "\"\(command.text)\" does not end")) }
        if result.code != Int32(command.exitCode), !result.isLate {
            problems.append(
                problem(command.line, "\"\(command.text)\" ends with \(result.code), not \(command.exitCode): \(Self.lastLine(of: result))")
            )
        }
        // Nothing shown, nothing claimed.
        guard !command.expected.isEmpty else { return problems }
        let lines = Self.lines(of: result.output + result.errors)
        if let place = ExpectedOutput.mismatch(command.expected, lines) {
            let line = place < command.expected.count ? "expected line \(place + 1)" : "the end"
            problems.append(
                problem(command.line, "\"\(command.text)\" prints something else at \(line): \(lines.joined(separator: " ⏎ ").prefix(600))")
            )
        }
        return problems
    }

    static func lines(of output: String) -> [String] {
        var lines = output.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        while lines.last?.isEmpty == true { lines.removeLast() }
        return lines
    }

    private static func lastLine(of result: LineResult) -> String {
        String(lines(of: result.errors).last ?? lines(of: result.output).last ?? "no output")
    }

    private func narrated(_ step: LessonStep, _ host: any LineHost) -> [LessonProblem] {
        guard let ids = host.narratedSteps() else { return [] }
        return step.narrated.filter { wanted in !ids.contains { Glob(wanted).matches($0) } }.map {
            problem(step.line, "step \(step.id): the engine told of no step \($0)")
        }
    }

    // MARK: Changes

    /// Every single thing that can be left out.
    /// - Parameter audience: only in steps for this one.
    public func omissions(of audience: Audience? = nil) -> [Change] {
        places.filter { audience == nil || lesson.steps[$0].audience == audience }.flatMap { step -> [Change] in
            var changes: [Change] = [.stepLeftOut(step)]
            let commands = lesson.steps[step].commands
            for (command, line) in commands.enumerated() {
                if commands.count > 1 { changes.append(.commandLeftOut(step: step, command: command)) }
                // The last keys of a session end it: without them it hangs until its time is up, which proves nothing more.
                for keys in line.keys.indices.dropLast() { changes.append(.keysLeftOut(step: step, command: command, keys: keys)) }
            }
            return changes
        }
    }

    /// Each word of each command that isn't an option or the command's own name, to be changed.
    public func alterations() -> [Change] {
        places.flatMap { step in
            lesson.steps[step].commands.enumerated().flatMap { command, line in
                Self.changeableWords(line.text).map { .wordChanged(step: step, command: command, word: $0) }
            }
        }
    }

    /// - Returns: whether some check fails with the change, as it must.
    public func isNoticed(_ change: Change) throws -> Bool {
        let host = try makeHost()
        defer { host.end() }
        let play = LessonPlay(lesson, on: host)
        for place in places {
            let step = lesson.steps[place]
            try play.begin(step)
            for (number, command) in step.commands.enumerated() {
                guard let (line, keys) = changed(command, change, place, number) else { continue }
                _ = try play.run(line, keys: keys, seconds: 20)
            }
            let outcomes = play.judge(audience.answered(step.checks + step.invariants))
            if outcomes.contains(where: { !$0.outcome.hasPassed }) { return true }
            play.finish(step)
        }
        return false
    }

    /// The command with the change; nil when it is left out.
    private func changed(_ command: LessonCommand, _ change: Change, _ step: Int, _ number: Int) -> (String, [Keys])? {
        switch change {
        case .stepLeftOut(step): return nil
        case .commandLeftOut(step, number): return nil
        case .keysLeftOut(step, number, let keys):
            var left = command.keys
            left.remove(at: keys)
            return (command.text, left)
        case .wordChanged(step, number, let word): return (Self.changing(word, of: command.text), command.keys)
        default: return (command.text, command.keys)
        }
    }

    /// In words for a report.
    public func text(_ change: Change) -> String {
        switch change {
        case .nothing: return "nothing changed"
        case .stepLeftOut(let step): return "without step \(lesson.steps[step].id)"
        case .commandLeftOut(let step, let command):
            return "step \(lesson.steps[step].id) without \"\(lesson.steps[step].commands[command].text)\""
        case .keysLeftOut(let step, let command, let keys):
            return "step \(lesson.steps[step].id) without typing \"\(lesson.steps[step].commands[command].keys[keys].text)\""
        case .wordChanged(let step, let command, let word):
            return "step \(lesson.steps[step].id) with \"\(Self.changing(word, of: lesson.steps[step].commands[command].text))\""
        }
    }
}

extension LessonTrial {
    /// Places of words whose change must show: names and values of a docker line. Lines with here-documents or shell syntax are left alone.
    static func changeableWords(_ line: String) -> [Int] {
        guard line.hasPrefix("docker "), !line.contains(where: { "|&;<>$`\\\n\"'*(".contains($0) }) else { return [] }
        let words = line.split(separator: " ")
        return words.indices.dropFirst(2).filter { !words[$0].hasPrefix("-") && words[$0] != "." }
    }

    static func changing(_ word: Int, of line: String) -> String {
        var words = line.split(separator: " ").map(String.init)
        if words.indices.contains(word) { words[word] += "x" }
        return words.joined(separator: " ")
    }
}

/// Which steps and checks make sense with an engine.
public struct TrialAudience: Sendable {
    /// drydock's own engine.
    public var isDrydock: Bool
    /// Real images and a package mirror are there.
    public var isFull: Bool

    public init(isDrydock: Bool, isFull: Bool) {
        self.isDrydock = isDrydock
        self.isFull = isFull
    }

    public func plays(_ step: LessonStep) -> Bool {
        switch step.audience {
        case .everywhere: true
        case .drydock: isDrydock
        case .full: isFull
        case .lab: !isFull
        }
    }

    /// The checks that this engine can answer.
    public func answered(_ checks: [Check]) -> [Check] { isDrydock ? checks : checks.filter { !$0.needsDrydock } }
}
