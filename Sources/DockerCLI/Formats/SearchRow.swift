import Basics
import TextTools

/// One line of `docker search`.
enum SearchRow {
    static let kind = RowKind(
        typeName: "*registry.searchContext",
        titles: [
            ("Name", "NAME"), ("Description", "DESCRIPTION"), ("StarCount", "STARS"), ("IsOfficial", "OFFICIAL"),
            ("IsAutomated", "AUTOMATED"),
        ], hasLabels: false,
        // In JSON these are `true` and `false`; a template that names them gets what the table shows.
        methods: ["IsOfficial": mark("IsOfficial"), "IsAutomated": mark("IsAutomated")])

    private static func mark(_ field: String) -> GoMethod {
        GoMethod(argumentCount: 0) { row, _ in row[field]?.stringValue == "true" ? "[OK]" : "" }
    }

    private static let table = "table {{.Name}}\\t{{.Description}}\\t{{.StarCount}}\\t{{.IsOfficial}}\\t{{.IsAutomated}}"

    /// The whole output: those with the most stars first, others in the order of the answer.
    /// - Parameters:
    ///   - entries: of the engine's answer.
    ///   - format: the user's template, or empty.
    /// - Throws: `CommandFailure` with Docker's text about the template.
    static func text(_ entries: [JSONValue], format: String, truncates: Bool) throws -> String {
        let stars = { (entry: JSONValue) in entry["star_count"]?.intValue ?? 0 }
        let sorted = entries.enumerated().sorted { left, right in
            let difference = stars(right.element) - stars(left.element)
            return difference == 0 ? left.offset < right.offset : difference < 0
        }
        let rows = sorted.map { row($0.element, truncates: truncates) }
        return try RowFormat(format.isEmpty || format == "table" ? table : format).render(rows, kind: kind)
    }

    private static func row(_ entry: JSONValue, truncates: Bool) -> Row {
        let description = String(
            String.UnicodeScalarView((entry["description"]?.stringValue ?? "").unicodeScalars.map { $0 == "\n" || $0 == "\r" ? " " : $0 }))
        var row = JSONObject()
        row["Name"] = .string(entry["name"]?.stringValue ?? "")
        row["Description"] = .string(truncates ? truncated(description, 45) : description)
        row["StarCount"] = .string(String(entry["star_count"]?.intValue ?? 0))
        row["IsOfficial"] = .string(entry["is_official"]?.boolValue == true ? "true" : "false")
        row["IsAutomated"] = .string(entry["is_automated"]?.boolValue == true ? "true" : "false")
        return Row(fields: row)
    }
}
