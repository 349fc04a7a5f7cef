/// Help texts as Docker's command line prints them (cobra's template, pflag's table of flags).
enum HelpText {
    /// - Parameter width: the terminal's columns.
    static func command(_ spec: CommandSpec, _ name: CommandSpec.Name, width: Int, defaultConfig: String) -> String {
        var text = "Usage:  \(spec.usage(name))\n\n\(spec.details)\n"
        if !name.aliases.isEmpty { text += "\nAliases:\n  \(([name.name] + name.aliases).joined(separator: ", "))\n" }
        if !spec.examples.isEmpty { text += "\nExamples:\n\(spec.examples)\n" }
        let table = flags(spec.flags, width: width, defaultConfig: defaultConfig)
        if !table.isEmpty { text += "\nOptions:\n\(table)" }
        return text
    }

    static func group(_ group: GroupSpec) -> String {
        let commands = CommandTable.commands.flatMap { spec in
            spec.names.filter { $0.group == group.name }.map { ($0.name, spec.summary) }
        }
        return "Usage:  docker \(group.name) COMMAND\n\n\(group.summary)\n\nCommands:\n\(list(commands.sorted { $0.0 < $1.0 }))"
            + "\nRun 'docker \(group.name) COMMAND --help' for more information on a command.\n"
    }

    static func top(width: Int, defaultConfig: String, withCompletion: Bool) -> String {
        let groups = CommandTable.groups.filter { withCompletion || $0.name != "completion" }.map { ($0.name, $0.summary) }
        let commands = CommandTable.commands.flatMap { spec in
            spec.names.filter { $0.group == nil }.map { ($0.name, spec.summary) }
        }
        return "Usage:  docker [OPTIONS] COMMAND\n\nA self-sufficient runtime for containers\n\nOptions:\n"
            + flags(CommandTable.globalFlags, width: width, defaultConfig: defaultConfig)
            + "\nManagement Commands:\n\(list(groups))\nCommands:\n\(list(commands.sorted { $0.0 < $1.0 }))"
            + "\nRun 'docker COMMAND --help' for more information on a command.\n"
            + "\nTo get more help with docker, check out our guides at https://docs.docker.com/go/guides/\n"
    }

    private static func list(_ entries: [(String, String)]) -> String {
        let width = max(11, entries.map(\.0.count).max() ?? 0)
        return entries.map { "  \($0.0)\(String(repeating: " ", count: width - $0.0.count)) \($0.1)\n" }.joined()
    }

    /// The flags in two columns, the texts wrapped.
    static func flags(_ flags: [FlagSpec], width: Int, defaultConfig: String) -> String {
        let rows = flags.filter { !$0.isHidden }.sorted { $0.name < $1.name }.map { flag -> (String, String) in
            let start = flag.shorthand.map { "  -\($0), --" } ?? "      --"
            let placeholder = flag.kind.placeholder
            return (
                start + flag.name + (placeholder.isEmpty ? "" : " " + placeholder), flag.help.replacing("{config}", with: defaultConfig)
            )
        }
        let column = (rows.map(\.0.count).max() ?? 0) + 3
        return rows.map { left, help in
            left + String(repeating: " ", count: column - left.count) + wrap(help, indent: column, width: width - 1) + "\n"
        }.joined()
    }

    /// Wraps at spaces, and lets a last word go a little over rather than stand alone.
    private static func wrap(_ text: String, indent: Int, width: Int) -> String {
        var indent = indent
        var out = ""
        if width - indent < 24 {
            // Too narrow beside the names: the text goes below them.
            indent = 16
            out = "\n" + String(repeating: " ", count: indent)
        }
        let margin = "\n" + String(repeating: " ", count: indent)
        guard width - indent >= 24 else { return text.replacing("\n", with: out) }
        var rest = Array(text)[...]
        var lines: [String] = []
        repeat { lines.append(nextLine(&rest, room: width - indent - slop).replacing("\n", with: margin)) } while !rest.isEmpty
        return out + lines.joined(separator: margin)
    }

    private static let slop = 5

    private static func nextLine(_ rest: inout ArraySlice<Character>, room: Int) -> String {
        let all = String(rest)
        defer { if all.isEmpty { rest = [] } }
        guard room + slop <= rest.count else {
            rest = []
            return all
        }
        let window = rest.prefix(room)
        guard let space = window.lastIndex(where: { $0 == " " || $0 == "\t" || $0 == "\n" }), space > rest.startIndex else {
            rest = []
            return all
        }
        let line = window.lastIndex(of: "\n")
        let cut = line.map { $0 > rest.startIndex && $0 < space ? $0 : space } ?? space
        defer { rest = rest[(cut + 1)...] }
        return String(rest[..<cut])
    }
}
