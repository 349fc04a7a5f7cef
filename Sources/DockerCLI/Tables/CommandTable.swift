/// Every command of Docker's: for parsing, help texts, completion and suggestions.
public enum CommandTable {
    /// Commands with all their names, at the top and under management commands.
    public static let commands: [CommandSpec] = runSpecs + containerSpecs + imageSpecs + systemSpecs

    /// Management commands, in the order of Docker's help.
    public static let groups: [GroupSpec] = [
        GroupSpec(name: "builder", summary: "Manage builds"),
        GroupSpec(name: "completion", summary: "Generate the autocompletion script for the specified shell"),
        GroupSpec(name: "config", summary: "Manage Docker configs"),
        GroupSpec(name: "container", summary: "Manage containers"),
        GroupSpec(name: "context", summary: "Manage contexts"),
        GroupSpec(name: "image", summary: "Manage images"),
        GroupSpec(name: "manifest", summary: "Manage Docker image manifests and manifest lists"),
        GroupSpec(name: "network", summary: "Manage networks"),
        GroupSpec(name: "node", summary: "Manage Swarm nodes"),
        GroupSpec(name: "plugin", summary: "Manage plugins"),
        GroupSpec(name: "secret", summary: "Manage Docker secrets"),
        GroupSpec(name: "service", summary: "Manage services"),
        GroupSpec(name: "stack", summary: "Manage Docker stacks"),
        GroupSpec(name: "swarm", summary: "Manage Swarm"),
        GroupSpec(name: "system", summary: "Manage Docker"),
        GroupSpec(name: "trust", summary: "Manage trust on Docker images"),
        GroupSpec(name: "volume", summary: "Manage volumes"),
    ]

    /// Flags before the command's name. `{config}` stands for the folder of the user's configuration.
    public static let globalFlags: [FlagSpec] = [
        FlagSpec("config", .string, "Location of client config files (default \"{config}\")"),
        FlagSpec(
            "context", "c", .string,
            "Name of the context to use to connect to the daemon (overrides DOCKER_HOST env var and "
                + "default context set with \"docker context use\")"),
        FlagSpec("debug", "D", .bool, "Enable debug mode"),
        FlagSpec("host", "H", .list, "Daemon socket(s) to connect to"),
        FlagSpec(
            "log-level", "l", .string,
            "Set the logging level (\"debug\"|\"info\"|\"warn\"|\"error\"|\"fatal\") (default "
                + "\"info\")"),
        FlagSpec("tls", .bool, "Use TLS; implied by --tlsverify"),
        FlagSpec("tlscacert", .string, "Trust certs signed only by this CA (default \"{config}/ca.pem\")"),
        FlagSpec("tlscert", .string, "Path to TLS certificate file (default \"{config}/cert.pem\")"),
        FlagSpec("tlskey", .string, "Path to TLS key file (default \"{config}/key.pem\")"),
        FlagSpec("tlsverify", .bool, "Use TLS and verify the remote"),
        FlagSpec("version", "v", .bool, "Print version information and quit"),
    ]

    /// Finds a command by its name or an alias.
    /// - Parameter group: the management command, nil at the top.
    public static func find(group: String?, _ word: String) -> (spec: CommandSpec, name: CommandSpec.Name)? {
        for spec in commands {
            for name in spec.names where name.group == group && (name.name == word || name.aliases.contains(word)) { return (spec, name) }
        }
        return nil
    }

    /// All words that can follow `docker`.
    public static var topNames: [String] { names(in: nil) + groups.map(\.name) }

    /// The commands of a management command, or those at the top.
    public static func names(in group: String?) -> [String] {
        commands.flatMap { $0.names.filter { $0.group == group }.map(\.name) }.sorted()
    }
}
