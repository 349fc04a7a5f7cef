import Basics

/// Prints values as Go's fmt does.
struct GoPrinter {
    struct Flags {
        var minus = false
        var plus = false
        var sharp = false
        var space = false
        var zero = false
        var width: Int?
        var precision: Int?
        /// `%+v`: with the names of fields. `%#v`: as Go source.
        var plusV = false
        var sharpV = false
    }

    var output = ""
    var flags = Flags()

    // MARK: Whole values

    /// What `{{.}}` prints: `%v`, with pointers followed and `<no value>` for nothing.
    static func shown(_ value: GoValue) -> String {
        guard value.isValid else { return "<no value>" }
        let (plain, isNil) = value.indirect
        return isNil ? "<nil>" : printed(plain)
    }

    /// `%v`.
    static func printed(_ value: GoValue) -> String {
        var printer = GoPrinter()
        printer.print(value, verb: "v")
        return printer.output
    }

    /// `fmt.Sprint`: a space between two operands when neither is a string.
    static func sprint(_ values: [GoValue]) -> String {
        var printer = GoPrinter()
        var wasString = true
        for (place, value) in values.enumerated() {
            let isString = if case .string = value.content { true } else { false }
            if place > 0 && !isString && !wasString { printer.output += " " }
            printer.print(value, verb: "v")
            wasString = isString
        }
        return printer.output
    }

    /// `fmt.Sprintln`.
    static func sprintln(_ values: [GoValue]) -> String {
        values.map(printed).joined(separator: " ") + "\n"
    }

    /// What `html`, `js` and `urlquery` escape: one string as it is, anything else printed.
    static func escapable(_ values: [GoValue]) -> String {
        if values.count == 1, case .string(let text) = values[0].content { return text }
        return sprint(values.map { $0.isValid ? $0.indirect.value : .string("<no value>") })
    }

    // MARK: One value

    /// Prints an operand with a verb; a verb that does not fit prints as `%!d(string=x)`.
    mutating func print(_ value: GoValue, verb: Character) {
        guard value.isValid else {
            if verb == "v" || verb == "T" { pad("<nil>") } else { output += "%!\(verb)(<nil>)" }
            return
        }
        if verb == "T" { return pad(value.typeName) }
        print(value, verb: verb, depth: 0)
    }

    private mutating func print(_ value: GoValue, verb: Character, depth: Int) {
        switch value.content {
        case nil: output += flags.sharpV ? "\(value.typeName)(nil)" : "<nil>"
        case .bool(let truth):
            if verb == "t" || verb == "v" { pad(truth ? "true" : "false") } else { refuse(value, verb) }
        case .int(let number):
            if !format(number, verb, isByte: value.namedType == "uint8") { refuse(value, verb) }
        case .float(let number):
            if !format(number, verb) { refuse(value, verb) }
        case .string(let text):
            if !format(text, verb) { refuse(value, verb) }
        case .list(let elements, let shape): printList(elements, shape, value, verb, depth)
        case .map(let object, let shape): printMap(object, shape, value, verb, depth)
        case .structure(let structure, let json): printStructure(structure, json, verb, depth)
        case .pointer(let target, let json): printPointer(target, json, value, verb, depth)
        }
    }

    private mutating func printList(_ elements: [JSONValue], _ shape: GoShape, _ value: GoValue, _ verb: Character, _ depth: Int) {
        output += flags.sharpV ? value.typeName + "{" : "["
        for (place, element) in elements.enumerated() {
            if place > 0 { output += flags.sharpV ? ", " : " " }
            print(GoValue(element, as: shape), verb: verb, depth: depth + 1)
        }
        output += flags.sharpV ? "}" : "]"
    }

    private mutating func printMap(_ object: JSONObject, _ shape: GoShape, _ value: GoValue, _ verb: Character, _ depth: Int) {
        output += flags.sharpV ? value.typeName + "{" : "map["
        var isFirst = true
        for (name, member) in object.sortedByKey() {
            if !isFirst { output += flags.sharpV ? ", " : " " }
            isFirst = false
            print(.string(name), verb: verb, depth: depth + 1)
            output += ":"
            print(GoValue(member, as: shape), verb: verb, depth: depth + 1)
        }
        output += flags.sharpV ? "}" : "]"
    }

    private mutating func printStructure(_ structure: GoStructure, _ json: JSONValue, _ verb: Character, _ depth: Int) {
        output += flags.sharpV ? structure.name + "{" : "{"
        for (place, field) in structure.fields.enumerated() {
            if place > 0 { output += flags.sharpV ? ", " : " " }
            if flags.plusV || flags.sharpV { output += field.name + ":" }
            print(GoValue(field.isEmbedded ? json : json[field.key], as: field.shape), verb: verb, depth: depth + 1)
        }
        output += "}"
    }

    private mutating func printPointer(_ target: GoShape, _ json: JSONValue?, _ value: GoValue, _ verb: Character, _ depth: Int) {
        guard let json else {
            if flags.sharpV { output += "(\(value.typeName))(nil)" } else if verb == "v" { pad("<nil>") } else { refuse(value, verb) }
            return
        }
        switch target {
        case .structure where depth == 0, .map where depth == 0, .list where depth == 0:
            output += "&"
            print(GoValue(json, as: target), verb: verb, depth: depth + 1)
        // Go prints an address, which is another one each time; nobody can rely on it.
        default: pad(flags.sharpV ? "(\(value.typeName))(0xc000010000)" : "0xc000010000")
        }
    }

    private mutating func refuse(_ value: GoValue, _ verb: Character) {
        output += "%!\(verb)(\(value.typeName)="
        print(value, verb: "v", depth: 0)
        output += ")"
    }

    // MARK: Padding

    /// Pads to the width, which counts characters. Zeros only before numbers.
    mutating func pad(_ text: String) {
        let missing = (flags.width ?? 0) - text.unicodeScalars.count
        guard missing > 0 else {
            output += text
            return
        }
        if flags.minus {
            output += text + String(repeating: " ", count: missing)
        } else {
            output += String(repeating: flags.zero ? "0" : " ", count: missing) + text
        }
    }
}
