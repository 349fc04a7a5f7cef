/// Finds the places in a line where the first characters of an id may stand. Elsewhere `80` is a number: a port, a time, a count.
struct ReferencePlaces {
    /// Commands all of whose operands are references, and those of which only the first is one.
    private static let ofMany: Set<String> = [
        "start", "stop", "restart", "rm", "kill", "inspect", "wait", "pause", "unpause", "update", "stats", "rmi", "save",
    ]
    private static let ofOne: Set<String> = [
        "attach", "logs", "exec", "commit", "diff", "export", "port", "rename", "top", "tag", "history",
    ]
    private static let withValues: Set<String> = [
        "-t", "--time", "-n", "--tail", "--since", "--until", "-s", "--signal", "-u", "--user", "-w", "--workdir", "-e", "--env",
        "--format",
        "-o", "--output", "--detach-keys", "-m", "--message", "--author", "-c", "--change", "--cpus", "--memory", "--pids-limit",
    ]

    private enum State {
        /// A command's name, perhaps behind `docker` and `container`.
        case name
        case operands(isOne: Bool)
        case value(isOne: Bool)
        case rest
    }

    private var state = State.name

    /// - Parameter token: the line's next word, as blanks part it.
    mutating func mayBeShort(_ token: Substring) -> Bool {
        if ["|", "||", "&&", ";", "do", "then", "$(docker"].contains(token) || token.hasSuffix("$(docker") {
            state = .name
            return false
        }
        defer { if token.hasSuffix(";") { state = .name } }
        switch state {
        case .name:
            if ["", "docker", "container", "image", "sudo"].contains(token) { return false }
            state =
                Self.ofMany.contains(String(token))
                ? .operands(isOne: false) : Self.ofOne.contains(String(token)) ? .operands(isOne: true) : .rest
            return false
        case .value(let isOne):
            state = .operands(isOne: isOne)
            return false
        case .operands(let isOne):
            if token.isEmpty { return false }
            if token.hasPrefix("-") {
                if Self.withValues.contains(String(token)) { state = .value(isOne: isOne) }
                return false
            }
            if isOne { state = .rest }
            return true
        case .rest: return false
        }
    }
}
