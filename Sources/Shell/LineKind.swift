/// Who runs a line.
enum LineKind: Sendable, Equatable {
    case empty
    /// The shell itself: `help`, `narrate full`, `exit`, …
    case own(name: String, arguments: [String])
    /// A plain Docker command, without the word `docker`.
    case docker([String])
    case bash
}

/// Decides who runs a line.
///
/// The rule, also told by `help`:
/// 1. A line with shell syntax (pipes, `&&`, `;`, redirections, `$`, backquotes, globs, assignments) is bash's.
///    Inside it `docker …` is drydock's, and so are Docker's commands that no program of the host is called by.
/// 2. `docker …` is Docker's.
/// 3. The shell's own words (`help`, `narrate`, `step`, …) are the shell's.
/// 4. A bare Docker command name is Docker's, except where the host has a command of the same name (`ps`, `rm`, `kill`, …)
///    and the arguments make sense for that one only: `ps aux`, `rm -r dir`, `kill -9 1234`, `cp a b`.
/// 5. Everything else is bash's.
struct LineClassifier: Sendable {
    /// Docker's top-level command names.
    let dockerCommands: Set<String>
    /// Words that the shell answers itself; none of them is a Docker command.
    let ownCommands: Set<String>
    /// Tells whether a word names an existing file in the current directory.
    let fileExists: @Sendable (String) -> Bool

    func classify(_ line: String) -> LineKind {
        let scanned = LineScanner.scan(line)
        if scanned.needsBash { return .bash }
        guard let first = scanned.words.first else { return .empty }
        let rest = Array(scanned.words.dropFirst())
        if first == "docker" { return .docker(rest) }
        // The same program by its own name, from inside its own shell.
        if first == "drydock" {
            guard let verb = rest.first, ownCommands.contains(verb), SharedName.isOwn(verb, Array(rest.dropFirst())) else {
                return .docker(rest)
            }
            return .own(name: verb, arguments: Array(rest.dropFirst()))
        }
        if ownCommands.contains(first), SharedName.isOwn(first, rest) { return .own(name: first, arguments: rest) }
        guard dockerCommands.contains(first) else { return .bash }
        return SharedName.isHosts(first, rest, fileExists: fileExists) ? .bash : .docker(scanned.words)
    }
}

/// Names that both Docker and the host know, and how to tell who is meant. In doubt the line is Docker's, unless that
/// could never be what was meant.
enum SharedName {
    static func isHosts(_ name: String, _ arguments: [String], fileExists: (String) -> Bool) -> Bool {
        let operands = arguments.filter { !$0.hasPrefix("-") }
        switch name {
        case "ps": return isHostsPs(arguments)
        case "top": return arguments.isEmpty || arguments[0].hasPrefix("-")
        case "kill": return isHostsKill(arguments)
        // bash waits for process or job numbers; without any it waits for all jobs.
        case "wait": return operands.allSatisfy(isProcess)
        case "rm": return isHostsRm(arguments, operands, fileExists)
        // Docker's cp has a container on one side: `web:/etc/hosts .`.
        case "cp": return !operands.contains { $0.dropFirst().contains(":") || $0 == "-" } || operands.allSatisfy(fileExists)
        case "diff": return operands.count != 1
        case "rename": return operands.count != 2
        // bash's export marks variables; Docker's is useful with -o only.
        case "export": return !arguments.contains { $0.hasPrefix("-o") || $0.hasPrefix("--output") || $0 == "--help" }
        case "history": return operands.isEmpty && !arguments.contains("--help") || operands.first.map(isNumber) == true
        case "info": return !operands.isEmpty
        case "exec": return operands.count < 2 && !arguments.contains("--help")
        case "service": return true
        default: return false
        }
    }

    /// `history` is the shell's own list unless an image is named.
    static func isOwn(_ name: String, _ arguments: [String]) -> Bool {
        switch name {
        case "history": isHosts(name, arguments) { _ in false }
        // The host may have a `watch` of its own, which takes a command.
        case "watch": arguments.isEmpty
        // So it may have a `next` or a `reset`; a lesson's words stand alone.
        case let word where LessonWords.short.contains(word): arguments.isEmpty
        // `context ls` and the like are Docker's.
        case "context": !ContextOptions.isDockers(arguments)
        default: true
        }
    }

    /// Docker's ps takes no operand (`ps aux` does) and no clustered flags like `-ef`.
    private static func isHostsPs(_ arguments: [String]) -> Bool {
        var takesValue = false
        for argument in arguments {
            if takesValue {
                takesValue = false
            } else if !argument.hasPrefix("-") {
                return true
            } else if !argument.hasPrefix("--") {
                let flags = argument.dropFirst().prefix { $0 != "=" }
                guard !flags.isEmpty, flags.allSatisfy({ "aqlsnfh".contains($0) }) else { return true }
                // `-f` is a filter with a value for Docker and "full format" for the host.
                if let last = flags.last, "nf".contains(last), !argument.contains("=") { takesValue = true }
            } else {
                takesValue = ["--filter", "--format", "--last"].contains(argument)
            }
        }
        return takesValue && arguments.last == "-f"
    }

    /// `kill -9 1234`, `kill %1`, `kill 1234`: signals as flags and process numbers are the host's.
    private static func isHostsKill(_ arguments: [String]) -> Bool {
        guard let first = arguments.first else { return true }
        if first == "--help" { return false }
        if first.hasPrefix("-") {
            return !(first == "-s" || first == "--signal" || first.hasPrefix("--signal=")) || arguments.dropFirst(2).allSatisfy(isProcess)
        }
        return arguments.allSatisfy(isProcess)
    }

    /// A container's name holds no slash and is no file here; `-r` is a flag of the host's alone.
    private static func isHostsRm(_ arguments: [String], _ operands: [String], _ fileExists: (String) -> Bool) -> Bool {
        for flag in arguments where flag.hasPrefix("-") {
            if flag.hasPrefix("--") {
                let name = String(flag.prefix { $0 != "=" })
                guard ["--force", "--volumes", "--link", "--help"].contains(name) else { return true }
            } else if !flag.dropFirst().allSatisfy({ "fvl".contains($0) }) {
                return true
            }
        }
        return operands.contains { $0.contains("/") || fileExists($0) }
    }

    private static func isProcess(_ word: String) -> Bool { word.hasPrefix("%") || isNumber(word) }
    private static func isNumber(_ word: String) -> Bool { !word.isEmpty && word.allSatisfy { ("0"..."9").contains($0) } }
}
