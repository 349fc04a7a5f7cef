import Basics

/// An event of an engine's narration stream, as a client reads it. Unknown members are ignored, absent ones are empty.
public struct NarratedEvent: Sendable {
    public enum Kind: String, Sendable {
        case begin, end, undo, progress, paused, note, subscribed
    }

    /// One call into the kernel.
    public struct Call: Sendable {
        public let name: String
        public let args: [String]
        public let result: Int
        public let errno: Int32
        public let us: Double
        public let pid: Int
        /// `engine`, `shim` or `child`.
        public let caller: String
        /// How many calls alike this stands for.
        public let count: Int

        init(_ json: JSONValue) {
            name = json["name"]?.stringValue ?? "?"
            args = json["args"]?.arrayValue?.map { $0.stringValue ?? $0.text() } ?? []
            result = json["result"]?.intValue ?? 0
            errno = Int32(clamping: json["errno"]?.intValue ?? 0)
            us = json["us"]?.doubleValue ?? 0
            pid = json["pid"]?.intValue ?? 0
            caller = json["by"]?.stringValue ?? "engine"
            count = max(1, json["count"]?.intValue ?? 1)
        }
    }

    public let kind: Kind
    /// The operation's id; what resuming a paused one names.
    public let operation: String
    /// The step's id, or the verb for a verb's own begin and end.
    public let id: String
    public let path: [String]
    public let us: Double?
    public let calls: [Call]
    public let facts: [(key: String, value: String)]
    public let error: String?
    public let json: JSONValue

    /// Reads one event of the stream.
    /// - Returns: nil for a kind that this client does not know.
    public init?(_ json: JSONValue) {
        guard let kind = json["event"]?.stringValue.flatMap(Kind.init(rawValue:)) else { return nil }
        self.kind = kind
        self.json = json
        operation = json["op"]?.stringValue ?? json["op"]?.intValue.map(String.init) ?? ""
        id = json["id"]?.stringValue ?? ""
        path = json["path"]?.arrayValue?.compactMap(\.stringValue) ?? []
        us = json["us"]?.doubleValue
        calls = json["calls"]?.arrayValue?.map(Call.init) ?? []
        facts = json["facts"]?.arrayValue?.map { ($0["key"]?.stringValue ?? "", $0["value"]?.stringValue ?? "") } ?? []
        error = json["error"]?.stringValue
    }

    /// True when the event is a verb's own, not that of a step in it.
    public var isVerb: Bool { !id.contains(".") }
}
