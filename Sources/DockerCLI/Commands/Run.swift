import Basics
import EngineClient
import Glibc

/// `docker run`: create (pulling what is missing), attach, start, pump, and end as the container ends.
@Sendable func runCommand(_ invocation: Invocation) throws -> Int32 {
    var request = try invocation.containerRequest("run")
    let isDetached = invocation.flags.bool("detach")
    if isDetached {
        guard invocation.flags.list("attach").isEmpty else { throw CommandFailure("Conflicting options: -a and -d") }
        request.detach()
    } else {
        try invocation.checkTerminal(sendsInput: request.attachStdin, hasTerminal: request.hasTerminal)
    }
    let creator: ContainerCreator
    let id: String
    do {
        creator = try ContainerCreator(invocation)
        id = try creator.create(request)
    } catch EngineClientError.interrupted { throw EngineClientError.interrupted } catch {
        if let aborted = invocation.abortSentence(error) {
            invocation.complain(aborted)
            return 125
        }
        invocation.complain(invocation.dockerReport("run", plainText(error), withHelp: true))
        invocation.tellAdvice(error)
        return startStatus(plainText(error))
    }
    return try ContainerRun(invocation: invocation, client: creator.client, request: request, id: id).start()
}

/// What `run` answers when a container could not be started: 127 for a command that is not there, 126 for one that may
/// not be executed, 125 for the rest.
func startStatus(_ text: String) -> Int32 {
    let missing = ["executable file not found", "no such file or directory", "system cannot find the file specified"]
    if missing.contains(where: { text.contains($0) }) { return 127 }
    return text.contains("permission denied") ? 126 : 125
}

extension Invocation {
    /// A container with a terminal needs one here as well, if it is to be typed into.
    func checkTerminal(sendsInput: Bool, hasTerminal: Bool) throws {
        guard sendsInput, hasTerminal, !context.inputIsTerminal else { return }
        throw CommandFailure("the input device is not a TTY")
    }

    /// The detach keys: the flag's, or those of `config.json`, or Docker's.
    /// As the user has written them; empty for the usual ones.
    var detachText: String {
        let text = flags.string("detach-keys")
        return text.isEmpty ? ClientConfiguration.read(settings.configDirectory)?["detachKeys"]?.stringValue ?? "" : text
    }

    func detachKeys() throws -> (text: String, keys: [UInt8]) {
        let text = detachText
        guard !text.isEmpty else { return ("", DetachKeys.standard) }
        do { return (text, try DetachKeys.parse(text)) } catch let error as ValueError { throw CommandFailure(error.text) }
    }
}

/// A created container on its way: started, pumped, waited for.
private struct ContainerRun {
    let invocation: Invocation
    let client: EngineClient
    let request: ContainerRequest
    let id: String

    private var context: CLIContext { invocation.context }
    private var isAttached: Bool { request.attachStdin || request.attachStdout || request.attachStderr }
    private var showsOutput: Bool { request.attachStdout || request.attachStderr }

    func start() throws -> Int32 {
        let proxies = invocation.flags.bool("sig-proxy", default: true)
        // Without a terminal the container gets Ctrl-C as a signal; with one, the key itself goes to it.
        let signals = SignalTrap((proxies && isAttached ? SignalTrap.proxied : []) + [SIGWINCH])
        defer { signals.restore() }
        if !showsOutput { invocation.print(id) }
        let keys = try invocation.detachKeys()
        let connection = isAttached ? try attach(keys.text) : nil
        let waiter =
            showsOutput || request.removesItself
            ? try ExitWaiter(client, id, condition: request.removesItself ? "removed" : "next-exit") : nil
        do {
            _ = try client.request("POST", "/containers/\(id)/start")
        } catch let error as EngineClientError {
            return try startFailed(error, waiter)
        }
        // Only now: a start that is single-stepped talks with the user on the same terminal.
        if let connection {
            let terminal = TerminalSize(context: context, client: client, path: "/containers/\(id)")
            if request.hasTerminal { terminal.send() }
            let session = AttachSession(
                context: context, client: client, connection: connection, containerID: id, hasTerminal: request.hasTerminal,
                sendsInput: request.attachStdin, detachKeys: keys.keys, signals: signals, proxiesSignals: proxies,
                interrupt: proxies ? -1 : invocation.settings.interruptDescriptor)
            if try session.pump(resize: { if request.hasTerminal { terminal.send() } }) == .detached { return 0 }
        }
        guard showsOutput, let waiter else { return 0 }
        context.allIsUnderWay?()
        let end = try waiter.status()
        if let error = end.error { invocation.complain("Error waiting for container: \(error)") }
        return end.code
    }

    private func attach(_ keys: String) throws -> HijackedConnection {
        var query = keys.isEmpty ? [] : [("detachKeys", keys)]
        if request.attachStderr { query.append(("stderr", "1")) }
        if request.attachStdin { query.append(("stdin", "1")) }
        if request.attachStdout { query.append(("stdout", "1")) }
        query.append(("stream", "1"))
        return try client.hijack("/containers/\(id)/attach", query: query)
    }

    private func startFailed(_ error: EngineClientError, _ waiter: ExitWaiter?) throws -> Int32 {
        guard let answer = error.apiError else {
            if case .interrupted = error { throw error }
            invocation.complain(invocation.dockerReport("run", error.description, withHelp: false))
            return 125
        }
        if let aborted = invocation.abortSentence(error) {
            // The user had everything taken back: the container goes as well.
            _ = try? client.request("DELETE", "/containers/\(id)", query: [("force", "1")])
            invocation.complain(aborted)
            return 125
        }
        invocation.complain(invocation.dockerReport("run", error.description, withHelp: false))
        invocation.tellAdvice(error)
        if request.removesItself { _ = try? waiter?.status() }
        return startStatus(answer.message)
    }
}

/// Keeps a container's terminal as large as ours.
struct TerminalSize {
    let context: CLIContext
    let client: EngineClient
    /// `/containers/ID` or `/exec/ID`.
    let path: String

    /// - Parameter growth: rows and columns more than there are; a change makes the program draw itself anew.
    func send(growth: Int = 0) {
        guard context.outputIsTerminal, let size = CLIContext.size(of: context.output), size.rows > 0 || size.columns > 0 else { return }
        let query = [("h", String(size.rows + growth)), ("w", String(size.columns + growth))]
        // A container that has already ended has no terminal to resize.
        _ = try? client.request("POST", path + "/resize", query: query)
    }
}

/// The user's `config.json`.
enum ClientConfiguration {
    static func read(_ directory: String) -> JSONValue? {
        guard let bytes = try? readFile(directory + "/config.json", limit: 1 << 20) else { return nil }
        return try? JSONValue(parsing: bytes)
    }
}
