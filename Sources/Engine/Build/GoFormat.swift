import TextTools

/// Values as Go's `fmt` shows them, where Docker's history holds such text.
enum GoFormat {
    /// `%q` of a list: `["a" "b"]`.
    static func quoted(_ words: [String]) -> String { "[\(words.map { goQuoted($0) }.joined(separator: " "))]" }

    /// `%q` of a number: it is taken for a character.
    static func quotedCharacter(_ number: Int) -> String {
        "'\(goEscaped(Unicode.Scalar(UInt32(clamping: number)) ?? "\u{FFFD}", quote: "'"))'"
    }

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
