import Basics

/// The forms in which instructions have their arguments.
extension Instruction {
    /// What stands where a list in JSON's form may stand.
    enum List: Hashable {
        case words([String])
        /// A list, but not of strings.
        case other
        /// None: the shell's form.
        case none
    }

    /// What follows a list is passed over, as Docker does.
    var list: List {
        guard arguments.hasPrefix("["), let end = Self.endOfList(arguments),
            let list = (try? JSONValue(parsing: Array(arguments[..<end].utf8)))?.arrayValue
        else { return .none }
        let words = list.compactMap(\.stringValue)
        return words.count == list.count ? .words(words) : .other
    }

    /// `["a", "b"]`; nil when it isn't that form, which then is the shell's.
    public var jsonForm: [String]? {
        if case .words(let words) = list { return words }
        return nil
    }

    private static func endOfList(_ text: String) -> String.Index? {
        var (depth, isInString, isEscaped) = (0, false, false)
        for index in text.indices {
            let character = text[index]
            if isEscaped {
                isEscaped = false
            } else if isInString {
                if character == "\\" { isEscaped = true }
                if character == "\"" { isInString = false }
            } else if character == "\"" {
                isInString = true
            } else if character == "[" || character == "{" {
                depth += 1
            } else if character == "]" || character == "}" {
                depth -= 1
                if depth == 0 { return text.index(after: index) }
            }
        }
        return nil
    }

    /// Whether lines below it may belong to it, should it announce some.
    var mayHaveHeredocs: Bool {
        guard keyword == "onbuild" else { return ["run", "copy", "add"].contains(keyword) && jsonForm == nil }
        let word = arguments.prefix { !$0.isBlank }
        guard word.lowercased() != "onbuild" else { return false }
        return Instruction(
            keyword: word.lowercased(), arguments: String(arguments.dropFirst(word.count)).trimmedBlanks
        ).mayHaveHeredocs
    }

    /// Words between blanks, quotes and all.
    public var blankSeparated: [String] { arguments.split { $0.isBlank || $0.isNewline }.map(String.init) }

    /// `name=value name="other value"`, or the old form `name value`. Quotes and escapes are still there: expansion takes them away.
    /// - Throws: `DrydockError.invalid` in Docker's words.
    public func nameValues(escape: Character) throws(DrydockError) -> [(name: String, value: String)] {
        let words = Self.words(arguments, escape: escape)
        guard let first = words.first else { return [] }
        guard first.contains("=") else {
            let name = arguments.prefix { !$0.isBlank }
            let value = arguments.dropFirst(name.count).drop { $0.isBlank }
            guard !value.isEmpty else { throw DrydockError(.invalid, "\(keyword.uppercased()) must have two arguments") }
            return [(String(name), String(value))]
        }
        var pairs: [(name: String, value: String)] = []
        for word in words {
            guard let equals = word.firstIndex(of: "=") else {
                throw DrydockError(
                    .invalid, "Syntax error - can't find = in \"\(word.prefix(200))\". Must be of the form: name=value")
            }
            pairs.append((String(word[..<equals]), String(word[word.index(after: equals)...])))
        }
        return pairs
    }

    /// Splits at blanks outside of quotes, and keeps the quotes.
    /// Source: moby/buildkit, `frontend/dockerfile/parser/line_parsers.go`, `parseWords`.
    static func words(_ text: String, escape: Character) -> [String] {
        var words: [String] = []
        var word = ""
        var quote: Character?
        var characters = text[...]
        while let character = characters.popFirst() {
            if quote == nil, character.isBlank || character.isNewline {
                if !word.isEmpty { words.append(word) }
                word = ""
                continue
            }
            if let open = quote {
                if character == open { quote = nil }
            } else if character == "'" || character == "\"" {
                quote = character
            }
            if character == escape, quote != "'" {
                // At the end of the line there is nothing to be escaped.
                guard let next = characters.popFirst() else { break }
                word.append(character)
                word.append(next)
                continue
            }
            word.append(character)
        }
        if !word.isEmpty { words.append(word) }
        return words
    }
}
