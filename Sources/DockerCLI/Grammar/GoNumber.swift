import TextTools

/// Numbers as Go's strconv and Docker's unit packages read them, with their complaints.
enum GoNumber {
    /// strconv.ParseBool
    static func bool(_ text: String) -> Bool? {
        switch text {
        case "1", "t", "T", "TRUE", "true", "True": true
        case "0", "f", "F", "FALSE", "false", "False": false
        default: nil
        }
    }

    /// strconv.ParseInt with base 0: `0x10`, `0b1`, `0o7`, `017` and underscores between digits.
    static func int(_ text: String) throws -> Int64 {
        var body = text[...]
        let isNegative = body.first == "-"
        if body.first == "-" || body.first == "+" { body = body.dropFirst() }
        let magnitude = try magnitude(body, whole: text, function: "ParseInt", base: 0)
        if isNegative, magnitude == UInt64(Int64.max) + 1 { return .min }
        guard let value = Int64(exactly: magnitude) else { throw outOfRange(text, "ParseInt") }
        return isNegative ? -value : value
    }

    /// strconv.ParseUint
    static func uint(_ text: String, base: Int = 10, maximum: UInt64 = .max) throws -> UInt64 {
        let value = try magnitude(text[...], whole: text, function: "ParseUint", base: base)
        guard value <= maximum else { throw outOfRange(text, "ParseUint") }
        return value
    }

    /// strconv.Atoi
    static func atoi(_ text: String) throws -> Int {
        var body = text[...]
        let isNegative = body.first == "-"
        if body.first == "-" || body.first == "+" { body = body.dropFirst() }
        let magnitude = try magnitude(body, whole: text, function: "Atoi", base: 10)
        guard let value = Int(exactly: magnitude) else { throw outOfRange(text, "Atoi") }
        return isNegative ? -value : value
    }

    private static func outOfRange(_ text: String, _ function: String) -> ValueError {
        ValueError("strconv.\(function): parsing \(goQuoted(text)): value out of range")
    }

    private static func magnitude(_ digits: Substring, whole: String, function: String, base: Int) throws -> UInt64 {
        let invalid = ValueError("strconv.\(function): parsing \(goQuoted(whole)): invalid syntax")
        var body = digits
        var radix = UInt64(base)
        if base == 0 {
            radix = 10
            if body.hasPrefix("0"), body.count > 1 {
                let letter = body.dropFirst().first
                switch letter {
                case "x", "X": (radix, body) = (16, body.dropFirst(2))
                case "b", "B": (radix, body) = (2, body.dropFirst(2))
                case "o", "O": (radix, body) = (8, body.dropFirst(2))
                default: (radix, body) = (8, body.dropFirst())
                }
            }
            body = body.filter { $0 != "_" }[...]
        }
        guard !body.isEmpty else { throw invalid }
        var value: UInt64 = 0
        var isTooBig = false
        for character in body {
            guard character.isASCII, let digit = character.hexDigitValue, UInt64(digit) < radix else { throw invalid }
            let (product, overflow) = value.multipliedReportingOverflow(by: radix)
            let (sum, carry) = product.addingReportingOverflow(UInt64(digit))
            isTooBig = isTooBig || overflow || carry
            value = sum
        }
        guard !isTooBig else { throw outOfRange(whole, function) }
        return value
    }

    /// units.RAMInBytes: `64m`, `1.5g`, `512`, `1GiB`, `2 kB`.
    static func memory(_ text: String) throws -> Int64 {
        let invalid = ValueError("invalid size: '\(text)'")
        let number = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        var suffix = text.dropFirst(number.count).lowercased()
        if suffix.hasPrefix(" ") { suffix.removeFirst() }
        // [0-9]+(\.[0-9]+)?, then one unit letter, an optional i and an optional b.
        let parts = number.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.allSatisfy({ !$0.isEmpty }) else { throw invalid }
        let units: [Character: Int] = ["k": 1, "m": 2, "g": 3, "t": 4, "p": 5]
        var power = 0
        if let letter = suffix.first, let known = units[letter] {
            power = known
            suffix.removeFirst()
            if suffix.first == "i" { suffix.removeFirst() }
        }
        guard suffix.isEmpty || suffix == "b" else { throw invalid }
        guard parts.count <= 2, let value = Double(String(number)) else {
            throw ValueError("strconv.ParseFloat: parsing \(goQuoted(String(number))): invalid syntax")
        }
        var scaled = value
        for _ in 0..<power { scaled *= 1024 }
        guard scaled < 9.2e18 else { throw invalid }
        return Int64(scaled)
    }

    /// opts.ParseCPUs: billionths of a CPU, exact to the ninth decimal.
    static func cpus(_ text: String) throws -> Int64 {
        let unreadable = ValueError("failed to parse \(text) as a rational number")
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        var whole = parts[0]
        let isNegative = whole.hasPrefix("-")
        if isNegative || whole.hasPrefix("+") { whole = whole.dropFirst() }
        let fraction = parts.count == 2 ? parts[1] : ""
        let isDigits = { (part: Substring) in part.allSatisfy { $0.isASCII && $0.isNumber } }
        guard isDigits(whole), isDigits(fraction), !(whole.isEmpty && fraction.isEmpty) else { throw unreadable }
        let significant = String(fraction.reversed().drop { $0 == "0" }.reversed())
        guard significant.count <= 9 else { throw ValueError("value is too precise") }
        let nano = significant + String(repeating: "0", count: 9 - significant.count)
        guard let value = Int64(whole.isEmpty ? "0" : whole), let part = Int64(nano), value < 9_000_000_000 else { throw unreadable }
        return (value * 1_000_000_000 + part) * (isNegative ? -1 : 1)
    }

    /// time.ParseDuration, in nanoseconds.
    static func duration(_ text: String) throws -> Int64 {
        do { return try GoDuration.nanoseconds(text, quoted: goQuoted(text)) } catch { throw ValueError(error.text) }
    }
}
