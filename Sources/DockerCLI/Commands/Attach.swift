import Basics
import EngineClient
import Glibc

/// `docker attach`
@Sendable func attachCommand(_ invocation: Invocation) throws -> Int32 {
    let client = try invocation.client()
    let name = invocation.arguments[0]
    let container = try runningContainer(client, name)
    let waiter = try ExitWaiter(client, name, condition: "")
    let hasTerminal = container["Config"]?["Tty"]?.boolValue ?? false
    let wantsInput = !invocation.flags.bool("no-stdin")
    try invocation.checkTerminal(sendsInput: wantsInput, hasTerminal: hasTerminal)
    let sendsInput = wantsInput && container["Config"]?["OpenStdin"]?.boolValue ?? false
    let proxies = invocation.flags.bool("sig-proxy", default: true) && !hasTerminal
    let session = try Attachment(
        invocation: invocation, client: client, id: name, hasTerminal: hasTerminal, sendsInput: sendsInput, proxies: proxies)
    defer { session.signals.restore() }
    let connection = try session.connect()
    // It may have ended between the first look and the attaching; then nothing would ever come.
    _ = try runningContainer(client, name)
    // One size too large first: the change makes a program that draws the screen do so for us.
    if hasTerminal { session.terminal.send(growth: 1) }
    guard try session.pump(connection) == .outputEnded else { throw CommandFailure("read escape sequence") }
    let end = try waiter.status()
    if let error = end.error { throw CommandFailure(error) }
    return end.code
}

private func runningContainer(_ client: EngineClient, _ name: String) throws -> JSONValue {
    let container = try naming("container", name) { try client.request("GET", "/containers/\(segment(name))/json").json() }
    let state = container["State"]
    guard state?["Running"]?.boolValue == true else { throw CommandFailure("You cannot attach to a stopped container, start it first") }
    guard state?["Paused"]?.boolValue != true else { throw CommandFailure("You cannot attach to a paused container, unpause it first") }
    guard state?["Restarting"]?.boolValue != true else {
        throw CommandFailure("You cannot attach to a restarting container, wait until it is running")
    }
    return container
}

/// What `attach` and `start -a` have in common.
struct Attachment {
    let invocation: Invocation
    let client: EngineClient
    let id: String
    let hasTerminal: Bool
    let sendsInput: Bool
    let proxies: Bool
    let signals: SignalTrap
    let terminal: TerminalSize
    private let keys: (text: String, keys: [UInt8])

    init(invocation: Invocation, client: EngineClient, id: String, hasTerminal: Bool, sendsInput: Bool, proxies: Bool) throws {
        self.invocation = invocation
        self.client = client
        self.id = id
        self.hasTerminal = hasTerminal
        self.sendsInput = sendsInput
        self.proxies = proxies
        keys = try invocation.detachKeys()
        terminal = TerminalSize(context: invocation.context, client: client, path: "/containers/\(segment(id))")
        signals = SignalTrap((proxies ? SignalTrap.proxied : []) + [SIGWINCH])
    }

    func connect() throws -> HijackedConnection {
        var query = keys.text.isEmpty ? [] : [("detachKeys", keys.text)]
        query.append(("stderr", "1"))
        if sendsInput { query.append(("stdin", "1")) }
        query += [("stdout", "1"), ("stream", "1")]
        return try client.hijack("/containers/\(segment(id))/attach", query: query)
    }

    func pump(_ connection: HijackedConnection) throws -> AttachSession.End {
        if hasTerminal { terminal.send() }
        let session = AttachSession(
            context: invocation.context, client: client, connection: connection, containerID: id, hasTerminal: hasTerminal,
            sendsInput: sendsInput, detachKeys: keys.keys, signals: signals, proxiesSignals: proxies,
            interrupt: proxies ? -1 : invocation.settings.interruptDescriptor)
        return try session.pump(resize: { if hasTerminal { terminal.send() } })
    }
}
