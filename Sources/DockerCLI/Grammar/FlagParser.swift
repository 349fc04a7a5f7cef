import TextTools

/// The flags of one call, as given.
struct FlagValues: Sendable {
    private var values: [String: [String]] = [:]

    /// True if the flag was given at all.
    func isSet(_ name: String) -> Bool { values[name] != nil }

    /// All values of a flag, in order.
    func list(_ name: String) -> [String] { values[name] ?? [] }

    /// The last value of a flag.
    func string(_ name: String) -> String { values[name]?.last ?? "" }

    /// A switch; parsing has made sure that the value reads as one.
    func bool(_ name: String, default standard: Bool = false) -> Bool { values[name]?.last.flatMap(GoNumber.bool) ?? standard }

    /// A number; parsing has made sure that the value reads as one.
    func int(_ name: String, default standard: Int64 = 0) -> Int64 { values[name]?.last.flatMap { try? GoNumber.int($0) } ?? standard }

    mutating func add(_ value: String, to name: String) { values[name, default: []].append(value) }
}

/// What is wrong with a command line's flags; the text is pflag's.
struct FlagError: Error, Hashable {
    let text: String
}

/// Reads flags as Docker's command line does (pflag's rules): `-itd`, `-p80:80`, `--name=x`, `--name x`, `--rm=false`, `--`.
struct FlagParser {
    let flags: [FlagSpec]
    let endsAtFirstArgument: Bool
    /// True where `-h` means help, since the command has no `-h` of its own.
    var knowsHelpShorthand = true

    struct Outcome: Sendable {
        var values = FlagValues()
        var arguments: [String] = []
        var wantsHelp = false
        /// `-h` was used for help, which Docker calls deprecated.
        var usedHelpShorthand = false
    }

    private static let help = FlagSpec("help", nil, .bool, "Print usage")

    /// - Throws: `FlagError`
    func parse(_ words: [String]) throws -> Outcome {
        var outcome = Outcome()
        var rest = words[...]
        while let word = rest.popFirst() {
            guard word.hasPrefix("-"), word != "-" else {
                outcome.arguments.append(word)
                guard endsAtFirstArgument else { continue }
                outcome.arguments += rest
                break
            }
            if word == "--" {
                outcome.arguments += rest
                break
            }
            if word.hasPrefix("--") {
                try parseLong(word, &rest, &outcome)
            } else {
                try parseShort(word, &rest, &outcome)
            }
        }
        return outcome
    }

    private func parseLong(_ word: String, _ rest: inout ArraySlice<String>, _ outcome: inout Outcome) throws {
        let body = word.dropFirst(2)
        guard let first = body.first, first != "-", first != "=" else { throw FlagError(text: "bad flag syntax: \(word)") }
        let parts = body.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(parts[0])
        guard let flag = name == "help" ? Self.help : flags.first(where: { $0.name == name }) else {
            throw FlagError(text: "unknown flag: --\(name)")
        }
        if parts.count == 2 {
            try set(flag, String(parts[1]), &outcome)
        } else if flag.kind == .bool {
            try set(flag, "true", &outcome)
        } else if let value = rest.popFirst() {
            try set(flag, value, &outcome)
        } else {
            throw FlagError(text: "flag needs an argument: \(word)")
        }
    }

    private func parseShort(_ word: String, _ rest: inout ArraySlice<String>, _ outcome: inout Outcome) throws {
        var cluster = word.dropFirst()
        while let letter = cluster.first {
            let whole = cluster
            cluster = cluster.dropFirst()
            guard let flag = flags.first(where: { $0.shorthand == letter }) else {
                guard letter == "h", knowsHelpShorthand else { throw FlagError(text: "unknown shorthand flag: '\(letter)' in -\(whole)") }
                outcome.wantsHelp = true
                outcome.usedHelpShorthand = true
                continue
            }
            // `-t=` alone has the value "=".
            if cluster.first == "=", cluster.count > 1 {
                try set(flag, String(cluster.dropFirst()), &outcome)
                return
            }
            if flag.kind == .bool {
                try set(flag, "true", &outcome)
                continue
            }
            if !cluster.isEmpty {
                try set(flag, String(cluster), &outcome)
            } else if let value = rest.popFirst() {
                try set(flag, value, &outcome)
            } else {
                throw FlagError(text: "flag needs an argument: '\(letter)' in -\(whole)")
            }
            return
        }
    }

    private func set(_ flag: FlagSpec, _ value: String, _ outcome: inout Outcome) throws {
        let checked: String
        do {
            checked = try FlagValueChecker.check(value, of: flag)
        } catch let error as ValueError {
            throw FlagError(text: "invalid argument \(goQuoted(value)) for \"\(flag.label)\" flag: \(error.text)")
        }
        if flag.name == "help" { outcome.wantsHelp = GoNumber.bool(checked) ?? false } else { outcome.values.add(checked, to: flag.target) }
    }
}

/// Why a single value is refused.
struct ValueError: Error, Hashable {
    let text: String

    init(_ text: String) { self.text = text }
}
