/// One word of a template.
struct TemplateToken {
    enum Kind {
        case text, leftDelimiter, rightDelimiter, space, end, error
        case identifier, field, variable, dot
        case bool, number, character, string, rawString
        case assign, declare, pipe, leftParenthesis, rightParenthesis, other
        case keyword
    }

    var kind: Kind
    var text: String
    /// Offset of the first byte.
    var position: Int
    var line: Int

    /// How Go's parser names it in `unexpected …`.
    var shown: String {
        switch kind {
        case .end: return "EOF"
        case .error: return text
        case .keyword, .dot: return "<\(text)>"
        default:
            if text.utf8.count > 10 { return goQuoted(String(decoding: text.utf8.prefix(10), as: UTF8.self)) + "..." }
            return goQuoted(text)
        }
    }
}

/// Cuts a template into tokens as Go's text/template does. The last token is the end or an error.
struct TemplateLexer {
    private let bytes: [UInt8]
    private var position = 0
    private var start = 0
    private var line = 1
    private var startLine = 1
    private var parenthesisDepth = 0
    private var tokens: [TemplateToken] = []

    private static let keywords: Set<String> = [
        "block", "break", "continue", "define", "else", "end", "if", "nil", "range", "template", "with",
    ]

    static func tokens(of source: String) -> [TemplateToken] {
        var lexer = TemplateLexer(bytes: Array(source.utf8))
        lexer.run()
        return lexer.tokens
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    /// The rest of the template is text, then an action, and so on; each returns false at an error or the end.
    private mutating func run() {
        while lexText() && lexAction() {}
    }

    // MARK: Text

    /// Text and comments up to the next action; false at the end or an error.
    private mutating func lexText() -> Bool {
        while true {
            let opening = find("{{", from: position) ?? bytes.count
            let trims = opening < bytes.count && hasLeftTrim(at: opening + 2)
            emitText(upTo: opening, trims: trims)
            guard opening < bytes.count else {
                emit(.end)
                return false
            }
            let afterTrim = opening + 2 + (trims ? 2 : 0)
            guard has("/*", at: afterTrim) else {
                position += 2
                emit(.leftDelimiter)
                if trims { position += 2 }
                skip()
                parenthesisDepth = 0
                return true
            }
            position = afterTrim
            guard lexComment() else { return false }
        }
    }

    private mutating func emitText(upTo opening: Int, trims: Bool) {
        position = opening
        if trims { while position > start, isSpace(bytes[position - 1]) { position -= 1 } }
        if position > start { emit(.text) }
        position = opening
        skip()
    }

    /// A comment is no token.
    private mutating func lexComment() -> Bool {
        guard let close = find("*/", from: position + 2) else { return fail("unclosed comment") }
        position = close + 2
        let trims = hasRightTrim(at: position)
        if trims { position += 2 }
        guard has("}}", at: position) else { return fail("comment ends before closing delimiter") }
        position += 2
        if trims { skipSpace() }
        skip()
        return true
    }

    // MARK: Actions

    private mutating func lexAction() -> Bool {
        while true {
            let trims = hasRightTrim(at: position)
            if trims || has("}}", at: position) {
                guard parenthesisDepth == 0 else { return fail("unclosed left paren") }
                if trims { position += 2 }
                skip()
                position += 2
                emit(.rightDelimiter)
                if trims { skipSpace() }
                skip()
                return true
            }
            guard lexWord() else { return false }
        }
    }

    private mutating func lexWord() -> Bool {
        guard let byte = peek() else { return fail("unclosed action") }
        switch byte {
        case _ where isSpace(byte):
            while let next = peek(), isSpace(next), !hasRightTrim(at: position) { position += 1 }
            return emit(.space)
        case UInt8(ascii: "="): return emitOne(.assign)
        case UInt8(ascii: ":"):
            position += 1
            guard peek() == UInt8(ascii: "=") else { return fail("expected :=") }
            return emitOne(.declare)
        case UInt8(ascii: "|"): return emitOne(.pipe)
        case UInt8(ascii: "\""): return lexQuoted(byte, .string, "unterminated quoted string")
        case UInt8(ascii: "'"): return lexQuoted(byte, .character, "unterminated character constant")
        case UInt8(ascii: "`"): return lexRawString()
        case UInt8(ascii: "$"): return lexName(.variable)
        case UInt8(ascii: "."):
            if let next = peek(1), isDigit(next) { return lexNumber() }
            return lexName(.field)
        case UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return lexNumber()
        case UInt8(ascii: "("):
            parenthesisDepth += 1
            return emitOne(.leftParenthesis)
        case UInt8(ascii: ")"):
            _ = emitOne(.rightParenthesis)
            parenthesisDepth -= 1
            return parenthesisDepth < 0 ? fail("unexpected right paren \(codePoint(")"))") : true
        case _ where isAlphanumeric(at: position): return lexIdentifier()
        case 0x21..<0x7f: return emitOne(.other)
        default: return fail("unrecognized character in action: \(codePoint(scalar(at: position)))")
        }
    }

    /// A string or a character with its quotes, escapes untouched.
    private mutating func lexQuoted(_ quote: UInt8, _ kind: TemplateToken.Kind, _ complaint: String) -> Bool {
        position += 1
        while let byte = peek(), byte != UInt8(ascii: "\n") {
            position += 1
            if byte == quote { return emit(kind) }
            if byte == UInt8(ascii: "\\") {
                guard let escaped = peek(), escaped != UInt8(ascii: "\n") else { break }
                position += 1
            }
        }
        return fail(complaint)
    }

    private mutating func lexRawString() -> Bool {
        guard let close = find("`", from: position + 1) else { return fail("unterminated raw quoted string") }
        position = close + 1
        return emit(.rawString)
    }

    /// `.Name` or `$name`; a lone dot, a lone dollar.
    private mutating func lexName(_ kind: TemplateToken.Kind) -> Bool {
        position += 1
        if isTerminator(position) { return emit(kind == .variable ? .variable : .dot) }
        skipAlphanumerics()
        guard isTerminator(position) else { return fail("bad character \(codePoint(scalar(at: position)))") }
        return emit(kind)
    }

    private mutating func lexIdentifier() -> Bool {
        skipAlphanumerics()
        guard isTerminator(position) else { return fail("bad character \(codePoint(scalar(at: position)))") }
        let word = String(decoding: bytes[start..<position], as: UTF8.self)
        if Self.keywords.contains(word) { return emit(.keyword) }
        return emit(word == "true" || word == "false" ? .bool : .identifier)
    }

    private mutating func lexNumber() -> Bool {
        func isOneOf(_ set: String) -> (UInt8) -> Bool { { set.utf8.contains($0) } }
        _ = take(isOneOf("+-"))
        var digits = "0123456789_"
        if take(isOneOf("0")) {
            if take(isOneOf("xX")) {
                digits = "0123456789abcdefABCDEF_"
            } else if take(isOneOf("oO")) {
                digits = "01234567_"
            } else if take(isOneOf("bB")) {
                digits = "01_"
            }
        }
        while take(isOneOf(digits)) {}
        if take(isOneOf(".")) { while take(isOneOf(digits)) {} }
        if digits.utf8.count == 11, take(isOneOf("eE")) {
            _ = take(isOneOf("+-"))
            while take(isOneOf("0123456789_")) {}
        }
        _ = take(isOneOf("i"))
        if position < bytes.count, isAlphanumeric(at: position) {
            position += scalarLength(at: position)
            return fail("bad number syntax: " + goQuoted(String(decoding: bytes[start..<position], as: UTF8.self)))
        }
        return emit(.number)
    }

    // MARK: Tokens

    @discardableResult
    private mutating func emit(_ kind: TemplateToken.Kind) -> Bool {
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        tokens.append(TemplateToken(kind: kind, text: text, position: start, line: line))
        skip()
        return true
    }

    private mutating func emitOne(_ kind: TemplateToken.Kind) -> Bool {
        position += 1
        return emit(kind)
    }

    private mutating func fail(_ complaint: String) -> Bool {
        tokens.append(TemplateToken(kind: .error, text: complaint, position: start, line: line))
        return false
    }

    /// Leaves what lies between `start` and `position` behind.
    private mutating func skip() {
        for byte in bytes[start..<max(start, position)] where byte == UInt8(ascii: "\n") { line += 1 }
        start = position
    }

    private mutating func skipSpace() {
        while let byte = peek(), isSpace(byte) { position += 1 }
    }

    // MARK: Bytes

    private func peek(_ ahead: Int = 0) -> UInt8? { position + ahead < bytes.count ? bytes[position + ahead] : nil }

    private mutating func take(_ isWanted: (UInt8) -> Bool) -> Bool {
        guard let byte = peek(), isWanted(byte) else { return false }
        position += 1
        return true
    }

    private mutating func skipAlphanumerics() {
        while position < bytes.count, isAlphanumeric(at: position) { position += scalarLength(at: position) }
    }

    private func has(_ text: StaticString, at place: Int) -> Bool {
        guard place + text.utf8CodeUnitCount <= bytes.count else { return false }
        return (0..<text.utf8CodeUnitCount).allSatisfy { bytes[place + $0] == text.utf8Start[$0] }
    }

    private func find(_ text: StaticString, from place: Int) -> Int? {
        guard place <= bytes.count - text.utf8CodeUnitCount else { return nil }
        return (place...(bytes.count - text.utf8CodeUnitCount)).first { has(text, at: $0) }
    }

    private func hasLeftTrim(at place: Int) -> Bool { has("-", at: place) && place + 1 < bytes.count && isSpace(bytes[place + 1]) }
    private func hasRightTrim(at place: Int) -> Bool { place < bytes.count && isSpace(bytes[place]) && has("-}}", at: place + 1) }
    private func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0a || byte == 0x0d }
    private func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

    private func scalar(at place: Int) -> Unicode.Scalar {
        String(decoding: bytes[place..<min(place + 4, bytes.count)], as: UTF8.self).unicodeScalars.first ?? "\u{FFFD}"
    }

    private func scalarLength(at place: Int) -> Int { String(scalar(at: place)).utf8.count }

    private func isAlphanumeric(at place: Int) -> Bool {
        let scalar = scalar(at: place)
        return scalar == "_" || scalar.properties.isAlphabetic || scalar.properties.generalCategory == .decimalNumber
    }

    /// Whether a name may end here.
    private func isTerminator(_ place: Int) -> Bool {
        guard place < bytes.count else { return true }
        return isSpace(bytes[place]) || ".,|:()".utf8.contains(bytes[place]) || has("}}", at: place)
    }

    /// Go's `%#U`.
    private func codePoint(_ scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16, uppercase: true)
        return "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits + " '\(scalar)'"
    }
}
