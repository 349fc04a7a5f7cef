import Narration

/// The words that the shell answers itself. None of them is a Docker command.
enum ShellWords {
    static let names: Set<String> = [
        "help", "narrate", "step", "break", "unbreak", "lang", "exit", "quit", "fg", "history", "doctor", "layers", "context",
        "stages", "look-inside", "watch", "hub", "shutdown", "lesson", "record", "transcript", "grade", "replay",
        "timeline", "by-hand", "back", "forth", "why", "predict",
    ]

    /// Words with what can follow them, for completion.
    static let completions: [(name: String, arguments: [String])] = [
        ("help", []), ("narrate", ["off", "brief", "full"]), ("step", ["on", "off"]), ("break", Breakpoints.all),
        ("unbreak", Breakpoints.all), ("lang", ["ko", "en"]), ("exit", []), ("quit", []), ("fg", []), ("doctor", ["--repair"]),
        ("layers", ["--svg", "--files", "--all", "--help"]), ("context", ["--file", "--json", "--help"]),
        ("stages", ["--svg", "--json", "--help"]), ("look-inside", ["--help"]), ("timeline", ["--html", "--json", "--help"]),
        ("why", ["--help"]), ("predict", ["on", "off"]), ("by-hand", ByHandCommand.completions), ("back", []),
        ("forth", []), ("watch", []), ("hub", ["fill", "status", "serve"]),
        ("shutdown", []), ("lesson", LessonWords.verbs), ("record", ["start", "stop"]),
        ("transcript", ["show", "play", "export", "--asciicast", "--v2", "--speed"]),
        ("grade", ["--format", "--details", "--lesson", "--pack", "--results", "--jobs", "--lang", "--help"]), ("replay", []),
    ]

    /// Changes a setting of the shell.
    /// - Returns: what to say, and the status: 0 when it was understood.
    static func apply(_ name: String, _ arguments: [String], to settings: inout Settings) -> (status: Int32, text: String) {
        guard arguments.count <= 1 else { return (2, usage(name).text(settings.language)) }
        let argument = arguments.first
        switch name {
        case "narrate": return narrate(argument, &settings)
        case "step": return step(argument, &settings)
        case "break", "unbreak": return setBreak(argument, adds: name == "break", &settings)
        default: return language(argument, &settings)
        }
    }

    private static func usage(_ name: String) -> Phrase {
        switch name {
        case "narrate": .narrateUsage
        case "step": .stepUsage
        case "lang": .languageUsage
        default: .breakUsage
        }
    }

    private static func narrate(_ argument: String?, _ settings: inout Settings) -> (Int32, String) {
        if let argument {
            guard let mode = NarrationMode(rawValue: argument) else {
                return (2, misunderstood(.narrateUsage, argument, NarrationMode.allCases.map(\.rawValue), settings))
            }
            settings.narration = mode
        }
        return (0, Phrase.narrateIs.text(settings.language, settings.narration.rawValue))
    }

    private static func step(_ argument: String?, _ settings: inout Settings) -> (Int32, String) {
        switch argument {
        case "on": settings.isStepping = true
        case "off": settings.isStepping = false
        case nil: break
        case let word?: return (2, misunderstood(.stepUsage, word, ["on", "off"], settings))
        }
        return (0, Phrase.stepIs.text(settings.language, (settings.isStepping ? Phrase.on : .off).text(settings.language)))
    }

    private static func setBreak(_ id: String?, adds: Bool, _ settings: inout Settings) -> (Int32, String) {
        if let id {
            guard Breakpoints.isKnown(id) else { return (2, misunderstood(.breakUsage, id, Breakpoints.all, settings)) }
            settings.breakpoints.removeAll { $0 == id }
            if adds { settings.breakpoints.append(id) }
        } else if !adds {
            settings.breakpoints = []
        }
        let all = settings.breakpoints
        let list = all.joined(separator: " ")
        return (0, all.isEmpty ? Phrase.noBreaks.text(settings.language) : Phrase.breakList.text(settings.language, list))
    }

    private static func language(_ argument: String?, _ settings: inout Settings) -> (Int32, String) {
        if let argument {
            guard let language = Language(rawValue: argument) else { return (2, Phrase.languageUsage.text(settings.language)) }
            settings.language = language
        }
        return (0, Phrase.languageIs.text(settings.language))
    }

    private static func misunderstood(_ usage: Phrase, _ word: String, _ choices: [String], _ settings: Settings) -> String {
        let text = usage.text(settings.language)
        guard let guess = closest(to: word, among: choices) else { return text }
        return text + "\n" + Phrase.didYouMean.text(settings.language, guess)
    }
}

/// Words that bash itself knows: they can stand behind a pasted prompt though no program is called so.
enum BashWords {
    static let names: Set<String> = [
        ".", ":", "[", "[[", "{", "(", "alias", "bg", "bind", "builtin", "caller", "case", "cd", "command", "compgen", "complete",
        "declare", "dirs", "disown", "do", "done", "echo", "enable", "eval", "exec", "exit", "export", "false", "fc", "fg", "for",
        "function", "getopts", "hash", "help", "history", "if", "jobs", "kill", "let", "local", "logout", "mapfile", "popd", "printf",
        "pushd", "pwd", "read", "readarray", "readonly", "return", "select", "set", "shift", "shopt", "source", "suspend", "test", "time",
        "times", "trap", "true", "type", "typeset", "ulimit", "umask", "unalias", "unset", "until", "wait", "while",
    ]
}
