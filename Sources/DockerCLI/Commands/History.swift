import Basics
import EngineClient
import TextTools

/// `docker history`
@Sendable func historyCommand(_ invocation: Invocation) throws -> Int32 {
    let flags = invocation.flags
    let isHuman = flags.bool("human", default: true)
    let truncates = !flags.bool("no-trunc")
    let format = RowFormat(historyTemplate(flags.string("format"), quiet: flags.bool("quiet"), isHuman: isHuman))
    let list = try invocation.client().request("GET", "/images/\(segment(invocation.arguments[0]))/history").json()
    let now = invocation.context.now()
    let rows = (list.arrayValue ?? []).map { entry in
        var row = JSONObject()
        let id = entry["Id"]?.stringValue ?? ""
        let created = entry["Created"]?.intValue ?? 0
        let size = entry["Size"]?.intValue ?? 0
        let command = (entry["CreatedBy"]?.stringValue ?? "").replacing("\t", with: " ")
        row["ID"] = .string(truncates ? shortID(id) : id)
        row["CreatedAt"] = .string(LocalTime.rfc3339(created))
        row["CreatedSince"] = .string(isHuman ? age(created, now) : LocalTime.rfc3339(created))
        row["CreatedBy"] = .string(truncates ? truncated(command, 45) : command)
        row["Size"] = .string(isHuman ? humanSize(size) : String(size))
        row["Comment"] = .string(entry["Comment"]?.stringValue ?? "")
        return Row(fields: row)
    }
    invocation.context.print(try format.render(rows, kind: historyKind), terminator: "")
    return 0
}

private let historyKind = RowKind(
    typeName: "*formatter.historyContext",
    titles: [
        ("Comment", "COMMENT"), ("CreatedAt", "CREATED AT"), ("CreatedBy", "CREATED BY"), ("CreatedSince", "CREATED"), ("ID", "IMAGE"),
        ("Size", "SIZE"),
    ], hasLabels: false)

private func historyTemplate(_ format: String, quiet: Bool, isHuman: Bool) -> String {
    guard format.isEmpty || format == "table" else { return format }
    if quiet { return "{{.ID}}" }
    return "table {{.ID}}\\t\(isHuman ? "{{.CreatedSince}}" : "{{.CreatedAt}}")\\t{{.CreatedBy}}\\t{{.Size}}\\t{{.Comment}}"
}
