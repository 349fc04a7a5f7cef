/// A string in Go's double quotes (`strconv.Quote`), as Docker shows a container's command.
///
/// - Parameter asciiOnly: escapes everything beyond ASCII too (`strconv.QuoteToASCII`).
public func goQuoted(_ text: String, asciiOnly: Bool = false) -> String {
    "\"" + text.unicodeScalars.map { goEscaped($0, quote: "\"", asciiOnly: asciiOnly) }.joined() + "\""
}

/// One character of a Go literal, escaped when it must be.
/// - Parameters:
///   - quote: What the literal stands in.
///   - asciiOnly: See `goQuoted`.
public func goEscaped(_ scalar: Unicode.Scalar, quote: Unicode.Scalar, asciiOnly: Bool = false) -> String {
    switch scalar {
    case quote, "\\": return "\\" + String(scalar)
    case "\u{07}": return "\\a"
    case "\u{08}": return "\\b"
    case "\u{0c}": return "\\f"
    case "\n": return "\\n"
    case "\r": return "\\r"
    case "\t": return "\\t"
    case "\u{0b}": return "\\v"
    default: break
    }
    if scalar.value < 0x20 || scalar.value == 0x7f { return "\\x" + hexDigits(scalar.value, 2) }
    if isGoPrintable(scalar) && (!asciiOnly || scalar.isASCII) { return String(scalar) }
    return scalar.value < 0x10000 ? "\\u" + hexDigits(scalar.value, 4) : "\\U" + hexDigits(scalar.value, 8)
}

/// Go's `unicode.IsPrint`: letters, marks, numbers, punctuation, symbols, and the space.
func isGoPrintable(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: false
    case .spaceSeparator: scalar == " "
    default: true
    }
}

func hexDigits(_ number: UInt32, _ width: Int, uppercase: Bool = false) -> String {
    let digits = String(number, radix: 16, uppercase: uppercase)
    return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
}

/// Reads a Go literal with its quotes: `"a\n"`, `` `raw` ``; nil when it is none.
func goUnquoted(_ literal: String) -> String? {
    let bytes = Array(literal.utf8)
    guard bytes.count >= 2, let quote = bytes.first, bytes.last == quote else { return nil }
    if quote == UInt8(ascii: "`") {
        return String(decoding: bytes[1..<(bytes.count - 1)].filter { $0 != 0x0d }, as: UTF8.self)
    }
    var text: [UInt8] = []
    var rest = bytes[1..<(bytes.count - 1)]
    while !rest.isEmpty {
        guard let piece = takeGoCharacter(from: &rest, quote: quote) else { return nil }
        text.append(contentsOf: piece.bytes)
    }
    return String(decoding: text, as: UTF8.self)
}

/// One character of a Go literal, escaped or not, as its bytes and its number.
func takeGoCharacter(from rest: inout ArraySlice<UInt8>, quote: UInt8) -> (bytes: [UInt8], number: UInt32)? {
    guard let first = rest.first, first != quote else { return nil }
    guard first == UInt8(ascii: "\\") else {
        guard let scalar = String(decoding: rest.prefix(4), as: UTF8.self).unicodeScalars.first else { return nil }
        let length = first < 0x80 ? 1 : min(String(scalar).utf8.count, rest.count)
        defer { rest.removeFirst(length) }
        return (Array(rest.prefix(length)), scalar.value)
    }
    rest.removeFirst()
    guard let letter = rest.popFirst() else { return nil }
    let simple: [Unicode.Scalar: UInt8] = ["a": 7, "b": 8, "f": 12, "n": 10, "r": 13, "t": 9, "v": 11, "\\": 92]
    if let byte = simple[Unicode.Scalar(letter)] { return ([byte], UInt32(byte)) }
    switch letter {
    case quote: return ([letter], UInt32(letter))
    case UInt8(ascii: "x"): return takeDigits(2, radix: 16, from: &rest).flatMap(singleByte)
    case UInt8(ascii: "u"): return takeDigits(4, radix: 16, from: &rest).flatMap(scalarBytes)
    case UInt8(ascii: "U"): return takeDigits(8, radix: 16, from: &rest).flatMap(scalarBytes)
    case UInt8(ascii: "0")...UInt8(ascii: "7"):
        rest = [letter] + rest
        return takeDigits(3, radix: 8, from: &rest).flatMap(singleByte)
    default: return nil
    }
}

private func takeDigits(_ count: Int, radix: Int, from rest: inout ArraySlice<UInt8>) -> UInt32? {
    guard rest.count >= count, rest.prefix(count).allSatisfy({ $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "-") }) else { return nil }
    defer { rest.removeFirst(count) }
    return UInt32(String(decoding: rest.prefix(count), as: UTF8.self), radix: radix)
}

private func singleByte(_ number: UInt32) -> (bytes: [UInt8], number: UInt32)? {
    UInt8(exactly: number).map { ([$0], number) }
}

private func scalarBytes(_ number: UInt32) -> (bytes: [UInt8], number: UInt32)? {
    Unicode.Scalar(number).map { (Array(String($0).utf8), number) }
}
