import Basics

/// The patterns of a .dockerignore file, matched exactly as Docker 20.10 does, with its oddities: a pattern is a regular expression in
/// which only `.` and `$` are escaped, and of a path's parents only the one as deep as the pattern counts.
///
/// Sources: moby 20.10, `builder/dockerignore/dockerignore.go` and `pkg/fileutils/fileutils.go`.
public struct IgnorePatterns: Sendable {
    /// One line that says something.
    public struct Rule: Sendable {
        /// The line in the file, from 1; 0 for what was added.
        public let line: Int
        /// The cleaned pattern, without its `!`.
        public let text: [UInt8]
        /// It began with `!`: what it matches is sent after all.
        public let isException: Bool
        /// How many names its path has.
        fileprivate let depth: Int
        fileprivate let matcher: Matcher
    }

    /// How a rule is matched: most are a plain path.
    fileprivate enum Matcher: Sendable {
        case plain([UInt32])
        case expression(GoRegex)

        func matches(_ text: ArraySlice<UInt32>) -> Bool {
            switch self {
            case .plain(let path): path.count == text.count && text.elementsEqual(path)
            case .expression(let expression): expression.matches(text)
            }
        }
    }

    /// As long as Docker's reader lets a line get.
    private static let longestLine = 65536
    /// Bytes of the file that are read: what a person writes has a few hundred.
    public static let limit = 1 << 20
    private static let mostRules = 10_000
    /// Of all expressions together: each state costs time for each letter of each file's path.
    private static let mostStates = 200_000
    private var states = 0

    public private(set) var rules: [Rule] = []

    /// No patterns: everything is sent.
    public init() {}

    /// Lines of the file as Docker keeps them: cleaned, without comments.
    /// - Throws: `DrydockError.invalid`, Docker's sentence.
    public static func lines(of bytes: [UInt8]) throws(DrydockError) -> [(line: Int, pattern: [UInt8])] {
        var found: [(Int, [UInt8])] = []
        var text = bytes[...]
        if text.starts(with: [0xEF, 0xBB, 0xBF]) { text = text.dropFirst(3) }
        for (index, line) in text.split(separator: 10, omittingEmptySubsequences: false).enumerated() {
            guard line.count < longestLine else {
                throw DrydockError(.invalid, "Error reading .dockerignore: bufio.Scanner: token too long")
            }
            // A comment only where it starts the line.
            guard line.first != UInt8(ascii: "#") else { continue }
            var pattern = GoText.trimmed(line)
            guard let first = pattern.first else { continue }
            let isException = first == UInt8(ascii: "!")
            if isException { pattern = GoText.trimmed(pattern.dropFirst()) }
            var cleaned = pattern.isEmpty ? [] : GoText.cleanedPath(pattern)
            if cleaned.count > 1, cleaned[0] == UInt8(ascii: "/") { cleaned.removeFirst() }
            found.append((index + 1, (isException ? [UInt8(ascii: "!")] : []) + cleaned))
        }
        return found
    }

    /// - Throws: `DrydockError.invalid`: `syntax error in pattern`, `illegal exclusion pattern: "!"`.
    public init(_ lines: [(line: Int, pattern: [UInt8])]) throws(DrydockError) {
        guard lines.count <= Self.mostRules else {
            throw DrydockError(.invalid, ".dockerignore has \(lines.count) patterns, more than the \(Self.mostRules) that are allowed")
        }
        for line in lines { try add(line.pattern, line: line.line) }
    }

    /// Adds a pattern behind the others.
    public mutating func add(_ pattern: [UInt8], line: Int = 0) throws(DrydockError) {
        let trimmed = GoText.trimmed(pattern[...])
        guard !trimmed.isEmpty else { return }
        var text = GoText.cleanedPath(trimmed)
        let isException = text.first == UInt8(ascii: "!")
        if isException {
            guard text.count > 1 else { throw DrydockError(.invalid, "illegal exclusion pattern: \"!\"") }
            text.removeFirst()
        }
        guard GlobSyntax.isValid(text) else { throw Self.badPattern }
        let depth = text.count { $0 == UInt8(ascii: "/") } + 1
        let matcher = try Self.matcher(text)
        if case .expression(let expression) = matcher { states += expression.size }
        guard states <= Self.mostStates else { throw DrydockError(.invalid, "the patterns of .dockerignore are too complex") }
        rules.append(Rule(line: line, text: text, isException: isException, depth: depth, matcher: matcher))
    }

    private static let badPattern = DrydockError(.invalid, "syntax error in pattern")

    private static func matcher(_ text: [UInt8]) throws(DrydockError) -> Matcher {
        let plainMarks = Array(#"*?\[](){}+|^$"#.utf8)
        if !text.contains(where: plainMarks.contains) { return .plain(GoText.scalars(text)) }
        do { return .expression(try GoRegex(GlobSyntax.expression(of: GoText.scalars(text)))) } catch { throw badPattern }
    }

    /// Whether there is any `!` pattern.
    public var hasExceptions: Bool { rules.contains(where: \.isException) }

    /// The rule that leaves a path out; nil if it is sent.
    /// - Parameter path: Relative to the context, cleaned.
    public func rule(leavingOut path: [UInt8]) -> Rule? {
        guard !rules.isEmpty else { return nil }
        let text = GoText.scalars(path)
        let slash = UInt32(ascii: "/")
        // Where each of the path's parents ends.
        let ends = text.indices.filter { text[$0] == slash }
        var decisive: Rule?
        for rule in rules {
            // What could only say again what is decided already need not be asked.
            if rule.isException == (decisive == nil) { continue }
            var isMatch = rule.matcher.matches(text[...])
            if !isMatch, rule.depth <= ends.count { isMatch = rule.matcher.matches(text[..<ends[rule.depth - 1]]) }
            if isMatch { decisive = rule.isException ? nil : rule }
        }
        return decisive
    }

    /// Whether a folder that is left out must be looked into all the same, since a `!` pattern names something in it.
    public func mayHoldExceptions(_ folder: [UInt8]) -> Bool {
        let start = folder + [UInt8(ascii: "/")]
        return rules.contains { $0.isException && ($0.text + [UInt8(ascii: "/")]).starts(with: start) }
    }

    /// Makes sure that a file is sent: the Dockerfile and the patterns themselves are needed by the engine.
    public mutating func keep(_ path: [UInt8]) throws(DrydockError) {
        let cleaned = GoText.cleanedPath(path)
        guard cleaned != [UInt8(ascii: ".")], rule(leavingOut: cleaned) != nil else { return }
        try add([UInt8(ascii: "!")] + path)
    }
}
