import Basics
import Dockerfile

/// What a well-formed command line asks for: for who looks at it before it is run.
public struct CommandOutline {
    /// `run`, also for `container run`; `volume rm` where the group matters.
    public let name: String
    public let arguments: [String]
    private let flags: FlagValues

    /// - Parameter words: what follows the word `docker`.
    /// - Returns: nil for what Docker would refuse, and for a request for help.
    public init?(_ words: [String]) {
        var rest = words[...]
        var group: String?
        if let first = rest.first, CommandTable.groups.contains(where: { $0.name == first }) {
            group = first
            rest = rest.dropFirst()
        }
        guard let word = rest.popFirst(), let (spec, found) = CommandTable.find(group: group, word),
            let outcome = try? FlagParser(flags: spec.flags, endsAtFirstArgument: spec.optionsEndAtFirstArgument).parse(Array(rest)),
            !outcome.wantsHelp, spec.rule.complaint(outcome.arguments.count) == nil
        else { return nil }
        name = Self.plainName(group, found.name)
        arguments = outcome.arguments
        flags = outcome.values
    }

    private static func plainName(_ group: String?, _ name: String) -> String {
        switch (group, name) {
        case ("image", "rm"): "rmi"
        case (nil, _), ("container", _), ("image", _), ("builder", _): name
        case (let group?, _): "\(group) \(name)"
        }
    }

    /// A flag's value: empty where it wasn't given.
    public func string(_ flag: String) -> String { flags.isSet(flag) ? flags.string(flag) : "" }
    public func isOn(_ flag: String) -> Bool { flags.bool(flag) }
}

/// The two ends of a `cp`.
public struct CopyOutline {
    /// The path on this machine, absolute; its end (`/`, `/.`) as it was given.
    public let here: String
    /// The path in the container, as it was given.
    public let inside: String

    /// - Parameter arguments: of the command.
    /// - Returns: nil where one end is a stream, and for what Docker would refuse.
    public init?(_ arguments: [String]) {
        guard arguments.count == 2 else { return nil }
        let (from, to) = (CopyArgument(arguments[0]), CopyArgument(arguments[1]))
        guard (from.container == nil) != (to.container == nil) else { return nil }
        let (local, other) = from.container == nil ? (from, to) : (to, from)
        guard local.path != "-", !local.path.isEmpty else { return nil }
        here = LocalPath.absolute(local.path)
        inside = other.path
    }
}

/// The instructions of a Dockerfile, one line each, in the order in which a build counts its steps.
/// - Returns: nil for one that can't be read or parsed.
public func dockerfileSteps(at path: String) -> [String]? {
    guard let bytes = try? readFile(path, limit: 1 << 20) else { return nil }
    return (try? ParsedDockerfile(parsing: String(decoding: bytes, as: UTF8.self)))?.instructions.map(\.original)
}
