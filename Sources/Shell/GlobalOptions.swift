import Narration

/// drydock's own options before the command; Docker's global options are passed on to Docker's parser.
struct GlobalOptions: Sendable {
    var root: String?
    var narration: NarrationMode?
    var narrateTo: String?
    var step: Bool?
    var language: Language?
    /// What stands before the command and is Docker's (`-H`, `--debug`, …).
    var dockerOptions: [String] = []
    /// The command and its arguments.
    var command: [String] = []

    /// Docker's global options that take a value as their next word.
    private static let withValue: Set<String> = [
        "-H", "--host", "-c", "--context", "-l", "--log-level", "--config", "--tlscacert", "--tlscert", "--tlskey",
    ]

    enum Mistake: Error, Equatable {
        case needsValue(String)
        case badValue(option: String, value: String, choices: String)
    }

    /// - Parameter arguments: without the program's own name.
    init(_ arguments: [String]) throws(Mistake) {
        var rest = arguments[...]
        while let word = rest.first, word.hasPrefix("-"), word != "-", word != "--" {
            rest.removeFirst()
            let (name, inline) = Self.split(word)
            switch name {
            case "--root": root = try Self.value(name, inline, &rest)
            case "--narrate-to": narrateTo = try Self.value(name, inline, &rest)
            case "--narrate": narration = try Self.choice(name, try Self.value(name, inline, &rest))
            case "--lang": language = try Self.choice(name, try Self.value(name, inline, &rest))
            case "--step": step = try Self.truth(name, inline)
            default:
                dockerOptions.append(word)
                if Self.withValue.contains(word), let value = rest.popFirst() { dockerOptions.append(value) }
            }
        }
        command = Array(rest)
    }

    private static func split(_ word: String) -> (name: String, value: String?) {
        guard word.hasPrefix("--"), let sign = word.firstIndex(of: "=") else { return (word, nil) }
        return (String(word[..<sign]), String(word[word.index(after: sign)...]))
    }

    private static func value(_ name: String, _ inline: String?, _ rest: inout ArraySlice<String>) throws(Mistake) -> String {
        guard let value = inline ?? rest.popFirst(), !value.isEmpty else { throw .needsValue(name) }
        return value
    }

    static func choice<T: CaseIterable & RawRepresentable<String>>(_ name: String, _ value: String) throws(Mistake) -> T {
        if let choice = T(rawValue: value) { return choice }
        throw .badValue(option: name, value: value, choices: T.allCases.map(\.rawValue).joined(separator: ", "))
    }

    static func truth(_ name: String, _ value: String?) throws(Mistake) -> Bool {
        switch value {
        case nil, "1", "true", "on": return true
        case "0", "false", "off": return false
        case let value?: throw .badValue(option: name, value: value, choices: "on, off")
        }
    }
}

/// The settings of one run: options first, then the environment.
struct Settings: Sendable {
    var root: String
    var narration: NarrationMode
    var narrateTo: String?
    var isStepping: Bool
    var breakpoints: [String]
    var language: Language
    /// Another engine's address, from `-H` or DOCKER_HOST; nil for drydock's own.
    var host: String?

    static let defaultRoot = "/var/lib/drydock"

    init(_ options: GlobalOptions, _ environment: Environment) throws(GlobalOptions.Mistake) {
        func variable(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        root = absolute(options.root ?? variable("DRYDOCK_ROOT") ?? Self.defaultRoot)
        if let mode = options.narration {
            narration = mode
        } else if let value = variable("DRYDOCK_NARRATE") {
            narration = try GlobalOptions.choice("DRYDOCK_NARRATE", value)
        } else {
            narration = .off
        }
        narrateTo = options.narrateTo ?? variable("DRYDOCK_NARRATE_TO")
        if let step = options.step {
            isStepping = step
        } else if let value = variable("DRYDOCK_STEP") {
            isStepping = try GlobalOptions.truth("DRYDOCK_STEP", value)
        } else {
            isStepping = false
        }
        breakpoints = (variable("DRYDOCK_BREAK") ?? "").split(separator: ",").map(String.init)
        language = options.language ?? environment.language
        host = Self.host(in: options.dockerOptions) ?? variable("DOCKER_HOST")
    }

    private static func host(in options: [String]) -> String? {
        for (index, option) in options.enumerated() {
            if option == "-H" || option == "--host" { return index + 1 < options.count ? options[index + 1] : nil }
            if option.hasPrefix("--host=") { return String(option.dropFirst(7)) }
            if option.hasPrefix("-H"), option.count > 2 { return String(option.dropFirst(option.hasPrefix("-H=") ? 3 : 2)) }
        }
        return nil
    }

    /// The environment that child processes need to act by the same settings.
    func export(to environment: inout Environment) {
        environment["DRYDOCK_ROOT"] = root
        environment["DRYDOCK_NARRATE"] = narration.rawValue
        environment["DRYDOCK_NARRATE_TO"] = narrateTo
        environment["DRYDOCK_STEP"] = isStepping ? "1" : "0"
        environment["DRYDOCK_BREAK"] = breakpoints.isEmpty ? nil : breakpoints.joined(separator: ",")
        environment["DRYDOCK_LANG"] = language.rawValue
        environment["DOCKER_HOST"] = host
    }
}
