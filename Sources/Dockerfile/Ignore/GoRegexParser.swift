/// Reads regular expressions as Go's `regexp/syntax` does with its Perl flags, as far as Docker's patterns can reach:
/// groups with flags can't be written, since Docker replaces each `?`.
struct GoRegexParser {
    private typealias Failure = GoRegex.SyntaxError

    private let text: [UInt32]
    private var place = 0
    private var depth = 0

    /// Go's own bounds: how often something may be repeated, and how deep groups may stand in each other.
    private static let mostRepeats = 1000
    private static let deepest = 1000

    init(_ text: [UInt32]) { self.text = text }

    private var next: UInt32? { place < text.count ? text[place] : nil }

    private func isNext(_ character: Unicode.Scalar, after distance: Int = 0) -> Bool {
        place + distance < text.count && text[place + distance] == character.value
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard isNext(character) else { return false }
        place += 1
        return true
    }

    mutating func parse() throws(GoRegex.SyntaxError) -> GoRegexTree {
        let tree = try parseChoices()
        // What is left is a parenthesis that nothing opened.
        guard place == text.count else { throw Failure() }
        return tree
    }

    private mutating func parseChoices() throws(GoRegex.SyntaxError) -> GoRegexTree {
        var choices = [try parseSequence()]
        while take("|") { choices.append(try parseSequence()) }
        return choices.count == 1 ? choices[0] : .either(choices)
    }

    private mutating func parseSequence() throws(GoRegex.SyntaxError) -> GoRegexTree {
        var parts: [GoRegexTree] = []
        var lastWasRepeat = false
        while let character = next, character != UInt32(ascii: "|"), character != UInt32(ascii: ")") {
            if let (least, most) = try parseRepeat() {
                // Two in a row mean something else to Perl; Go refuses them.
                guard !lastWasRepeat, let part = parts.popLast() else { throw Failure() }
                let tree = GoRegexTree.repeated(part, least, most)
                guard Self.repeats(tree) <= Self.mostRepeats else { throw Failure() }
                parts.append(tree)
                lastWasRepeat = true
                continue
            }
            lastWasRepeat = false
            parts += try parseAtom()
        }
        return parts.isEmpty ? .empty : .sequence(parts)
    }

    /// How often the innermost part is repeated at most, by counts of two and more.
    private static func repeats(_ tree: GoRegexTree) -> Int {
        switch tree {
        case .sequence(let parts), .either(let parts): return parts.map(repeats).max() ?? 1
        case .repeated(let part, let least, let most):
            let inner = repeats(part)
            let count = max(least, most ?? least)
            return count >= 2 ? min(inner * count, mostRepeats + 1) : inner
        default: return 1
        }
    }

    // MARK: Repetition

    private mutating func parseRepeat() throws(GoRegex.SyntaxError) -> (Int, Int?)? {
        if take("*") { return (0, nil) }
        if take("+") { return (1, nil) }
        if take("?") { return (0, 1) }
        guard isNext("{") else { return nil }
        let start = place
        place += 1
        var most: Int?
        guard let least = parseCount() else {
            place = start
            return nil
        }
        if take(",") {
            if !isNext("}") {
                guard let count = parseCount() else {
                    place = start
                    return nil
                }
                most = count
            }
        } else {
            most = least
        }
        guard take("}") else {
            place = start
            return nil
        }
        guard least <= Self.mostRepeats, most ?? 0 <= Self.mostRepeats, least <= most ?? least else { throw Failure() }
        return (least, most)
    }

    /// A number without leading zeros; a huge one is one more than is allowed.
    private mutating func parseCount() -> Int? {
        let start = place
        var value = 0
        while let character = next, (0x30...0x39).contains(character) {
            value = min(value * 10 + Int(character - 0x30), Self.mostRepeats + 1)
            place += 1
        }
        let hasLeadingZero = place > start + 1 && text[start] == 0x30
        return place == start || hasLeadingZero ? nil : value
    }

    // MARK: Single parts

    private mutating func parseAtom() throws(GoRegex.SyntaxError) -> [GoRegexTree] {
        guard let character = next else { return [] }
        switch Unicode.Scalar(character) {
        case "(": return [try parseGroup()]
        case "[": return [.set(try parseBrackets())]
        case "^":
            place += 1
            return [.begin]
        case "$":
            place += 1
            return [.end]
        case ".":
            place += 1
            return [.anyButNewline]
        case "\\": return try parseBackslash()
        default:
            place += 1
            return [.character(character)]
        }
    }

    private mutating func parseGroup() throws(GoRegex.SyntaxError) -> GoRegexTree {
        place += 1
        depth += 1
        guard depth <= Self.deepest else { throw Failure() }
        let inner = try parseChoices()
        guard take(")") else { throw Failure() }
        depth -= 1
        return inner
    }

    private mutating func parseBackslash() throws(GoRegex.SyntaxError) -> [GoRegexTree] {
        if place + 1 < text.count {
            switch Unicode.Scalar(text[place + 1]) {
            case "A": return skipTwo([.begin])
            case "z": return skipTwo([.end])
            case "b": return skipTwo([.wordBoundary(true)])
            case "B": return skipTwo([.wordBoundary(false)])
            case "Q": return parseQuoted()
            default: break
            }
        }
        if let set = try parseNamedEscape() { return [.set(set)] }
        return [.character(try parseEscape())]
    }

    private mutating func skipTwo(_ parts: [GoRegexTree]) -> [GoRegexTree] {
        place += 2
        return parts
    }

    /// `\Q…\E`: letters without a meaning.
    private mutating func parseQuoted() -> [GoRegexTree] {
        place += 2
        var parts: [GoRegexTree] = []
        while let character = next {
            if isNext("\\"), isNext("E", after: 1) {
                place += 2
                break
            }
            parts.append(.character(character))
            place += 1
        }
        return parts
    }

    /// `\pL`, `\P{Lu}`, `\d`.
    private mutating func parseNamedEscape() throws(GoRegex.SyntaxError) -> CharacterSet? {
        guard isNext("\\"), place + 1 < text.count else { return nil }
        let letter = text[place + 1]
        if let set = CharacterSet.perl(letter) {
            place += 2
            return set
        }
        guard letter == UInt32(ascii: "p") || letter == UInt32(ascii: "P") else { return nil }
        place += 2
        var isNegated = letter == UInt32(ascii: "P")
        guard let first = next else { throw Failure() }
        var name = [first]
        place += 1
        if first == UInt32(ascii: "{") {
            guard let end = text[place...].firstIndex(of: UInt32(ascii: "}")) else { throw Failure() }
            name = Array(text[place..<end])
            place = end + 1
        }
        if name.first == UInt32(ascii: "^") {
            isNegated.toggle()
            name.removeFirst()
        }
        let letters = String(String.UnicodeScalarView(name.compactMap(Unicode.Scalar.init)))
        guard let set = CharacterSet.unicode(letters, isNegated: isNegated) else { throw Failure() }
        return set
    }

    // MARK: Brackets

    private mutating func parseBrackets() throws(GoRegex.SyntaxError) -> CharacterSet {
        place += 1
        var set = CharacterSet()
        set.isNegated = take("^")
        var isFirst = true
        while isFirst || !isNext("]") {
            isFirst = false
            if let named = try parsePosixName() {
                set.add(named)
            } else if let named = try parseNamedEscape() {
                set.add(named)
            } else {
                let low = try parseBracketCharacter()
                var high = low
                if isNext("-"), place + 1 < text.count, !isNext("]", after: 1) {
                    place += 1
                    high = try parseBracketCharacter()
                }
                guard low <= high else { throw Failure() }
                set.add(low...high)
            }
        }
        place += 1
        return set
    }

    private mutating func parseBracketCharacter() throws(GoRegex.SyntaxError) -> UInt32 {
        guard let character = next else { throw Failure() }
        if isNext("\\") { return try parseEscape() }
        place += 1
        return character
    }

    private mutating func parsePosixName() throws(GoRegex.SyntaxError) -> CharacterSet? {
        guard isNext("["), isNext(":", after: 1), place + 2 < text.count else { return nil }
        var end = place + 2
        while end + 1 < text.count, !(text[end] == UInt32(ascii: ":") && text[end + 1] == UInt32(ascii: "]")) { end += 1 }
        guard end + 1 < text.count else { return nil }
        let name = String(String.UnicodeScalarView(text[(place + 2)..<end].compactMap(Unicode.Scalar.init)))
        guard let set = CharacterSet.posix(name) else { throw Failure() }
        place = end + 2
        return set
    }

    // MARK: Escapes

    private mutating func parseEscape() throws(GoRegex.SyntaxError) -> UInt32 {
        place += 1
        guard let character = next else { throw Failure() }
        place += 1
        switch Unicode.Scalar(character) {
        case "0", "1", "2", "3", "4", "5", "6", "7": return try parseOctal(character)
        case "x": return try parseHexadecimal()
        case "a": return 7
        case "f": return 12
        case "n": return 10
        case "r": return 13
        case "t": return 9
        case "v": return 11
        default:
            let isAlphanumeric = CharacterSet.isWord(character) && character != UInt32(ascii: "_")
            guard character < 0x80, !isAlphanumeric else { throw Failure() }
            return character
        }
    }

    private mutating func parseOctal(_ first: UInt32) throws(GoRegex.SyntaxError) -> UInt32 {
        var value = first - 0x30
        // One digit alone would refer back to a group.
        if value != 0, !(next.map { (0x30...0x37).contains($0) } ?? false) { throw Failure() }
        for _ in 0..<2 {
            guard let digit = next, (0x30...0x37).contains(digit) else { break }
            value = value * 8 + digit - 0x30
            place += 1
        }
        return value
    }

    private mutating func parseHexadecimal() throws(GoRegex.SyntaxError) -> UInt32 {
        if take("{") {
            var value: UInt32 = 0
            var count = 0
            while !take("}") {
                value = value * 16 + (try parseDigit())
                guard value <= 0x10FFFF else { throw Failure() }
                count += 1
            }
            guard count > 0 else { throw Failure() }
            return value
        }
        let high = try parseDigit()
        return high * 16 + (try parseDigit())
    }

    private mutating func parseDigit() throws(GoRegex.SyntaxError) -> UInt32 {
        guard let character = next, character < 0x80, let scalar = Unicode.Scalar(character),
            let digit = Character(scalar).hexDigitValue
        else { throw Failure() }
        place += 1
        return UInt32(digit)
    }
}

extension UInt32 {
    init(ascii scalar: Unicode.Scalar) { self = scalar.value }
}
