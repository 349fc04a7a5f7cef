import Basics

/// Puts the values of variables in the place of `$name`, and takes quotes and escapes away, as a shell would.
///
/// Source: Dockerfile reference, "Environment replacement"; moby/buildkit, `frontend/dockerfile/shell/lex.go`.
public struct WordExpansion: Sendable {
    private let escape: Character
    private let keepsQuotes: Bool
    /// Of a variable; nil when it is not set.
    public let value: @Sendable (String) -> String?

    /// `${a:-${b:-…}}`: deeper than this nobody nests, and each level takes stack.
    private static let depth = 64
    /// Bytes of a result: `${a}${a}…` in many steps could ask for any amount.
    private static let limit = 1 << 20

    /// - Parameters:
    ///   - escape: The Dockerfile's own.
    ///   - keepsQuotes: They mean nothing, as in a heredoc.
    ///   - value: Of a variable; nil when it is not set.
    public init(escape: Character, keepsQuotes: Bool = false, value: @escaping @Sendable (String) -> String?) {
        self.escape = escape
        self.keepsQuotes = keepsQuotes
        self.value = value
    }

    /// - Throws: `DrydockError.invalid` in Docker's words.
    public func expand(_ text: String) throws(DrydockError) -> String {
        try result(text).text
    }

    /// The words that a text becomes: what a variable holds is split at its blanks, what stands in quotes is not.
    public func words(_ text: String) throws(DrydockError) -> [String] {
        try result(text).words
    }

    private func result(_ text: String) throws(DrydockError) -> (text: String, words: [String]) {
        var run = Run(rest: text[...], escape: escape, keepsQuotes: keepsQuotes, value: value)
        do throws(DrydockError) {
            try run.read(until: nil, depth: 0)
        } catch {
            let shown = text.prefix(200).replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
            throw DrydockError(error.code, "failed to process \"\(shown)\": \(error.sentence)")
        }
        return (run.text, run.finishedWords)
    }

    private struct Run {
        var rest: Substring
        let escape: Character
        let keepsQuotes: Bool
        let value: @Sendable (String) -> String?
        var text = ""
        private var finished: [String] = []
        private var word = ""
        private var isInWord = false

        init(rest: Substring, escape: Character, keepsQuotes: Bool, value: @escaping @Sendable (String) -> String?) {
            self.rest = rest
            self.escape = escape
            self.keepsQuotes = keepsQuotes
            self.value = value
        }

        var finishedWords: [String] { isInWord ? finished + [word] : finished }

        /// Literal: it never ends a word.
        private mutating func add(raw piece: some StringProtocol) throws(DrydockError) {
            text += piece
            word += piece
            isInWord = true
            guard text.utf8.count <= WordExpansion.limit else {
                throw DrydockError(.invalid, "it becomes longer than \(WordExpansion.limit) bytes")
            }
        }

        private mutating func add(_ piece: some StringProtocol) throws(DrydockError) {
            for character in piece {
                if character.isBlank || character.isNewline {
                    text.append(character)
                    if isInWord { finished.append(word) }
                    word = ""
                    isInWord = false
                } else {
                    try add(raw: String(character))
                }
            }
        }

        mutating func read(until stop: Character?, depth: Int) throws(DrydockError) {
            guard depth <= WordExpansion.depth else { throw DrydockError(.invalid, "substitutions are nested too deeply") }
            while let character = rest.first {
                if character == stop {
                    rest.removeFirst()
                    return
                }
                switch character {
                case "'" where !keepsQuotes: try singleQuoted()
                case "\"" where !keepsQuotes: try doubleQuoted(depth: depth)
                case "$": try add(try dollar(depth: depth))
                case escape:
                    rest.removeFirst()
                    guard let next = rest.popFirst() else { break }
                    try add(raw: String(next))
                default:
                    rest.removeFirst()
                    try add(String(character))
                }
            }
            if let stop { throw DrydockError(.invalid, "unexpected end of statement while looking for matching \(stop)") }
        }

        private mutating func singleQuoted() throws(DrydockError) {
            rest.removeFirst()
            guard let end = rest.firstIndex(of: "'") else {
                throw DrydockError(.invalid, "unexpected end of statement while looking for matching single-quote")
            }
            try add(raw: rest[..<end])
            rest = rest[rest.index(after: end)...]
        }

        private mutating func doubleQuoted(depth: Int) throws(DrydockError) {
            rest.removeFirst()
            isInWord = true
            while let character = rest.first {
                if character == "\"" {
                    rest.removeFirst()
                    return
                }
                if character == "$" {
                    try add(raw: try dollar(depth: depth))
                    continue
                }
                rest.removeFirst()
                guard character == escape else {
                    try add(raw: String(character))
                    continue
                }
                // Within quotes only these three need an escape; before anything else it stands for itself.
                if let next = rest.first, next == "\"" || next == "$" || next == escape {
                    rest.removeFirst()
                    try add(raw: String(next))
                } else if !rest.isEmpty {
                    try add(raw: String(character))
                }
            }
            throw DrydockError(.invalid, "unexpected end of statement while looking for matching double-quote")
        }

        private mutating func dollar(depth: Int) throws(DrydockError) -> String {
            rest.removeFirst()
            guard rest.first == "{" else {
                let name = self.name()
                return name.isEmpty ? "$" : value(name) ?? ""
            }
            rest.removeFirst()
            switch rest.first {
            case nil: throw DrydockError(.invalid, "syntax error: missing '}'")
            case "{", "}", ":": throw DrydockError(.invalid, "syntax error: bad substitution")
            default: break
            }
            let name = self.name()
            switch rest.popFirst() {
            case "}": return value(name) ?? ""
            case ":":
                guard let modifier = rest.popFirst() else { throw DrydockError(.invalid, "syntax error: missing '}'") }
                let other = try substitute(depth: depth)
                let own = value(name) ?? ""
                switch modifier {
                case "+": return own.isEmpty ? own : other
                case "-": return own.isEmpty ? other : own
                case "?":
                    guard own.isEmpty else { return own }
                    throw DrydockError(.invalid, "\(name): \(other.isEmpty ? "is not allowed to be unset" : other)")
                default: throw DrydockError(.invalid, "unsupported modifier (\(modifier)) in substitution")
                }
            case "?":
                let other = try substitute(depth: depth)
                if let own = value(name) { return own }
                throw DrydockError(.invalid, "\(name): \(other.isEmpty ? "is not allowed to be unset" : other)")
            default: throw DrydockError(.invalid, "missing ':' in substitution")
            }
        }

        /// What stands between the modifier and the closing brace, itself expanded.
        private mutating func substitute(depth: Int) throws(DrydockError) -> String {
            var inner = Run(rest: rest, escape: escape, keepsQuotes: keepsQuotes, value: value)
            do throws(DrydockError) {
                try inner.read(until: "}", depth: depth + 1)
            } catch {
                if inner.rest.isEmpty, error.sentence.hasSuffix("matching }") { throw DrydockError(.invalid, "syntax error: missing '}'") }
                throw error
            }
            rest = inner.rest
            return inner.text
        }

        /// A variable's name; of `$1` and `$@` the shell's own, which nobody sets here.
        private mutating func name() -> String {
            if let first = rest.first {
                if first.isASCII, first.isNumber {
                    let digits = rest.prefix { $0.isASCII && $0.isNumber }
                    rest = rest.dropFirst(digits.count)
                    return String(digits)
                }
                if "@*#?-$!".contains(first) {
                    rest.removeFirst()
                    return String(first)
                }
            }
            let name = rest.prefix { $0 == "_" || $0.isLetter || $0.isNumber }
            rest = rest.dropFirst(name.count)
            return String(name)
        }
    }
}
