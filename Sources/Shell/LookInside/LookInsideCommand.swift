import Basics
import EngineClient
import Glibc
import Narration
import TextTools

/// `drydock look-inside CONTAINER`: a shell over what a container has left, which is gone when one leaves it.
struct LookInsideCommand {
    let settings: Settings
    let environment: Environment

    /// The exit code of `--at` where there is nothing to look into yet: whoever asked has another way then.
    static let nothingThere: Int32 = 97

    private var language: Language { settings.language }

    /// - Returns: the exit code: that of what was run.
    func run(_ arguments: [String]) throws -> Int32 {
        guard let options = LookInsideOptions(arguments) else {
            complain(Phrase.lookInsideUsage.text(language))
            return 1
        }
        if case .help = options {
            say(Phrase.lookInsideUsage.text(language))
            return 0
        }
        do {
            return try EngineAccess(settings: settings).withDrydock("look-inside") { try visit(options, $0) }
        } catch let error as EngineClientError where options.isAtStop && error.apiError?.status == 404 {
            return Self.nothingThere
        }
    }

    private func visit(_ options: LookInsideOptions, _ client: EngineClient) throws -> Int32 {
        let isTerminal = isatty(0) == 1 && isatty(1) == 1
        var body = JSONObject()
        body["tty"] = .bool(isTerminal)
        body["cmd"] = .array(options.command.map(JSONValue.string))
        // Stays open for as long as the visit: should this program be killed, the engine removes what it made.
        let headers = [("Content-Type", "application/json")]
        var events = EventStream(try client.stream("POST", options.path, headers: headers, body: JSONValue.object(body).bytes()))
        guard let answer = try events.next() else { throw DrydockError(.failed, "the engine gave no answer") }
        let flags = isTerminal ? ["-i", "-t"] : ["-i"]
        if let running = answer["exec"]?.stringValue, !running.isEmpty {
            if isTerminal, options.command.isEmpty { complain(wrapped(.lookInsideRunning)) }
            return docker(["exec"] + flags + [running] + (answer["cmd"]?.arrayValue ?? []).compactMap(\.stringValue))
        }
        guard let id = answer["id"]?.stringValue, !id.isEmpty else { throw DrydockError(.failed, "the engine gave no container") }
        if isTerminal, options.command.isEmpty {
            let keeps = answer["keeps"]?.boolValue == true
            complain(wrapped(keeps ? .lookInsideKeeps : options.isAtStop ? .lookInsideStop : .lookInsideThrowAway))
        }
        let status = docker(["start", "-a", "-i", id])
        // Left without ending what runs there: it ends now.
        _ = try? EngineAccess(settings: settings).client().request("DELETE", "/containers/\(id)", query: [("force", "1")])
        while (try? events.next()) ?? nil != nil {}
        return status
    }

    private func docker(_ words: [String]) -> Int32 {
        var quiet = settings
        // What is done in here is not part of what is looked at.
        (quiet.narration, quiet.narrateTo, quiet.isStepping, quiet.breakpoints) = (.off, nil, false, [])
        return DockerCommand(settings: quiet, environment: environment, ownsNarrationFile: false).run(words)
    }

    private func wrapped(_ phrase: Phrase) -> String { wrap(phrase.text(language), width: Terminal.width(2)).joined(separator: "\n") }
}

/// What `look-inside` was asked for.
enum LookInsideOptions: Equatable {
    case container(String, command: [String])
    /// At a stop of a stepped operation.
    case stop(operation: String, command: [String])
    case help

    /// - Returns: nil when the words are not understood.
    init?(_ arguments: [String]) {
        var words = arguments[...]
        var operation: String?
        while let word = words.first, word.hasPrefix("-") {
            words.removeFirst()
            switch word {
            case "--help", "-h":
                self = .help
                return
            case "--at":
                guard operation == nil, let value = words.popFirst(), !value.isEmpty else { return nil }
                operation = value
            default: return nil
            }
        }
        if let operation {
            self = .stop(operation: operation, command: Array(words))
            return
        }
        guard let container = words.popFirst(), !container.isEmpty else { return nil }
        self = .container(container, command: Array(words))
    }

    var isAtStop: Bool { if case .stop = self { true } else { false } }

    var command: [String] {
        switch self {
        case .container(_, let command), .stop(_, let command): command
        case .help: []
        }
    }

    var path: String {
        switch self {
        case .container(let name, _): "/drydock/containers/\(percentEncoded(name))/visit"
        case .stop(let operation, _): "/drydock/operations/\(percentEncoded(operation))/visit"
        case .help: ""
        }
    }
}
