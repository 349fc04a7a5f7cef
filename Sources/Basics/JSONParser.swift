/// What a JSON text may cost at most.
public struct JSONLimits: Sendable {
    /// How deep arrays and objects may nest. Values above `deepestPossible` count as that: each level takes stack.
    public var maximumDepth: Int
    /// How long the text may be.
    public var maximumBytes: Int

    static let deepestPossible = 512

    public init(maximumDepth: Int = 128, maximumBytes: Int = 64 << 20) {
        self.maximumDepth = maximumDepth
        self.maximumBytes = maximumBytes
    }
}

/// A text that is no JSON, or more than the limits allow.
public struct JSONError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong, e.g. `invalid character 'x' where a value should begin`.
    public let reason: String
    /// Where: the offset of the offending byte.
    public let offset: Int

    public init(reason: String, offset: Int) {
        self.reason = reason
        self.offset = offset
    }

    public var description: String { "invalid JSON: \(reason) (at byte \(offset))" }
}

extension JSONValue {
    /// Parses a JSON text: strictly RFC 8259, one value, nothing behind it.
    ///
    /// Of members with the same name the last one counts and half surrogate pairs become U+FFFD, both as in Go's encoding/json.
    /// - Throws: `JSONError` with the offset of the first offending byte.
    public init(parsing bytes: some Collection<UInt8>, limits: JSONLimits = .init()) throws(JSONError) {
        self = try Array(bytes).withUnsafeBufferPointer { bytes throws(JSONError) in try JSONValue(parsing: bytes, limits: limits) }
    }

    /// Parses a JSON text where it lies; see `init(parsing:limits:)` for other collections.
    public init(parsing bytes: UnsafeBufferPointer<UInt8>, limits: JSONLimits = .init()) throws(JSONError) {
        guard bytes.count <= limits.maximumBytes else {
            throw JSONError(reason: "the text is longer than \(limits.maximumBytes) bytes", offset: limits.maximumBytes)
        }
        var parser = JSONParser(bytes: bytes, maximumDepth: min(limits.maximumDepth, JSONLimits.deepestPossible))
        self = try parser.parseText()
    }

    /// Parses a JSON text; see `init(parsing:limits:)` for bytes.
    public init(parsing text: String, limits: JSONLimits = .init()) throws(JSONError) {
        try self.init(parsing: text.utf8, limits: limits)
    }
}

private struct JSONParser {
    let bytes: UnsafeBufferPointer<UInt8>
    let maximumDepth: Int
    private var position = 0

    init(bytes: UnsafeBufferPointer<UInt8>, maximumDepth: Int) {
        self.bytes = bytes
        self.maximumDepth = maximumDepth
    }

    mutating func parseText() throws(JSONError) -> JSONValue {
        skipSpace()
        let value = try parseValue(depth: 0)
        skipSpace()
        guard position == bytes.count else { throw unexpected("after the end of the value") }
        return value
    }

    // MARK: Values

    private mutating func parseValue(depth: Int) throws(JSONError) -> JSONValue {
        guard let byte = peek() else { throw unexpected("where a value should begin") }
        switch byte {
        case UInt8(ascii: "{"): return .object(try parseObject(depth: depth + 1))
        case UInt8(ascii: "["): return .array(try parseArray(depth: depth + 1))
        case UInt8(ascii: "\""): return .string(try parseString())
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try parseNumber()
        case UInt8(ascii: "t"): return try parseWord("true", .bool(true))
        case UInt8(ascii: "f"): return try parseWord("false", .bool(false))
        case UInt8(ascii: "n"): return try parseWord("null", .null)
        default: throw unexpected("where a value should begin")
        }
    }

    private mutating func parseObject(depth: Int) throws(JSONError) -> JSONObject {
        try enter(depth)
        var object = JSONObject()
        skipSpace()
        if take(UInt8(ascii: "}")) { return object }
        while true {
            skipSpace()
            guard peek() == UInt8(ascii: "\"") else { throw unexpected("where a member's name should begin") }
            let name = try parseString()
            skipSpace()
            guard take(UInt8(ascii: ":")) else { throw unexpected("after a member's name") }
            skipSpace()
            object[name] = try parseValue(depth: depth)
            skipSpace()
            if take(UInt8(ascii: "}")) { return object }
            guard take(UInt8(ascii: ",")) else { throw unexpected("after an object's member") }
        }
    }

    private mutating func parseArray(depth: Int) throws(JSONError) -> [JSONValue] {
        try enter(depth)
        var elements: [JSONValue] = []
        skipSpace()
        if take(UInt8(ascii: "]")) { return elements }
        while true {
            skipSpace()
            elements.append(try parseValue(depth: depth))
            skipSpace()
            if take(UInt8(ascii: "]")) { return elements }
            guard take(UInt8(ascii: ",")) else { throw unexpected("after an array's element") }
        }
    }

    /// Steps over the opening bracket.
    private mutating func enter(_ depth: Int) throws(JSONError) {
        guard depth <= maximumDepth else {
            throw JSONError(reason: "nested deeper than \(maximumDepth) levels", offset: position)
        }
        position += 1
    }

    private mutating func parseWord(_ word: StaticString, _ value: JSONValue) throws(JSONError) -> JSONValue {
        for place in 0..<word.utf8CodeUnitCount {
            guard peek() == word.utf8Start[place] else { throw unexpected("in the word \(word)") }
            position += 1
        }
        return value
    }

    // MARK: Numbers

    private mutating func parseNumber() throws(JSONError) -> JSONValue {
        let start = position
        var isWhole = true
        let isNegative = take(UInt8(ascii: "-"))
        if take(UInt8(ascii: "0")) {
            if let byte = peek(), isDigit(byte) { throw unexpected("after a leading zero") }
        } else {
            try skipDigits()
        }
        if take(UInt8(ascii: ".")) {
            isWhole = false
            try skipDigits()
        }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            isWhole = false
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            try skipDigits()
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        // Minus zero exists among the fractions only.
        if isWhole, let number = Int64(text), !(isNegative && number == 0) { return .integer(number) }
        guard let number = Double(text), number.isFinite else {
            throw JSONError(reason: "the number does not fit 64 bits", offset: start)
        }
        return .number(number)
    }

    private mutating func skipDigits() throws(JSONError) {
        guard let byte = peek(), isDigit(byte) else { throw unexpected("in a number, where a digit should be") }
        while let byte = peek(), isDigit(byte) { position += 1 }
    }

    private func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

    // MARK: Strings

    private mutating func parseString() throws(JSONError) -> String {
        position += 1
        let start = position
        // Most strings are ASCII, and need no other check than this one.
        var all: UInt8 = 0
        while let byte = peek() {
            if byte == UInt8(ascii: "\"") {
                defer { position += 1 }
                let text = UnsafeBufferPointer(rebasing: bytes[start..<position])
                return all < 0x80 ? String(decoding: text, as: UTF8.self) : try checkedText(text, offset: start)
            }
            all |= byte
            if byte == UInt8(ascii: "\\") { return try parseEscapedString(from: start) }
            guard byte >= 0x20 else { throw unexpected("in a string") }
            position += 1
        }
        throw unexpected("in a string")
    }

    /// The rest of a string, from its first backslash on; what stands before it begins at `start`.
    private mutating func parseEscapedString(from start: Int) throws(JSONError) -> String {
        var text = Array(bytes[start..<position])
        while let byte = peek() {
            position += 1
            switch byte {
            case UInt8(ascii: "\""):
                return try checkedText(text, offset: start)
            case UInt8(ascii: "\\"):
                try parseEscape(into: &text)
            case 0..<0x20:
                position -= 1
                throw unexpected("in a string")
            default:
                text.append(byte)
            }
        }
        throw unexpected("in a string")
    }

    private mutating func parseEscape(into text: inout [UInt8]) throws(JSONError) {
        guard let byte = peek() else { throw unexpected("in an escape sequence") }
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0c)
        case UInt8(ascii: "n"): text.append(0x0a)
        case UInt8(ascii: "r"): text.append(0x0d)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"):
            position += 1
            text.append(contentsOf: String(try parseEscapedScalar()).utf8)
            return
        default: throw unexpected("in an escape sequence")
        }
        position += 1
    }

    /// The scalar after `\u`: four digits, or a surrogate pair of two escapes.
    private mutating func parseEscapedScalar() throws(JSONError) -> Unicode.Scalar {
        let replacement: Unicode.Scalar = "\u{FFFD}"
        let first = try parseFourHexDigits()
        guard first & 0xF800 == 0xD800 else { return Unicode.Scalar(first) ?? replacement }
        guard first < 0xDC00, peek() == UInt8(ascii: "\\"), peek(1) == UInt8(ascii: "u") else { return replacement }
        let afterFirst = position
        position += 2
        let second = try parseFourHexDigits()
        guard second & 0xFC00 == 0xDC00 else {
            // The second escape is a character of its own: read it again as such.
            position = afterFirst
            return replacement
        }
        return Unicode.Scalar(0x10000 + (first & 0x3FF) << 10 + (second & 0x3FF)) ?? replacement
    }

    private mutating func parseFourHexDigits() throws(JSONError) -> UInt32 {
        var number: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = peek(), let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80 else {
                throw unexpected("in a \\u escape, where a hexadecimal digit should be")
            }
            number = number << 4 | UInt32(digit)
            position += 1
        }
        return number
    }

    private func checkedText(_ bytes: some Collection<UInt8>, offset: Int) throws(JSONError) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw JSONError(reason: "a string that is not UTF-8", offset: offset)
        }
        return text
    }

    // MARK: Bytes

    private func peek(_ ahead: Int = 0) -> UInt8? {
        position + ahead < bytes.count ? bytes[position + ahead] : nil
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard peek() == byte else { return false }
        position += 1
        return true
    }

    private mutating func skipSpace() {
        while let byte = peek(), byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 { position += 1 }
    }

    private func unexpected(_ place: String) -> JSONError {
        guard let byte = peek() else { return JSONError(reason: "the text ends \(place)", offset: position) }
        let shown = byte >= 0x20 && byte < 0x7f ? "character '\(Unicode.Scalar(byte))'" : "byte 0x" + String(byte, radix: 16)
        return JSONError(reason: "invalid \(shown) \(place)", offset: position)
    }
}
