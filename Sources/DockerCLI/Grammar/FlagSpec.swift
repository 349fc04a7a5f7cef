/// What a flag takes, and the word for it in help texts.
public enum FlagKind: String, Sendable {
    case bool
    case string
    case strings
    case list
    case int
    case uint16
    case bytes
    case memorySwap
    case decimal
    case duration
    case filter
    case gpus
    case map
    case mount
    case network
    case ulimit

    /// The placeholder behind the flag's name in a help text; empty for a switch.
    var placeholder: String {
        switch self {
        case .bool: ""
        case .memorySwap: "bytes"
        case .gpus: "gpu-request"
        default: rawValue
        }
    }
}

/// What a list's value is checked against while the command line is parsed (Docker checks the others when it uses them).
public enum ValueCheck: Sendable {
    case none
    case stream
    case environment
    case label
    case extraHost
    case address
    case searchDomain
    case link
    case deviceRule
    case weightDevice
    case rateBytes
    case rateOperations
    case sysctl
    case reference
    case commaSeparated
}

/// One flag of a command.
public struct FlagSpec: Sendable {
    public let name: String
    public let shorthand: Character?
    public let kind: FlagKind
    /// As the help prints it, its default included.
    public let help: String
    /// Understood, but in no help text and no completion.
    public let isHidden: Bool
    let check: ValueCheck
    /// The flag whose value this one sets.
    let target: String

    init(
        _ name: String, _ shorthand: Character?, _ kind: FlagKind, _ help: String, check: ValueCheck = .none, isHidden: Bool = false,
        target: String? = nil
    ) {
        self.name = name
        self.shorthand = shorthand
        self.kind = kind
        self.help = help
        self.check = check
        self.isHidden = isHidden
        self.target = target ?? name
    }

    init(_ name: String, _ kind: FlagKind, _ help: String, check: ValueCheck = .none, isHidden: Bool = false, target: String? = nil) {
        self.init(name, nil, kind, help, check: check, isHidden: isHidden, target: target)
    }

    /// How messages name it: `-n, --last`, or `--cpus`.
    var label: String { shorthand.map { "-\($0), --\(name)" } ?? "--\(name)" }
}
