import Basics
import EngineClient
import Glibc

/// `docker exec`
@Sendable func execCommand(_ invocation: Invocation) throws -> Int32 {
    let flags = invocation.flags
    let client = try invocation.client()
    let name = invocation.arguments[0]
    let isDetached = flags.bool("detach")
    let hasTerminal = flags.bool("tty")
    let sendsInput = flags.bool("interactive") && !isDetached
    let environment: [String]
    do {
        environment = EnvironmentFile.merged(
            try EnvironmentFile.read(flags.list("env-file")) { environmentVariable($0) } + flags.list("env"))
    } catch let error as ValueError { throw CommandFailure(error.text) }
    // Looked at first: whatever is wrong with the container is told before anything is made.
    _ = try naming("container", name) { try client.request("GET", "/containers/\(segment(name))/json") }
    if !isDetached { try invocation.checkTerminal(sendsInput: sendsInput, hasTerminal: hasTerminal) }
    let request: JSONValue = [
        "User": .string(flags.string("user")), "Privileged": .bool(flags.bool("privileged")), "Tty": .bool(hasTerminal),
        "AttachStdin": .bool(sendsInput), "AttachStderr": .bool(!isDetached), "AttachStdout": .bool(!isDetached),
        "Detach": .bool(isDetached), "DetachKeys": .string(invocation.detachText), "Env": .stringsOrNull(environment),
        "WorkingDir": .string(flags.string("workdir")), "Cmd": .strings(Array(invocation.arguments.dropFirst())),
    ]
    let created = try client.request("POST", "/containers/\(segment(name))/exec", body: request.bytes()).json()
    // The engine has the first word on them, in words of its own.
    let keys = try invocation.detachKeys().keys
    guard let id = created["Id"]?.stringValue, !id.isEmpty else { throw CommandFailure("exec ID empty") }
    let start: JSONValue = ["Detach": .bool(isDetached), "Tty": .bool(hasTerminal)]
    if isDetached {
        _ = try client.request("POST", "/exec/\(id)/start", body: start.bytes())
        return 0
    }
    let connection = try client.hijack("/exec/\(id)/start", body: start.bytes())
    let signals = SignalTrap([SIGWINCH])
    defer { signals.restore() }
    let terminal = TerminalSize(context: invocation.context, client: client, path: "/exec/\(id)")
    if hasTerminal { terminal.send() }
    let session = AttachSession(
        context: invocation.context, client: client, connection: connection, containerID: name, hasTerminal: hasTerminal,
        sendsInput: sendsInput, detachKeys: keys, signals: signals, proxiesSignals: false,
        interrupt: invocation.settings.interruptDescriptor)
    guard try session.pump(resize: { if hasTerminal { terminal.send() } }) == .outputEnded else {
        throw CommandFailure("read escape sequence")
    }
    let end = try client.request("GET", "/exec/\(id)/json").json()
    return Int32(truncatingIfNeeded: end["ExitCode"]?.intValue ?? 0)
}
