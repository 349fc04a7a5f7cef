// Docker's commands as data: names, usage, flags. Texts are those of Docker's command line 20.10, which scripts and people know.

extension CommandTable {
    private static let runSpec = CommandSpec(
        [CommandSpec.Name(nil, "run"), CommandSpec.Name("container", "run")],
        "[OPTIONS] IMAGE [COMMAND] [ARG...]", "Run a command in a new container",
        rule: .atLeast(1),
        flags: containerFlags + [
            FlagSpec("detach", "d", .bool, "Run container in background and print container ID"),
            FlagSpec("detach-keys", .string, "Override the key sequence for detaching a container"),
            FlagSpec("pull", .string, "Pull image before running (\"always\"|\"missing\"|\"never\") (default \"missing\")"),
            FlagSpec("sig-proxy", .bool, "Proxy received signals to the process (default true)"),
        ], optionsEndAtFirstArgument: true, completion: .imageThenCommand, handler: runCommand)

    private static let createSpec = CommandSpec(
        [CommandSpec.Name(nil, "create"), CommandSpec.Name("container", "create")],
        "[OPTIONS] IMAGE [COMMAND] [ARG...]", "Create a new container",
        rule: .atLeast(1),
        flags: containerFlags + [
            FlagSpec("pull", .string, "Pull image before creating (\"always\"|\"missing\"|\"never\") (default \"missing\")")
        ], optionsEndAtFirstArgument: true, completion: .imageThenCommand, handler: createCommand)

    static let runSpecs: [CommandSpec] = [
        runSpec, createSpec,
    ]
}
