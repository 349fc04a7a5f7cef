/// A word of a command.
indirect enum TemplateOperand: Sendable {
    case dot(Int)
    case null(Int)
    case bool(Int, Bool)
    case number(Int, TemplateNumber)
    /// The text as written, with its quotes, and what it means.
    case string(Int, written: String, text: String)
    case field(Int, [String])
    /// The name with its dollar, then fields.
    case variable(Int, [String])
    case function(Int, String)
    case pipe(TemplatePipe)
    /// Fields of something else: `(index . 0).Name`.
    case chain(Int, TemplateOperand, [String])

    var position: Int {
        switch self {
        case .dot(let position), .null(let position), .bool(let position, _), .number(let position, _), .string(let position, _, _),
            .field(let position, _), .variable(let position, _), .function(let position, _), .chain(let position, _, _):
            position
        case .pipe(let pipe): pipe.position
        }
    }

    /// As Go prints the node in errors.
    var shown: String {
        switch self {
        case .dot: "."
        case .null: "nil"
        case .bool(_, let truth): truth ? "true" : "false"
        case .number(_, let number): number.written
        case .string(_, let written, _): written
        case .field(_, let names): names.map { "." + $0 }.joined()
        case .variable(_, let names): names.joined(separator: ".")
        case .function(_, let name): name
        case .pipe(let pipe): pipe.shown
        case .chain(_, let base, let names): base.shownAsPart + names.map { "." + $0 }.joined()
        }
    }

    var shownAsPart: String {
        if case .pipe = self { "(\(shown))" } else { shown }
    }
}

/// A number in a template: whole, or not, or both (`1e3`).
struct TemplateNumber: Sendable {
    var written: String
    var int: Int?
    var float: Double?
    /// Too large for int, but not for uint.
    var overflowsInt = false
    var isCharacter = false

    var isWrittenAsFloat: Bool {
        !isCharacter && !written.lowercased().hasPrefix("0x") && written.utf8.contains { ".eEpP".utf8.contains($0) }
    }
}

struct TemplateCommand: Sendable {
    var position: Int
    var arguments: [TemplateOperand]

    var shown: String { arguments.map(\.shownAsPart).joined(separator: " ") }
}

struct TemplatePipe: Sendable {
    var position: Int
    /// `$i`, `$v` of `$i, $v := …`.
    var declarations: [String] = []
    /// `=` instead of `:=`.
    var isAssignment = false
    var commands: [TemplateCommand] = []

    var shown: String {
        let declared = declarations.isEmpty ? "" : declarations.joined(separator: ", ") + " := "
        return declared + commands.map(\.shown).joined(separator: " | ")
    }
}

struct TemplateBranch: Sendable {
    var pipe: TemplatePipe
    var body: [TemplateStatement]
    var otherwise: [TemplateStatement] = []
}

indirect enum TemplateStatement: Sendable {
    case text(String)
    case action(TemplatePipe)
    case condition(TemplateBranch)
    case with(TemplateBranch)
    case range(TemplateBranch)
    case template(Int, name: String, TemplatePipe?)
    case leaveLoop
    case nextInLoop
}
