import Basics
import DockerCLI
import EngineClient
import Glibc
import Synchronization

/// What can stand at the cursor.
struct Completion: Equatable {
    var candidates: [String] = []
    /// File names are completed when there is no candidate.
    var allowsFiles = false
    /// The candidate is not the whole word yet (`--name=`): no space is put behind it.
    var continues = false
}

/// A command as completion sees it.
struct CompletionCommand: Sendable {
    let names: [String]
    let flags: [(text: String, takesValue: Bool)]
    let arguments: ArgumentCompletion
}

/// The words of the command line that completion is based on.
struct CompletionTable: Sendable {
    /// Top-level commands.
    var commands: [CompletionCommand] = []
    /// Management commands with what stands below them.
    var groups: [(name: String, commands: [CompletionCommand])] = []
    /// The shell's own words with their arguments.
    var own: [(name: String, arguments: [String])] = []
}

/// Names that an engine knows, for completion.
protocol CompletionSource {
    func containers(running: Bool?) -> [String]
    func images() -> [String]
    func objects(_ path: String) -> [String]
    func lessons() -> [String]
}

/// Completes commands, flags, containers and images.
struct Completer {
    let table: CompletionTable
    let source: any CompletionSource
    /// Programs on the PATH that begin so.
    let programs: (String) -> [String]

    /// - Parameters:
    ///   - before: the line up to the word.
    ///   - word: the word before the cursor, as far as typed.
    func complete(before: String, word: String) -> Completion {
        // Only what follows the last operator is this command's.
        let command = before.split(omittingEmptySubsequences: false) { ";|&(`".contains($0) }.last.map(String.init) ?? ""
        var words = LineScanner.scan(command).words
        let isPlain = command.count == before.count
        let namesDocker = words.first == "docker" || words.first == "drydock"
        if namesDocker { words.removeFirst() }
        if words.isEmpty { return first(word, namesDocker: namesDocker, isPlain: isPlain) }
        if !namesDocker, let own = table.own.first(where: { $0.name == words[0] }) {
            if own.name == "context", !word.hasPrefix("-") { return Completion(allowsFiles: true) }
            if own.name == "layers" || own.name == "stages" { return layers(own.arguments, words, word) }
            if own.name == "look-inside" {
                return words.count == 1 ? pick(word.hasPrefix("-") ? own.arguments : source.containers(running: false), word) : Completion()
            }
            if own.name == "transcript", words.count > 1, !word.hasPrefix("-") { return Completion(allowsFiles: true) }
            if own.name == "lesson", words.count > 1, ["start", "reset"].contains(words[1]) {
                return pick(source.lessons() + (words[1] == "start" ? ["--record"] : ["--all"]), word)
            }
            return pick(own.arguments + (own.name == "help" ? commandNames : []), word)
        }
        if let group = table.groups.first(where: { $0.name == words[0] }) {
            guard words.count > 1 else { return pick(group.commands.flatMap(\.names) + ["--help"], word) }
            guard let found = group.commands.first(where: { $0.names.contains(words[1]) }) else { return Completion(allowsFiles: true) }
            return arguments(of: found, Array(words.dropFirst(2)), word)
        }
        guard let found = table.commands.first(where: { $0.names.contains(words[0]) }) else { return Completion(allowsFiles: true) }
        return arguments(of: found, Array(words.dropFirst()), word)
    }

    private func layers(_ options: [String], _ words: [String], _ word: String) -> Completion {
        if words.last == "--svg" { return Completion(allowsFiles: true) }
        let used = Set(words)
        return pick((word.hasPrefix("-") ? options : source.images()).filter { !used.contains($0) }, word)
    }

    private var commandNames: [String] { table.commands.flatMap(\.names) + table.groups.map(\.name) }

    private func first(_ word: String, namesDocker: Bool, isPlain: Bool) -> Completion {
        if word.contains("/") { return Completion(allowsFiles: true) }
        if namesDocker { return pick(commandNames + (word.hasPrefix("-") ? ["--help", "--version"] : []), word) }
        let own = isPlain ? commandNames + table.own.map(\.name) : []
        let known = pick(own + ["docker"], word)
        // All programs of the host would drown the few words that matter, so they come only where none of these fits.
        return known.candidates.isEmpty && !word.isEmpty ? pick(programs(word), word) : known
    }

    private func arguments(of command: CompletionCommand, _ words: [String], _ word: String) -> Completion {
        if word.hasPrefix("-") { return flags(of: command, word) }
        if let last = words.last, last.hasPrefix("-"), takesValue(last, command) {
            if last == "--network" || last == "--net" { return pick(["bridge", "host", "none"] + source.objects("networks"), word) }
            return Completion(allowsFiles: true)
        }
        let operands = countOperands(words, command)
        var result: Completion
        switch command.arguments {
        case .nothing: return Completion(allowsFiles: true)
        case .containers: result = pick(source.containers(running: nil), word)
        case .runningContainers: result = pick(source.containers(running: true), word)
        case .stoppedContainers: result = pick(source.containers(running: false), word)
        case .images: result = pick(source.images(), word)
        case .volumes: result = pick(source.objects("volumes"), word)
        case .networks: result = pick(source.objects("networks"), word)
        case .objects: result = pick(source.containers(running: nil) + source.images(), word)
        case .imageThenCommand: result = operands == 0 ? pick(source.images(), word) : Completion(allowsFiles: true)
        case .containerThenCommand: result = operands == 0 ? pick(source.containers(running: true), word) : Completion(allowsFiles: true)
        }
        // What is named already is not offered again.
        result.candidates.removeAll { words.contains($0) && $0 != word }
        return result
    }

    private func flags(of command: CompletionCommand, _ word: String) -> Completion {
        pick(command.flags.map(\.text) + ["--help"], word)
    }

    private func takesValue(_ word: String, _ command: CompletionCommand) -> Bool {
        if let flag = command.flags.first(where: { $0.text == word }) { return flag.takesValue }
        // `-it` and the like: the last letter decides.
        guard !word.hasPrefix("--"), let last = word.last else { return false }
        return command.flags.contains { $0.text == "-\(last)" && $0.takesValue }
    }

    private func countOperands(_ words: [String], _ command: CompletionCommand) -> Int {
        var count = 0
        var skips = false
        for word in words {
            if skips {
                skips = false
            } else if count == 0, word.hasPrefix("-") {
                skips = takesValue(word, command)
            } else {
                count += 1
            }
        }
        return count
    }

    private func pick(_ words: [String], _ prefix: String) -> Completion {
        Completion(candidates: Set(words.filter { $0.hasPrefix(prefix) }).sorted())
    }
}

/// Asks the engine, if one runs; remembers the answers for as long as a user presses Tab.
final class EngineNames: CompletionSource {
    private let access: () -> EngineAccess
    private var cache: [String: (at: Timestamp, json: JSONValue)] = [:]

    /// - Parameter access: to the engine of the moment: a lesson has another one.
    init(_ access: @escaping () -> EngineAccess) { self.access = access }

    func lessons() -> [String] {
        let files = (try? LessonLibrary(environment: .inherited()).files) ?? []
        return files.map { String(baseName($0).dropLast(3)) }
    }

    func containers(running: Bool?) -> [String] {
        (fetch("/containers/json", [("all", "1")]).arrayValue ?? []).flatMap { container -> [String] in
            let isRunning = container["State"]?.stringValue == "running"
            guard running == nil || running == isRunning else { return [] }
            let names = container["Names"]?.arrayValue?.compactMap(\.stringValue).map { String($0.drop { $0 == "/" }) } ?? []
            return names + (container["Id"]?.stringValue.map { [String($0.prefix(12))] } ?? [])
        }
    }

    func images() -> [String] {
        (fetch("/images/json", []).arrayValue ?? []).flatMap { image in
            image["RepoTags"]?.arrayValue?.compactMap(\.stringValue).filter { $0 != "<none>:<none>" } ?? []
        }
    }

    func objects(_ path: String) -> [String] {
        let answer = fetch("/\(path)", [])
        return (answer.arrayValue ?? answer["Volumes"]?.arrayValue ?? []).compactMap { $0["Name"]?.stringValue }
    }

    private func fetch(_ path: String, _ query: [(String, String)]) -> JSONValue {
        let now = Timestamp.now()
        if let known = cache[path], now.nanoseconds - known.at.nanoseconds < 2_000_000_000 { return known.json }
        // Tab must not start an engine.
        let json = (try? access().runningClient()?.request("GET", path, query: query).json()) ?? .null
        cache[path] = (now, json)
        return json
    }
}
