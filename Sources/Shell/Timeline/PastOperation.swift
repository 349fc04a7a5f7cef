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
        let microseconds: Double
        let error: String?
        let calls: [JSONValue]
        let callCount: Int
        let facts: [(key: String, value: String)]
        fileprivate let json: JSONValue
    }

    let id: String
    let verb: String
    let command: String?
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
        began = json["began"]?.stringValue ?? ""
        microseconds = json["us"]?.doubleValue ?? 0
        error = json["error"]?.stringValue
        isObserved = json["observed"]?.boolValue ?? false
        steps = (json["steps"]?.arrayValue ?? []).map(Step.init)
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
        var object = step.json.objectValue ?? JSONObject()
        object["event"] = .string(step.isUndo ? "undo" : "end")
        object["op"] = .string(id)
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
        self.json = json
    }

    /// The step's title in the catalogue; its id where it has none.
    func title(_ language: Language) -> String { Catalogue.text(for: id, language: language)?.title ?? printable(id) }
}
