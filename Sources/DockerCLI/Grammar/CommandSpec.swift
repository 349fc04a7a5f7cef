/// How many arguments a command takes.
public enum ArgumentRule: Sendable, Hashable {
    case none
    case any
    case atLeast(Int)
    case atMost(Int)
    case exactly(Int)
    case between(Int, Int)

    /// - Returns: what is wrong with `count` arguments, in Docker's words, or nil.
    func complaint(_ count: Int) -> String? {
        switch self {
        case .any: nil
        case .none: count == 0 ? nil : "accepts no arguments"
        case .atLeast(let least): count >= least ? nil : "requires at least \(counted(least))"
        case .atMost(let most): count <= most ? nil : "requires at most \(counted(most))"
        case .exactly(let wanted): count == wanted ? nil : "requires exactly \(counted(wanted))"
        case .between(let least, let most):
            (least...most).contains(count) ? nil : "requires at least \(least) and at most \(counted(most))"
        }
    }

    private func counted(_ number: Int) -> String { "\(number) argument\(number == 1 ? "" : "s")" }
}

/// What a command's arguments name, for completion.
public enum ArgumentCompletion: Sendable {
    case nothing
    case containers
    case runningContainers
    case stoppedContainers
    case images
    case objects
    case volumes
    case networks
    /// First an image, then a command of its own.
    case imageThenCommand
    /// First a running container, then a command of its own.
    case containerThenCommand
}

/// One command of Docker's, under each of its names: `docker ps` is also `docker container ls`.
public struct CommandSpec: Sendable {
    public struct Name: Sendable, Hashable {
        /// The management command it stands under, nil at the top.
        public let group: String?
        public let name: String
        public let aliases: [String]

        init(_ group: String?, _ name: String, aliases: [String] = []) {
            self.group = group
            self.name = name
            self.aliases = aliases
        }

        /// `docker container ls`
        public var path: String { group.map { "docker \($0) \(name)" } ?? "docker \(name)" }
    }

    typealias Handler = @Sendable (Invocation) throws -> Int32

    public let names: [Name]
    /// The usage line after the command's path; further lines begin with the first name's path.
    public let arguments: String
    /// One line for lists of commands.
    public let summary: String
    /// The text of the command's own help.
    public let details: String
    public let examples: String
    public let rule: ArgumentRule
    public let flags: [FlagSpec]
    /// True where flags after the first argument belong to somebody else (`docker run IMAGE COMMAND -x`).
    public let optionsEndAtFirstArgument: Bool
    public let completion: ArgumentCompletion
    /// Nil for a command of Docker's that is not here yet.
    let handler: Handler?

    init(
        _ names: [Name], _ arguments: String, _ summary: String, details: String? = nil, examples: String = "", rule: ArgumentRule,
        flags: [FlagSpec] = [], optionsEndAtFirstArgument: Bool = false, completion: ArgumentCompletion = .nothing, handler: Handler? = nil
    ) {
        self.names = names
        self.arguments = arguments
        self.summary = summary
        self.details = details ?? summary
        self.examples = examples
        self.rule = rule
        self.flags = flags
        self.optionsEndAtFirstArgument = optionsEndAtFirstArgument
        self.completion = completion
        self.handler = handler
    }

    /// True if drydock can run it.
    public var isAvailable: Bool { handler != nil }

    /// The usage line(s) for one of the command's names.
    func usage(_ name: Name) -> String {
        let path = name.path
        let rest = arguments.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\n\t\(names[0].path) ")
        return rest.isEmpty ? path : "\(path) \(rest)"
    }
}

/// A management command: `docker container …`.
public struct GroupSpec: Sendable {
    public let name: String
    public let summary: String
}
