import Basics
import EngineClient
import Narration

/// Asks the engine for what an explanation is made of, and leaves no trace in its log of requests.
struct WhyGatherer {
    let access: EngineAccess

    /// Header of those who only look at what others have done (see `RequestLog` of the engine).
    private static let looks: [EngineClient.Header] = [("X-Drydock-Looks", "1")]

    /// - Parameter asked: The command; nil means the last one that any client ran.
    /// - Throws: when the engine can't be asked.
    func evidence(of asked: AskedCommand?) throws -> WhyEvidence? {
        try access.withDrydock("why") { client in
            let log = try client.request("GET", "/drydock/requests", headers: Self.looks).json().arrayValue ?? []
            let requests = log.compactMap(WhyEvidence.Request.init)
            let mine: [WhyEvidence.Request]
            let command: AskedCommand
            if let asked {
                mine = requests.filter { $0.asked == asked.token }
                command = asked
            } else {
                // The last that changed something, or was refused.
                guard let last = requests.last(where: { !$0.isRead || $0.isRefused }) else { return nil }
                mine = last.asked.map { token in requests.filter { $0.asked == token } } ?? [last]
                command = AskedCommand(line: nil, token: last.asked ?? "", status: nil)
            }
            var evidence = base(client, command)
            evidence.requests = mine
            // An engine that began after the command can't know of it.
            if mine.isEmpty, let began = asked?.began, !began.isEmpty,
                let started = try client.request("GET", "/drydock/ping").json()["started"]?.stringValue
            {
                evidence.isTooOld = started > began
            }
            let operations = try client.request("GET", "/drydock/operations", query: [("last", "100")], headers: Self.looks).json()
            evidence.operations = (operations.arrayValue ?? []).map(PastOperation.init).filter {
                $0.asked == command.token && !command.token.isEmpty
            }
            return evidence
        }
    }

    /// Only what the state says now.
    func state() throws -> WhyEvidence {
        try access.withDrydock("why") { base($0, AskedCommand(line: nil, token: "", status: nil)) }
    }

    private func base(_ client: EngineClient, _ asked: AskedCommand) -> WhyEvidence {
        var evidence = WhyEvidence(language: access.settings.language, asked: asked)
        let answers = Answers(client)
        evidence.state = { answers.get($0) }
        // Another machine's ports and processes are not in our /proc.
        let isHere = access.settings.host.map { $0.hasPrefix("unix://") } ?? true
        evidence.handles = { pid, signal in isHere ? SignalHandlers.handles(pid, signal) : nil }
        evidence.listeners = { port, transport in isHere ? PortHolder.find(port, transport) : nil }
        return evidence
    }

    /// Each question is asked once: one explanation is made of one state.
    private final class Answers {
        private let client: EngineClient
        private var known: [String: JSONValue?] = [:]

        init(_ client: EngineClient) { self.client = client }

        func get(_ path: String) -> JSONValue? {
            if let answer = known[path] { return answer }
            let parts = path.split(separator: "?", maxSplits: 1).map(String.init)
            let query = (parts.count > 1 ? parts[1] : "").split(separator: "&").map { pair -> (String, String) in
                let sides = pair.split(separator: "=", maxSplits: 1).map(String.init)
                return (sides[0], sides.count > 1 ? sides[1] : "")
            }
            let answer = try? client.request("GET", parts[0], query: query, headers: WhyGatherer.looks).json()
            known[path] = .some(answer)
            return answer
        }
    }
}
