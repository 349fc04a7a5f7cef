import Narration

/// Reads a lesson's Markdown file.
///
/// The format is told with an example in `docs/lessons.md`.
public struct LessonParser {
    /// Longer files are no lessons.
    public static let limit = 256 << 10

    private let file: String
    private let lines: [Substring]
    private var place = 0
    private var lesson: Lesson
    /// Where prose goes next.
    private var isAfterCommands = false

    /// - Parameters:
    ///   - text: the file's content.
    ///   - file: its name, for messages.
    /// - Throws: `LessonProblem` with the line.
    public static func parse(_ text: String, file: String) throws(LessonProblem) -> Lesson {
        guard text.utf8.count <= limit else { throw LessonProblem(file, 0, "the lesson is larger than \(limit >> 10) KiB") }
        var parser = LessonParser(file, text)
        try parser.frontMatter()
        try parser.body()
        return parser.lesson
    }

    private init(_ file: String, _ text: String) {
        self.file = file
        lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { $0.hasSuffix("\r") ? $0.dropLast() : $0 }
        lesson = Lesson(id: "", section: "", minutes: 5, images: [], file: file)
    }

    private func problem(_ sentence: String, at line: Int? = nil) -> LessonProblem { LessonProblem(file, line ?? place, sentence) }

    /// The next line; `place` is its number afterwards.
    private mutating func next() -> String? {
        guard place < lines.count else { return nil }
        defer { place += 1 }
        return String(lines[place])
    }

    // MARK: Front matter

    private mutating func frontMatter() throws(LessonProblem) {
        guard next() == "---" else { throw problem("a lesson begins with --- and its id, section and titles") }
        while let line = next() {
            if line == "---" { return try requireFrontMatter() }
            if trimmed(line).isEmpty { continue }
            guard let colon = line.firstIndex(of: ":") else { throw problem("name: value is expected, not \"\(line)\"") }
            try set(trimmed(line[..<colon]), trimmed(line[line.index(after: colon)...]))
        }
        throw problem("the --- that ends the lesson's head is missing")
    }

    private mutating func set(_ name: String, _ value: String) throws(LessonProblem) {
        switch name {
        case "id":
            guard Self.isName(value) else { throw problem("\"\(value)\" is no id: letters, digits, dots and dashes, 60 at most") }
            lesson.id = value
        case "section": lesson.section = value
        case "title.en": lesson.title.english = value
        case "title.ko": lesson.title.korean = value
        case "images": lesson.images = value.split(separator: " ").map(String.init)
        case "images.full": lesson.fullImages = value.split(separator: " ").map(String.init)
        case "minutes":
            guard let minutes = Int(value), (1...600).contains(minutes) else { throw problem("minutes are a number from 1 to 600") }
            lesson.minutes = minutes
        default: throw problem("\(name) is unknown; there are id, section, title.en, title.ko, images, images.full, minutes")
        }
    }

    private func requireFrontMatter() throws(LessonProblem) {
        if lesson.id.isEmpty { throw problem("the lesson has no id") }
        if lesson.section.isEmpty { throw problem("the lesson has no section") }
        if !lesson.title.isWhole { throw problem("the lesson needs title.en and title.ko") }
    }

    static func isName(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 60 && text.first != "." && text.first != "-"
            && text.utf8.allSatisfy { (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) || $0 == 45 || $0 == 46 }
    }

    // MARK: Body

    private mutating func body() throws(LessonProblem) {
        while let line = next() {
            if line.hasPrefix("## ") {
                try beginStep(String(line.dropFirst(3)))
            } else if line.hasPrefix(":::") {
                try prose(trimmed(line.dropFirst(3)))
            } else if line.hasPrefix("```") {
                try block(trimmed(line.dropFirst(3)))
            } else if line.hasPrefix("% ") {
                try directive(String(line.dropFirst(2)))
            } else if line.hasPrefix("# ") || trimmed(line).isEmpty || line.hasPrefix("<!--") {
                // The heading for readers on the web, and space between parts.
            } else {
                throw problem("\"\(line.prefix(40))\" belongs to nothing: text stands between :::en or :::ko and :::")
            }
        }
        if lesson.steps.isEmpty { throw problem("the lesson has no step (## id: English title / 한국어 제목)") }
    }

    /// `## commit: Commit the container / 컨테이너를 커밋하기`; `## end` begins the last words.
    private mutating func beginStep(_ heading: String) throws(LessonProblem) {
        isAfterCommands = false
        if trimmed(heading) == "end" {
            hasEnded = true
            return
        }
        if hasEnded { throw problem("no step follows ## end") }
        guard let colon = heading.firstIndex(of: ":") else { throw problem("a step is written as ## id: English title / 한국어 제목") }
        let id = trimmed(heading[..<colon])
        let titles = heading[heading.index(after: colon)...].split(separator: " / ", omittingEmptySubsequences: false).map { trimmed($0) }
        guard Self.isName(id), titles.count == 2, titles.allSatisfy({ !$0.isEmpty }) else {
            throw problem("a step is written as ## id: English title / 한국어 제목")
        }
        if lesson.steps.contains(where: { $0.id == id }) { throw problem("there are two steps \(id)") }
        lesson.steps.append(LessonStep(id: id, title: Localized(english: titles[0], korean: titles[1]), line: place))
    }

    private var hasEnded = false

    private mutating func prose(_ name: String) throws(LessonProblem) {
        guard let language = Language(rawValue: name) else { throw problem(":::\(name) is no language; there are :::en and :::ko") }
        let start = place
        var text: [String] = []
        while let line = next() {
            if trimmed(line) == ":::" { return add(text, language) }
            if line.hasPrefix(":::") || line.hasPrefix("## ") { break }
            text.append(line)
        }
        throw problem("this ::: block is not closed by a line of :::", at: start)
    }

    private mutating func add(_ lines: [String], _ language: Language) {
        let text = trimmed(lines.joined(separator: "\n"))
        func append(_ target: inout Localized) { target[language] += (target[language].isEmpty ? "" : "\n\n") + text }
        if hasEnded {
            append(&lesson.ending)
        } else if lesson.steps.isEmpty {
            append(&lesson.introduction)
        } else if isAfterCommands {
            append(&lesson.steps[lesson.steps.count - 1].explanation)
        } else {
            append(&lesson.steps[lesson.steps.count - 1].goal)
        }
    }

    // MARK: Fenced blocks

    private mutating func block(_ kind: String) throws(LessonProblem) {
        let start = place
        var content: [String] = []
        var isClosed = false
        while let line = next() {
            if line == "```" {
                isClosed = true
                break
            }
            content.append(line)
        }
        guard isClosed else { throw problem("this block is not closed by a line of ```", at: start) }
        guard !lesson.steps.isEmpty, !hasEnded else { throw problem("a block stands in a step", at: start) }
        let words = kind.split(separator: " ").map(String.init)
        let step = lesson.steps.count - 1
        switch words.first {
        case "drydock":
            isAfterCommands = true
            lesson.steps[step].commands += try CommandBlock.parse(content, file: file, line: start)
        case "file":
            guard words.count == 2, LessonFile.isInside(words[1]) else {
                throw problem("a file is given as ```file NAME, inside the learner's folder", at: start)
            }
            lesson.steps[step].files.append(LessonFile(path: words[1], content: content.map { $0 + "\n" }.joined()))
        case "predict":
            guard words.count == 2, Self.isName(words[1]) else { throw problem("a question is written as ```predict ID", at: start) }
            lesson.steps[step].predictions.append(try PredictionBlock.parse(words[1], content, file: file, line: start))
        default: throw problem("```\(kind) is unknown; there are drydock, file NAME and predict ID", at: start)
        }
    }

    // MARK: Directives

    private mutating func directive(_ text: String) throws(LessonProblem) {
        guard let colon = text.firstIndex(of: ":") else { throw problem("% name: value is expected") }
        guard !lesson.steps.isEmpty, !hasEnded else { throw problem("% stands in a step") }
        let value = trimmed(text[text.index(after: colon)...])
        let step = lesson.steps.count - 1
        guard !value.isEmpty else { throw problem("% \(text) says nothing") }
        switch trimmed(text[..<colon]) {
        case "check": lesson.steps[step].checks.append(try CheckParser.check(value, file: file, line: place))
        case "still": lesson.steps[step].invariants.append(try CheckParser.check(value, file: file, line: place))
        case "keep": lesson.steps[step].keeps.append(try CheckParser.keep(value, file: file, line: place))
        case "steps": lesson.steps[step].narrated += value.split(separator: " ").map(String.init)
        case "hint.en": lesson.steps[step].hint.english = value
        case "hint.ko": lesson.steps[step].hint.korean = value
        case "only":
            guard let audience = Audience(rawValue: value) else { throw problem("only \(value)? There are drydock, full and lab") }
            lesson.steps[step].audience = audience
        case let name: throw problem("% \(name) is unknown; there are check, still, keep, steps, hint.en, hint.ko, only")
        }
    }
}

/// Without blanks and line ends around it.
func trimmed(_ text: some StringProtocol) -> String {
    var rest = Substring(text)
    while let first = rest.first, first.isWhitespace { rest.removeFirst() }
    while let last = rest.last, last.isWhitespace { rest.removeLast() }
    return String(rest)
}
