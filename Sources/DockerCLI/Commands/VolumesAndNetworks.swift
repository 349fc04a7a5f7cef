import Basics
import EngineClient
import TextTools

private let volumeKind = RowKind(
    typeName: "*formatter.volumeContext",
    titles: [
        ("Driver", "DRIVER"), ("Labels", "LABELS"), ("Links", "LINKS"), ("Mountpoint", "MOUNTPOINT"), ("Name", "VOLUME NAME"),
        ("Scope", "SCOPE"),
        ("Size", "SIZE"),
    ])

/// `docker volume ls`
@Sendable func listVolumesCommand(_ invocation: Invocation) throws -> Int32 {
    let flags = invocation.flags
    var format = flags.string("format")
    if format.isEmpty || format == "table" { format = flags.bool("quiet") ? "{{.Name}}" : "table {{.Driver}}\\t{{.Name}}" }
    let list = try invocation.client().request("GET", "/volumes", query: filterQuery(flags.list("filter"))).json()
    let volumes = (list["Volumes"]?.arrayValue ?? []).sorted {
        naturallyPrecedes($0["Name"]?.stringValue ?? "", $1["Name"]?.stringValue ?? "")
    }
    let rows = volumes.map { volume in
        var row = JSONObject()
        for key in ["Driver", "Mountpoint", "Name", "Scope"] { row[key] = .string(volume[key]?.stringValue ?? "") }
        row["Labels"] = .string(joinedLabels(volume["Labels"]))
        row["Links"] = "N/A"
        row["Size"] = "N/A"
        return Row(fields: row, labels: volume["Labels"]?.objectValue ?? [:])
    }
    invocation.context.print(try RowFormat(format).render(rows, kind: volumeKind), terminator: "")
    return 0
}

/// `docker volume create`
@Sendable func createVolumeCommand(_ invocation: Invocation) throws -> Int32 {
    let flags = invocation.flags
    let body: JSONValue = [
        "Driver": .string(flags.isSet("driver") ? flags.string("driver") : "local"),
        "DriverOpts": .object(EnvironmentFile.object(flags.list("opt"))), "Labels": .object(EnvironmentFile.object(flags.list("label"))),
        "Name": .string(invocation.arguments.first ?? ""),
    ]
    let answer = try invocation.client().request("POST", "/volumes/create", body: body.bytes()).json()
    invocation.print(answer["Name"]?.stringValue ?? "")
    return 0
}

/// `docker volume rm`
@Sendable func removeVolumeCommand(_ invocation: Invocation) throws -> Int32 {
    let client = try invocation.client()
    let query = invocation.flags.bool("force") ? [("force", "1")] : []
    return try invocation.forEachArgument { name in
        _ = try naming("volume", name) { try client.request("DELETE", "/volumes/\(segment(name))", query: query) }
        invocation.print(name)
    }
}

private let networkKind = RowKind(
    typeName: "*network.networkContext",
    titles: [
        ("CreatedAt", "CREATED AT"), ("Driver", "DRIVER"), ("ID", "NETWORK ID"), ("IPv6", "IPV6"), ("Internal", "INTERNAL"),
        ("Labels", "LABELS"),
        ("Name", "NAME"), ("Scope", "SCOPE"),
    ])

/// `docker network ls`
@Sendable func listNetworksCommand(_ invocation: Invocation) throws -> Int32 {
    let flags = invocation.flags
    var format = flags.string("format")
    if format.isEmpty || format == "table" {
        format = flags.bool("quiet") ? "{{.ID}}" : "table {{.ID}}\\t{{.Name}}\\t{{.Driver}}\\t{{.Scope}}"
    }
    let list = try invocation.client().request("GET", "/networks", query: filterQuery(flags.list("filter"))).json()
    let networks = (list.arrayValue ?? []).sorted { naturallyPrecedes($0["Name"]?.stringValue ?? "", $1["Name"]?.stringValue ?? "") }
    let rows = networks.map { network in
        var row = JSONObject()
        let id = network["Id"]?.stringValue ?? ""
        row["CreatedAt"] = .string(goTime(network["Created"]?.stringValue ?? ""))
        row["ID"] = .string(flags.bool("no-trunc") ? id : shortID(id))
        row["IPv6"] = .string(network["EnableIPv6"]?.boolValue == true ? "true" : "false")
        row["Internal"] = .string(network["Internal"]?.boolValue == true ? "true" : "false")
        row["Labels"] = .string(joinedLabels(network["Labels"]))
        for key in ["Driver", "Name", "Scope"] { row[key] = .string(network[key]?.stringValue ?? "") }
        return Row(fields: row, labels: network["Labels"]?.objectValue ?? [:])
    }
    invocation.context.print(try RowFormat(format).render(rows, kind: networkKind), terminator: "")
    return 0
}

/// `docker network rm`
@Sendable func removeNetworkCommand(_ invocation: Invocation) throws -> Int32 {
    let client = try invocation.client()
    return try invocation.forEachArgument { name in
        _ = try naming("network", name) { try client.request("DELETE", "/networks/\(segment(name))") }
        invocation.print(name)
    }
}

private func joinedLabels(_ labels: JSONValue?) -> String {
    (labels?.objectValue ?? [:]).map { "\($0.key)=\($0.value.stringValue ?? "")" }.sorted().joined(separator: ",")
}

/// `2026-11-23T23:02:35.58Z` as Go prints a time.
private func goTime(_ text: String) -> String {
    guard text.hasSuffix("Z"), let middle = text.firstIndex(of: "T") else { return text }
    return "\(text[..<middle]) \(text[text.index(after: middle)...].dropLast()) +0000 UTC"
}
