import Glibc
import Narration

/// The environment as variables in order of appearance: what children get.
struct Environment: Sendable {
    private(set) var variables: [String: String]

    init(_ variables: [String: String]) { self.variables = variables }

    /// This process's own.
    static func inherited() -> Environment {
        var variables: [String: String] = [:]
        var pointer = environ
        while let entry = pointer.pointee {
            let (name, value) = split(String(cString: entry))
            if let name { variables[name] = value }
            pointer += 1
        }
        return Environment(variables)
    }

    /// Reads `NAME=value` entries that end with a NUL each.
    init(nulSeparated bytes: [UInt8]) {
        variables = [:]
        for entry in bytes.split(separator: 0) {
            let (name, value) = Self.split(String(decoding: entry, as: UTF8.self))
            if let name { variables[name] = value }
        }
    }

    private static func split(_ entry: String) -> (String?, String) {
        guard let sign = entry.firstIndex(of: "="), sign != entry.startIndex else { return (nil, "") }
        return (String(entry[..<sign]), String(entry[entry.index(after: sign)...]))
    }

    subscript(_ name: String) -> String? {
        get { variables[name] }
        set { variables[name] = newValue }
    }

    var entries: [String] { variables.map { "\($0.key)=\($0.value)" } }

    /// The locale that messages are in, by the order of locale(7).
    var locale: String {
        for name in ["LC_ALL", "LC_MESSAGES", "LANG"] {
            if let value = variables[name], !value.isEmpty { return value }
        }
        return "C"
    }

    /// The language of everything that drydock says: DRYDOCK_LANG, then the locale.
    var language: Language {
        if let wanted = variables["DRYDOCK_LANG"], let language = Language(rawValue: wanted) { return language }
        return Language(locale: locale)
    }

    /// The program that a word would run, looked up as execvp(3) does.
    func program(_ word: String) -> String? {
        guard !word.isEmpty else { return nil }
        if word.contains("/") { return access(word, X_OK) == 0 ? word : nil }
        for directory in (variables["PATH"] ?? "/usr/local/bin:/usr/bin:/bin").split(separator: ":") {
            let candidate = "\(directory)/\(word)"
            var status = stat()
            if access(candidate, X_OK) == 0, stat(candidate, &status) == 0, status.st_mode & S_IFMT == S_IFREG { return candidate }
        }
        return nil
    }
}
