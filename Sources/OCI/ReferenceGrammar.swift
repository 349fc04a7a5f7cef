/// Docker's grammar of image references, matched by hand in one pass: its regular expressions backtrack, these don't.
///
///     reference  := name [ ":" tag ] [ "@" digest ]
///     name       := [ domain "/" ] component *( "/" component )
///     domain     := label *( "." label ) [ ":" digits ]
///     component  := alnum *( separator alnum )      alnum := [a-z0-9]+      separator := "." | "_" | "__" | "-"+
///     tag        := [A-Za-z0-9_] [A-Za-z0-9_.-]{0,127}
///     digest     := algorithm ":" hex{32,}          algorithm := alpha *( [+._-] alpha )   (each alpha followed by alnums)
///
/// Source: github.com/distribution/reference, regexp.go (the grammar in its comments).
enum ReferenceGrammar {
    typealias Bytes = Substring.UTF8View

    static func isDomain(_ text: Substring) -> Bool {
        let host: Substring
        if let colon = text.firstIndex(of: ":") {
            let port = text[text.index(after: colon)...].utf8
            guard !port.isEmpty, port.allSatisfy(isDigit) else { return false }
            host = text[..<colon]
        } else {
            host = text
        }
        let labels = host.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return labels.allSatisfy { label in
            guard let first = label.first, let last = label.last, isAlphanumeric(first), isAlphanumeric(last) else { return false }
            return label.allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: "-") }
        }
    }

    static func isPath(_ text: Substring) -> Bool {
        text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).allSatisfy(isComponent)
    }

    private static func isComponent(_ bytes: Bytes.SubSequence) -> Bool {
        var separator: [UInt8] = []
        var isAfterSeparator = true
        for byte in bytes {
            if isLowerAlphanumeric(byte) {
                guard isSeparator(separator) else { return false }
                separator.removeAll(keepingCapacity: true)
                isAfterSeparator = false
            } else {
                guard !isAfterSeparator || !separator.isEmpty else { return false }
                separator.append(byte)
                isAfterSeparator = true
            }
        }
        return !isAfterSeparator
    }

    /// What may stand between two runs of letters and digits; nothing at all before the first.
    private static func isSeparator(_ bytes: [UInt8]) -> Bool {
        switch bytes {
        case [], [UInt8(ascii: ".")], [UInt8(ascii: "_")], [UInt8(ascii: "_"), UInt8(ascii: "_")]: true
        default: bytes.allSatisfy { $0 == UInt8(ascii: "-") }
        }
    }

    static func isTag(_ text: Substring) -> Bool {
        let bytes = text.utf8
        guard bytes.count <= 128, let first = bytes.first, isWord(first) else { return false }
        return bytes.allSatisfy { isWord($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") }
    }

    /// The loose form of the grammar; `Digest` itself is stricter and has messages of its own.
    static func isDigest(_ text: Substring) -> Bool {
        guard let colon = text.firstIndex(of: ":") else { return false }
        let hex = text[text.index(after: colon)...].utf8
        guard hex.count >= 32, hex.allSatisfy({ isLowerHex($0) || (UInt8(ascii: "A")...UInt8(ascii: "F")).contains($0) }) else {
            return false
        }
        var mustBeLetter = true
        for byte in text[..<colon].utf8 {
            if mustBeLetter {
                guard isLetter(byte) else { return false }
                mustBeLetter = false
            } else if "-_+.".utf8.contains(byte) {
                mustBeLetter = true
            } else if !isAlphanumeric(byte) {
                return false
            }
        }
        return !mustBeLetter
    }

    /// True for what looks like an image's or container's full id.
    static func isIdentifier(_ text: some StringProtocol) -> Bool {
        text.utf8.count == 64 && text.utf8.allSatisfy(isLowerHex)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
    private static func isLower(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) }
    private static func isLetter(_ byte: UInt8) -> Bool { isLower(byte | 0x20) }
    private static func isLowerAlphanumeric(_ byte: UInt8) -> Bool { isDigit(byte) || isLower(byte) }
    private static func isAlphanumeric(_ byte: UInt8) -> Bool { isDigit(byte) || isLetter(byte) }
    private static func isWord(_ byte: UInt8) -> Bool { isAlphanumeric(byte) || byte == UInt8(ascii: "_") }
}
