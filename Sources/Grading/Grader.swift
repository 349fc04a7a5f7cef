import Basics
import Lessons
import Narration
import Replay
import Transcripts

/// Grades transcripts by replaying them: what they claim of their output counts for nothing.
public struct Grader: Sendable {
    private let lesson: Lesson
    /// SHA-256 of the lesson's file, in hexadecimal digits.
    private let lessonDigest: String
    private let options: ReplayOptions
    private let reach: LessonReach
    private let audience = TrialAudience(isDrydock: true, isFull: false)

    /// How long one line may take, in seconds. The machine itself limits the whole.
    public var lineSeconds = 60

    /// - Parameter reach: what of the lesson can be judged at all.
    public init(lesson: Lesson, lessonDigest: String, reach: LessonReach, options: ReplayOptions) {
        self.lesson = lesson
        self.reach = reach
        self.lessonDigest = lessonDigest
        self.options = options
    }

    /// - Parameters:
    ///   - file: the transcript's name, for the result.
    ///   - slot: which of the graders that run at the same time this is.
    /// - Throws: when no machine could be made: the grader's own trouble, not the transcript's.
    public func grade(_ transcript: Transcript, file: String, slot: Int = 0) throws -> Grade {
        var grade = Grade(file: file, lesson: lesson.id, title: lesson.title)
        if let digest = transcript.header.lessonDigest, digest != lessonDigest {
            grade.remarks.append(
                Localized(
                    english: "the learner had another edition of the lesson; this one counts",
                    korean: "학습자가 쓴 것과 다른 판의 실습이다. 채점은 이 판으로 한다"))
        }
        var options = options
        options.slot = slot
        let host = try MachineHost(options, images: lesson.images)
        defer { host.end() }
        var replay = TranscriptReplay(
            transcript, LessonPlay(lesson, on: host), StepScores(lesson, audience, reach, visited: transcript.visitedSteps),
            lineSeconds: lineSeconds)
        try replay.run()
        grade.steps = replay.scores.grades
        grade.divergence = replay.divergence
        grade.remarks += replay.remarks
        // Each once, in order: a loop that tries a thousand times is one attempt.
        for attempt in host.refusals() where !grade.attempts.contains(attempt) && grade.attempts.count < 20 {
            // What the lesson itself asks for is no attempt at anything.
            if !reach.attempts.contains(attempt) { grade.attempts.append(attempt) }
        }
        let partly = lesson.steps.map(\.id).filter(reach.steps.contains).joined(separator: ", ")
        if !partly.isEmpty {
            grade.remarks.append(
                Localized(
                    english: "what a replay can't show, even with the lesson's own commands, was left out of the judgement: \(partly)",
                    korean: "학습 자료의 명령으로도 다시 실행해서는 보일 수 없는 것은 판정에서 뺐다: \(partly)"))
        }
        return grade
    }
}

/// Runs a transcript's commands one after the other and has them looked at.
struct TranscriptReplay {
    private let transcript: Transcript
    private let play: LessonPlay
    private let lineSeconds: Int
    private(set) var scores: StepScores
    private(set) var divergence: Localized?
    private(set) var remarks: [Localized] = []
    private var identifiers = IdentifierMap()

    init(_ transcript: Transcript, _ play: LessonPlay, _ scores: StepScores, lineSeconds: Int) {
        self.transcript = transcript
        self.play = play
        self.scores = scores
        self.lineSeconds = lineSeconds
    }

    mutating func run() throws {
        let runs = transcript.effectiveRuns
        var skipped = transcript.skippedSteps[...]
        try beginStep()
        scores.lookBefore(play)
        for run in runs {
            // A step that was left to the lesson is done by this lesson's own commands; the transcript's count for nothing there.
            if run.isSolution {
                if let id = run.step ?? skipped.first, skipped.contains(id) {
                    skipped.removeAll { $0 == id }
                    guard try skip(id) else { return }
                }
                continue
            }
            guard try replay(run) else { return }
        }
        for id in skipped { guard try skip(id) else { return } }
        scores.close()
    }

    private func beginStep() throws {
        if let step = scores.currentStep { try play.begin(step) }
    }

    /// - Returns: false when the machine has ended before its time.
    private mutating func replay(_ run: TranscriptRun) throws -> Bool {
        let line = identifiers.translate(run.line)
        var keys = run.inputs.map { Keys(identifiers.translate($0)) }
        // A password isn't in a transcript. Which one it was is of no weight: the lab hub takes the first.
        if run.isRedacted { keys = Self.withPasswords(run, keys) }
        guard let result = try? play.run(line, keys: keys, seconds: lineSeconds) else { return end(at: run) }
        identifiers.learn(recorded: run.output + run.errors, replayed: result.output + result.errors)
        note(run, result)
        if scores.look(play, command: run.number) { try beginStep() }
        return true
    }

    /// The machine is gone: its time is over, or the transcript has brought its engine down.
    private mutating func end(at run: TranscriptRun) -> Bool {
        remarks.append(
            Localized(
                english: "the replay ended with command \(run.number), since its time or its memory was used up",
                korean: "시간이나 메모리를 다 써서 명령 \(run.number)에서 다시 실행하기를 마쳤다"))
        scores.close()
        return false
    }

    private mutating func skip(_ id: String) throws -> Bool {
        scores.skip(id)
        guard let step = play.lesson.steps.first(where: { $0.id == id }) else { return true }
        for command in step.commands {
            guard (try? play.run(command.text, keys: command.keys, seconds: lineSeconds)) != nil else {
                scores.close()
                return false
            }
        }
        play.finish(step)
        try beginStep()
        return true
    }

    private mutating func note(_ run: TranscriptRun, _ result: LineResult) {
        if result.isLate {
            remarks.append(
                Localized(
                    english: "command \(run.number) was ended after \(lineSeconds) seconds",
                    korean: "명령 \(run.number)번은 \(lineSeconds)초가 지나 끊었다"))
        }
        guard divergence == nil, let code = run.code else { return }
        let line = Check.shortened(run.line)
        // What a command prints may differ in a thousand honest ways; that it prints nothing at all where the transcript has lines may not.
        if code == Int(result.code), !(run.output + run.errors).isEmpty, (result.output + result.errors).isEmpty {
            divergence = Localized(
                english: "command \(run.number), \(line), printed something in the transcript and prints nothing in the replay",
                korean: "명령 \(run.number) \(line): 기록에는 출력이 있지만 다시 실행하면 아무것도 출력하지 않는다")
        }
        guard code != Int(result.code) else { return }
        divergence = Localized(
            english: "command \(run.number), \(line), ended with \(code) in the transcript and with \(result.code) in the replay",
            korean:
                "명령 \(run.number) \(line): 기록에는 \(Josa.direction.after("\(code)")) 끝났다고 되어 있지만 다시 실행하면 \(Josa.direction.after("\(result.code)")) 끝난다"
        )
    }

    /// Something in each place where a password was typed: behind what was typed before it.
    private static func withPasswords(_ run: TranscriptRun, _ keys: [Keys]) -> [Keys] { keys + [Keys("a-password-of-the-replay")] }
}

extension Check {
    /// A stranger's line for a message: its first line, short, without what would steer a terminal.
    static func shortened(_ line: String) -> String {
        let first = line.split(separator: "\n").first.map(String.init) ?? ""
        let safe = String(String.UnicodeScalarView(first.unicodeScalars.map { $0.value < 32 || $0.value == 127 ? "?" : $0 }))
        return "\"\(safe.count > 60 ? safe.prefix(57) + "…" : safe[...])\""
    }
}
