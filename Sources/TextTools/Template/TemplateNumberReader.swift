extension TemplateNumber {
    /// Reads a number as Go's template parser does: any base, underscores, characters, `1e3` as a whole number too.
    ///
    /// - Throws: the parser's complaint.
    init(written: String, isCharacter: Bool) throws(TemplateComplaint) {
        self.init(written: written)
        if isCharacter {
            self.isCharacter = true
            var rest = Array(written.utf8).dropFirst().dropLast()
            guard !rest.isEmpty, let character = takeGoCharacter(from: &rest, quote: UInt8(ascii: "'")) else {
                throw TemplateComplaint("invalid syntax")
            }
            guard rest.isEmpty else { throw TemplateComplaint("malformed character constant: \(written)") }
            int = Int(character.number)
            return
        }
        let isNegative = written.hasPrefix("-")
        let digits = written.hasPrefix("+") || isNegative ? String(written.dropFirst()) : written
        if let magnitude = Self.magnitude(digits) {
            int = isNegative ? Self.negated(magnitude) : Int(exactly: magnitude)
            overflowsInt = int == nil
            return
        }
        guard Self.looksFloat(digits), let number = Double(written.filter { $0 != "_" }), number.isFinite else {
            let isTooLarge = !digits.isEmpty && digits.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
            throw TemplateComplaint((isTooLarge ? "integer overflow: " : "illegal number syntax: ") + goQuoted(written))
        }
        float = number
        int = Int(exactly: number)
    }

    private init(written: String) { self.init(written: written, int: nil, float: nil) }

    private static func negated(_ magnitude: UInt) -> Int? {
        magnitude <= UInt(Int.max) ? -Int(magnitude) : magnitude == UInt(Int.max) + 1 ? Int.min : nil
    }

    /// Only what has a point or an exponent; Swift reads `nan` and hexadecimal fractions as well.
    private static func looksFloat(_ digits: String) -> Bool {
        let bytes = digits.utf8
        return bytes.contains { ".eE".utf8.contains($0) } && bytes.allSatisfy { "0123456789_.eE+-".utf8.contains($0) }
    }

    private static func magnitude(_ digits: String) -> UInt? {
        let plain = digits.filter { $0 != "_" }.lowercased()
        for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] where plain.hasPrefix(prefix) {
            return UInt(plain.dropFirst(2), radix: radix)
        }
        guard plain.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return nil }
        return plain.hasPrefix("0") && plain.count > 1 ? UInt(plain.dropFirst(), radix: 8) : UInt(plain)
    }
}
