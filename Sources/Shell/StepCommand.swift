/// What the user may say at a stop.
enum StepCommand: Sendable, Equatable {
    case next, into, finish, goOn, abort, look, shell, rootShell, help, listBreaks
    case addBreak(String)
    /// nil removes all.
    case removeBreak(String?)

    /// Names and their short forms, in the order of the help text.
    private static let names: [(name: String, short: [String])] = [
        ("next", ["n", ""]), ("into", ["i"]), ("finish", ["f"]), ("continue", ["c"]), ("break", ["b"]), ("unbreak", ["u"]),
        ("look", ["l"]), ("shell", ["s"]), ("!", []), ("abort", ["a"]), ("help", ["h", "?"]),
    ]

    static var allNames: [String] { names.map(\.name) }

    /// - Returns: nil for something that is no command.
    init?(_ line: String) {
        let words = line.split(whereSeparator: { $0 == " " || $0 == "\t" }).map(String.init)
        let word = words.first ?? ""
        guard words.count <= 2, let name = Self.names.first(where: { $0.name == word || $0.short.contains(word) })?.name else { return nil }
        let argument = words.count == 2 ? words[1] : nil
        if argument != nil, name != "break", name != "unbreak" { return nil }
        switch name {
        case "next": self = .next
        case "into": self = .into
        case "finish": self = .finish
        case "continue": self = .goOn
        case "break": self = argument.map(StepCommand.addBreak) ?? .listBreaks
        case "unbreak": self = .removeBreak(argument)
        case "look": self = .look
        case "shell": self = .shell
        case "!": self = .rootShell
        case "abort": self = .abort
        default: self = .help
        }
    }

    /// The engine's word for it; nil for what concerns this side alone.
    var action: String? {
        switch self {
        case .next: "next"
        case .into: "into"
        case .finish: "finish"
        case .goOn: "continue"
        case .abort: "abort"
        default: nil
        }
    }
}
