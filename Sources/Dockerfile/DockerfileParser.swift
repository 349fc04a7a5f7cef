import Basics

/// One instruction as it stands in a Dockerfile.
public struct Instruction: Sendable, Hashable {
    /// In lower case: `run`.
    public let keyword: String
    /// `--from=x`, in order, without quotes.
    public let flags: [String]
    /// What follows the keyword and its flags, continuations joined.
    public let arguments: String
    /// The whole instruction on one line, as `docker build` shows it after `Step 1/9 : `.
    public let original: String
    /// Of its first line, from 1.
    public let line: Int
    /// The lines below it that belong to it, in the order in which it announces them.
    public internal(set) var heredocs: [Heredoc] = []

    public init(keyword: String, flags: [String] = [], arguments: String, original: String = "", line: Int = 0) {
        self.keyword = keyword
        self.flags = flags
        self.arguments = arguments
        self.original = original
        self.line = line
    }
}

/// What a Dockerfile consists of.
public struct ParsedDockerfile: Sendable, Hashable {
    public let instructions: [Instruction]
    /// Continues lines and quotes characters: `\`, or what `# escape=` says.
    public let escape: Character
    /// In Docker's words, each with its newlines.
    public let warnings: [String]

    /// Bytes of a Dockerfile: what a person writes has a few thousand.
    public static let limit = 1 << 20
    private static let mostInstructions = 10_000

    /// - Parameter isTrigger: What an image leaves to whoever builds on it: it has no directives, and lines below its first one can only be
    ///   heredocs.
    /// - Throws: `DrydockError.invalid` in Docker's words, with the line.
    /// Source: Dockerfile reference, "Format"; moby/buildkit, `frontend/dockerfile/parser/parser.go`.
    public init(parsing text: String, isTrigger: Bool = false) throws(DrydockError) {
        guard text.utf8.count <= Self.limit else {
            throw DrydockError(.invalid, "the Dockerfile has \(text.utf8.count) bytes, more than the \(Self.limit) that are allowed")
        }
        var lines = LineReader(text)
        escape = try lines.directives()
        var instructions: [Instruction] = []
        while let (line, number) = try lines.next(escape: escape) {
            var instruction = try Self.instruction(line, number)
            if lines.hasHeredocs || isTrigger, instruction.mayHaveHeredocs { try lines.takeHeredocs(of: &instruction, escape: escape) }
            instructions.append(instruction)
            guard instructions.count <= Self.mostInstructions else {
                throw DrydockError(.invalid, "the Dockerfile has more than \(Self.mostInstructions) instructions")
            }
        }
        guard !instructions.isEmpty else { throw DrydockError(.invalid, "file with no instructions") }
        self.instructions = instructions
        let doubtful = lines.withEmptyLines
        warnings =
            doubtful.isEmpty
            ? []
            : ["[WARNING]: Empty continuation line found in:\n    \(doubtful.joined(separator: "\n    "))\n"]
                + ["[WARNING]: Empty continuation lines will become errors in a future release.\n"]
    }

    private static func instruction(_ line: String, _ number: Int) throws(DrydockError) -> Instruction {
        let trimmed = line.trimmedBlanks
        let keyword = trimmed.prefix { !$0.isBlank }
        var rest = trimmed.dropFirst(keyword.count).drop { $0.isBlank }
        let flags = try Self.flags(&rest, number)
        return Instruction(
            keyword: keyword.lowercased(), flags: flags, arguments: String(rest).trimmedBlanks, original: trimmed, line: number)
    }

    /// Words that begin with `--`, up to the first other one; `--` alone ends them.
    private static func flags(_ rest: inout Substring, _ number: Int) throws(DrydockError) -> [String] {
        var flags: [String] = []
        while rest.hasPrefix("--") {
            var word = ""
            var quote: Character?
            var index = rest.startIndex
            while index < rest.endIndex {
                let character = rest[index]
                if let open = quote {
                    if character == open { quote = nil } else { word.append(character) }
                } else if character.isBlank {
                    break
                } else if character == "\"" || character == "'" {
                    quote = character
                } else {
                    word.append(character)
                }
                index = rest.index(after: index)
            }
            rest = rest[index...].drop { $0.isBlank }
            if word == "--" { return flags }
            flags.append(word)
            guard flags.count <= 64 else { throw DrydockError(.invalid, "dockerfile parse error line \(number): too many flags") }
        }
        return flags
    }
}

/// Reads a Dockerfile's lines: comments taken away, continuations joined.
private struct LineReader {
    private var rest: Substring
    private var isAtEnd = false
    private var number = 0
    /// What `# syntax=` on the very first line asks for.
    private(set) var hasHeredocs = false
    /// Instructions that go on behind an empty line.
    private(set) var withEmptyLines: [String] = []

    init(_ text: String) {
        rest = text.hasPrefix("\u{FEFF}") ? text.dropFirst() : text[...]
    }

    /// Where the next line ends. In Swift CR LF is one character, and a newline like LF.
    private var end: String.Index { rest.firstIndex { $0 == "\n" || $0 == "\r\n" } ?? rest.endIndex }

    /// The next line without its end; there is one behind each newline, though it be empty.
    private mutating func take() -> Substring? { takeWhole()?.line }

    private mutating func takeWhole() -> (line: Substring, end: Substring)? {
        guard !isAtEnd else { return nil }
        let end = end
        let line = rest[..<end]
        isAtEnd = end == rest.endIndex
        let newline = rest[end...].prefix(1)
        rest = rest[end...].dropFirst()
        number += 1
        return (line, newline)
    }

    /// Takes the lines that belong to an instruction.
    mutating func takeHeredocs(of instruction: inout Instruction, escape: Character) throws(DrydockError) {
        for word in Instruction.words(instruction.original, escape: escape) {
            guard var heredoc = Heredoc(word: word) else { continue }
            var isEnded = false
            while let (line, newline) = takeWhole() {
                isEnded = heredoc.isEnded(by: line)
                if isEnded { break }
                heredoc.lines += line
                heredoc.lines += newline
            }
            guard isEnded else {
                let name = heredoc.name.prefix(64)
                throw DrydockError(
                    .invalid, "dockerfile parse error line \(instruction.line): unterminated heredoc: no line below has \(name) alone")
            }
            instruction.heredocs.append(heredoc)
        }
    }

    /// `# name=value` lines at the very beginning.
    mutating func directives() throws(DrydockError) -> Character {
        var escape: Character?
        var seen: Set<String> = []
        while !isAtEnd, let (name, value) = Self.directive(rest[..<end]) {
            guard seen.insert(name).inserted else {
                throw DrydockError(.invalid, "only one \(name) parser directive can be used")
            }
            if name == "syntax", seen.count == 1 { hasHeredocs = DockerfileSyntax.hasHeredocs(value) }
            _ = take()
            guard name == "escape" else { continue }
            guard value == "\\" || value == "`" else {
                throw DrydockError(.invalid, "invalid escape token '\(value.prefix(16))' does not match ` or \\")
            }
            escape = value.first
        }
        return escape ?? "\\"
    }

    /// Docker takes `escape` and `syntax` for directives, and whatever else for a comment, which ends them.
    private static func directive(_ line: Substring) -> (name: String, value: String)? {
        var rest = line.drop { $0.isBlank }
        guard rest.first == "#" else { return nil }
        rest = rest.dropFirst().drop { $0.isBlank }
        let name = rest.prefix { $0.isASCII && $0.isLetter }.lowercased()
        rest = rest.dropFirst(name.count).drop { $0.isBlank }
        guard name == "escape" || name == "syntax", rest.first == "=" else { return nil }
        let value = String(rest.dropFirst()).trimmedBlanks
        return value.isEmpty ? nil : (name, value)
    }

    /// The next instruction's text, on one line.
    mutating func next(escape: Character) throws(DrydockError) -> (text: String, line: Int)? {
        while let first = take() {
            let line = first.drop { $0.isBlank }
            if line.isEmpty || line.first == "#" { continue }
            let begin = number
            var text = String(line)
            var hasEmptyLine = false
            while let joined = Self.continued(text, by: escape) {
                text = joined
                guard let following = take() else { break }
                let trimmed = following.drop { $0.isBlank }
                if trimmed.isEmpty, !isAtEnd { hasEmptyLine = true }
                // Comments and empty lines in between are no part of it, and it goes on behind them.
                text += trimmed.isEmpty || trimmed.first == "#" ? String(escape) : String(following)
            }
            if text.trimmedBlanks.isEmpty { continue }
            if hasEmptyLine { withEmptyLines.append(text.trimmedBlanks) }
            return (text, begin)
        }
        return nil
    }

    /// The line without the sign that it goes on; nil when it doesn't.
    private static func continued(_ text: String, by escape: Character) -> String? {
        var end = text.endIndex
        while end > text.startIndex, text[text.index(before: end)].isBlank { end = text.index(before: end) }
        guard end > text.startIndex, text[text.index(before: end)] == escape else { return nil }
        return String(text[..<text.index(before: end)])
    }
}

extension Character {
    /// What separates words within a line.
    var isBlank: Bool { self == " " || self == "\t" || self == "\r" || self == "\u{0B}" || self == "\u{0C}" }
}

extension String {
    var trimmedBlanks: String {
        var rest = self[...].drop { $0.isBlank }
        while rest.last?.isBlank == true { rest = rest.dropLast() }
        return String(rest)
    }
}
