import Basics

/// Source: moby/buildkit 0.8 (that of Docker 20.10), `frontend/dockerfile/instructions/parse.go`.
extension Instruction {
    private var word: String { keyword.uppercased() }

    /// Runs `body`; what it throws is said to be of this line.
    func atItsLine<T>(_ body: () throws(DrydockError) -> T) throws(DrydockError) -> T {
        do throws(DrydockError) {
            return try body()
        } catch {
            throw DrydockError(error.code, "dockerfile parse error line \(line): \(error.sentence)", advice: error.advice)
        }
    }

    /// What can be told without knowing what is meant: lists in JSON's form, pairs.
    func checkForm(escape: Character) throws(DrydockError) {
        switch keyword {
        case "env", "label": if !arguments.isEmpty { _ = try nameValues(escape: escape) }
        case "add", "copy", "cmd", "entrypoint", "run", "shell", "volume": try checkList()
        case "onbuild":
            // A trigger is looked at in the same way, but whether there is such an instruction is asked when it is done.
            if !arguments.isEmpty, let inner = try? ParsedDockerfile(parsing: arguments) {
                for instruction in inner.instructions where instruction.keyword != "onbuild" { try instruction.checkForm(escape: escape) }
            }
        case "healthcheck":
            let rest = arguments.drop { !$0.isBlank }.drop { $0.isBlank }
            try Instruction(keyword: "cmd", arguments: String(rest)).checkList()
        default: break
        }
    }

    private func checkList() throws(DrydockError) {
        guard case .other = list else { return }
        throw DrydockError(.invalid, "when using JSON array syntax, arrays must be comprised of strings only")
    }

    /// `FROM`.
    func stage() throws(DrydockError) -> BuildStage {
        let flags = try FlagValues(self, allowed: ["platform"])
        let words = blankSeparated
        guard words.count == 1 || words.count == 3 && words[1].lowercased() == "as" else {
            throw DrydockError(.invalid, "FROM requires either one or three arguments")
        }
        var name = ""
        if words.count == 3 {
            name = words[2].lowercased()
            let isName =
                name.first.map { ("a"..."z").contains($0) } ?? false
                && name.allSatisfy { ("a"..."z").contains($0) || ("0"..."9").contains($0) || "-_.".contains($0) }
            guard isName else {
                throw DrydockError(
                    .invalid,
                    "invalid name for build stage: \"\(words[2].prefix(128))\", name can't start with a number or contain symbols")
            }
        }
        return BuildStage(name: name, base: words[0], platform: flags["platform"], instruction: self)
    }

    /// Everything but `FROM`.
    func kind(escape: Character) throws(DrydockError) -> BuildCommand.Kind {
        switch keyword {
        case "add", "copy":
            let transfer = try transfer()
            return transfer.mode.isEmpty ? .transfer(transfer) : .needsBuildKit(option: "chmod")
        case "run":
            let flags = try FlagValues(self, allowed: ["mount"])
            if !flags["mount"].isEmpty { return .needsBuildKit(option: "mount") }
            return .run(heredocs.isEmpty ? commandLine : try heredocCommand())
        case "healthcheck": return .healthcheck(try healthCheck())
        default: _ = try FlagValues(self, allowed: [])
        }
        switch keyword {
        case "cmd": return .cmd(commandLine)
        case "entrypoint": return .entrypoint(commandLine)
        case "arg", "env", "label": return try settings(escape: escape)
        case "maintainer": return .maintainer(try only())
        case "workdir": return .workdir(try only())
        case "user": return .user(try only())
        case "stopsignal": return .stopSignal(try only())
        case "expose":
            try requireSome()
            return .expose(blankSeparated.sorted())
        case "volume": return .volume(try volumes())
        case "shell":
            guard !arguments.isEmpty, jsonForm?.isEmpty != true else {
                throw DrydockError(.invalid, "SHELL requires at least one argument")
            }
            guard let words = jsonForm else { throw DrydockError(.invalid, "SHELL requires the arguments to be in JSON form") }
            return .shell(words)
        case "onbuild": return .onbuild(try trigger())
        default: throw DrydockError(.invalid, "unknown instruction: \(word.prefix(64))")
        }
    }

    private var commandLine: BuildCommand.CommandLine {
        if let words = jsonForm { return BuildCommand.CommandLine(words: words, isForShell: false) }
        return BuildCommand.CommandLine(words: arguments.isEmpty ? [] : [arguments], isForShell: true)
    }

    private func only() throws(DrydockError) -> String {
        guard !arguments.isEmpty else { throw DrydockError(.invalid, "\(word) requires exactly one argument") }
        return arguments
    }

    private func requireSome() throws(DrydockError) {
        guard !arguments.isEmpty else { throw DrydockError(.invalid, "\(word) requires at least one argument") }
    }

    private func settings(escape: Character) throws(DrydockError) -> BuildCommand.Kind {
        try requireSome()
        var settings: [BuildCommand.Setting] = []
        if keyword == "arg" {
            for text in Self.words(arguments, escape: escape) {
                guard let equals = text.firstIndex(of: "=") else {
                    settings.append(BuildCommand.Setting(name: text, value: nil))
                    continue
                }
                settings.append(
                    BuildCommand.Setting(name: String(text[..<equals]), value: String(text[text.index(after: equals)...])))
            }
        } else {
            for pair in try nameValues(escape: escape) { settings.append(BuildCommand.Setting(name: pair.name, value: pair.value)) }
        }
        guard settings.allSatisfy({ !$0.name.isEmpty }) else { throw DrydockError(.invalid, "\(word) names can not be blank") }
        return keyword == "arg" ? .arg(settings) : keyword == "env" ? .env(settings) : .label(settings)
    }

    private func transfer() throws(DrydockError) -> BuildCommand.Transfer {
        let words = jsonForm ?? blankSeparated
        guard words.count >= 2 else {
            throw DrydockError(
                .invalid, "\(word) requires at least two arguments, but only one was provided. Destination could not be determined")
        }
        let flags = try FlagValues(self, allowed: keyword == "copy" ? ["chown", "chmod", "from"] : ["chown", "chmod"])
        var (sources, files): ([String], [BuildCommand.InlineFile]) = (Array(words.dropLast()), [])
        if !heredocs.isEmpty { (sources, files) = try heredocSources(words) }
        return BuildCommand.Transfer(
            isAdd: keyword == "add", sources: sources, files: files, destination: words[words.count - 1], from: flags["from"],
            owner: flags["chown"], mode: flags["chmod"])
    }

    private func volumes() throws(DrydockError) -> [String] {
        let words = jsonForm ?? blankSeparated
        guard !words.isEmpty else { throw DrydockError(.invalid, "VOLUME requires at least one argument") }
        guard words.allSatisfy({ !$0.trimmedBlanks.isEmpty }) else {
            throw DrydockError(.invalid, "VOLUME specified can not be an empty string")
        }
        return words.map(\.trimmedBlanks)
    }

    private func trigger() throws(DrydockError) -> String {
        try requireSome()
        let first = arguments.prefix { !$0.isBlank }.uppercased()
        if first == "ONBUILD" { throw DrydockError(.invalid, "Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed") }
        if first == "FROM" || first == "MAINTAINER" { throw DrydockError(.invalid, "\(first) isn't allowed as an ONBUILD trigger") }
        // As it stands in the file, flags and all.
        let line = String(original.drop { !$0.isBlank }.drop { $0.isBlank })
        return heredocs.reduce(line) { $0 + "\n\($1.lines)\($1.name)" }
    }
}

/// `--name=value` before an instruction's arguments.
struct FlagValues {
    private var values: [String: String] = [:]

    init(_ instruction: Instruction, allowed: Set<String>) throws(DrydockError) {
        for flag in instruction.flags {
            let text = flag.dropFirst(2)
            let name = String(text.prefix { $0 != "=" })
            guard allowed.contains(name) else { throw DrydockError(.invalid, "Unknown flag: \(name.prefix(64))") }
            guard values[name] == nil else { throw DrydockError(.invalid, "Duplicate flag specified: \(name)") }
            guard text.count > name.count else { throw DrydockError(.invalid, "Missing a value on flag: \(name)") }
            values[name] = String(text.dropFirst(name.count + 1))
        }
    }

    subscript(_ name: String) -> String { values[name] ?? "" }

    func isSet(_ name: String) -> Bool { values[name] != nil }
}
