import Basics

/// One thing that happened in an operation, as observers see it.
public struct StepEvent: Sendable {
    public enum Kind: String, Sendable {
        case begin, end, undo, progress, paused, note
    }

    public var kind: Kind
    /// The operation's id, unique in the engine's life.
    public var operation: String
    /// The step's id (`start.mount`), or the verb (`start`) for an operation's own begin and end.
    public var id: String
    /// From the command down to the step: `["run", "start", "start.mount"]`.
    public var path: [String]
    /// Microseconds that the step took; set in `end` and `undo`.
    public var us: Double?
    public var calls: [CallRecord] = []
    public var facts: [Fact] = []
    /// What went wrong, in a step that failed.
    public var error: String?
    /// What belongs to one kind alone: `current`, `total`, `label` of progress; `when`, `level`, `call` of paused; `text` of note;
    /// `details` of a step's end.
    public var extra = JSONObject()

    public init(kind: Kind, operation: String, id: String, path: [String]) {
        self.kind = kind
        self.operation = operation
        self.id = id
        self.path = path
    }

    /// True when the event is a verb's own, not that of a step in it.
    public var isVerb: Bool { !id.utf8.contains(UInt8(ascii: ".")) }

    /// The event as one JSON object: what `--narrate json` prints on a line.
    /// - Parameter withCalls: false leaves out what the kernel was asked.
    public func json(calls withCalls: Bool = true) -> JSONValue {
        var object = JSONObject()
        object["event"] = .string(kind.rawValue)
        object["op"] = .string(operation)
        object["id"] = .string(id)
        object["path"] = .array(path.map(JSONValue.string))
        if let us { object["us"] = .number(rounded(us)) }
        if kind == .end || kind == .undo {
            if withCalls { object["calls"] = .array(calls.map(\.json)) }
            object["facts"] = .array(facts.map(\.json))
        }
        if let error { object["error"] = .string(error) }
        for (key, value) in extra { object[key] = value }
        return .object(object)
    }
}

/// Where events go.
public protocol StepObserver: Sendable {
    /// Called on the operation's own thread, in order.
    func observe(_ event: StepEvent)
}

/// Keeps how an operation's steps ended, for those who ask later.
public protocol StepJournal: AnyObject {
    /// Called at the end of each step, at each undo, and last at the operation's own end (whose id is the verb), on the operation's thread.
    /// Calls and facts are there when the operation was observed.
    func note(_ event: StepEvent)
}

/// Hears the kernel calls of code that knows nothing of steps: the store, and libraries.
public protocol CallWitness: Sendable {
    /// Runs `body`, and gives `step` the calls that this thread makes in it.
    func witness<T>(_ step: Step, _ body: () throws -> T) rethrows -> T
}

/// A place at which an operation can be held.
public struct PausePoint: Sendable {
    /// An instruction of a Dockerfile is several verbs: it encloses them.
    public enum Level: String, Sendable { case instruction, verb, step, call }
    public enum Moment: String, Sendable { case before, after }

    public let operation: String
    public let level: Level
    public let moment: Moment
    public let id: String
    public let path: [String]
    /// The kernel call about to be made or just made, at the level of calls.
    public let call: CallRecord?
    /// True where the operation can't be rolled back any more: what has been done is past recall.
    public let isFinal: Bool
    /// What an operation is about that has a name for many things: the instruction as it stands in the Dockerfile.
    public let subject: String?

    public init(
        operation: String, level: Level, moment: Moment, id: String, path: [String], call: CallRecord?, isFinal: Bool = false,
        subject: String? = nil
    ) {
        self.operation = operation
        self.level = level
        self.moment = moment
        self.id = id
        self.path = path
        self.call = call
        self.isFinal = isFinal
        self.subject = subject
    }
}

/// Decides whether an operation waits at a point.
public protocol StepGate: Sendable {
    /// Returns when the operation may go on.
    /// - Throws: `DrydockError` with code `.aborted` when the user wants the operation rolled back; never at a final point.
    func pass(_ point: PausePoint) throws(DrydockError)
    /// True while single kernel calls are to be stopped at, so that a child process is asked to wait at each of its calls.
    func stopsAtCalls(of id: String) -> Bool
    /// How long the user has held operations so far. One that encloses others is not charged for that.
    var heldMicroseconds: Double { get }
}
