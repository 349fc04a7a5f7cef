import DockerCLI

/// Docker's commands, as the shell needs them.
enum DockerWords {
    /// Every top-level name, management commands among them, that drydock can run.
    static let names: Set<String> = Set(table.commands.flatMap(\.names) + table.groups.map(\.name))

    static let table: CompletionTable = {
        var table = CompletionTable()
        table.own = ShellWords.completions
        for spec in CommandTable.commands where spec.isAvailable {
            let flags = spec.flags.filter { !$0.isHidden }.flatMap { flag -> [(text: String, takesValue: Bool)] in
                let takesValue = flag.kind != .bool
                return [("--\(flag.name)", takesValue)] + (flag.shorthand.map { [("-\($0)", takesValue)] } ?? [])
            }
            for name in spec.names where name.group == nil {
                table.commands.append(CompletionCommand(names: [name.name] + name.aliases, flags: flags, arguments: spec.completion))
            }
            for name in spec.names {
                guard let group = name.group else { continue }
                let command = CompletionCommand(names: [name.name] + name.aliases, flags: flags, arguments: spec.completion)
                if let index = table.groups.firstIndex(where: { $0.name == group }) {
                    table.groups[index].commands.append(command)
                } else {
                    table.groups.append((group, [command]))
                }
            }
        }
        return table
    }()

    /// One line about each top-level command, for `help`.
    static var summaries: [(name: String, summary: String)] {
        CommandTable.commands.filter(\.isAvailable).compactMap { spec in
            spec.names.first { $0.group == nil }.map { ($0.name, spec.summary) }
        }
    }
}
