/// Patterns of `filepath.Match`, and what Docker makes of them.
enum GlobSyntax {
    /// Whether Go's `filepath.Match` would take the pattern: brackets are closed and not empty, no backslash stands at the end.
    static func isValid(_ pattern: [UInt8]) -> Bool {
        var rest = pattern[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "\\") {
                guard rest.popFirst() != nil else { return false }
            } else if byte == UInt8(ascii: "[") {
                guard skipBrackets(&rest) else { return false }
            }
        }
        return true
    }

    private static func skipBrackets(_ rest: inout ArraySlice<UInt8>) -> Bool {
        if rest.first == UInt8(ascii: "^") { rest.removeFirst() }
        var isFirst = true
        while isFirst || rest.first != UInt8(ascii: "]") {
            isFirst = false
            guard skipCharacter(&rest) else { return false }
            if rest.first == UInt8(ascii: "-") {
                rest.removeFirst()
                guard skipCharacter(&rest) else { return false }
            }
        }
        rest.removeFirst()
        return true
    }

    private static func skipCharacter(_ rest: inout ArraySlice<UInt8>) -> Bool {
        guard let first = rest.first, first != UInt8(ascii: "-"), first != UInt8(ascii: "]") else { return false }
        if first == UInt8(ascii: "\\") { rest.removeFirst() }
        guard !rest.isEmpty else { return false }
        let (scalar, length) = GoText.decode(rest)
        guard scalar != GoText.replacement || length != 1 else { return false }
        rest = rest.dropFirst(length)
        return !rest.isEmpty
    }

    /// The regular expression that Docker makes of a pattern. It knows nothing of brackets, so a `*` in them is replaced too.
    static func expression(of pattern: [UInt32]) -> [UInt32] {
        let anythingButSlash = Array("[^/]".unicodeScalars.map(\.value))
        var out: [UInt32] = [UInt32(ascii: "^")]
        var rest = pattern[...]
        // Go's scanner skips a byte order mark.
        if rest.first == 0xFEFF { rest.removeFirst() }
        while let character = rest.popFirst() {
            switch Unicode.Scalar(character) {
            case "*" where rest.first == UInt32(ascii: "*"):
                rest.removeFirst()
                // **/ is **
                if rest.first == UInt32(ascii: "/") { rest.removeFirst() }
                out += (rest.isEmpty ? ".*" : "(.*/)?").unicodeScalars.map(\.value)
            case "*": out += anythingButSlash + [character]
            case "?": out += anythingButSlash
            case ".", "$": out += [UInt32(ascii: "\\"), character]
            case "\\": out += [character] + (rest.popFirst().map { [$0] } ?? [])
            default: out.append(character)
            }
        }
        return out + [UInt32(ascii: "$")]
    }
}
