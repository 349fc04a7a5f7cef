/// What the parser minds; it becomes a `TemplateError` with name and line.
struct TemplateComplaint: Error {
    var sentence: String
    init(_ sentence: String) { self.sentence = sentence }
}

/// A parsed template and those it defines.
struct ParsedTemplate: Sendable {
    var main: [TemplateStatement] = []
    var definitions: [String: [TemplateStatement]] = [:]
    /// First names of all fields: whether a listing needs sizes, for instance.
    var fieldNames: Set<String> = []
}

/// Parses Go's template language with the words of Go's own parser for errors.
struct TemplateParser {
    private let tokens: [TemplateToken]
    private var place = 0
    /// The line of the last token looked at, which errors name.
    private(set) var line = 1
    private var actionLine = 0
    private var variables = ["$"]
    private var rangeDepth = 0
    private var depth = 0
    private var parsed = ParsedTemplate()
    private let name: String

    /// Deeper nesting would endanger the stack; nobody writes that.
    private static let deepest = 100

    private enum Closing { case end, otherwise, source }

    init(_ source: String, name: String) {
        tokens = TemplateLexer.tokens(of: source)
        self.name = name
    }

    mutating func parse() throws(TemplateComplaint) -> ParsedTemplate {
        let (statements, closing) = try parseStatements(isMain: true)
        switch closing {
        case .source: parsed.main = statements
        case .end: throw TemplateComplaint("unexpected {{end}}")
        case .otherwise: throw TemplateComplaint("unexpected {{else}}")
        }
        return parsed
    }

    // MARK: Statements

    /// Statements up to `{{end}}`, `{{else}}` or, for the template itself, the end of the source.
    private mutating func parseStatements(isMain: Bool = false) throws(TemplateComplaint) -> ([TemplateStatement], Closing) {
        var statements: [TemplateStatement] = []
        while true {
            let token = nextNonSpace()
            switch token.kind {
            case .end where isMain: return (statements, .source)
            case .end: throw TemplateComplaint("unexpected EOF")
            case .text: statements.append(.text(token.text))
            case .leftDelimiter:
                actionLine = token.line
                if isMain, peekNonSpace().isKeyword("define") {
                    _ = nextNonSpace()
                    try parseDefinition()
                } else if let closing = try parseAction(into: &statements) {
                    return (statements, closing)
                }
                actionLine = 0
            default: throw unexpected(token, "input")
            }
        }
    }

    private mutating func parseAction(into statements: inout [TemplateStatement]) throws(TemplateComplaint) -> Closing? {
        let token = nextNonSpace()
        guard token.kind == .keyword else {
            back()
            statements.append(.action(try parsePipe("command", until: .rightDelimiter)))
            return nil
        }
        switch token.text {
        case "if": statements.append(.condition(try parseBranch("if")))
        case "with": statements.append(.with(try parseBranch("with")))
        case "range": statements.append(.range(try parseBranch("range")))
        case "template": statements.append(try parseTemplateCall())
        case "block": statements.append(try parseBlock())
        case "break": statements.append(try parseLoopWord("{{break}}", .leaveLoop))
        case "continue": statements.append(try parseLoopWord("{{continue}}", .nextInLoop))
        case "end":
            try expect(.rightDelimiter, "end")
            return .end
        case "else":
            // What follows `else` of `else if` is parsed by the branch.
            if peekNonSpace().isKeyword("if") { return .otherwise }
            try expect(.rightDelimiter, "else")
            return .otherwise
        default:
            // `nil` is a word of a command; `define` is not allowed inside others.
            guard token.text == "nil" else { throw unexpected(token, "command") }
            back()
            statements.append(.action(try parsePipe("command", until: .rightDelimiter)))
        }
        return nil
    }

    private mutating func parseLoopWord(_ shown: String, _ statement: TemplateStatement) throws(TemplateComplaint) -> TemplateStatement {
        let token = nextNonSpace()
        guard token.kind == .rightDelimiter else { throw unexpected(token, shown) }
        guard rangeDepth > 0 else { throw TemplateComplaint("\(shown) outside {{range}}") }
        return statement
    }

    private mutating func parseBranch(_ word: String) throws(TemplateComplaint) -> TemplateBranch {
        try enter()
        defer { depth -= 1 }
        let known = variables.count
        defer { variables.removeSubrange(known...) }
        var branch = TemplateBranch(pipe: try parsePipe(word, until: .rightDelimiter), body: [])
        let closing: Closing
        if word == "range" { rangeDepth += 1 }
        (branch.body, closing) = try parseStatements()
        if word == "range" { rangeDepth -= 1 }
        guard closing == .otherwise else { return branch }
        if word == "if", peekNonSpace().isKeyword("if") {
            // The inner branch's {{end}} ends this one too.
            _ = nextNonSpace()
            branch.otherwise = [.condition(try parseBranch("if"))]
            return branch
        }
        let (otherwise, last) = try parseStatements()
        guard last == .end else { throw TemplateComplaint("expected end; found {{else}}") }
        branch.otherwise = otherwise
        return branch
    }

    private mutating func parseTemplateCall() throws(TemplateComplaint) -> TemplateStatement {
        let token = nextNonSpace()
        let name = try templateName(token, "template clause")
        guard nextNonSpace().kind != .rightDelimiter else { return .template(token.position, name: name, nil) }
        back()
        return .template(token.position, name: name, try parsePipe("template clause", until: .rightDelimiter))
    }

    private mutating func parseBlock() throws(TemplateComplaint) -> TemplateStatement {
        let token = nextNonSpace()
        let name = try templateName(token, "block clause")
        let pipe = try parsePipe("block clause", until: .rightDelimiter)
        try define(name, "block clause")
        return .template(token.position, name: name, pipe)
    }

    private mutating func parseDefinition() throws(TemplateComplaint) {
        let name = try templateName(nextNonSpace(), "define clause")
        try expect(.rightDelimiter, "define clause")
        try define(name, "define clause")
    }

    /// The body of a template of its own: variables and loops around it do not reach inside.
    private mutating func define(_ definedName: String, _ context: String) throws(TemplateComplaint) {
        try enter()
        let outer = (variables, rangeDepth)
        (variables, rangeDepth) = (["$"], 0)
        let (body, closing) = try parseStatements()
        guard closing == .end else { throw TemplateComplaint("unexpected {{else}} in \(context)") }
        (variables, rangeDepth) = outer
        depth -= 1
        if let known = parsed.definitions[definedName], !Self.isEmpty(known) {
            if Self.isEmpty(body) { return }
            throw TemplateComplaint("template: multiple definition of template \(goQuoted(definedName))")
        }
        parsed.definitions[definedName] = body
    }

    private static func isEmpty(_ statements: [TemplateStatement]) -> Bool {
        statements.allSatisfy { if case .text(let text) = $0 { text.allSatisfy(\.isWhitespace) } else { false } }
    }

    private func templateName(_ token: TemplateToken, _ context: String) throws(TemplateComplaint) -> String {
        guard token.kind == .string || token.kind == .rawString else { throw unexpected(token, context) }
        guard let name = goUnquoted(token.text) else { throw TemplateComplaint("invalid syntax") }
        return name
    }

    // MARK: Pipes

    private mutating func parsePipe(_ context: String, until end: TemplateToken.Kind) throws(TemplateComplaint) -> TemplatePipe {
        try enter()
        defer { depth -= 1 }
        var pipe = TemplatePipe(position: peekNonSpace().position)
        try parseDeclarations(into: &pipe, context)
        while true {
            let token = nextNonSpace()
            switch token.kind {
            case end: return try checked(pipe, context)
            case .bool, .character, .dot, .field, .identifier, .number, .rawString, .string, .variable, .leftParenthesis:
                back()
                pipe.commands.append(try parseCommand())
            case .keyword where token.text == "nil":
                back()
                pipe.commands.append(try parseCommand())
            default: throw unexpected(token, context)
            }
        }
    }

    private mutating func parseDeclarations(into pipe: inout TemplatePipe, _ context: String) throws(TemplateComplaint) {
        while peekNonSpace().kind == .variable {
            let variablePlace = place
            let variable = nextNonSpace()
            let next = peekNonSpace()
            let isList = next.kind == .other && next.text == ","
            guard isList || next.kind == .assign || next.kind == .declare else {
                // An argument, not a declaration: read it again.
                place = variablePlace
                return
            }
            _ = nextNonSpace()
            pipe.declarations.append(variable.text)
            variables.append(variable.text)
            if !isList {
                pipe.isAssignment = next.kind == .assign
                return
            }
            guard context == "range", pipe.declarations.count < 2 else {
                throw TemplateComplaint("too many declarations in \(context)")
            }
            let after = peekNonSpace().kind
            guard after == .variable || after == .rightDelimiter || after == .rightParenthesis else {
                throw TemplateComplaint("range can only initialize variables")
            }
        }
    }

    private func checked(_ pipe: TemplatePipe, _ context: String) throws(TemplateComplaint) -> TemplatePipe {
        guard !pipe.commands.isEmpty else { throw TemplateComplaint("missing value for \(context)") }
        for (index, command) in pipe.commands.enumerated().dropFirst() {
            switch command.arguments[0] {
            case .bool, .dot, .null, .number, .string:
                throw TemplateComplaint("non executable command in pipeline stage \(index + 1)")
            default: break
            }
        }
        return pipe
    }

    private mutating func parseCommand() throws(TemplateComplaint) -> TemplateCommand {
        var command = TemplateCommand(position: peekNonSpace().position, arguments: [])
        loop: while true {
            _ = peekNonSpace()
            if let operand = try parseOperand() { command.arguments.append(operand) }
            let token = next()
            switch token.kind {
            case .space: continue
            case .rightDelimiter, .rightParenthesis:
                back()
                break loop
            case .pipe: break loop
            default: throw unexpected(token, "operand")
            }
        }
        guard !command.arguments.isEmpty else { throw TemplateComplaint("empty command") }
        return command
    }

    private mutating func parseOperand() throws(TemplateComplaint) -> TemplateOperand? {
        guard let term = try parseTerm() else { return nil }
        guard peek().kind == .field else { return term }
        let position = peek().position
        var names: [String] = []
        while peek().kind == .field { names.append(String(next().text.dropFirst())) }
        switch term {
        case .field(_, let first): return .field(position, first + names)
        case .variable(_, let first): return .variable(position, first + names)
        case .bool, .string, .number, .null, .dot: throw TemplateComplaint("unexpected . after term \(goQuoted(term.shown))")
        default: return .chain(position, term, names)
        }
    }

    private mutating func parseTerm() throws(TemplateComplaint) -> TemplateOperand? {
        let token = nextNonSpace()
        switch token.kind {
        case .identifier:
            guard TemplateFunction.all[token.text] != nil else {
                throw TemplateComplaint("function \(goQuoted(token.text)) not defined")
            }
            return .function(token.position, token.text)
        case .dot: return .dot(token.position)
        case .keyword where token.text == "nil": return .null(token.position)
        case .variable:
            guard variables.contains(token.text) else { throw TemplateComplaint("undefined variable \(goQuoted(token.text))") }
            return .variable(token.position, [token.text])
        case .field:
            let name = String(token.text.dropFirst())
            parsed.fieldNames.insert(name)
            return .field(token.position, [name])
        case .bool: return .bool(token.position, token.text == "true")
        case .number, .character:
            return .number(token.position, try TemplateNumber(written: token.text, isCharacter: token.kind == .character))
        case .string, .rawString:
            guard let text = goUnquoted(token.text) else { throw TemplateComplaint("invalid syntax") }
            return .string(token.position, written: token.text, text: text)
        case .leftParenthesis: return .pipe(try parsePipe("parenthesized pipeline", until: .rightParenthesis))
        default:
            back()
            return nil
        }
    }

    // MARK: Tokens

    private mutating func enter() throws(TemplateComplaint) {
        depth += 1
        guard depth <= Self.deepest else { throw TemplateComplaint("nested deeper than \(Self.deepest) levels") }
    }

    /// Beyond the last token, which is the end or an error, it is met again and again.
    private mutating func peek() -> TemplateToken {
        let token = tokens[min(place, tokens.count - 1)]
        line = token.line
        return token
    }

    private mutating func next() -> TemplateToken {
        defer { place += 1 }
        return peek()
    }

    private mutating func back() { place -= 1 }

    private mutating func peekNonSpace() -> TemplateToken {
        while peek().kind == .space { place += 1 }
        return peek()
    }

    private mutating func nextNonSpace() -> TemplateToken {
        _ = peekNonSpace()
        return next()
    }

    private mutating func expect(_ kind: TemplateToken.Kind, _ context: String) throws(TemplateComplaint) {
        let token = nextNonSpace()
        guard token.kind == kind else { throw unexpected(token, context) }
    }

    private func unexpected(_ token: TemplateToken, _ context: String) -> TemplateComplaint {
        guard token.kind == .error else { return TemplateComplaint("unexpected \(token.shown) in \(context)") }
        guard actionLine != 0, actionLine != token.line else { return TemplateComplaint(token.text) }
        let place = "started at \(name):\(actionLine)"
        return TemplateComplaint(token.text.hasSuffix(" action") ? "\(token.text) \(place)" : "\(token.text) in action \(place)")
    }
}

extension TemplateToken {
    func isKeyword(_ word: String) -> Bool { kind == .keyword && text == word }
}
