import Basics
import Glibc

extension GoPrinter {
    // MARK: Whole numbers

    /// Prints a number; false when the verb is not for numbers.
    mutating func format(_ number: Int, _ verb: Character, isByte: Bool) -> Bool {
        switch verb {
        case "v" where flags.sharpV && isByte: output += "0x" + String(number, radix: 16)
        case "v", "d": digits(number, radix: 10)
        case "b": digits(number, radix: 2, prefix: "0b")
        case "o": digits(number, radix: 8, prefix: "0")
        case "O":
            flags.sharp = true
            digits(number, radix: 8, prefix: "0o")
        case "x": digits(number, radix: 16, prefix: "0x")
        case "X": digits(number, radix: 16, prefix: "0X", uppercase: true)
        case "c": pad(String(scalar(number)))
        case "q": pad("'" + goEscaped(scalar(number), quote: "'", asciiOnly: flags.plus) + "'")
        case "U":
            let hex = "U+" + hexDigits(UInt32(truncatingIfNeeded: number), 4, uppercase: true)
            pad(flags.sharp ? hex + " '\(scalar(number))'" : hex)
        default: return false
        }
        return true
    }

    private func scalar(_ number: Int) -> Unicode.Scalar {
        UInt32(exactly: number).flatMap { Unicode.Scalar($0) } ?? "\u{FFFD}"
    }

    private mutating func digits(_ number: Int, radix: Int, prefix: String = "", uppercase: Bool = false) {
        var text = String(number.magnitude, radix: radix, uppercase: uppercase)
        let sign = number < 0 ? "-" : flags.plus ? "+" : flags.space ? " " : ""
        if let precision = flags.precision {
            // Of zero with precision 0 nothing is left.
            text = precision == 0 && number == 0 ? "" : zeros(precision - text.utf8.count) + text
        } else if flags.zero, !flags.minus, let width = flags.width {
            text = zeros(width - sign.utf8.count - text.utf8.count) + text
        }
        let outer = flags
        flags.zero = false
        pad(sign + (flags.sharp ? prefix : "") + text)
        flags = outer
    }

    private func zeros(_ count: Int) -> String { String(repeating: "0", count: max(0, count)) }

    // MARK: Fractions

    /// Prints a fraction; false when the verb is not for fractions.
    mutating func format(_ number: Double, _ verb: Character) -> Bool {
        guard "vbgGxXfFeE".contains(verb), verb != "b", verb != "x", verb != "X" else { return false }
        var text: String
        switch verb {
        case "v", "g", "G":
            text = flags.precision.map { Self.cText(number, "g", precision: $0) } ?? FloatText.printed(number)
        case "e", "E": text = Self.cText(number, "e", precision: flags.precision ?? 6)
        default: text = Self.cText(number, "f", precision: flags.precision ?? 6)
        }
        if verb == "G" || verb == "E" { text = text.uppercased() }
        let isSigned = text.hasPrefix("-") || text.hasPrefix("+")
        let sign = text.hasPrefix("-") ? "-" : flags.plus ? "+" : flags.space ? " " : ""
        if isSigned { text.removeFirst() }
        let outer = flags
        if flags.zero, !flags.minus, number.isFinite {
            text = zeros((flags.width ?? 0) - sign.utf8.count - text.utf8.count) + text
        }
        flags.zero = false
        pad(sign + text)
        flags = outer
        return true
    }

    /// `%.3g` and the like as C prints them, which is Go's form too.
    static func cText(_ number: Double, _ verb: String, precision: Int) -> String {
        if !number.isFinite { return FloatText.printed(number) }
        var buffer = [CChar](repeating: 0, count: 400 + min(max(precision, 0), 1000))
        let count = withVaList([Int32(min(max(precision, 0), 1000)), number]) { arguments in
            vsnprintf(&buffer, buffer.count, "%.*" + verb, arguments)
        }
        return String(decoding: buffer.prefix(Int(max(0, count))).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    // MARK: Strings

    /// Prints a string; false when the verb is not for strings.
    mutating func format(_ text: String, _ verb: Character) -> Bool {
        switch verb {
        case "v" where flags.sharpV: pad(goQuoted(text))
        case "v", "s": pad(cut(text))
        case "q": pad(flags.sharp && canBeRaw(text) ? "`" + text + "`" : goQuoted(cut(text), asciiOnly: flags.plus))
        case "x", "X":
            let bytes = text.utf8.prefix(flags.precision ?? .max).map { hexDigits(UInt32($0), 2, uppercase: verb == "X") }
            let mark = flags.sharp ? (verb == "x" ? "0x" : "0X") : ""
            pad(flags.space ? bytes.map { mark + $0 }.joined(separator: " ") : (bytes.isEmpty ? "" : mark) + bytes.joined())
        default: return false
        }
        return true
    }

    private func cut(_ text: String) -> String {
        guard let precision = flags.precision else { return text }
        var cut = String.UnicodeScalarView()
        cut.append(contentsOf: text.unicodeScalars.prefix(precision))
        return String(cut)
    }

    private func canBeRaw(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { $0 != "`" && $0.value != 0x7f && ($0.value >= 0x20 || $0 == "\t") }
    }
}
