extension GoPrinter {
    /// `fmt.Sprintf`, mistakes included: `%!d(string=x)`, `%!d(MISSING)`, `%!(EXTRA int=3)`.
    static func sprintf(_ format: String, _ arguments: [GoValue]) -> String {
        var reader = GoFormatReader(format: Array(format.unicodeScalars), arguments: arguments)
        return reader.run()
    }
}

private struct GoFormatReader {
    let format: [Unicode.Scalar]
    let arguments: [GoValue]
    private var place = 0
    private var next = 0
    private var isReordered = false
    private var hasGoodIndex = true
    private var printer = GoPrinter()

    /// Go takes no larger widths and precisions.
    private static let largest = 1_000_000

    init(format: [Unicode.Scalar], arguments: [GoValue]) {
        self.format = format
        self.arguments = arguments
    }

    mutating func run() -> String {
        while place < format.count {
            if format[place] == "%" {
                place += 1
                runDirective()
            } else {
                printer.output.unicodeScalars.append(format[place])
                place += 1
            }
        }
        if !isReordered && next < arguments.count { complainOfExtra() }
        return printer.output
    }

    private mutating func runDirective() {
        printer.flags = GoPrinter.Flags()
        hasGoodIndex = true
        readFlags()
        var isAfterIndex = readIndex()
        if take("*") {
            readWidthArgument()
            isAfterIndex = false
        } else if let width = readNumber() {
            printer.flags.width = width
            if isAfterIndex { hasGoodIndex = false }
        }
        if take(".") { isAfterIndex = readPrecision() }
        if !isAfterIndex { _ = readIndex() }
        guard place < format.count else {
            printer.output += "%!(NOVERB)"
            return
        }
        let verb = Character(format[place])
        place += 1
        printArgument(verb)
    }

    private mutating func printArgument(_ verb: Character) {
        if verb == "%" {
            printer.output += "%"
        } else if !hasGoodIndex {
            printer.output += "%!\(verb)(BADINDEX)"
        } else if next >= arguments.count {
            printer.output += "%!\(verb)(MISSING)"
        } else {
            if verb == "v" {
                printer.flags.sharpV = printer.flags.sharp
                printer.flags.plusV = printer.flags.plus
                printer.flags.sharp = false
                printer.flags.plus = false
            }
            printer.print(arguments[next], verb: verb)
            next += 1
        }
    }

    private mutating func readFlags() {
        while place < format.count {
            switch format[place] {
            case "#": printer.flags.sharp = true
            case "0": printer.flags.zero = !printer.flags.minus
            case "+": printer.flags.plus = true
            case "-":
                printer.flags.minus = true
                printer.flags.zero = false
            case " ": printer.flags.space = true
            default: return
            }
            place += 1
        }
    }

    private mutating func readWidthArgument() {
        guard let width = takeInteger() else {
            printer.output += "%!(BADWIDTH)"
            return
        }
        printer.flags.width = width.magnitude > Self.largest ? nil : abs(width)
        if width < 0 {
            printer.flags.minus = true
            printer.flags.zero = false
        }
    }

    private mutating func readPrecision() -> Bool {
        let isAfterIndex = readIndex()
        if take("*") {
            let precision = takeInteger()
            if let precision, precision >= 0 { printer.flags.precision = precision }
            if precision == nil { printer.output += "%!(BADPREC)" }
            return false
        }
        printer.flags.precision = readNumber() ?? 0
        return isAfterIndex
    }

    /// The `[2]` of `%[2]d`; true when there was one.
    private mutating func readIndex() -> Bool {
        guard place < format.count, format[place] == "[" else { return false }
        isReordered = true
        guard let close = format[place...].firstIndex(of: "]") else {
            hasGoodIndex = false
            place += 1
            return false
        }
        let number = Int(String(String.UnicodeScalarView(format[(place + 1)..<close])))
        place = close + 1
        guard let number, number >= 1, number <= arguments.count else {
            hasGoodIndex = false
            return true
        }
        next = number - 1
        return true
    }

    private mutating func readNumber() -> Int? {
        var number: Int?
        while place < format.count, let digit = format[place].properties.numericType == nil ? nil : Int(String(format[place])) {
            number = min((number ?? 0) * 10 + digit, Self.largest + 1)
            place += 1
        }
        return number.flatMap { $0 > Self.largest ? nil : $0 }
    }

    private mutating func takeInteger() -> Int? {
        guard next < arguments.count else { return nil }
        defer { next += 1 }
        guard case .int(let number) = arguments[next].content, number.magnitude <= Self.largest else { return nil }
        return number
    }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard place < format.count, format[place] == scalar else { return false }
        place += 1
        return true
    }

    private mutating func complainOfExtra() {
        printer.flags = GoPrinter.Flags()
        printer.output += "%!(EXTRA "
        for (place, argument) in arguments[next...].enumerated() {
            if place > 0 { printer.output += ", " }
            guard argument.isValid else {
                printer.output += "<nil>"
                continue
            }
            printer.output += argument.typeName + "="
            printer.print(argument, verb: "v")
        }
        printer.output += ")"
    }
}
