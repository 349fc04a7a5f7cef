import Basics
import EngineClient
import Narration
import TextTools

/// `drydock timeline`: the last operations with the time that each step took, as text or as a page for a browser.
struct TimelineCommand {
    let access: EngineAccess
    let environment: Environment

    private var language: Language { access.settings.language }

    /// What was asked for.
    private struct Options {
        /// How many operations: a page is scrolled, a terminal less so.
        var count: Int { number ?? (page == nil ? 5 : 40) }
        private var number: Int?
        var isJSON = false
        var page: String?

        init?(_ arguments: [String]) {
            var rest = arguments[...]
            while let word = rest.popFirst() {
                switch word {
                case "--json": isJSON = true
                case "--html":
                    guard let file = rest.popFirst(), !file.isEmpty else { return nil }
                    page = file
                default:
                    if word.hasPrefix("--html=") {
                        page = String(word.dropFirst(7))
                    } else {
                        guard let number = Int(word), (1...100).contains(number) else { return nil }
                        self.number = number
                    }
                }
            }
            if isJSON && page != nil { return nil }
        }
    }

    /// - Returns: the exit code.
    func run(_ arguments: [String]) throws -> Int32 {
        if arguments == ["--help"] || arguments == ["-h"] {
            say(Phrase.timelineUsage.text(language))
            return 0
        }
        guard let options = Options(arguments) else {
            complain(Phrase.timelineUsage.text(language))
            return 1
        }
        let answer = try Self.fetch(access, options.count)
        if options.isJSON {
            say("\(answer)")
            return 0
        }
        let operations = (answer.arrayValue ?? []).map(PastOperation.init)
        if let page = options.page {
            try write(operations, to: page)
        } else if operations.isEmpty {
            say(Phrase.timelineEmpty.text(language))
        } else {
            let look = Appearance(descriptor: 1, environment: environment)
            let text = TimelineText(
                language: language, style: Style(isTerminal: look.colour), unicode: look.unicode, width: look.width > 0 ? look.width : 100)
            say(text.lines(of: operations).joined(separator: "\n"))
        }
        return 0
    }

    static func fetch(_ access: EngineAccess, _ count: Int) throws -> JSONValue {
        try access.withDrydock("timeline") { try $0.request("GET", "/drydock/operations", query: [("last", "\(count)")]).json() }
    }

    private func write(_ operations: [PastOperation], to file: String) throws {
        if file != "-", FileReplacement.isFolder(file) {
            throw DrydockError(.invalid, Phrase.pictureIsFolder.text(language, printable(file), "--html"))
        }
        let graph = try access.withDrydock("timeline") { LayerGraphAnswer(try $0.request("GET", "/drydock/layers").json()) }
        let picture = graph.layers.isEmpty ? nil : LayerPicture(graph, language: language).svg()
        let page = Array(TimelinePage(language: language, operations: operations, layers: picture).text.utf8)
        guard file != "-" else { return try writeAll(1, page) }
        try FileReplacement.write(page, to: file)
        say(Phrase.timelineWritten.text(language, printable(file)))
    }
}
