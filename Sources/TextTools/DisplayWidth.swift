/// How many columns a text takes on a terminal.
///
/// East Asian wide characters and emoji take two, combining marks and control characters none, and escape sequences
/// (colours, links) none. Source: Unicode Standard Annex #11.
public func displayWidth(_ text: some StringProtocol) -> Int { displayWidth(String(text)) }

/// How many columns a text takes on a terminal; see the other one.
public func displayWidth(_ text: String) -> Int {
    if isPlainASCII(text) { return text.utf8.count }
    var plain = 0
    if text.unicodeScalars.allSatisfy({
        plain += 1
        return isPlain($0.value)
    }) {
        return plain
    }
    return pieces(of: text).reduce(0) { $0 + $1.width }
}

/// Whether all of it is printable ASCII: a byte is a column then.
func isPlainASCII(_ text: String) -> Bool { text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7f } }

/// The text shortened to `width` columns with an ellipsis at its end, as Docker's `formatter.Ellipsis` does it.
///
/// With a width of 1 the first character is left, without an ellipsis; with 0 nothing. Escape sequences stay.
public func truncated(_ text: some StringProtocol, _ width: Int) -> String {
    guard width > 0 else { return "" }
    guard displayWidth(text) > width else { return String(text) }
    let pieces = pieces(of: text)
    if width == 1 { return pieces.first { $0.width > 0 }.map { String($0.text) } ?? "" }
    var short = ""
    var used = 0
    var isCut = false
    for piece in pieces {
        if !isCut && used + piece.width > width - 1 {
            short += "…"
            isCut = true
        }
        // Behind the cut only escape sequences and marks are left, which end a colour.
        if isCut && piece.width > 0 { continue }
        short += piece.text
        used += piece.width
    }
    return short
}

/// The text with spaces up to `width` columns.
public func padded(_ text: some StringProtocol, to width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - displayWidth(text)))
}

private func pieces<S: StringProtocol>(of text: S) -> [(text: S.SubSequence, width: Int)] {
    var pieces: [(S.SubSequence, Int)] = []
    var place = text.startIndex
    while place < text.endIndex {
        let end = text[place] == "\u{1b}" ? endOfEscape(in: text, from: place) : text.index(after: place)
        pieces.append((text[place..<end], text[place] == "\u{1b}" ? 0 : width(of: text[place])))
        place = end
    }
    return pieces
}

/// Where the escape sequence ends that starts at `place`: CSI `ESC [ … letter`, OSC `ESC ] … BEL` or `… ESC \`, else two characters.
private func endOfEscape<S: StringProtocol>(in text: S, from place: S.Index) -> S.Index {
    let second = text.index(after: place)
    guard second < text.endIndex else { return second }
    var end = text.index(after: second)
    switch text[second] {
    case "[":
        while end < text.endIndex {
            let byte = text[end].asciiValue ?? 0
            end = text.index(after: end)
            if byte >= 0x40 && byte <= 0x7e { break }
        }
    case "]":
        while end < text.endIndex {
            let character = text[end]
            end = text.index(after: end)
            if character == "\u{07}" { break }
            if character == "\u{1b}" { return end < text.endIndex ? text.index(after: end) : end }
        }
    default: break
    }
    return end
}

/// A character is as wide as its widest scalar; the emoji selector makes it wide.
private func width(of character: Character) -> Int {
    var widest = 0
    for scalar in character.unicodeScalars {
        if scalar.value == 0xFE0F { return 2 }
        widest = max(widest, width(of: scalar))
    }
    return widest
}

/// One column by itself, whatever stands beside it, as long as that is plain, too: Latin letters, and the marks that narration is full of.
private func isPlain(_ value: UInt32) -> Bool {
    switch value {
    case 0x20...0x7E, 0xA0...0xAC, 0xAE...0x2FF, 0x2010...0x2027, 0x2190...0x21FF, 0x2500...0x25FC, 0x2713, 0x2717: true
    default: false
    }
}

private func width(of scalar: Unicode.Scalar) -> Int {
    if scalar.value < 0x300 { return scalar.value >= 0x20 && !(0x7f..<0xa0).contains(scalar.value) && scalar.value != 0xad ? 1 : 0 }
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format, .control, .lineSeparator, .paragraphSeparator: return 0
    default: break
    }
    // Vowels and final consonants of Korean syllables join the first consonant's cell.
    if (0x1160...0x11FF).contains(scalar.value) { return 0 }
    return scalar.properties.isEmojiPresentation || isWide(scalar.value) ? 2 : 1
}

private func isWide(_ value: UInt32) -> Bool {
    wideRanges.contains { $0.contains(value) }
}

/// Wide and fullwidth blocks of EastAsianWidth.txt, emoji aside.
private let wideRanges: [ClosedRange<UInt32>] = [
    0x1100...0x115F, 0x2329...0x232A, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF,
    0xA000...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE6F,
    0xFF01...0xFF60, 0xFFE0...0xFFE6, 0x16FE0...0x18DFF, 0x1AFF0...0x1B2FF, 0x1F200...0x1F265, 0x20000...0x3FFFD,
]
