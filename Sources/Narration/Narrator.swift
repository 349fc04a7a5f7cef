import Basics
import TextTools

/// Turns the events of a stream into text, event by event.
///
/// It keeps what is needed between events (headings already given, the progress under way) and nothing else; it never
/// writes anywhere itself.
public struct Narrator: Sendable {
    public let options: NarratorOptions
    let paint: Style
    let marks: Marks
    let words: NarratorWords
    private var announced: Set<String> = []
    private var introduced: Set<String> = []
    private var progress = ProgressLine()
    /// What the last line rolled back: a step that made ten directories takes ten back, which is one line in brief.
    private var lastUndone = ""

    public init(_ options: NarratorOptions) {
        self.options = options
        paint = Style(isTerminal: options.colour)
        marks = Marks(unicode: options.unicode)
        words = NarratorWords(options.language)
    }

    /// What to print for an event; may be empty. Lines end with `\n`.
    public mutating func render(_ event: NarratedEvent) -> String {
        if event.kind == .subscribed {
            return ""
        }
        switch options.mode {
        case .off: return ""
        case .json: return JSONLine.text(event).map { $0 + "\n" } ?? ""
        case .brief, .full: return withProgressCleared(event) { $0.lines(for: event) }
        }
    }

    /// The heading and text of a step, for somebody who is about to decide whether to let it happen.
    /// Said once for each execution of a step.
    public mutating func introduction(_ event: NarratedEvent) -> String {
        guard introduced.insert(key(event)).inserted else { return "" }
        let text = self.text(for: event)
        let lines = ["\(marks.verb) \(paint.bold(text.title))\(subject(event))  \(paint.dim(event.id))"]
        return joined(lines + wrap(text.text, width: options.width, indent: "  ", hanging: "  "), event)
    }

    /// Erases the progress line, if one is drawn; to be written before anything else is.
    public mutating func clearProgress() -> String { progress.erase() }

    // MARK: Lines

    private mutating func withProgressCleared(_ event: NarratedEvent, _ body: (inout Narrator) -> [String]) -> String {
        if event.kind == .progress {
            guard options.live else { return "" }
            return progress.draw(event, title: text(for: event).title, options: options, paint: paint)
        }
        let lines = body(&self)
        let erased = event.kind == .end ? progress.finish() : lines.isEmpty ? "" : progress.erase()
        return erased + joined(lines, event)
    }

    private mutating func lines(for event: NarratedEvent) -> [String] {
        defer { lastUndone = event.kind == .undo ? key(event) : "" }
        return switch event.kind {
        case .begin: event.isVerb ? verbBegin(event) : []
        case .end: event.isVerb ? verbEnd(event) : options.mode == .full ? fullStep(event) : [briefStep(event)]
        case .undo: undo(event)
        case .note:
            wrap(printable(note(event)), width: options.width, indent: "  \(marks.note) ", hanging: "    ")
        case .progress, .paused, .subscribed: []
        }
    }

    private mutating func verbBegin(_ event: NarratedEvent) -> [String] {
        var lines: [String] = []
        if let command = event.path.first, command != event.id, !options.showsOperation, announced.insert(command).inserted,
            let text = Catalogue.text(for: command, language: options.language)
        {
            lines += heading(command, text)
        }
        return lines + heading(event.id, text(for: event), subject(event))
    }

    /// What a verb is about, where its name alone does not say: the instruction.
    private func subject(_ event: NarratedEvent) -> String {
        event.json["subject"]?.stringValue.map { "  " + shortened(printable($0), to: 60, ellipsis: marks.ellipsis) } ?? ""
    }

    private func heading(_ id: String, _ text: StepText, _ subject: String = "") -> [String] {
        let line = "\(paint.cyan(marks.verb)) \(paint.bold(id))  \(text.title)\(subject)"
        return options.mode == .full ? [line] + wrap(text.text, width: options.width, indent: "  ", hanging: "  ").map(paint.dim) : [line]
    }

    private func verbEnd(_ event: NarratedEvent) -> [String] {
        let took = durationText(event.us ?? 0, unicode: options.unicode)
        guard let error = told(event.error) else { return ["\(paint.green(marks.done)) \(event.id)  \(paint.dim(took))"] }
        return ["\(paint.red(marks.failed)) \(event.id)  \(paint.dim(took))"]
            + wrap(printable(error), width: options.width, indent: "  ", hanging: "  ").map(paint.red)
    }

    private func briefStep(_ event: NarratedEvent) -> String {
        let took = padded(durationText(event.us ?? 0, unicode: options.unicode), to: 8)
        let title = text(for: event).title
        let mark = event.error == nil ? paint.green(marks.done) : paint.red(marks.failed)
        let used = 2 + 2 + 8 + 2 + columns(title) + 2
        let room = options.width > 0 ? options.width - used - (options.showsOperation ? event.operation.count + 3 : 0) : 400
        let told = told(event.error).map { printable($0) } ?? Telling.facts(event, marks: marks)
        let detail = shortened(told, to: room, ellipsis: marks.ellipsis)
        let painted = event.error == nil ? paint.dim(detail) : paint.red(detail)
        return "  \(mark) \(paint.dim(took))  \(title)" + (detail.isEmpty ? "" : "  \(painted)")
    }

    private mutating func fullStep(_ event: NarratedEvent) -> [String] {
        let text = self.text(for: event)
        let took = durationText(event.us ?? 0, unicode: options.unicode)
        let mark = event.error == nil ? paint.green(marks.done) : paint.red(marks.failed)
        var lines = ["  \(mark) \(paint.bold(text.title))  \(paint.dim("\(event.id)  \(took)"))"]
        // Told already when the step was stopped at.
        if introduced.remove(key(event)) == nil { lines += wrap(text.text, width: options.width, indent: "    ", hanging: "    ") }
        lines += factLines(event)
        lines += callLines(event)
        if let error = told(event.error) {
            lines += wrap(printable(error), width: options.width, indent: "    ", hanging: "    ").map(paint.red)
        }
        return lines
    }

    private mutating func undo(_ event: NarratedEvent) -> [String] {
        if options.mode == .brief, event.error == nil, lastUndone == key(event) { return [] }
        let title = text(for: event).title
        let took = event.us.map { "  " + paint.dim(durationText($0, unicode: options.unicode)) } ?? ""
        var lines = ["  \(paint.yellow(marks.undone)) \(event.error == nil ? words.rolledBack : words.rollbackFailed): \(title)\(took)"]
        if let error = event.error { lines += wrap(printable(error), width: options.width, indent: "    ", hanging: "    ").map(paint.red) }
        return options.mode == .full ? lines + factLines(event) + callLines(event) : lines
    }

    private func factLines(_ event: NarratedEvent) -> [String] {
        event.facts.flatMap { fact in
            let key = printable(fact.key)
            // A value of several lines (the content of a file) keeps its lines.
            let values = fact.value.split(separator: "\n", omittingEmptySubsequences: true).map { printable(String($0)) }
            return values.enumerated().flatMap { index, value in
                wrap(
                    shortIDs(value, ellipsis: marks.ellipsis), width: options.width,
                    indent: "    \(marks.fact) " + (index == 0 ? "\(key): " : ""), hanging: "        ")
            }
        }.map(paint.cyan)
    }

    private func callLines(_ event: NarratedEvent) -> [String] {
        var lines: [String] = []
        for call in event.calls {
            let who = words.callers[call.caller].map { "[\($0) \(call.pid)] " } ?? ""
            let line =
                "\(call.count > 1 ? "\(call.count) × " : "")\(who)\(CallText.text(name: call.name, args: call.args)) = \(CallText.result(call))"
                + "  \(durationText(call.us, unicode: options.unicode))"
            let wrapped = wrap(shortIDs(line, ellipsis: marks.ellipsis), width: options.width, indent: "      ", hanging: "          ")
            lines += call.errno == 0 ? wrapped.map(paint.dim) : wrapped.map(paint.red)
        }
        return lines
    }

    // MARK: Pieces

    /// An error as this narrator's language has it, where it has it.
    private func told(_ error: String?) -> String? {
        guard options.language == .korean else { return error }
        return error.map { koreanAbort($0) ?? $0 }
    }

    private func note(_ event: NarratedEvent) -> String {
        let values = event.json["values"]?.arrayValue?.compactMap(\.stringValue) ?? []
        let own = event.json["note"]?.stringValue.flatMap { NarratorWords.note($0, values, options.language) }
        return own ?? event.json["text"]?.stringValue ?? ""
    }

    private func text(for event: NarratedEvent) -> StepText {
        Catalogue.text(for: event.id, language: options.language) ?? StepText(printable(event.id), words.unknown)
    }

    private func key(_ event: NarratedEvent) -> String { "\(event.operation) \(event.id)" }

    private func padded(_ text: String, to width: Int) -> String {
        String(repeating: " ", count: max(0, width - columns(text))) + text
    }

    private func joined(_ lines: [String], _ event: NarratedEvent) -> String {
        let prefix = options.showsOperation && !event.operation.isEmpty ? paint.dim("[\(printable(event.operation))]") + " " : ""
        return lines.map { prefix + $0 + "\n" }.joined()
    }
}
