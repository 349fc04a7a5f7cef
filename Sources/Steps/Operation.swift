import Basics
import Glibc

/// A verb in execution: a sequence of steps that happens whole or is rolled back.
///
/// An operation belongs to the thread that runs it. With no observer and no gate a step costs two readings of
/// the clock, for the journal, or nothing without one.
public final class Operation {
    /// Unique in the engine's life.
    public let id: String
    /// `pull`, `create`, `start`, …
    public let verb: String
    /// What the user typed (`run`), when the verb is part of a longer command.
    public let command: String?

    let observer: (any StepObserver)?
    private let journal: (any StepJournal)?
    private let witness: (any CallWitness)?
    let gate: (any StepGate)?
    /// `.instruction` for one that encloses other operations.
    private let level: PausePoint.Level
    private let subject: String?
    /// What has happened already, such as a container's end, can be stopped at but not be taken back.
    private(set) var isFinal: Bool
    private var undos: [Undo] = []
    /// How long the user has held the operation so far: no part of any step's time.
    private(set) var heldMicroseconds = 0.0

    private struct Undo {
        let id: String
        let body: (Step) throws -> Void
    }

    public init(
        id: String, verb: String, command: String?, observer: (any StepObserver)?, gate: (any StepGate)?, isFinal: Bool = false,
        level: PausePoint.Level = .verb, subject: String? = nil, journal: (any StepJournal)? = nil, witness: (any CallWitness)? = nil
    ) {
        self.id = id
        self.verb = verb
        self.command = command
        self.observer = observer
        self.gate = gate
        self.isFinal = isFinal
        self.level = level
        self.subject = subject
        self.journal = journal
        self.witness = witness
    }

    /// True when somebody watches: evidence that costs something to gather is gathered only then.
    public var isObserved: Bool { observer != nil || gate != nil }

    /// True when somebody may stop the operation at its steps and calls.
    public var isStepped: Bool { gate != nil }

    /// True while the child of this operation must stop at each of its own kernel calls.
    public func stopsAtCalls(of id: String) -> Bool { gate?.stopsAtCalls(of: id) ?? false }

    var verbPath: [String] { command.map { $0 == verb ? [verb] : [$0, verb] } ?? [verb] }

    /// Runs the whole verb: says that it began, rolls back what was done when `body` throws, says how it ended.
    /// - Throws: what `body` throws, after the rollback.
    public func run<T>(_ body: () throws -> T) throws -> T {
        let start = workMicroseconds
        // What is done between its steps is the verb's own.
        let between = Step(operation: self, id: verb)
        emit(.begin, id: verb, path: verbPath) { tellSubject(&$0) }
        do {
            let value = try witnessed(between) {
                try pause(level, .before, id: verb, path: verbPath)
                let value = try body()
                try pause(level, .after, id: verb, path: verbPath)
                return value
            }
            undos.removeAll()
            emit(.end, id: verb, path: verbPath) {
                between.fill(&$0, since: start)
                tellSubject(&$0)
            }
            return value
        } catch {
            rollBack()
            emit(.end, id: verb, path: verbPath) {
                between.fill(&$0, since: start)
                $0.error = "\(error)"
                tellSubject(&$0)
            }
            throw error
        }
    }

    private func tellSubject(_ event: inout StepEvent) { if let subject { event.extra["subject"] = .string(subject) } }

    /// Runs one step.
    /// - Parameters:
    ///   - id: The key of the step's texts in the narration catalogue.
    ///   - body: Does the work through the `Step` that it is given, which keeps the evidence.
    /// - Throws: what `body` throws; `DrydockError.aborted` from a pause.
    public func step<T>(_ id: String, _ body: (Step) throws -> T) throws -> T {
        let step = Step(operation: self, id: id)
        guard isObserved else { return try unobserved(step, body) }
        let path = verbPath + [id]
        emit(.begin, id: id, path: path)
        let start = workMicroseconds
        do {
            try pause(.step, .before, id: id, path: path)
            let value = try witnessed(step) { try body(step) }
            try step.obeyAbort()
            emit(.end, id: id, path: path) { step.fill(&$0, since: start) }
            try pause(.step, .after, id: id, path: path)
            return value
        } catch {
            if !step.isReported {
                emit(.end, id: id, path: path) {
                    step.fill(&$0, since: start)
                    $0.error = "\(error)"
                }
            }
            throw error
        }
    }

    private func witnessed<T>(_ step: Step, _ body: () throws -> T) throws -> T {
        guard let witness, isObserved else { return try body() }
        return try witness.witness(step, body)
    }

    /// Only how long it took is kept, and what decided its outcome.
    private func unobserved<T>(_ step: Step, _ body: (Step) throws -> T) throws -> T {
        guard let journal else { return try body(step) }
        let start = monotonicMicroseconds()
        func note(_ error: (any Error)?) {
            var event = StepEvent(kind: .end, operation: id, id: step.id, path: [])
            event.us = monotonicMicroseconds() - start
            event.error = error.map { "\($0)" }
            event.facts = step.facts
            journal.note(event)
        }
        do {
            let value = try body(step)
            note(nil)
            return value
        } catch {
            note(error)
            throw error
        }
    }

    /// Says something about the operation that is not a step.
    /// - Parameters:
    ///   - name: what is said, for those who say it in another language, with `values` in the order of that language's text.
    public func note(_ text: String, name: String, _ values: [String]) {
        emit(.note, id: verb, path: verbPath) { event in
            event.extra["text"] = .string(text)
            event.extra["note"] = .string(name)
            event.extra["values"] = .array(values.map(JSONValue.string))
        }
    }

    /// From here on an error no longer takes back what has been done. An abort still may: then the caller has a way of its own.
    public func keep() { undos.removeAll() }

    /// What has been done can't be taken back, by an error or by the user.
    public func makeFinal() {
        keep()
        isFinal = true
    }

    func pushUndo(_ id: String, _ body: @escaping (Step) throws -> Void) { undos.append(Undo(id: id, body: body)) }

    /// Undoes the finished steps, the latest first. An undo that fails is said and does not stop the others.
    private func rollBack() {
        while let undo = undos.popLast() {
            let step = Step(operation: self, id: undo.id, isUndo: true)
            let start = workMicroseconds
            var failure: String?
            do { try witnessed(step) { try undo.body(step) } } catch { failure = "\(error)" }
            emit(.undo, id: undo.id, path: verbPath + [undo.id]) {
                step.fill(&$0, since: start)
                $0.error = failure
            }
        }
    }

    /// The monotonic clock less the time in which the user held the operation.
    var workMicroseconds: Double {
        monotonicMicroseconds() - (level == .instruction ? gate?.heldMicroseconds ?? 0 : heldMicroseconds)
    }

    func emit(_ kind: StepEvent.Kind, id: String, path: [String], _ change: (inout StepEvent) -> Void = { _ in }) {
        let isKept = journal != nil && (kind == .end || kind == .undo)
        guard observer != nil || isKept else { return }
        var event = StepEvent(kind: kind, operation: self.id, id: id, path: path)
        change(&event)
        observer?.observe(event)
        if isKept { journal?.note(event) }
    }

    func pause(_ level: PausePoint.Level, _ moment: PausePoint.Moment, id: String, path: [String], call: CallRecord? = nil) throws {
        guard let gate else { return }
        let start = monotonicMicroseconds()
        defer { heldMicroseconds += monotonicMicroseconds() - start }
        try gate.pass(
            PausePoint(
                operation: self.id, level: level, moment: moment, id: id, path: path, call: call, isFinal: isFinal,
                subject: level == self.level ? subject : nil))
    }
}

/// Microseconds of the monotonic clock.
public func monotonicMicroseconds() -> Double {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    return Double(now.tv_sec) * 1_000_000 + Double(now.tv_nsec) / 1000
}
