import Basics

extension TemplateRun {
    /// The value of `.A.B.C`; arguments belong to the last name.
    mutating func fields(
        _ names: [String], of value: GoValue, at operand: TemplateOperand, dot: GoValue, _ arguments: [TemplateOperand], _ piped: GoValue?
    ) throws(TemplateError) -> GoValue {
        var value = value
        for name in names.dropLast() { value = try field(name, of: value, at: operand, dot: dot, [], nil) }
        guard let last = names.last else { return value }
        return try field(last, of: value, at: operand, dot: dot, arguments, piped)
    }

    private mutating func field(
        _ name: String, of receiver: GoValue, at operand: TemplateOperand, dot: GoValue, _ arguments: [TemplateOperand], _ piped: GoValue?
    ) throws(TemplateError) -> GoValue {
        guard receiver.isValid || receiver.isInterface else {
            if options.missingKey == .error { throw failure("nil data; no entry for key \(goQuoted(name))") }
            return .invalid
        }
        let (value, isNil) = receiver.indirect
        if !receiver.isValid { throw failure("nil pointer evaluating \(receiver.staticTypeName).\(name)") }
        let hasArguments = !arguments.isEmpty || piped != nil
        switch value.content {
        case .structure(let structure, let json):
            if let member = try member(name, of: structure, json, at: operand, dot: dot, arguments, piped) { return member }
        case .map(let object, let shape) where value.namedType == nil:
            if hasArguments { throw failure("\(name) is not a method but has arguments") }
            if let found = object[name] { return GoValue(found, as: shape) }
            if options.missingKey == .error { throw failure("map has no entry for key \(goQuoted(name))") }
            return .invalid
        case .pointer(let target, _) where isNil:
            let isKnown = if case .structure(let structure) = target { structure.field(name) != nil } else { true }
            if isKnown { throw failure("nil pointer evaluating \(receiver.staticTypeName).\(name)") }
        default: break
        }
        throw failure("can't evaluate field \(name) in type \(receiver.staticTypeName)")
    }

    /// A struct's field or a row's method; nil when there is none of that name.
    private mutating func member(
        _ name: String, of structure: GoStructure, _ json: JSONValue, at operand: TemplateOperand, dot: GoValue,
        _ arguments: [TemplateOperand], _ piped: GoValue?
    ) throws(TemplateError) -> GoValue? {
        if let method = structure.methods[name] {
            let values = try methodArguments(name, method.argumentCount, dot: dot, arguments, piped)
            return .string(method.body(json, values))
        }
        guard let field = structure.field(name) else { return structure.kind == .header ? .invalid : nil }
        if structure.kind == .plain {
            if !arguments.isEmpty || piped != nil { throw failure("\(name) has arguments but cannot be invoked as function") }
            return GoValue(field.isEmbedded ? json : json[field.key], as: field.shape)
        }
        _ = try methodArguments(name, 0, dot: dot, arguments, piped)
        return GoValue(json[field.key], as: field.shape)
    }

    private mutating func methodArguments(
        _ name: String, _ count: Int, dot: GoValue, _ arguments: [TemplateOperand], _ piped: GoValue?
    ) throws(TemplateError) -> [String] {
        let given = arguments.count + (piped == nil ? 0 : 1)
        guard given == count else { throw failure("wrong number of args for \(name): want \(count) got \(given)") }
        var values: [String] = []
        for argument in arguments { values.append(GoPrinter.shown(try self.argument(argument, as: .string, dot: dot))) }
        if let piped { values.append(GoPrinter.shown(try checked(piped, as: .string))) }
        return values
    }
}
