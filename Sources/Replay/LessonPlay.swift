import LessonState
import Lessons

/// A lesson under way on a host: what was kept, what was run since its step began.
public final class LessonPlay {
    public let lesson: Lesson
    public let host: any LineHost
    private var values: [String: String]
    private var runs: [CommandRun] = []
    private var lastRequest: Int?

    /// - Parameter values: what steps that were done before have kept.
    public init(_ lesson: Lesson, on host: any LineHost, values: [String: String] = [:]) {
        self.lesson = lesson
        self.host = host
        self.values = values
    }

    /// What steps have kept so far.
    public var keptValues: [String: String] { values }

    /// Puts the step's files where the learner finds them, and begins to listen.
    /// - Throws: when a file could not be written.
    public func begin(_ step: LessonStep) throws {
        for file in step.files { try host.write(file) }
        runs = []
        lastRequest = host.lastRequest()
        _ = host.narratedSteps()
    }

    /// Runs one line.
    public func run(_ line: String, keys: [Keys] = [], seconds: Int = 60) throws -> LineResult {
        let result = try host.run(line, keys: keys, seconds: seconds)
        note(CommandRun(line: line, output: result.output, errors: result.errors, code: result.code))
        return result
    }

    /// Takes note of a line that was run by other hands.
    public func note(_ run: CommandRun) {
        runs.append(run)
        // A learner who tries a thousand things is judged by the last of them.
        if runs.count > 256 { runs.removeFirst(128) }
    }

    /// Judges checks as things are now.
    public func judge(_ checks: [Check]) -> [(check: Check, outcome: CheckOutcome)] {
        var state = host.state
        state.runs = runs
        state.requests = host.requests(after: lastRequest)
        state.values = values
        return checks.map { ($0, state.outcome(of: $0)) }
    }

    /// Keeps what the step keeps, once it is done.
    public func finish(_ step: LessonStep) {
        var state = host.state
        state.values = values
        for keep in step.keeps {
            if let value = state.value(of: keep) { values[keep.name] = value }
        }
    }
}
