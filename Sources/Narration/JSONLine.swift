import Basics

/// The machine's narration: one JSON object a line for what began, ended or was undone.
enum JSONLine {
    static func text(_ event: NarratedEvent) -> String? {
        switch event.kind {
        case .begin, .end, .undo: break
        case .progress, .paused, .note, .subscribed: return nil
        }
        var object = JSONObject()
        object["event"] = .string(event.kind.rawValue)
        object["id"] = .string(event.id)
        object["path"] = .array(event.path.map(JSONValue.string))
        if event.kind != .begin {
            object["us"] = event.json["us"] ?? .number(0)
            object["calls"] = .array(event.calls.map(call))
            if let facts = event.json["facts"] { object["facts"] = facts }
            if let details = event.json["details"] { object["details"] = details }
        }
        if let subject = event.json["subject"] { object["subject"] = subject }
        if let error = event.error { object["error"] = .string(error) }
        object["op"] = .string(event.operation)
        return JSONValue.object(object).text()
    }

    private static func call(_ call: NarratedEvent.Call) -> JSONValue {
        var object = JSONObject()
        object["name"] = .string(call.name)
        object["args"] = .array(call.args.map(JSONValue.string))
        object["result"] = .integer(Int64(call.result))
        object["errno"] = .integer(Int64(call.errno))
        object["us"] = .number(call.us)
        object["pid"] = .integer(Int64(call.pid))
        object["by"] = .string(call.caller)
        if call.count > 1 { object["count"] = .integer(Int64(call.count)) }
        return .object(object)
    }
}
