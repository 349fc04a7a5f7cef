import Basics
import TextTools

/// A kind of row that `--format` knows: its fields, their column titles, and what Go calls its type in messages.
struct RowKind: Sendable {
    let typeName: String
    /// Field and column title, in the order in which they are asked for nothing: `json` sorts by name.
    let titles: [(field: String, title: String)]
    /// Whether there is `.Label "key"`.
    var hasLabels = true
    /// Names whose value in a template is another than in JSON; not asked for titles.
    var methods: [String: GoMethod] = [:]

    /// - Parameter labels: of one row; nil for the titles, where `.Label "key"` is the key itself.
    func shape(labels: JSONObject?) -> GoShape {
        let label = GoMethod(argumentCount: 1) { _, arguments in
            labels.map { $0[arguments[0]]?.stringValue ?? "" } ?? arguments[0]
        }
        var methods = labels == nil ? [:] : methods
        if hasLabels { methods["Label"] = label }
        return .context(typeName, fields: titles.map(\.field), methods: methods, isHeader: labels == nil)
    }

    var header: JSONValue { .object(JSONObject(titles.map { ($0.field, JSONValue.string($0.title)) })) }
}

/// One row: its fields, and the labels that `.Label "key"` looks into.
struct Row: Sendable {
    var fields: JSONObject
    var labels: JSONObject = [:]
}

/// A `--format` value: a template for each row, or `table` and a template for columns with titles.
struct RowFormat {
    static let usualProblem = "template parsing error"

    let isTable: Bool
    let template: String

    /// - Parameter given: the user's format; `\t` and `\n` mean what they say.
    init(_ given: String) {
        isTable = given.hasPrefix("table")
        let body = isTable ? trimmedSpaces(given.dropFirst(5)) : given
        template = body.replacing("\\t", with: "\t").replacing("\\n", with: "\n")
    }

    /// - Returns: all rows, each with its line end.
    /// - Throws: `CommandFailure` with Docker's text about the template.
    func render(_ rows: [Row], kind: RowKind, problem: String = usualProblem) throws -> String {
        let parsed: GoTemplate
        // `ps` looks at its template early and words its complaint in its own way.
        do { parsed = try GoTemplate(template) } catch {
            throw CommandFailure(problem == Self.usualProblem ? "\(problem): \(error)" : "failed to parse template: \(error)")
        }
        var lines: [String] = []
        do {
            if isTable { lines.append(try parsed.render(kind.header, as: kind.shape(labels: nil), options: .init(isHeader: true))) }
            for row in rows { lines.append(try parsed.render(.object(row.fields), as: kind.shape(labels: row.labels))) }
        } catch { throw CommandFailure("\(problem): \(error)") }
        guard isTable else { return lines.map { $0 + "\n" }.joined() }
        var table = TextTable()
        for line in lines { table.add(line) }
        return table.text()
    }
}
