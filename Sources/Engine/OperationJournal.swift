import Basics
import Steps

/// The last operations of the engine's life, whoever asked for them and whether or not anybody watched: what `timeline` and `back` show.
final class OperationJournal: Sendable {
    /// How many operations are kept where nobody says otherwise.
    static let usual = 100

    private let most: Int
    private let ended = Monitored<[OperationRecord]>([])

    /// - Parameter most: how many operations are kept; 0 for none.
    init(most: Int) { self.most = max(0, most) }

    /// Begins to take notes of one; nil where none are kept.
    func notes(_ id: String, verb: String, command: String?, asked: String? = nil, isObserved: Bool) -> OperationNotes? {
        guard most > 0 else { return nil }
        return OperationNotes(journal: self, OperationRecord(id: id, verb: verb, command: command, asked: asked, isObserved: isObserved))
    }

    fileprivate func add(_ record: OperationRecord) {
        ended.update { list in
            list.append(record)
            if list.count > most { list.removeFirst(list.count - most) }
        }
    }

    /// - Returns: the latest last.
    func last(_ count: Int) -> [OperationRecord] { ended.read { Array($0.suffix(max(0, count))) } }
}

/// What is noted of an operation while it runs: on its own thread alone, as the operation itself.
final class OperationNotes: StepJournal {
    /// Steps of one operation: a build of many thousand files has not more, but a stranger's request could.
    private static let mostSteps = 500
    /// Calls of one step: an image's layers make tens of thousands.
    private static let mostCalls = 200

    private let journal: OperationJournal
    private var record: OperationRecord
    private let start = monotonicMicroseconds()

    fileprivate init(journal: OperationJournal, _ record: OperationRecord) {
        self.journal = journal
        self.record = record
    }

    func note(_ event: StepEvent) {
        let now = monotonicMicroseconds() - start
        if event.id == record.verb {
            record.microseconds = event.us ?? now
            record.error = event.error
            journal.add(record)
        } else if record.steps.count < Self.mostSteps {
            record.steps.append(Self.step(event, endedAt: now))
        }
    }

    private static func step(_ event: StepEvent, endedAt now: Double) -> OperationRecord.Step {
        OperationRecord.Step(
            id: event.id, isUndo: event.kind == .undo, at: max(0, now - (event.us ?? 0)), microseconds: event.us ?? 0, error: event.error,
            calls: Array(event.calls.prefix(mostCalls)), callCount: event.calls.count, facts: event.facts)
    }
}

/// One operation that has ended.
struct OperationRecord: Sendable {
    /// One of its steps, or the undo of one.
    struct Step: Sendable {
        var id: String
        var isUndo: Bool
        /// Microseconds from the operation's begin to the step's.
        var at: Double
        var microseconds: Double
        var error: String?
        /// The first of its calls, as narrated; empty when nobody watched.
        var calls: [CallRecord]
        var callCount: Int
        var facts: [Fact]
    }

    var id: String
    var verb: String
    var command: String?
    /// The client's command that it was part of, see `CallContext.asked`.
    var asked: String?
    /// Somebody watched: calls and facts were gathered.
    var isObserved: Bool
    var began = Timestamp.now()
    var microseconds = 0.0
    var error: String?
    var steps: [Step] = []

    /// As it is answered.
    var json: JSONValue {
        var object: JSONObject = [
            "op": .string(id), "verb": .string(verb), "began": .string(began.description), "us": .number(microseconds),
            "observed": .bool(isObserved),
        ]
        if let command { object["command"] = .string(command) }
        if let asked { object["asked"] = .string(asked) }
        if let error { object["error"] = .string(error) }
        object["steps"] = .array(steps.map(\.json))
        return .object(object)
    }
}

extension OperationRecord.Step {
    fileprivate var json: JSONValue {
        var object: JSONObject = ["id": .string(id), "at": .number(at), "us": .number(microseconds)]
        if isUndo { object["undo"] = .bool(true) }
        if let error { object["error"] = .string(error) }
        if callCount > 0 {
            object["calls"] = .array(calls.map(\.json))
            object["callCount"] = .integer(Int64(callCount))
        }
        if !facts.isEmpty { object["facts"] = .array(facts.map(\.json)) }
        return .object(object)
    }
}

extension ContainerEngine {
    public func lastOperations(_ count: Int) -> JSONValue { .array(journal.last(count).map(\.json)) }
}
