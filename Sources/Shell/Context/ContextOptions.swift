/// What `drydock context` was asked for.
enum ContextOptions: Equatable {
    case list(path: String, dockerfile: String, json: Bool)
    case help

    private static let dockers: Set<String> = ["create", "export", "import", "inspect", "ls", "list", "rm", "update", "use"]

    /// Whether the words are a command below Docker's own `context`. A folder of such a name is `./ls`.
    static func isDockers(_ arguments: [String]) -> Bool { arguments.first.map(dockers.contains) ?? false }

    /// - Returns: nil when the words are not understood.
    init?(_ arguments: [String]) {
        var path: String?
        var dockerfile = ""
        var json = false
        var takesOptions = true
        var words = arguments[...]
        while let word = words.popFirst() {
            switch word {
            case _ where !takesOptions || !word.hasPrefix("-"):
                guard path == nil, !word.isEmpty else { return nil }
                path = word
            case "--": takesOptions = false
            case "--help", "-h":
                self = .help
                return
            case "--json": json = true
            case "-f", "--file":
                guard let value = words.popFirst(), !value.isEmpty else { return nil }
                dockerfile = value
            case _ where word.hasPrefix("--file=") && word.count > 7: dockerfile = String(word.dropFirst(7))
            default: return nil
            }
        }
        self = .list(path: path ?? ".", dockerfile: dockerfile, json: json)
    }
}
