import LessonState
import Lessons

/// A lesson under way on a host: what was kept, what was run since its step began.
public final class LessonPlay {
    public let lesson: Lesson
    public let host: any LineHost
    private var values: [String: String]
    private var runs: [CommandRun] = []
    private var lastRequest: Int?
    /// What was asked of the engine since the step began, without what judging asked; nil of an engine that keeps no list.
    private var asked: [(request: String, status: Int)]? = []

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
        asked = []
        lastRequest = host.lastRequest()
        _ = host.narratedSteps()
    }

    /// Takes up what was asked of the engine since this was last called.
    /// - Returns: that alone.
    @discardableResult
    public func listen() -> [(request: String, status: Int)] {
        guard let last = host.lastRequest() else {
            asked = nil
            return []
        }
        // An engine that was started anew counts anew.
        let new = host.requests(after: last < lastRequest ?? 0 ? 0 : lastRequest ?? 0) ?? []
        lastRequest = last
        asked = Array(((asked ?? []) + new).suffix(4096))
        return new
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
        listen()
        // What is asked to find out is no doing of the learner's.
        defer { lastRequest = host.lastRequest() }
        var state = host.state
        state.runs = runs
        state.requests = asked
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
