import Basics
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
    /// What the command took from this machine, or put there.
    public let host: HostFiles?
    /// Nobody waits for the program that it runs.
    public let isDetached: Bool
    public let events: [NarratedEvent]

    public init(
        command: [String], root: String, containers: [Container], host: HostFiles? = nil, isDetached: Bool = false, events: [NarratedEvent]
    ) {
        self.command = command
        self.root = root
        self.containers = containers
        self.host = host
        self.isDetached = isDetached
        self.events = events
    }

    /// A part of it: the same command's, with fewer events.
    func part(_ events: [NarratedEvent]) -> Recording {
        Recording(command: command, root: root, containers: containers, host: host, isDetached: isDetached, events: events)
    }

    /// A container of the same name is none of it.
    var isAboutImages: Bool { steps.allSatisfy { ["pull", "push", "save", "load"].contains($0.verb) } }

    var builds: Bool { steps.contains { $0.verb == "build" } }

    /// Steps that have ended, in the order in which they ended.
    var steps: [NarratedEvent] { events.filter { $0.kind == .end && !$0.isVerb } }

    /// Why it can't be done by hand: the first thing that failed or was taken back.
    var failure: String? {
        events.first { $0.kind == .undo || $0.kind == .end && $0.error != nil }.map { $0.error ?? $0.id }
    }

    func step(_ id: String) -> NarratedEvent? { steps.first { $0.id == id } }
}

/// Files of the user's own that a command is about, which the engine knows only by what came of them.
public enum HostFiles: Sendable {
    /// The folder that a build takes its files from, and what of it `.dockerignore` leaves out.
    case context(folder: String, leftOut: [String])
    /// A copy's path on this machine, and the one in the container as it was asked for.
    case copy(here: String, inside: String)
    /// An archive that is loaded.
    case archive(String)
}

/// What keeps a command from becoming a script, though drydock could do it.
public enum ByHandObstacle: Sendable {
    /// A build whose context is no folder.
    case context
    /// A copy through standard input or output.
    case stream
    /// A copy that changes owners or follows links on its way.
    case copyFlags
}

extension NarratedEvent {
    /// What the step keeps for programs.
    func detail(_ key: String) -> JSONValue? { json["details"]?[key] }

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
        "pull", "build", "create", "run", "start", "exec", "cp", "stop", "restart", "kill", "pause", "unpause", "commit", "push", "save",
        "load", "rm", "volume create",
    ]

    /// - Parameter words: the command without Docker's global options.
    /// - Returns: true when the command's calls can be written down.
    public static func contains(_ words: [String]) -> Bool {
        let words = ["container", "image", "builder"].contains(words.first) ? Array(words.dropFirst()) : words
        guard let first = words.first else { return false }
        return names.contains(first) || words.count > 1 && names.contains("\(first) \(words[1])")
    }

    /// Verbs of operations that the translator knows.
    static let operations: Set<String> = [
        "pull", "create", "start", "attach", "exit", "rm", "exec", "commit", "stop", "kill", "pause", "unpause", "volume", "build", "cp",
        "push",
        "save", "load",
    ]
}
