import Basics

/// One execution of a template.
struct TemplateRun {
    let template: GoTemplate
    let options: GoTemplate.Options
    var output = ""
    /// Where Go's executor would say it is: offset and text of the node.
    var here: (position: Int, shown: String) = (0, "")
    private var templateName: String
    private var variables: [(name: String, value: GoValue)] = []
    private var depth = 0

    /// Go allows 100,000; a template that calls itself so often is a mistake, and our stack is smaller.
    private static let deepest = 100

    private enum Flow { case normal, leaveLoop, nextInLoop }

    init(template: GoTemplate, options: GoTemplate.Options) {
        self.template = template
        self.options = options
        templateName = template.name
    }

    mutating func render(_ value: GoValue) throws(TemplateError) -> String {
        variables = [("$", value)]
        _ = try walk(template.parsed.main, dot: value)
        return output
    }

    // MARK: Errors

    mutating func stand(at operand: TemplateOperand) { here = (operand.position, operand.shown) }

    func failure(_ sentence: String) -> TemplateError {
        let before = Array(template.source.utf8.prefix(here.position))
        let newline = UInt8(ascii: "\n")
        let column = before.lastIndex(of: newline).map { here.position - $0 - 1 } ?? here.position
        let line = 1 + before.filter { $0 == newline }.count
        let place = "\(template.name):\(line):\(column)"
        return TemplateError(
            stage: .executing, description: "template: \(place): executing \(goQuoted(templateName)) at <\(here.shown)>: \(sentence)")
    }

    // MARK: Statements

    private mutating func walk(_ statements: [TemplateStatement], dot: GoValue) throws(TemplateError) -> Flow {
        for statement in statements {
            switch statement {
            case .text(let text): output += text
            case .action(let pipe):
                let value = try evaluate(pipe, dot: dot)
                if pipe.declarations.isEmpty { output += GoPrinter.shown(value) }
            case .condition(let branch), .with(let branch):
                let isWith = if case .with = statement { true } else { false }
                let flow = try walkBranch(branch, dot: dot, changesDot: isWith)
                if flow != .normal { return flow }
            case .range(let branch):
                let flow = try walkRange(branch, dot: dot)
                if flow != .normal { return flow }
            case .template(let position, let name, let pipe):
                try walkTemplate(position, name, pipe, dot: dot)
            case .leaveLoop: return .leaveLoop
            case .nextInLoop: return .nextInLoop
            }
        }
        return .normal
    }

    private mutating func walkBranch(_ branch: TemplateBranch, dot: GoValue, changesDot: Bool) throws(TemplateError) -> Flow {
        let known = variables.count
        defer { variables.removeSubrange(known...) }
        let value = try evaluate(branch.pipe, dot: dot)
        guard value.isTrue else { return try walk(branch.otherwise, dot: dot) }
        return try walk(branch.body, dot: changesDot ? value : dot)
    }

    private mutating func walkRange(_ branch: TemplateBranch, dot: GoValue) throws(TemplateError) -> Flow {
        let known = variables.count
        defer { variables.removeSubrange(known...) }
        let value = try evaluate(branch.pipe, dot: dot).indirect.value
        let inside = variables.count
        let items: [(GoValue, GoValue)]
        switch value.content {
        case nil: items = []
        case .list(let elements, let shape): items = elements.enumerated().map { (.int($0), GoValue($1, as: shape)) }
        case .map(let object, let shape): items = object.sortedByKey().map { (.string($0.key), GoValue($0.value, as: shape)) }
        default: throw failure("range can't iterate over \(GoPrinter.shown(value))")
        }
        if items.isEmpty { return try walk(branch.otherwise, dot: dot) }
        for (index, element) in items {
            let names = branch.pipe.declarations
            if let last = names.last { try setLoopVariable(last, element, place: inside - 1, branch.pipe.isAssignment) }
            if names.count > 1 { try setLoopVariable(names[0], index, place: inside - 2, branch.pipe.isAssignment) }
            let flow = try walk(branch.body, dot: element)
            variables.removeSubrange(inside...)
            if flow == .leaveLoop { break }
        }
        return .normal
    }

    private mutating func setLoopVariable(_ name: String, _ value: GoValue, place: Int, _ isAssignment: Bool) throws(TemplateError) {
        if isAssignment { try assign(name, value) } else { variables[place].value = value }
    }

    private mutating func walkTemplate(_ position: Int, _ name: String, _ pipe: TemplatePipe?, dot: GoValue) throws(TemplateError) {
        here = (position, "{{template \(goQuoted(name))\(pipe.map { " " + $0.shown } ?? "")}}")
        guard let body = template.parsed.definitions[name] else { throw failure("template \(goQuoted(name)) not defined") }
        guard depth < Self.deepest else { throw failure("exceeded maximum template depth (\(Self.deepest))") }
        let value = if let pipe { try evaluate(pipe, dot: dot) } else { GoValue.invalid }
        let outer = (variables, templateName)
        (variables, templateName) = ([("$", value)], name)
        depth += 1
        _ = try walk(body, dot: value)
        depth -= 1
        (variables, templateName) = outer
    }

    // MARK: Variables

    private func variable(_ name: String) throws(TemplateError) -> GoValue {
        guard let found = variables.last(where: { $0.name == name }) else { throw failure("undefined variable: \(name)") }
        return found.value
    }

    private mutating func assign(_ name: String, _ value: GoValue) throws(TemplateError) {
        guard let place = variables.lastIndex(where: { $0.name == name }) else { throw failure("undefined variable: \(name)") }
        variables[place].value = value
    }

    // MARK: Pipes and commands

    mutating func evaluate(_ pipe: TemplatePipe, dot: GoValue) throws(TemplateError) -> GoValue {
        here = (pipe.position, pipe.shown)
        var value: GoValue?
        // Between commands Go takes a value out of its interface; a nil interface becomes no value at all.
        for command in pipe.commands { value = try evaluate(command, dot: dot, piped: value).unwrapped }
        let result = value ?? .invalid
        for name in pipe.declarations {
            if pipe.isAssignment { try assign(name, result) } else { variables.append((name, result)) }
        }
        return result
    }

    private mutating func evaluate(_ command: TemplateCommand, dot: GoValue, piped: GoValue?) throws(TemplateError) -> GoValue {
        let first = command.arguments[0]
        let rest = Array(command.arguments.dropFirst())
        switch first {
        case .field(_, let names):
            stand(at: first)
            return try fields(names, of: dot, at: first, dot: dot, rest, piped)
        case .chain: return try chain(first, dot: dot, rest, piped)
        case .function(_, let name): return try call(name, at: first, whole: command.shown, dot: dot, rest, piped)
        case .pipe(let pipe):
            try refuseArguments(command, piped)
            return try evaluate(pipe, dot: dot)
        case .variable: return try variableValue(first, dot: dot, rest, piped)
        default: break
        }
        stand(at: first)
        try refuseArguments(command, piped)
        if case .null = first { throw failure("nil is not a command") }
        return try literal(first, dot: dot)
    }

    private func refuseArguments(_ command: TemplateCommand, _ piped: GoValue?) throws(TemplateError) {
        guard command.arguments.count == 1, piped == nil else {
            throw failure("can't give argument to non-function \(command.arguments[0].shown)")
        }
    }

    private mutating func chain(
        _ operand: TemplateOperand, dot: GoValue, _ arguments: [TemplateOperand], _ piped: GoValue?
    ) throws(TemplateError) -> GoValue {
        guard case .chain(_, let base, let names) = operand else { return .invalid }
        stand(at: operand)
        let value = try argument(base, as: .value, dot: dot)
        return try fields(names, of: value, at: operand, dot: dot, arguments, piped)
    }

    private mutating func variableValue(
        _ operand: TemplateOperand, dot: GoValue, _ arguments: [TemplateOperand], _ piped: GoValue?
    ) throws(TemplateError) -> GoValue {
        guard case .variable(_, let names) = operand else { return .invalid }
        stand(at: operand)
        let value = try variable(names[0])
        if names.count > 1 { return try fields(Array(names.dropFirst()), of: value, at: operand, dot: dot, arguments, piped) }
        try refuseArguments(TemplateCommand(position: operand.position, arguments: [operand] + arguments), piped)
        return value
    }

    /// A literal's value, or the dot.
    private func literal(_ operand: TemplateOperand, dot: GoValue) throws(TemplateError) -> GoValue {
        switch operand {
        case .bool(_, let truth): return .bool(truth)
        case .dot: return dot
        case .string(_, _, let text): return .string(text)
        case .number(_, let number):
            if number.isWrittenAsFloat, let float = number.float { return .float(float) }
            guard let int = number.int else { throw failure("\(number.written) overflows int") }
            return .int(int, type: number.isCharacter ? "int32" : nil)
        default: return .invalid
        }
    }

    // MARK: Arguments

    /// The value of an argument of that type.
    mutating func argument(
        _ operand: TemplateOperand, as type: TemplateFunction.Parameter, dot: GoValue
    ) throws(TemplateError) -> GoValue {
        stand(at: operand)
        switch operand {
        case .dot: return try checked(dot, as: type)
        case .null:
            guard type == .value || type == .any || type == .strings else { throw failure("cannot assign nil to \(type.name)") }
            return .invalid
        case .field(_, let names): return try checked(fields(names, of: dot, at: operand, dot: dot, [], nil), as: type)
        case .variable: return try checked(variableValue(operand, dot: dot, [], nil), as: type)
        case .pipe(let pipe): return try checked(evaluate(pipe, dot: dot), as: type)
        case .function(_, let name): return try checked(call(name, at: operand, whole: name, dot: dot, [], nil), as: type)
        case .chain: return try checked(chain(operand, dot: dot, [], nil), as: type)
        case .bool, .number, .string: return try literalArgument(operand, as: type, dot: dot)
        }
    }

    private func literalArgument(
        _ operand: TemplateOperand, as type: TemplateFunction.Parameter, dot: GoValue
    ) throws(TemplateError) -> GoValue {
        switch (type, operand) {
        case (.value, _), (.any, _), (.string, .string): return try literal(operand, dot: dot)
        case (.int, .number(_, let number)):
            if let int = number.int { return .int(int) }
            throw failure("expected integer; found \(operand.shown)")
        case (.string, _): throw failure("expected string; found \(operand.shown)")
        case (.int, _): throw failure("expected integer; found \(operand.shown)")
        case (.strings, _): throw failure("can't handle \(operand.shown) for arg of type \(type.name)")
        }
    }

    /// The value when it can be passed as that type.
    func checked(_ value: GoValue, as type: TemplateFunction.Parameter) throws(TemplateError) -> GoValue {
        switch type {
        case .value: return value
        case .any: return value.unwrapped
        case .string, .int, .strings: break
        }
        guard value.isValid else {
            if type == .strings { return .invalid }
            throw failure(
                value.isInterface
                    ? "wrong type for value; expected \(type.name); got interface {}" : "invalid value; expected \(type.name)")
        }
        let plain = if case .pointer = value.content { value.indirect.value } else { value.unwrapped }
        let isFit =
            switch (type, plain.content) {
            case (.string, .string): true
            case (.int, .int): plain.namedType != "json.Number"
            case (.strings, .list(_, .string)): true
            case (.strings, .list(let elements, .any)):
                // Go would refuse []interface{}; Docker's own values are []string here, of which we may not know.
                elements.allSatisfy { $0.stringValue != nil }
            default: false
            }
        guard isFit else { throw failure("wrong type for value; expected \(type.name); got \(value.typeName)") }
        return plain
    }
}
