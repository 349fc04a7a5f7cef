import Basics
import EngineClient
import Glibc
import Narration

/// One command's narration: its events are read on a connection of their own and told while the command runs.
final class NarrationSession: Sendable {
    private let token: String
    private let client: EngineClient
    private let reader: Thread
    private let output: NarrationOutput

    /// Opens the session; when this returns the engine knows it, so no event is missed.
    /// - Parameters:
    ///   - stepper: asks the user at each stop; nil when nothing is stopped at.
    ///   - listener: gets each event besides, on the telling thread.
    static func open(
        endpoint: EngineEndpoint, narrator: Narrator, output: NarrationOutput, stepper: Stepper?, language: Language,
        listener: (@Sendable (NarratedEvent) -> Void)? = nil
    ) throws -> NarrationSession {
        // The command's own client may be interrupted by Ctrl-C; what is told of it must not be.
        let client = EngineClient(endpoint: endpoint)
        let token = randomHex(bytes: 16)
        // The brief narration tells no calls, and they are most of what would be sent.
        let needsCalls = narrator.options.mode != .brief || listener != nil
        var events = EventStream(
            try client.stream("GET", "/drydock/events", query: [("session", token)] + (needsCalls ? [] : [("calls", "0")])))
        let first = try events.next()
        if let stepper { try client.setSession(token, stepper.sessionSettings) }
        let start = TellingState(events: events, narrator: narrator, first: first, listener: listener)
        let thread = try Thread.start { start.run(client: client, output: output, stepper: stepper, language: language) }
        return NarrationSession(token: token, client: client, reader: thread, output: output)
    }

    private init(token: String, client: EngineClient, reader: Thread, output: NarrationOutput) {
        self.token = token
        self.client = client
        self.reader = reader
        self.output = output
    }

    /// Headers that tie a command's requests to this session.
    /// - Parameter command: what the user typed (`run`): the top of every step's path.
    func headers(_ command: String) -> [EngineClient.Header] {
        [("X-Drydock-Session", token), ("X-Drydock-Command", command)]
    }

    /// Lets the command write between what is told.
    func makeRoom(for body: () -> Void) { output.makeRoom(for: body) }

    /// Ends the session; returns when everything that belongs to it has been told.
    func close() {
        // An engine that has died needs no goodbye: its stream has ended with it.
        _ = try? client.request("DELETE", "/drydock/sessions/\(token)")
        reader.join(seconds: 10)
        output.finish()
    }
}

/// What the telling thread works on.
///
/// Unchecked: made on one thread and then used by the other alone.
private final class TellingState: @unchecked Sendable {
    private var events: EventStream
    private var narrator: Narrator
    private let first: JSONValue?
    private let listener: (@Sendable (NarratedEvent) -> Void)?
    /// What is to be written: events that have come together are written together.
    private var told = ""

    init(events: EventStream, narrator: Narrator, first: JSONValue?, listener: (@Sendable (NarratedEvent) -> Void)?) {
        self.listener = listener
        self.events = events
        self.narrator = narrator
        self.first = first
    }

    func run(client: EngineClient, output: NarrationOutput, stepper: Stepper?, language: Language) {
        if let first { tell(first, client, output, stepper) }
        do {
            while let json = try events.next() {
                tell(json, client, output, stepper)
                if !events.holdsEvent { write(to: output) }
            }
        } catch {
            told += Phrase.narrationLost.text(language, "\(error)") + "\n"
        }
        told += narrator.clearProgress()
        write(to: output)
    }

    private func write(to output: NarrationOutput) {
        output.write(told)
        told = ""
    }

    private func tell(_ json: JSONValue, _ client: EngineClient, _ output: NarrationOutput, _ stepper: Stepper?) {
        guard let event = NarratedEvent(json) else { return }
        listener?(event)
        told += narrator.render(event)
        if event.kind == .paused, let stepper {
            told += narrator.clearProgress()
            write(to: output)
            stepper.ask(event, introduction: narrator.introduction(event), client: client)
        }
    }
}

extension EngineClient {
    /// Says how a session is to be stepped.
    func setSession(_ token: String, _ settings: JSONValue) throws {
        _ = try request("POST", "/drydock/sessions/\(token)", body: settings.bytes())
    }
}
