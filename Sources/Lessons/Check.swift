/// What a check looks at.
public enum Subject: Sendable, Hashable {
    case container(String)
    case image(String)
    case volume(String)
    case network(String)
    /// A file of the learner's folder.
    case file(String)
    case containers, images, volumes
    /// What the step's commands printed, both streams.
    case output
    /// Requests that the engine was asked since the step began, `METHOD /path?query` by pattern.
    case asked(String)
}

/// Which of its properties.
public enum Property: Sendable, Hashable {
    /// Being there at all.
    case existence
    /// A container's state: running, exited, created, paused.
    case state
    case exitCode, ip, logs, health
    /// Of a container the image's id; of both the id itself.
    case image, id
    case layers
    /// How many layers are shared with another image, from the lowest on.
    case sharedLayers(with: String)
    case author, comment, user, command, entrypoint, workdir, parent, size
    case environment(String)
    case label(String)
    /// A place in what `inspect` shows: `.Config.StopSignal`.
    case inspect(String)
    /// A file inside.
    case file(String)
    /// How a container changed a path: A, C or D, as `docker diff` says.
    case changed(String)
    case count, running, dangling
    /// The whole text of a file, an output.
    case text
    /// The status of the engine's answer.
    case status
}

/// What is asked of a property's value.
public enum Comparison: String, Sendable, Hashable, CaseIterable {
    case equal = "=="
    case notEqual = "!="
    case less = "<"
    case atMost = "<="
    case more = ">"
    case atLeast = ">="
    case contains
    case lacks
    case matches
}

/// What must hold.
public enum Expectation: Sendable, Hashable {
    case exists
    case absent
    case compares(Comparison, String)
}

/// One thing that is looked up in the engine's state and compared: `image commit_test:first layers == 4`.
public struct Check: Sendable, Hashable {
    public var subject: Subject
    public var property: Property
    public var expectation: Expectation
    /// As it stands in the lesson.
    public var source: String
    public var line: Int

    /// Whether a grade may rest on it alone: what a command printed could be printed by any other command.
    public var isOfState: Bool { subject != .output }
    /// Whether only drydock's engine can answer it.
    public var needsDrydock: Bool { if case .asked = subject { true } else { false } }
}
