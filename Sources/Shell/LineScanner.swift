/// What a line of input is made of, as far as deciding who runs it needs.
struct ScannedLine: Sendable, Equatable {
    /// Why more lines are needed before the input is whole.
    enum Unfinished: Sendable, Equatable {
        case backslash, quote, parenthesis, hereDocument, operatorAtEnd
    }

    /// The words after quoting, when the line is a plain command; meaningless if `needsBash`.
    var words: [String] = []
    /// The line holds shell syntax: pipes, lists, redirections, expansions, globs, assignments, comments.
    var needsBash = false
    var unfinished: Unfinished?
}

/// Reads a line as bash's lexer would, without expanding anything: enough to split plain commands into words, to see
/// that a line is more than one, and to see that it goes on.
struct LineScanner {
    private let text: [Unicode.Scalar]
    private var position = 0
    private var result = ScannedLine()
    private var word = ""
    private var hasWord = false
    private var wordIsPlain = true
    private var depth = 0
    private var endsWithOperator = false
    private var hereDocuments: [(delimiter: String, stripsTabs: Bool)] = []

    private init(_ line: String) { text = Array(line.unicodeScalars) }

    /// Scans one logical line, which may hold line ends.
    static func scan(_ line: String) -> ScannedLine {
        var scanner = LineScanner(line)
        scanner.run()
        return scanner.result
    }

    private var current: Unicode.Scalar? { position < text.count ? text[position] : nil }
    private func peek(_ distance: Int) -> Unicode.Scalar? { position + distance < text.count ? text[position + distance] : nil }

    private mutating func run() {
        while let scalar = current {
            guard step(scalar) else { break }
        }
        endWord()
        if result.unfinished == nil, depth > 0 { result.unfinished = .parenthesis }
        if result.unfinished == nil, !hereDocuments.isEmpty { result.unfinished = .hereDocument }
        if result.unfinished == nil, endsWithOperator { result.unfinished = .operatorAtEnd }
    }

    /// - Returns: false when the rest of the line is of no interest any more.
    private mutating func step(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "\\": return backslash()
        case "'": return singleQuoted()
        case "\"": return doubleQuoted()
        case "`": return backquoted()
        case "$": dollar()
        case " ", "\t": endWord()
        case "\n": newline()
        case "#" where !hasWord: comment()
        case "|", "&", ";", "<", ">": operators(scalar)
        case "(", ")": parenthesis(scalar)
        case "*", "?", "[", "~", "!", "{", "}": special(scalar)
        case "=": equals()
        default: take(scalar)
        }
        return true
    }

    private mutating func take(_ scalar: Unicode.Scalar) {
        word.unicodeScalars.append(scalar)
        hasWord = true
        endsWithOperator = false
        position += 1
    }

    private mutating func endWord() {
        if hasWord { result.words.append(word) }
        word = ""
        hasWord = false
        wordIsPlain = true
        if let scalar = current, scalar == " " || scalar == "\t" { position += 1 }
    }

    // MARK: Quoting

    private mutating func backslash() -> Bool {
        guard let next = peek(1) else {
            result.unfinished = .backslash
            position += 1
            return false
        }
        position += 1
        // A backslash before the line's end joins the two lines.
        if next == "\n" {
            position += 1
        } else {
            wordIsPlain = false
            take(next)
        }
        return true
    }

    private mutating func singleQuoted() -> Bool {
        position += 1
        hasWord = true
        wordIsPlain = false
        endsWithOperator = false
        while let scalar = current {
            position += 1
            if scalar == "'" { return true }
            word.unicodeScalars.append(scalar)
        }
        result.unfinished = .quote
        return false
    }

    private mutating func doubleQuoted() -> Bool {
        position += 1
        hasWord = true
        wordIsPlain = false
        endsWithOperator = false
        while let scalar = current {
            switch scalar {
            case "\"":
                position += 1
                return true
            case "\\":
                guard let next = peek(1) else {
                    result.unfinished = .quote
                    return false
                }
                if !"$`\"\\\n".unicodeScalars.contains(next) { word.unicodeScalars.append("\\") }
                if next != "\n" { word.unicodeScalars.append(next) }
                position += 2
            case "$":
                dollar()
                if result.unfinished != nil { return false }
            case "`":
                guard backquoted() else { return false }
            default:
                word.unicodeScalars.append(scalar)
                position += 1
            }
        }
        result.unfinished = .quote
        return false
    }

    private mutating func backquoted() -> Bool {
        result.needsBash = true
        hasWord = true
        endsWithOperator = false
        position += 1
        while let scalar = current {
            position += scalar == "\\" ? 2 : 1
            if scalar == "`" { return true }
        }
        result.unfinished = .quote
        return false
    }

    // MARK: Shell syntax

    /// `$name`, `${…}`, `$(…)`, `$((…))`, `$'…'`: all bash's.
    private mutating func dollar() {
        result.needsBash = true
        hasWord = true
        endsWithOperator = false
        position += 1
        switch current {
        case "(": skipNested(open: "(", close: ")")
        case "{": skipNested(open: "{", close: "}")
        default: break
        }
    }

    /// Skips to the matching close, minding quotes in between.
    private mutating func skipNested(open: Unicode.Scalar, close: Unicode.Scalar) {
        var level = 0
        while let scalar = current {
            switch scalar {
            case "\\": position += 1
            case "'", "\"":
                let quote = scalar
                position += 1
                while let inner = current, inner != quote { position += inner == "\\" && quote == "\"" ? 2 : 1 }
                guard current != nil else {
                    result.unfinished = .quote
                    return
                }
            case open: level += 1
            case close: level -= 1
            default: break
            }
            position += 1
            if level == 0 { return }
        }
        result.unfinished = .parenthesis
    }

    private mutating func comment() {
        result.needsBash = true
        while let scalar = current, scalar != "\n" { position += scalar == "\n" ? 0 : 1 }
    }

    private mutating func newline() {
        endWord()
        position += 1
        if !hereDocuments.isEmpty { skipHereDocuments() }
        if position < text.count { result.needsBash = true }
    }

    private mutating func operators(_ scalar: Unicode.Scalar) {
        endWordKeepingPosition()
        result.needsBash = true
        if scalar == "<", peek(1) == "<", peek(2) != "<" {
            hereDocument()
            return
        }
        position += 1
        while let next = current, next == scalar || (next == "&" && scalar != ";") || (next == "|" && scalar == ">") { position += 1 }
        let isBackground = scalar == "&" && (position < 2 || text[position - 2] != "&")
        // `;` and `&` may end a line; pipes, && and || may not.
        endsWithOperator = scalar == "|" || (scalar == "&" && !isBackground)
    }

    private mutating func parenthesis(_ scalar: Unicode.Scalar) {
        endWordKeepingPosition()
        result.needsBash = true
        endsWithOperator = false
        depth += scalar == "(" ? 1 : depth > 0 ? -1 : 0
        position += 1
    }

    private mutating func special(_ scalar: Unicode.Scalar) {
        switch scalar {
        // `!` negates a pipeline when it is a word of its own; `hello world!` is text.
        case "!": if result.words.isEmpty, !hasWord { result.needsBash = true }
        case "~": if !hasWord { result.needsBash = true }
        default: result.needsBash = true
        }
        take(scalar)
    }

    /// `NAME=value` before or as the command is an assignment; `-e NAME=value` is an argument.
    private mutating func equals() {
        if result.words.isEmpty, wordIsPlain, isName(word.hasSuffix("+") ? String(word.dropLast()) : word) { result.needsBash = true }
        take("=")
    }

    private func isName(_ text: String) -> Bool {
        guard let first = text.unicodeScalars.first, first == "_" || first.properties.isAlphabetic else { return false }
        return text.unicodeScalars.allSatisfy { $0 == "_" || $0.properties.isAlphabetic || ("0"..."9").contains($0) }
    }

    private mutating func endWordKeepingPosition() {
        if hasWord { result.words.append(word) }
        word = ""
        hasWord = false
        wordIsPlain = true
    }

    // MARK: Here documents

    /// `<<WORD` and `<<-WORD`: the text follows on the next lines, up to WORD alone.
    private mutating func hereDocument() {
        position += 2
        endsWithOperator = false
        let strips = current == "-"
        if strips { position += 1 }
        while let scalar = current, scalar == " " || scalar == "\t" { position += 1 }
        var delimiter = ""
        while let scalar = current, !" \t\n;|&<>()".unicodeScalars.contains(scalar) {
            if !"'\"\\".unicodeScalars.contains(scalar) { delimiter.unicodeScalars.append(scalar) }
            position += 1
        }
        if !delimiter.isEmpty { hereDocuments.append((delimiter, strips)) }
    }

    private mutating func skipHereDocuments() {
        while let document = hereDocuments.first, position < text.count {
            var line = String.UnicodeScalarView()
            while let scalar = current, scalar != "\n" {
                line.append(scalar)
                position += 1
            }
            if current != nil { position += 1 }
            let body = document.stripsTabs ? String(line.drop { $0 == "\t" }) : String(line)
            if body == document.delimiter { hereDocuments.removeFirst() }
        }
    }
}
