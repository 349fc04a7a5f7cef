import Narration

/// What drydock was asked, and what it recorded while it did it.
public struct Recording: Sendable {
    /// A container as the engine knows it: calls that name a process alone are about one of these.
    public struct Container: Sendable {
        public let id: String
        public let name: String
        public let pid: Int

        public init(id: String, name: String, pid: Int) {
            self.id = id
            self.name = name
            self.pid = pid
        }
    }

    /// The command's words, `run` first.
    public let command: [String]
    /// The engine's state root.
    public let root: String
    public let containers: [Container]
    public let events: [NarratedEvent]

    public init(command: [String], root: String, containers: [Container], events: [NarratedEvent]) {
        self.command = command
        self.root = root
        self.containers = containers
        self.events = events
    }

    /// Steps that have ended, in the order in which they ended.
    var steps: [NarratedEvent] { events.filter { $0.kind == .end && !$0.isVerb } }

    /// Why it can't be done by hand: the first thing that failed or was taken back.
    var failure: String? {
        events.first { $0.kind == .undo || $0.kind == .end && $0.error != nil }.map { $0.error ?? $0.id }
    }

    func step(_ id: String) -> NarratedEvent? { steps.first { $0.id == id } }
}

extension NarratedEvent {
    func fact(_ key: String) -> String? { facts.first { $0.key == key }?.value }

    /// The step is the container's own process's: between clone and exec.
    var isChilds: Bool { calls.contains { $0.caller == "child" } }

    /// `start` of `start.mount`
    var verb: String { String(id.prefix { $0 != "." }) }
}

/// Which commands can be written as a script.
public enum ByHandVerbs {
    /// What `--help` lists.
    public static let names = [
        "pull", "create", "run", "start", "exec", "stop", "kill", "pause", "unpause", "commit", "rm", "volume create",
    ]

    /// - Parameter words: the command without Docker's global options.
    /// - Returns: true when the command's calls can be written down.
    public static func contains(_ words: [String]) -> Bool {
        let words = words.first == "container" || words.first == "image" ? Array(words.dropFirst()) : words
        guard let first = words.first else { return false }
        return names.contains(first) || words.count > 1 && names.contains("\(first) \(words[1])")
    }

    /// Verbs of operations that the translator knows.
    static let operations: Set<String> = [
        "pull", "create", "start", "attach", "exit", "rm", "exec", "commit", "stop", "kill", "pause", "unpause", "volume",
    ]
}
