import Basics
import EngineClient

/// `docker start`
@Sendable func startCommand(_ invocation: Invocation) throws -> Int32 {
    let flags = invocation.flags
    guard flags.bool("attach") || flags.bool("interactive") else { return try startDetached(invocation) }
    guard invocation.arguments.count == 1 else { throw CommandFailure("you cannot start and attach multiple containers at once") }
    let client = try invocation.client()
    let name = invocation.arguments[0]
    let container = try naming("container", name) { try client.request("GET", "/containers/\(segment(name))/json").json() }
    // From here on the id, should somebody rename it meanwhile.
    let id = container["Id"]?.stringValue ?? name
    let hasTerminal = container["Config"]?["Tty"]?.boolValue ?? false
    let sendsInput = flags.bool("interactive") && container["Config"]?["OpenStdin"]?.boolValue ?? false
    let removesItself = container["HostConfig"]?["AutoRemove"]?.boolValue ?? false
    let session = try Attachment(
        invocation: invocation, client: client, id: id, hasTerminal: hasTerminal, sendsInput: sendsInput, proxies: !hasTerminal)
    defer { session.signals.restore() }
    let connection = try session.connect()
    let waiter = try ExitWaiter(client, id, condition: removesItself ? "removed" : "next-exit")
    do {
        _ = try client.request("POST", "/containers/\(id)/start")
    } catch let error as EngineClientError where error.apiError != nil {
        if removesItself { _ = try? waiter.status() }
        throw error
    }
    guard try session.pump(connection) == .outputEnded else { return 0 }
    invocation.context.allIsUnderWay?()
    let end = try waiter.status()
    if let error = end.error { invocation.complain("Error waiting for container: \(error)") }
    return end.code
}

private func startDetached(_ invocation: Invocation) throws -> Int32 {
    let client = try invocation.client()
    var failed: [String] = []
    for name in invocation.arguments {
        do {
            _ = try client.request("POST", "/containers/\(segment(name))/start")
            invocation.print(name)
        } catch EngineClientError.interrupted { throw EngineClientError.interrupted } catch let error as EngineClientError {
            failed.append(name)
            // A start that was taken back while stepping: only what the engine says.
            invocation.complain(invocation.abortSentence(error) ?? error.description)
        }
    }
    guard failed.isEmpty else { throw CommandFailure("Error: failed to start containers: \(failed.joined(separator: ", "))") }
    return 0
}
