import Basics
import EngineClient

/// `docker ps`
@Sendable func psCommand(_ invocation: Invocation) throws -> Int32 {
    let flags = invocation.flags
    let truncates = !flags.bool("no-trunc")
    var format = flags.isSet("format") ? flags.string("format") : ""
    if format.isEmpty, !flags.bool("quiet") {
        format = ClientConfiguration.read(invocation.settings.configDirectory)?["psFormat"]?.stringValue ?? ""
    }
    let showsSize = flags.bool("size")
    let rowFormat = RowFormat(containerTemplate(format, quiet: flags.bool("quiet"), size: showsSize))
    // An unknown field is told before the engine is asked.
    if !format.isEmpty { _ = try rowFormat.render([Row(fields: [:])], kind: ContainerRow.kind, problem: "failed to execute template") }
    var limit = flags.int("last", default: -1)
    if flags.bool("latest"), limit == -1 { limit = 1 }
    var query: [(String, String)] = []
    if flags.bool("all") { query.append(("all", "1")) }
    query += filterQuery(flags.list("filter"))
    if limit > 0 { query.append(("limit", String(limit))) }
    if showsSize || rowFormat.template.contains(".Size") || rowFormat.template.contains("json .") { query.append(("size", "1")) }
    let list = try invocation.client().request("GET", "/containers/json", query: query).json()
    let now = invocation.context.now()
    let rows = (list.arrayValue ?? []).map { ContainerRow(entry: $0, truncates: truncates, now: now).row }
    invocation.context.print(try rowFormat.render(rows, kind: ContainerRow.kind), terminator: "")
    return 0
}

/// The template behind a `ps` format: Docker's names for some, or the user's own.
private func containerTemplate(_ format: String, quiet: Bool, size: Bool) -> String {
    switch format {
    case "", "table":
        if quiet { return "{{.ID}}" }
        return "table {{.ID}}\\t{{.Image}}\\t{{.Command}}\\t{{.RunningFor}}\\t{{.Status}}\\t{{.Ports}}\\t{{.Names}}"
            + (size ? "\\t{{.Size}}" : "")
    case "raw":
        if quiet { return "container_id: {{.ID}}" }
        return "container_id: {{.ID}}\nimage: {{.Image}}\ncommand: {{.Command}}\ncreated_at: {{.CreatedAt}}\nstate: {{- pad .State 1 0}}\n"
            + "status: {{- pad .Status 1 0}}\nnames: {{.Names}}\nlabels: {{- pad .Labels 1 0}}\nports: {{- pad .Ports 1 0}}\n"
            + (size ? "size: {{.Size}}\n" : "")
    default: return format
    }
}

/// `docker images`
@Sendable func imagesCommand(_ invocation: Invocation) throws -> Int32 {
    let flags = invocation.flags
    var format = flags.string("format")
    if format.isEmpty, !flags.bool("quiet") {
        format = ClientConfiguration.read(invocation.settings.configDirectory)?["imagesFormat"]?.stringValue ?? ""
    }
    let rowFormat = RowFormat(imageTemplate(format, quiet: flags.bool("quiet"), digests: flags.bool("digests")))
    var filters = flags.list("filter")
    if let pattern = invocation.arguments.first { filters.append("reference=\(pattern)") }
    let query = (flags.bool("all") ? [("all", "1")] : []) + filterQuery(filters)
    let list = try invocation.client().request("GET", "/images/json", query: query).json()
    let showsDigests = flags.bool("digests") || rowFormat.template.contains(".Digest")
    let rows = (list.arrayValue ?? []).flatMap {
        ImageRow.rows(of: $0, truncates: !flags.bool("no-trunc"), digests: showsDigests, now: invocation.context.now())
    }
    invocation.context.print(try rowFormat.render(rows, kind: ImageRow.kind), terminator: "")
    return 0
}

private func imageTemplate(_ format: String, quiet: Bool, digests: Bool) -> String {
    switch format {
    case "", "table":
        if quiet { return "{{.ID}}" }
        return "table {{.Repository}}\\t{{.Tag}}\\t" + (digests ? "{{.Digest}}\\t" : "") + "{{.ID}}\\t{{.CreatedSince}}\\t{{.Size}}"
    case "raw":
        if quiet { return "image_id: {{.ID}}" }
        return "repository: {{.Repository}}\ntag: {{.Tag}}\n" + (digests ? "digest: {{.Digest}}\n" : "")
            + "image_id: {{.ID}}\ncreated_at: {{.CreatedAt}}\nvirtual_size: {{.Size}}\n"
    default: return format
    }
}
