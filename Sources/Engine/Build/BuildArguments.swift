import Basics
import Dockerfile

/// What `ARG` declares and `--build-arg` gives.
///
/// Source: moby, `builder/dockerfile/buildargs.go`.
struct BuildArguments {
    /// These need no declaration, and leave no trace in the history.
    static let predefined: Set<String> = [
        "HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "FTP_PROXY", "ftp_proxy", "NO_PROXY", "no_proxy",
    ]

    private let given: [String: String?]
    /// Declared before the first `FROM`.
    private var global: [String: String?] = [:]
    /// Declared in this stage.
    private var declared: [String: String?] = [:]
    /// Asked for anywhere.
    private(set) var consumed: Set<String> = []

    init(given: [String: String?]) { self.given = given }

    /// A stage begins: what the one before declared is forgotten.
    mutating func beginStage() { declared = [:] }

    mutating func declareGlobally(_ name: String, _ value: String?) {
        global[name] = .some(value)
        consumed.insert(name)
    }

    mutating func declare(_ name: String, _ value: String?) {
        declared[name] = .some(value)
        consumed.insert(name)
    }

    /// The values that hold in this stage, by name.
    var values: [String: String] {
        var values: [String: String] = [:]
        for (name, value) in declared {
            if let value = given[name].flatMap({ $0 }) ?? value ?? globalValue(name) { values[name] = value }
        }
        for (name, value) in given where Self.predefined.contains(name) && declared[name] == nil {
            if let value { values[name] = value }
        }
        return values
    }

    /// Those of them that stand in the history: not what nobody declared.
    func recorded(_ environment: [String]) -> [String] { shown(values.filter { declared.keys.contains($0.key) }, environment) }

    /// What a command gets besides its environment, as `name=value`, sorted.
    func added(to environment: [String]) -> [String] { shown(values, environment) }

    /// `ENV` beats `ARG`.
    private func shown(_ values: [String: String], _ environment: [String]) -> [String] {
        let set = Set(environment.map { String($0.prefix { $0 != "=" }) })
        return values.filter { !set.contains($0.key) }.map { "\($0.key)=\($0.value)" }.sorted()
    }

    /// For `FROM`.
    func globalValue(_ name: String) -> String? { global[name].map { given[name].flatMap { $0 } ?? $0 } ?? nil }

    /// Given and never asked for.
    var unconsumed: [String] { given.keys.filter { !consumed.contains($0) && !Self.predefined.contains($0) }.sorted() }
}
