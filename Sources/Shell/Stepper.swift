import Basics
import EngineClient
import Glibc
import Narration
import TextTools

/// Asks the user at each stop of a stepped command, on the terminal, whatever the command's own input and output are.
///
/// Unchecked: after `open` only the thread that tells the narration uses it.
final class Stepper: @unchecked Sendable {
    private let terminal: Int32
    private let language: Language
    private let steps: Bool
    private let environment: Environment
    private var breakpoints: [String]
    private var hasIntroduced = false
    private lazy var input = LineInput.open(terminal: terminal, name: "drydock-step")

    /// - Parameters:
    ///   - steps: stops before and after each step; else at breakpoints only.
    /// - Returns: nil without a terminal to ask on.
    static func open(steps: Bool, breakpoints: [String], language: Language, environment: Environment) -> Stepper? {
        let terminal = Glibc.open("/dev/tty", O_RDWR | O_CLOEXEC)
        guard terminal >= 0 else { return nil }
        return Stepper(terminal: terminal, steps: steps, breakpoints: breakpoints, language: language, environment: environment)
    }

    private init(terminal: Int32, steps: Bool, breakpoints: [String], language: Language, environment: Environment) {
        self.terminal = terminal
        self.steps = steps
        self.language = language
        self.environment = environment
        self.breakpoints = breakpoints
    }

    deinit { close(terminal) }

    /// What the engine is told when the session begins.
    var sessionSettings: JSONValue {
        ["step": .bool(steps), "breakpoints": .array(breakpoints.map(JSONValue.string)), "level": "step"]
    }

    /// What the engine is told when it is others whose commands stop.
    var watchSettings: JSONValue {
        [
            "step": .bool(steps), "breakpoints": .array(breakpoints.map(JSONValue.string)), "level": "step", "others": .bool(true),
        ]
    }

    /// Asks until the user lets the operation go on (or back).
    func ask(_ event: NarratedEvent, introduction: String, client: EngineClient) {
        // A container may already be attached, with the terminal in raw mode: while we ask, it is ours.
        let before = Terminal.settings(terminal)
        if let before { Terminal.apply(Terminal.cooked(from: before), to: terminal) }
        defer { if let before { Terminal.apply(before, to: terminal) } }

        // What the build has printed comes on a connection of its own: it is let through first, so that the prompt is the last line.
        if event.path.first == "build" { usleep(40_000) }
        if event.json["when"]?.stringValue != "after" { show(introduction) }
        if let call = callLine(event) { show(wrapped(call, indent: "    ", hanging: "        ")) }
        if !hasIntroduced { show(wrapped(Phrase.stepIntro.text(language))) }
        hasIntroduced = true
        while true {
            let command: StepCommand
            switch input.read(prompt: prompt(event)) {
            case .end:
                show("\n" + Phrase.stepEnded.text(language) + "\n")
                command = .goOn
            case .interrupted:
                show(Phrase.stepInterrupted.text(language) + "\n")
                continue
            case .line(let line):
                guard let parsed = StepCommand(line) else {
                    unknown(line)
                    continue
                }
                command = parsed
            }
            if command == .abort, event.json["final"]?.boolValue == true {
                show(Phrase.stepFinal.text(language) + "\n")
                continue
            }
            if let action = command.action {
                if command == .abort { show(Phrase.stepAborting.text(language) + "\n") }
                resume(event, action, client)
                return
            }
            obey(command, event, client)
        }
    }

    // MARK: Commands

    private func obey(_ command: StepCommand, _ event: NarratedEvent, _ client: EngineClient) {
        switch command {
        case .help: show(Phrase.stepHelp.text(language) + "\n")
        case .listBreaks: showBreaks()
        case .addBreak(let id): addBreak(id)
        case .removeBreak(let id):
            breakpoints.removeAll { id == nil || $0 == id }
            show((id.map { Phrase.stepBreakGone.text(language, $0) } ?? Phrase.noBreaks.text(language)) + "\n")
        case .look: look(event, client)
        case .shell:
            let shell = StepShell(terminal: terminal, language: language, environment: environment)
            if event.path.first != "build" || !shell.runInStep(event) { shell.run(event, look: try? fetchLook(event, client)) }
        case .rootShell:
            StepShell(terminal: terminal, language: language, environment: environment).run(event, look: try? fetchLook(event, client))
        case .next, .into, .finish, .goOn, .abort: break
        }
    }

    private func addBreak(_ id: String) {
        guard Breakpoints.isKnown(id) else {
            unknown(id, among: Breakpoints.all)
            return
        }
        if !breakpoints.contains(id) { breakpoints.append(id) }
        show(Phrase.stepBreakSet.text(language, id) + "\n")
    }

    private func showBreaks() {
        let list = breakpoints.joined(separator: " ")
        show((breakpoints.isEmpty ? Phrase.noBreaks.text(language) : Phrase.breakList.text(language, list)) + "\n")
    }

    private func look(_ event: NarratedEvent, _ client: EngineClient) {
        do {
            let answer = try fetchLook(event, client)
            for section in answer["sections"]?.arrayValue ?? [] {
                show("  \(section["title"]?.stringValue ?? "")\n")
                for line in section["lines"]?.arrayValue ?? [] {
                    show(wrapped(printable(line.stringValue ?? ""), indent: "    ", hanging: "      "))
                }
            }
        } catch {
            show(Phrase.stepNoLook.text(language, "\(error)") + "\n")
        }
    }

    private func fetchLook(_ event: NarratedEvent, _ client: EngineClient) throws -> JSONValue {
        try client.request("GET", "/drydock/operations/\(event.operation)/look").json()
    }

    private func resume(_ event: NarratedEvent, _ action: String, _ client: EngineClient) {
        let body: JSONValue = ["action": .string(action), "breakpoints": .array(breakpoints.map(JSONValue.string))]
        do {
            _ = try client.request("POST", "/drydock/operations/\(event.operation)/resume", body: body.bytes())
        } catch {
            show("\(error)\n")
        }
    }

    // MARK: Text

    private func prompt(_ event: NarratedEvent) -> String {
        let moment = event.json["when"]?.stringValue == "after" ? Phrase.stepAfter : Phrase.stepBefore
        let call = event.json["call"]?["name"]?.stringValue.map { " \($0)()" } ?? ""
        return "(step) \(printable(event.id))\(printable(call)) \(moment.text(language))> "
    }

    private func callLine(_ event: NarratedEvent) -> String? {
        guard event.json["level"]?.stringValue == "call", let call = event.json["call"] else { return nil }
        return describeCall(call, isOver: event.json["when"]?.stringValue == "after")
    }

    private func unknown(_ line: String, among names: [String] = StepCommand.allNames) {
        show(Phrase.stepUnknown.text(language, printable(line)) + "\n")
        let word = line.split(separator: " ").first.map(String.init) ?? line
        if let guess = closest(to: word, among: names) { show("  " + Phrase.didYouMean.text(language, guess) + "\n") }
    }

    private func wrapped(_ text: String, indent: String = "", hanging: String = "") -> String {
        wrap(text, width: Terminal.width(terminal), indent: indent, hanging: hanging).joined(separator: "\n") + "\n"
    }
    private func show(_ text: String) { try? writeAll(terminal, text) }
}

/// The places that `break` can name.
enum Breakpoints {
    static var all: [String] { Catalogue.ids }
    static func isKnown(_ id: String) -> Bool { Catalogue.text(for: id, language: .english) != nil }
}
