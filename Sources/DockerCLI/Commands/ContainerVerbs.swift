import Basics
import EngineClient
import TextTools

/// `docker stop`
@Sendable func stopCommand(_ invocation: Invocation) throws -> Int32 {
    // Without the flag the time is the container's own.
    let query = invocation.flags.isSet("time") ? [("t", String(invocation.flags.int("time")))] : []
    return try invocation.inParallel("POST", query: query) { "/containers/\($0)/stop" }
}

/// `docker restart`
@Sendable func restartCommand(_ invocation: Invocation) throws -> Int32 {
    let client = try invocation.client()
    let query = invocation.flags.isSet("time") ? [("t", String(invocation.flags.int("time")))] : []
    return try invocation.forEachArgument { name in
        _ = try client.request("POST", "/containers/\(segment(name))/restart", query: query)
        invocation.print(name)
    }
}

/// `docker kill`
@Sendable func killCommand(_ invocation: Invocation) throws -> Int32 {
    let signal = invocation.flags.isSet("signal") ? invocation.flags.string("signal") : "KILL"
    return try invocation.inParallel("POST", query: [("signal", signal)]) { "/containers/\($0)/kill" }
}

/// `docker pause`
@Sendable func pauseCommand(_ invocation: Invocation) throws -> Int32 {
    try invocation.inParallel("POST", query: []) { "/containers/\($0)/pause" }
}

/// `docker unpause`
@Sendable func unpauseCommand(_ invocation: Invocation) throws -> Int32 {
    try invocation.inParallel("POST", query: []) { "/containers/\($0)/unpause" }
}

/// `docker wait`
@Sendable func waitCommand(_ invocation: Invocation) throws -> Int32 {
    let client = try invocation.client()
    return try invocation.forEachArgument { name in
        let end = try ExitWaiter(client, name, condition: "").status()
        if let error = end.error { throw CommandFailure(error) }
        invocation.print(String(end.code))
    }
}

/// `docker rename`
@Sendable func renameCommand(_ invocation: Invocation) throws -> Int32 {
    let old = trimmedSpaces(invocation.arguments[0][...])
    let new = trimmedSpaces(invocation.arguments[1][...])
    guard !old.isEmpty, !new.isEmpty else { throw CommandFailure("Error: Neither old nor new names may be empty") }
    do {
        _ = try invocation.client().request("POST", "/containers/\(segment(old))/rename", query: [("name", new)])
        return 0
    } catch let error as EngineClientError where error.apiError != nil {
        invocation.complain(error.description)
        throw CommandFailure("Error: failed to rename container named \(old)")
    }
}

/// `docker rm`
@Sendable func removeCommand(_ invocation: Invocation) throws -> Int32 {
    let client = try invocation.client()
    let flags = invocation.flags
    var query: [(String, String)] = []
    if flags.bool("force") { query.append(("force", "1")) }
    if flags.bool("link") { query.append(("link", "1")) }
    if flags.bool("volumes") { query.append(("v", "1")) }
    var failures: [String] = []
    var isHarmless = true
    var rest = invocation.arguments[...]
    while !rest.isEmpty {
        let batch = rest.prefix(invocation.context.runsOneAtATime ? 1 : 50)
        rest = rest.dropFirst(batch.count)
        let requests = batch.map { argument in (argument, Result { try removal(client, argument, query) }) }
        for (argument, request) in requests {
            do {
                guard let request = try request.get() else {
                    isHarmless = false
                    throw CommandFailure("Container name cannot be empty")
                }
                _ = try naming("container", withoutSlashes(argument)) { try request.response() }
                invocation.print(argument)
            } catch let failure as CommandFailure {
                // With -f, what is not there is told but does no harm.
                failures.append(failure.text)
                isHarmless = isHarmless && flags.bool("force")
            } catch EngineClientError.interrupted { throw EngineClientError.interrupted } catch {
                failures.append(plainText(error))
                isHarmless = false
            }
        }
    }
    if !failures.isEmpty { invocation.complain(failures.joined(separator: "\n")) }
    return isHarmless ? 0 : 1
}

private func withoutSlashes(_ name: String) -> String {
    String(name.drop { $0 == "/" }.reversed().drop { $0 == "/" }.reversed())
}

private func removal(_ client: EngineClient, _ argument: String, _ query: [(String, String)]) throws -> PendingRequest? {
    let name = withoutSlashes(argument)
    return name.isEmpty ? nil : try client.begin("DELETE", "/containers/\(segment(name))", query: query)
}

/// `docker port`
@Sendable func portCommand(_ invocation: Invocation) throws -> Int32 {
    let name = invocation.arguments[0]
    let client = try invocation.client()
    let container = try naming("container", name) { try client.request("GET", "/containers/\(segment(name))/json").json() }
    let ports = container["NetworkSettings"]?["Ports"]?.objectValue ?? [:]
    let describe = { (binding: JSONValue) -> String in
        let address = binding["HostIp"]?.stringValue ?? ""
        return address + ":" + (binding["HostPort"]?.stringValue ?? "")
    }
    guard invocation.arguments.count == 2 else {
        for (port, bindings) in ports.sorted(by: { $0.key < $1.key }) {
            for binding in bindings.arrayValue ?? [] { invocation.print("\(port) -> \(describe(binding))") }
        }
        return 0
    }
    let parts = invocation.arguments[1].split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    let port = parts[0] + "/" + (parts.count == 2 ? parts[1] : "tcp")
    do { _ = try PortSpec.range(parts[0]) } catch let error as ValueError {
        throw CommandFailure(error.text)
    }
    guard let bindings = ports[port]?.arrayValue else {
        throw CommandFailure("Error: No public port '\(port)' published for \(name)")
    }
    for binding in bindings { invocation.print(describe(binding)) }
    return 0
}

/// `docker top`
@Sendable func topCommand(_ invocation: Invocation) throws -> Int32 {
    let name = invocation.arguments[0]
    let words = invocation.arguments.dropFirst().joined(separator: " ")
    let query = words.isEmpty ? [] : [("ps_args", words)]
    let list = try invocation.client().request("GET", "/containers/\(segment(name))/top", query: query).json()
    var table = TextTable(minimumWidth: 20)
    for row in [list["Titles"] ?? []] + (list["Processes"]?.arrayValue ?? []) {
        table.add(cells: (row.arrayValue ?? []).map { $0.stringValue ?? "" })
    }
    invocation.context.print(table.text(), terminator: "")
    return 0
}
