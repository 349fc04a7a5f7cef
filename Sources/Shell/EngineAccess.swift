import Basics
import EngineClient
import Glibc
import Narration

/// How this run reaches its engine.
struct EngineAccess: Sendable {
    let settings: Settings

    /// A client of the engine; drydock's own is started if nobody serves the root yet.
    /// - Throws: `DrydockError` with one sentence and what to do about it.
    func client() throws -> EngineClient {
        if let host = settings.host { return EngineClient(endpoint: try EngineEndpoint(host: host)) }
        if geteuid() != 0, !isReachable {
            throw DrydockError(.unauthorized, Phrase.notRoot.text(settings.language, "drydock"))
        }
        return try EngineLauncher.connect(root: settings.root)
    }

    /// A client of an engine that already runs; nil if none does.
    func runningClient() -> EngineClient? {
        guard let endpoint = try? endpoint, (try? EngineLauncher.isServed(endpoint)) == true else { return nil }
        return EngineClient(endpoint: endpoint)
    }

    /// Ends an engine whose program has been replaced by a newer build since it was started; the next command starts the new one.
    /// Containers run on, and the new engine takes them up.
    func renewIfReplaced() {
        guard settings.host == nil, let client = runningClient(),
            let pid = try? client.request("GET", "/drydock/ping").json()["pid"]?.intValue,
            Self.program(of: pid)?.hasSuffix(" (deleted)") == true, (try? client.request("POST", "/drydock/shutdown")) != nil
        else { return }
        EngineLauncher.awaitEnd(root: settings.root)
        complain(Phrase.engineRenewed.text(settings.language))
    }

    private static func program(of pid: Int) -> String? {
        var path = [UInt8](repeating: 0, count: 4096)
        let length = path.withUnsafeMutableBytes { readlink("/proc/\(pid)/exe", $0.bindMemory(to: CChar.self).baseAddress!, $0.count) }
        return length > 0 ? String(decoding: path[..<length], as: UTF8.self) : nil
    }

    /// Runs `body` with a client for drydock's own verbs.
    /// - Throws: a sentence that says so when the engine is not drydock's.
    func withDrydock<T>(_ verb: String, _ body: (EngineClient) throws -> T) throws -> T {
        let client = try client()
        do {
            return try body(client)
        } catch let error as EngineClientError where error.apiError?.status == 404 && error.apiError?.code == nil {
            throw DrydockError(.unsupported, Phrase.needsDrydockEngine.text(settings.language, verb, "\(client.endpoint)"))
        }
    }

    /// How people name the engine.
    var name: String { settings.host ?? settings.root }

    private var endpoint: EngineEndpoint {
        get throws { try settings.host.map { try EngineEndpoint(host: $0) } ?? EngineLauncher.endpoint(root: settings.root) }
    }

    private var isReachable: Bool { (try? EngineLauncher.isServed(EngineLauncher.endpoint(root: settings.root))) == true }
}

/// Prints an error as one sentence, and below it what to try.
func report(_ error: any Error) {
    var sentence = "\(error)"
    var advice: String?
    switch error {
    case let error as DrydockError: advice = error.advice
    case let error as EngineClientError:
        // Docker's "Error response from daemon" is for Docker's commands.
        if let answer = error.apiError { sentence = answer.message }
        advice = error.apiError?.advice
    default: break
    }
    complain("drydock: \(sentence)")
    if let advice { complain("  \(advice)") }
}
