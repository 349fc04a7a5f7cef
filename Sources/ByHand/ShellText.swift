import TextTools

/// Text as shells read it. Names, commands and variables are strangers' words: whatever stands in them, it stays one word.
enum ShellText {
    /// A word of its own: bare where that is safe, in single quotes otherwise.
    static func quoted(_ text: String) -> String {
        isBare(text) ? text : "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }

    /// A word in which some parts are the script's variables.
    static func word(_ text: String, _ replacements: [Replacement]) -> String {
        var pieces: [Piece] = []
        var literal = Substring()
        var rest = Substring(text)
        while !rest.isEmpty {
            if let found = replacements.first(where: { $0.begins(rest) }) {
                if !literal.isEmpty { pieces.append(.literal(String(literal))) }
                literal = ""
                pieces.append(.variable(found.variable))
                rest = rest.dropFirst(found.literal.count)
            } else {
                literal.append(rest.removeFirst())
            }
        }
        if !literal.isEmpty { pieces.append(.literal(String(literal))) }
        guard pieces.contains(where: \.isVariable) else { return quoted(text) }
        return pieces.allSatisfy(\.fitsDoubleQuotes) ? inDoubleQuotes(pieces) : pieces.map(\.word).joined()
    }

    /// Lines of a comment; nothing that stands in the text ends it.
    static func comment(_ text: String, width: Int = 118) -> [String] {
        text.split(separator: "\n", omittingEmptySubsequences: false).flatMap { line in
            wrap(
                String(String.UnicodeScalarView(line.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7f ? "?" : $0 })), width: width,
                indent: "# ", hanging: "# ")
        }
    }

    /// A here-document whose end no line of the text can be.
    static func hereDocument(_ command: String, _ lines: [String], _ mark: String) -> [String] {
        let all = Set(lines.flatMap { $0.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) })
        var mark = mark
        while all.contains(mark) { mark += "_" }
        return ["\(command) <<'\(mark)'"] + lines + [mark]
    }

    private static func isBare(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy {
                switch $0 {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                case UInt8(ascii: "/"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: ":"), UInt8(ascii: ","),
                    UInt8(ascii: "@"), UInt8(ascii: "%"), UInt8(ascii: "+"), UInt8(ascii: "="):
                    true
                default: false
                }
            }
    }

    private static func inDoubleQuotes(_ pieces: [Piece]) -> String {
        var text = "\""
        for (index, piece) in pieces.enumerated() {
            switch piece {
            case .literal(let literal): text += literal
            case .variable(let name):
                var goesOn = false
                if index + 1 < pieces.count, case .literal(let next) = pieces[index + 1], let first = next.utf8.first {
                    goesOn =
                        first == UInt8(ascii: "_") || first >= 0x80 || Character(UnicodeScalar(first)).isLetter
                        || Character(UnicodeScalar(first)).isNumber
                }
                text += goesOn ? "${\(name)}" : "$\(name)"
            }
        }
        return text + "\""
    }

    private enum Piece {
        case literal(String)
        case variable(String)

        var isVariable: Bool { if case .variable = self { true } else { false } }

        var fitsDoubleQuotes: Bool {
            guard case .literal(let text) = self else { return true }
            return !text.unicodeScalars.contains { "\"$`\\!".unicodeScalars.contains($0) }
        }

        var word: String {
            switch self {
            case .literal(let text): ShellText.quoted(text)
            case .variable(let name): "\"$\(name)\""
            }
        }
    }
}

/// Something of drydock's that has another name in the script.
struct Replacement {
    let literal: String
    let variable: String
    /// What may follow: a folder's path goes on with a slash, an address not with a digit.
    let ends: @Sendable (Character) -> Bool

    init(_ literal: String, _ variable: String, ends: @escaping @Sendable (Character) -> Bool = { _ in true }) {
        self.literal = literal
        self.variable = variable
        self.ends = ends
    }

    func begins(_ text: Substring) -> Bool {
        guard !literal.isEmpty, text.hasPrefix(literal) else { return false }
        return text.dropFirst(literal.count).first.map(ends) ?? true
    }
}
