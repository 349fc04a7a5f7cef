/// Reads checks: `container web running`, `image a layers == 4`, `container t file /first contains "test_first!"`.
struct CheckParser {
    private var words: ArraySlice<String>
    private let file: String
    private let line: Int

    /// - Throws: `LessonProblem` with what is allowed in that place.
    static func check(_ text: String, file: String, line: Int) throws(LessonProblem) -> Check {
        var parser = try CheckParser(text, file, line)
        let subject = try parser.subject()
        let (property, expectation) = try parser.claim(about: subject)
        guard let expectation else { throw parser.problem("the check says nothing of \(text): add exists, absent or a comparison") }
        try parser.end()
        return Check(subject: subject, property: property, expectation: expectation, source: text, line: line)
    }

    /// Reads `name = image commit_test:first id`.
    static func keep(_ text: String, file: String, line: Int) throws(LessonProblem) -> Keep {
        var parser = try CheckParser(text, file, line)
        guard let name = parser.words.popFirst(), parser.words.popFirst() == "=",
            name.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "-" })
        else { throw parser.problem("a kept value is written as: name = image NAME id") }
        let subject = try parser.subject()
        let (property, expectation) = try parser.claim(about: subject)
        guard expectation == nil else { throw parser.problem("a value that is kept is not compared") }
        try parser.end()
        return Keep(name: name, subject: subject, property: property)
    }

    private init(_ text: String, _ file: String, _ line: Int) throws(LessonProblem) {
        self.file = file
        self.line = line
        guard let words = Self.split(text) else { throw LessonProblem(file, line, "a quote is not closed in: \(text)") }
        self.words = words[...]
    }

    private func problem(_ sentence: String) -> LessonProblem { LessonProblem(file, line, sentence) }

    /// Words; those in double quotes may hold blanks, and `\n`, `\t`, `\"`, `\\`.
    static func split(_ text: String) -> [String]? {
        var words: [String] = []
        var word: String?
        var isQuoted = false
        var characters = text.makeIterator()
        while let character = characters.next() {
            if isQuoted {
                if character == "\"" {
                    isQuoted = false
                } else if character == "\\" {
                    guard let next = characters.next() else { return nil }
                    word?.append(next == "n" ? "\n" : next == "t" ? "\t" : next)
                } else {
                    word?.append(character)
                }
            } else if character == "\"" {
                isQuoted = true
                word = word ?? ""
            } else if character == " " || character == "\t" {
                if let whole = word { words.append(whole) }
                word = nil
            } else {
                word = (word ?? "") + String(character)
            }
        }
        if isQuoted { return nil }
        if let whole = word { words.append(whole) }
        return words
    }

    private mutating func next(_ what: String) throws(LessonProblem) -> String {
        guard let word = words.popFirst(), !word.isEmpty else { throw problem("\(what) is missing") }
        return word
    }

    private func end() throws(LessonProblem) {
        if let word = words.first { throw problem("\(word) is left over; a value with blanks stands in \"quotes\"") }
    }

    private mutating func subject() throws(LessonProblem) -> Subject {
        let word = try next("what is checked")
        switch word {
        case "container": return .container(try next("the container's name"))
        case "image": return .image(try next("the image's name"))
        case "volume": return .volume(try next("the volume's name"))
        case "network": return .network(try next("the network's name"))
        case "file":
            let path = try next("the file's path")
            guard LessonFile.isInside(path) else { throw problem("\(path) is not inside the learner's folder") }
            return .file(path)
        case "containers": return .containers
        case "images": return .images
        case "volumes": return .volumes
        case "output": return .output
        case "asked": return .asked(try next("a request, \"GET /containers/json*\""))
        default:
            throw problem(
                "\(word) can't be checked; there are container, image, volume, network, file, containers, images, volumes, output, asked")
        }
    }

    private static let states: Set<String> = ["running", "exited", "created", "paused"]

    /// The property, and what is asked of it.
    private mutating func claim(about subject: Subject) throws(LessonProblem) -> (Property, Expectation?) {
        if case .container = subject, let word = words.first, Self.states.contains(word) {
            words.removeFirst()
            return (.state, .compares(.equal, word))
        }
        let property = try property(of: subject)
        return (property, try expectation(of: property))
    }

    private mutating func property(of subject: Subject) throws(LessonProblem) -> Property {
        switch subject {
        case .output, .file:
            return startsExpectation(words.first) && words.first != "exists" && words.first != "absent" ? .text : .existence
        case .asked: return .status
        case .containers, .images, .volumes:
            let word = try next("count, running or dangling")
            switch (subject, word) {
            case (_, "count"): return .count
            case (.containers, "running"): return .running
            case (.images, "dangling"): return .dangling
            default: throw problem("\(word) is nothing that can be counted there")
            }
        case .volume, .network:
            guard let word = words.first, word != "exists", word != "absent" else { return .existence }
            words.removeFirst()
            guard word.hasPrefix(".") else { throw problem("of a volume or network there are exists, absent and places like .Driver") }
            return .inspect(word)
        case .container: return try containerProperty()
        case .image: return try imageProperty()
        }
    }

    private func startsExpectation(_ word: String?) -> Bool {
        word == nil || word == "exists" || word == "absent" || word.flatMap(Comparison.init(rawValue:)) != nil
    }

    private mutating func containerProperty() throws(LessonProblem) -> Property {
        if startsExpectation(words.first) { return .existence }
        let word = try next("a property")
        switch word {
        case "exit-code": return .exitCode
        case "ip": return .ip
        case "logs": return .logs
        case "health": return .health
        case "image": return .image
        case "changed": return .changed(try next("the path that changed"))
        default: return try commonProperty(word, "exit-code, ip, logs, health, image, changed PATH")
        }
    }

    private mutating func imageProperty() throws(LessonProblem) -> Property {
        if startsExpectation(words.first) { return .existence }
        let word = try next("a property")
        switch word {
        case "layers": return .layers
        case "shared-with": return .sharedLayers(with: try next("the other image"))
        case "author": return .author
        case "comment": return .comment
        case "parent": return .parent
        case "size": return .size
        default: return try commonProperty(word, "layers, shared-with IMAGE, author, comment, parent, size")
        }
    }

    /// What containers and images have in common.
    private mutating func commonProperty(_ word: String, _ others: String) throws(LessonProblem) -> Property {
        switch word {
        case "id": return .id
        case "user": return .user
        case "command": return .command
        case "entrypoint": return .entrypoint
        case "workdir": return .workdir
        case "file": return .file(try next("the path"))
        case let word where word.hasPrefix("label:"): return .label(String(word.dropFirst(6)))
        case let word where word.hasPrefix("env:"): return .environment(String(word.dropFirst(4)))
        case let word where word.hasPrefix("."): return .inspect(word)
        default:
            throw problem(
                "\(word) is no property; there are \(others), id, user, command, entrypoint, workdir, file PATH, label:KEY, env:NAME, "
                    + "and places of inspect like .Config.StopSignal")
        }
    }

    private mutating func expectation(of property: Property) throws(LessonProblem) -> Expectation? {
        guard let word = words.popFirst() else { return property == .status ? .exists : nil }
        switch word {
        case "exists": return .exists
        case "absent": return .absent
        default:
            guard let comparison = Comparison(rawValue: word) else {
                throw problem("\(word) is no comparison; there are exists, absent, ==, !=, <, <=, >, >=, contains, lacks, matches")
            }
            guard let value = words.popFirst() else { throw problem("\(word) needs a value") }
            return .compares(comparison, value)
        }
    }
}

extension LessonFile {
    /// Whether a path stays inside the learner's folder.
    static func isInside(_ path: String) -> Bool {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        return !path.isEmpty && !path.contains("\0") && parts.allSatisfy { !$0.isEmpty && $0 != ".." && $0 != "." }
    }
}
