import Basics
import Narration

/// One operation of the engine's journal (`GET /drydock/operations`), as what draws it needs it.
struct PastOperation {
    /// A step, or the undo of one.
    struct Step {
        let id: String
        let isUndo: Bool
        /// Microseconds from the operation's begin.
        let at: Double
        fileprivate(set) var microseconds: Double
        fileprivate(set) var error: String?
        fileprivate(set) var calls: [JSONValue]
        fileprivate(set) var callCount: Int
        fileprivate(set) var facts: [(key: String, value: String)]
    }

    let id: String
    let verb: String
    let command: String?
    /// The token of the client's command that it was part of, see `AskedCommand`.
    let asked: String?
    /// RFC 3339, UTC.
    let began: String
    let microseconds: Double
    let error: String?
    /// Somebody watched, so that calls and facts were gathered.
    let isObserved: Bool
    let steps: [Step]

    init(_ json: JSONValue) {
        id = json["op"]?.stringValue ?? ""
        verb = json["verb"]?.stringValue ?? "?"
        command = json["command"]?.stringValue
        asked = json["asked"]?.stringValue
        began = json["began"]?.stringValue ?? ""
        microseconds = json["us"]?.doubleValue ?? 0
        error = json["error"]?.stringValue
        isObserved = json["observed"]?.boolValue ?? false
        var steps: [Step] = []
        for step in (json["steps"]?.arrayValue ?? []).map(Step.init) {
            // A step that made ten folders takes ten back: one line.
            if step.isUndo, let last = steps.last, last.isUndo, last.id == step.id, last.error == nil {
                steps[steps.count - 1].add(step)
            } else {
                steps.append(step)
            }
        }
        self.steps = steps
    }

    /// `run › start`: the command that it is part of, and the verb.
    func name(_ separator: String) -> String {
        guard let command, command != verb else { return printable(verb) }
        return "\(printable(command)) \(separator) \(printable(verb))"
    }

    /// The time of day at which it began, `03:12:45`.
    var time: String { String(began.drop { $0 != "T" }.dropFirst().prefix(8)) }

    /// A step as the event that told of it.
    func event(of step: Step) -> NarratedEvent? {
        var object: JSONObject = [
            "event": .string(step.isUndo ? "undo" : "end"), "op": .string(id), "id": .string(step.id), "us": .number(step.microseconds),
            "calls": .array(step.calls),
            "facts": .array(step.facts.map { .object(["key": .string($0.key), "value": .string($0.value)]) }),
        ]
        if let error = step.error { object["error"] = .string(error) }
        object["path"] = .array(((command.map { $0 == verb ? [verb] : [$0, verb] } ?? [verb]) + [step.id]).map(JSONValue.string))
        return NarratedEvent(.object(object))
    }
}

extension PastOperation.Step {
    fileprivate init(_ json: JSONValue) {
        id = json["id"]?.stringValue ?? "?"
        isUndo = json["undo"]?.boolValue ?? false
        at = json["at"]?.doubleValue ?? 0
        microseconds = json["us"]?.doubleValue ?? 0
        error = json["error"]?.stringValue
        calls = json["calls"]?.arrayValue ?? []
        callCount = json["callCount"]?.intValue ?? 0
        facts = (json["facts"]?.arrayValue ?? []).map { ($0["key"]?.stringValue ?? "", $0["value"]?.stringValue ?? "") }
    }

    /// The undo of another part of the same step, right behind.
    fileprivate mutating func add(_ other: Self) {
        microseconds = max(0, other.at - at) + other.microseconds
        error = other.error
        calls += other.calls
        callCount += other.callCount
        facts += other.facts
    }

    /// The step's title in the catalogue; its id where it has none.
    func title(_ language: Language) -> String { Catalogue.text(for: id, language: language)?.title ?? printable(id) }
}
