/// A function that templates may call: what it takes. What it does is in `TemplateRun.apply`.
struct TemplateFunction {
    /// The Go type of a parameter.
    enum Parameter {
        /// Anything, with its interface around it.
        case value
        case any, string, int, strings

        var name: String {
            switch self {
            case .value: "reflect.Value"
            case .any: "interface {}"
            case .string: "string"
            case .int: "int"
            case .strings: "[]string"
            }
        }
    }

    var parameters: [Parameter]
    /// The type of further arguments, when there may be any number.
    var further: Parameter?

    init(_ parameters: Parameter..., further: Parameter? = nil) {
        self.parameters = parameters
        self.further = further
    }

    /// text/template's own functions, and Docker's from `json` on.
    static let all: [String: TemplateFunction] = [
        "and": .init(.value, further: .value), "or": .init(.value, further: .value), "not": .init(.value),
        "eq": .init(.value, further: .value), "ne": .init(.value, .value), "lt": .init(.value, .value),
        "le": .init(.value, .value), "gt": .init(.value, .value), "ge": .init(.value, .value),
        "index": .init(.value, further: .value), "slice": .init(.value, further: .value), "len": .init(.value),
        "print": .init(further: .any), "println": .init(further: .any), "printf": .init(.string, further: .any),
        "html": .init(further: .any), "js": .init(further: .any), "urlquery": .init(further: .any),
        "call": .init(.value, further: .value),
        "json": .init(.any), "split": .init(.string, .string), "join": .init(.strings, .string),
        "title": .init(.string), "lower": .init(.string), "upper": .init(.string),
        "pad": .init(.string, .int, .int), "truncate": .init(.string, .int),
    ]

    /// Docker's functions over a table's titles (`templates.HeaderFunctions`).
    static let header: [String: TemplateFunction] = [
        "json": .init(.string), "split": .init(.string, .string), "join": .init(.string, .string),
        "title": .init(.string), "lower": .init(.string), "upper": .init(.string),
        "pad": .init(.string, .int, .int), "truncate": .init(.string, .int),
    ]
}

extension TemplateRun {
    /// Calls a function with evaluated arguments; `whole` is how errors show the call.
    mutating func call(
        _ name: String, at operand: TemplateOperand, whole: String, dot: GoValue, _ arguments: [TemplateOperand], _ piped: GoValue?
    ) throws(TemplateError) -> GoValue {
        stand(at: operand)
        let titled = options.isHeader ? TemplateFunction.header[name] : nil
        guard let function = titled ?? TemplateFunction.all[name] else { throw failure("\(goQuoted(name)) is not a defined function") }
        try checkCount(of: function, name, arguments.count, piped)
        if name == "and" || name == "or" { return try shortCircuit(name, dot: dot, arguments, piped) }
        func type(_ place: Int) -> TemplateFunction.Parameter {
            place < function.parameters.count ? function.parameters[place] : function.further ?? .any
        }
        var values: [GoValue] = []
        for (place, argument) in arguments.enumerated() { values.append(try self.argument(argument, as: type(place), dot: dot)) }
        if let piped { values.append(try checked(piped, as: type(values.count))) }
        do {
            return try titled == nil ? apply(name, values) : applyToTitle(name, values)
        } catch {
            here = (operand.position, whole)
            throw failure("error calling \(name): \(error.sentence)")
        }
    }

    private func checkCount(of function: TemplateFunction, _ name: String, _ count: Int, _ piped: GoValue?) throws(TemplateError) {
        let given = count + (piped == nil ? 0 : 1)
        let wanted = function.parameters.count
        if function.further != nil {
            if given < wanted { throw failure("wrong number of args for \(name): want at least \(wanted) got \(count)") }
        } else if given != wanted {
            throw failure("wrong number of args for \(name): want \(wanted) got \(given)")
        }
    }

    /// `and` and `or` evaluate only as many arguments as they need.
    private mutating func shortCircuit(
        _ name: String, dot: GoValue, _ arguments: [TemplateOperand], _ piped: GoValue?
    ) throws(TemplateError) -> GoValue {
        var value = GoValue.invalid
        for argument in arguments {
            value = try self.argument(argument, as: .value, dot: dot)
            if value.isTrue == (name == "or") { return value }
        }
        return piped ?? value
    }

    private func apply(_ name: String, _ values: [GoValue]) throws(TemplateComplaint) -> GoValue {
        switch name {
        case "not": return .bool(!values[0].isTrue)
        case "eq": return .bool(try GoComparison.isEqual(values[0], toOneOf: values.dropFirst()))
        case "ne": return .bool(!(try GoComparison.isEqual(values[0], toOneOf: values.dropFirst())))
        case "lt": return .bool(try GoComparison.isLess(values[0], values[1]))
        case "le": return .bool(try GoComparison.isLessOrEqual(values[0], values[1]))
        case "gt": return .bool(!(try GoComparison.isLessOrEqual(values[0], values[1])))
        case "ge": return .bool(!(try GoComparison.isLess(values[0], values[1])))
        case "index": return try GoIndexing.index(values[0], values.dropFirst())
        case "slice": return try GoIndexing.slice(values[0], Array(values.dropFirst()))
        case "len": return .int(try GoIndexing.length(values[0]))
        case "print": return .string(GoPrinter.sprint(values))
        case "println": return .string(GoPrinter.sprintln(values))
        case "printf": return .string(GoPrinter.sprintf(text(values[0]), Array(values.dropFirst())))
        case "html": return .string(TemplateEscaping.html(GoPrinter.escapable(values)))
        case "js": return .string(TemplateEscaping.javaScript(GoPrinter.escapable(values)))
        case "urlquery": return .string(TemplateEscaping.urlQuery(GoPrinter.escapable(values)))
        case "call":
            guard values[0].isValid else { throw TemplateComplaint("call of nil") }
            throw TemplateComplaint("non-function of type \(values[0].typeName)")
        default: return DockerFunctions.apply(name, values)
        }
    }

    private func applyToTitle(_ name: String, _ values: [GoValue]) throws(TemplateComplaint) -> GoValue {
        name == "pad" ? DockerFunctions.apply(name, values) : values[0]
    }

    private func text(_ value: GoValue) -> String {
        if case .string(let text) = value.content { text } else { "" }
    }
}
