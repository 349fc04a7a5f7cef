/// Takes passwords and tokens out of what is recorded. What it puts in their place is one plain word, so that a line that is replayed is
/// still one that can be run.
public struct Redaction: Sendable {
    public static let word = "REDACTED"

    /// Values that everybody knows are no secrets: a lesson's own `MYSQL_ROOT_PASSWORD=…` has to be replayed as it was.
    private let known: [[UInt8]]

    /// - Parameter publicTexts: the commands of the lesson; a value that stands in one of them is left.
    public init(publicTexts: [String] = []) { known = publicTexts.map { Array($0.utf8) } }

    /// A line that is run.
    public func line(_ text: String) -> String {
        var scanner = SecretScanner(Array(text.utf8), isCommand: true, known: known)
        return String(decoding: scanner.redacted(), as: UTF8.self)
    }

    /// What a command printed, in whole lines as far as there are any.
    public func output(_ text: String) -> String {
        var scanner = SecretScanner(Array(text.utf8), isCommand: false, known: known)
        return String(decoding: scanner.redacted(), as: UTF8.self)
    }
}

/// Finds secrets by the names that stand before them, and by how well-known tokens begin.
private struct SecretScanner {
    private let bytes: [UInt8]
    private let isCommand: Bool
    private let known: [[UInt8]]
    private var result: [UInt8] = []
    private var place = 0

    init(_ bytes: [UInt8], isCommand: Bool, known: [[UInt8]]) {
        self.bytes = bytes
        self.isCommand = isCommand
        self.known = known
    }

    mutating func redacted() -> [UInt8] {
        result.reserveCapacity(bytes.count)
        var programs = ProgramWords()
        while place < bytes.count {
            guard Self.isWord(bytes[place]) else {
                programs.passed(bytes[place])
                if takesPasswordOfAddress() { continue }
                result.append(bytes[place])
                place += 1
                continue
            }
            let start = place
            while place < bytes.count, Self.isWord(bytes[place]) { place += 1 }
            let word = Array(bytes[start..<place])
            if SecretNames.isToken(word), !isKnown(word) {
                result += Array(Redaction.word.utf8)
                continue
            }
            if isCommand, let length = programs.attachedPassword(word), !isKnown(Array(word[length...])) {
                result += word[..<length] + Array(Redaction.word.utf8)
                continue
            }
            result += word
            if takesValue(after: word, isQuoted: start > 0 && bytes[start - 1] == UInt8(ascii: "\"")) { continue }
            if isCommand, programs.passwordFollows(word, in: bytes) { takeNextWord() }
        }
        return result
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || byte == UInt8(ascii: "_")
            || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
    }

    private func isKnown(_ value: [UInt8]) -> Bool {
        value.isEmpty || known.contains { text in text.indices.contains { text[$0...].starts(with: value) } }
    }

    private func byte(_ offset: Int) -> UInt8? { bytes.indices.contains(place + offset) ? bytes[place + offset] : nil }

    // MARK: NAME=value, "name": "value", --name value, Authorization: value

    /// - Returns: whether there was a value, which has been taken over or left out.
    private mutating func takesValue(after word: [UInt8], isQuoted: Bool) -> Bool {
        guard let kind = SecretNames.kind(word) else { return false }
        if kind == .header { return takesHeader(isQuoted: isQuoted) }
        switch byte(0) {
        case UInt8(ascii: "="):
            copy(1)
            takeValue()
            return true
        case UInt8(ascii: "\"") where isQuoted:
            var next = 1
            while byte(next) == 32 { next += 1 }
            guard byte(next) == UInt8(ascii: ":") else { return false }
            next += 1
            while byte(next) == 32 { next += 1 }
            guard byte(next) == UInt8(ascii: "\"") else { return false }
            copy(next)
            takeValue()
            return true
        case 32 where isCommand && word.starts(with: "--".utf8) && kind == .option:
            takeNextWord()
            return true
        default: return false
        }
    }

    private mutating func takesHeader(isQuoted: Bool) -> Bool {
        var next = 0
        while let byte = byte(next), byte == 32 || byte == UInt8(ascii: ":") || byte == UInt8(ascii: "\"") && next < 4 { next += 1 }
        guard next > 0, bytes[place..<(place + next)].contains(UInt8(ascii: ":")) else { return false }
        copy(next)
        let value = bytes[place...].prefix { $0 != 10 && $0 != 13 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "'") }
        // The scheme (Bearer, Basic) is no secret.
        let scheme = value.prefix { $0 != 32 }
        let kept = scheme.count < value.count ? scheme.count + 1 : 0
        result += value.prefix(kept)
        if value.count > kept { result += Array(Redaction.word.utf8) }
        place += value.count
        return true
    }

    private mutating func copy(_ count: Int) {
        result += bytes[place..<(place + count)]
        place += count
    }

    private mutating func takeNextWord() {
        while byte(0) == 32 { copy(1) }
        takeValue()
    }

    /// Leaves a value out: to its closing quote, or to the end of the word.
    private mutating func takeValue() {
        let quote = byte(0).flatMap { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "'") ? $0 : nil }
        if quote != nil { copy(1) }
        let start = place
        while let next = byte(0) {
            if let quote { if next == quote || next == 10 { break } } else if next <= 32 || "\"',;&|<>".utf8.contains(next) { break }
            // An escaped quote is part of the value.
            place += next == UInt8(ascii: "\\") && byte(1) != nil ? 2 : 1
        }
        let value = Array(bytes[start..<place])
        // A variable's name is none of its value.
        let isReference = isCommand && value.first == UInt8(ascii: "$")
        result += isReference || isKnown(value) ? value : Array(Redaction.word.utf8)
    }

    // MARK: https://user:password@host

    private mutating func takesPasswordOfAddress() -> Bool {
        guard bytes[place...].starts(with: "://".utf8) else { return false }
        let authority = bytes[(place + 3)...].prefix { $0 > 32 && !"/\"'<>?#".utf8.contains($0) }
        guard let at = authority.lastIndex(of: UInt8(ascii: "@")), let colon = authority[..<at].firstIndex(of: UInt8(ascii: ":")) else {
            return false
        }
        result += bytes[place...colon] + Array(Redaction.word.utf8)
        place = at
        return true
    }
}
