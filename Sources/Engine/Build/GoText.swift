import Basics

/// Values as Go's `fmt` shows them, where Docker's history holds such text.
enum GoText {
    /// `%q` of a string. Source: Go, `strconv.Quote`.
    static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": quoted += "\\\(scalar)"
            case "\u{07}": quoted += "\\a"
            case "\u{08}": quoted += "\\b"
            case "\u{0C}": quoted += "\\f"
            case "\n": quoted += "\\n"
            case "\r": quoted += "\\r"
            case "\t": quoted += "\\t"
            case "\u{0B}": quoted += "\\v"
            default:
                if scalar.value < 0x20 || scalar.value == 0x7f {
                    quoted += "\\x" + hex(scalar.value, 2)
                } else {
                    quoted.unicodeScalars.append(scalar)
                }
            }
        }
        return quoted + "\""
    }

    /// `%q` of a list: `["a" "b"]`.
    static func quoted(_ words: [String]) -> String { "[\(words.map(quoted).joined(separator: " "))]" }

    /// `%q` of a number: it is taken for a character.
    static func quotedCharacter(_ number: Int) -> String {
        guard let scalar = Unicode.Scalar(UInt32(clamping: number)) else { return "'\u{FFFD}'" }
        if scalar == "'" { return "'\\''" }
        if scalar == "\"" { return "'\"'" }
        let text = quoted(String(Character(scalar)))
        return "'\(text.dropFirst().dropLast())'"
    }

    private static func hex(_ value: UInt32, _ digits: Int) -> String {
        let text = String(value, radix: 16)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }
}

extension GoText {
    /// A duration as `time.Duration` shows it: `1m30s`, `1.5s`, `0s`.
    static func duration(_ nanoseconds: Int64) -> String {
        if nanoseconds == 0 { return "0s" }
        if nanoseconds < 1_000_000_000 {
            let (unit, name): (Int64, String) = nanoseconds < 1000 ? (1, "ns") : nanoseconds < 1_000_000 ? (1000, "µs") : (1_000_000, "ms")
            return decimal(nanoseconds, unit) + name
        }
        let seconds = nanoseconds / 1_000_000_000
        let rest = decimal(nanoseconds % 60_000_000_000, 1_000_000_000) + "s"
        if seconds < 60 { return rest }
        let minutes = "\(seconds / 60 % 60)m\(rest)"
        return seconds < 3600 ? minutes : "\(seconds / 3600)h\(minutes)"
    }

    private static func decimal(_ value: Int64, _ unit: Int64) -> String {
        guard value % unit != 0 else { return "\(value / unit)" }
        var digits = String(unit + value % unit).dropFirst()
        while digits.hasSuffix("0") { digits = digits.dropLast() }
        return "\(value / unit).\(digits)"
    }
}
