import Basics
import EngineClient
import Glibc
import Narration
import Synchronization

/// One command's narration: its events are read on a connection of their own and told while the command runs.
final class NarrationSession: Sendable {
    private let token: String
    private let client: EngineClient
    private let reader: Thread
    private let output: NarrationOutput
    private let isHeard: Flag
    /// The session may be ended while something is under way: the engine has said that it lasts until that has ended, and the user is not
    /// to be asked meanwhile.
    private let outlasts: Flag
    /// Its answer is not read, but its connection stays open until all has been told.
    private let goodbye = Mutex<PendingRequest?>(nil)

    /// Opens the session, so that no event is missed: the engine knows it when this returns, or holds the command's calls until it does.
    /// - Parameters:
    ///   - isOwn: the engine is drydock's own, beyond doubt: nothing is waited for then.
    ///   - stepper: asks the user at each stop; nil when nothing is stopped at.
    ///   - listener: gets each event besides, on the telling thread.
    static func open(
        endpoint: EngineEndpoint, isOwn: Bool, narrator: Narrator, output: NarrationOutput, stepper: Stepper?, language: Language,
        listener: (@Sendable (NarratedEvent) -> Void)? = nil
    ) throws -> NarrationSession {
        // The command's own client may be interrupted by Ctrl-C; what is told of it must not be.
        let client = EngineClient(endpoint: endpoint)
        let token = randomHex(bytes: 16)
        let needed = listener == nil ? narrator.options.mode : .json
        let pending = try client.begin("GET", "/drydock/events", query: [("session", token)] + unneeded(needed))
        let (isHeard, outlasts) = (Flag(), Flag())
        let start: TellingState
        if isOwn, stepper == nil {
            start = TellingState(
                open: { EventStream(try pending.stream()) }, isHeard: isHeard, outlasts: outlasts, narrator: narrator, listener: listener)
        } else {
            let events = EventStream(try pending.stream())
            isHeard.raise()
            if let stepper { try client.setSession(token, stepper.sessionSettings) }
            start = TellingState(open: { events }, isHeard: isHeard, outlasts: outlasts, narrator: narrator, listener: listener)
        }
        let thread = try Thread.start { start.run(client: client, output: output, stepper: stepper, language: language) }
        return NarrationSession(
            token: token, client: client, reader: thread, output: output, isHeard: isHeard, outlasts: outlasts)
    }

    /// What a narration doesn't tell, and so need not be sent.
    private static func unneeded(_ mode: NarrationMode) -> [(String, String)] {
        switch mode {
        case .brief: [("begins", "0"), ("calls", "0")]
        case .full: [("begins", "0")]
        case .json, .off: []
        }
    }

    private init(token: String, client: EngineClient, reader: Thread, output: NarrationOutput, isHeard: Flag, outlasts: Flag) {
        self.outlasts = outlasts
        self.token = token
        self.client = client
        self.reader = reader
        self.output = output
        self.isHeard = isHeard
    }

    /// Headers that tie a command's requests to this session.
    /// - Parameter command: what the user typed (`run`): the top of every step's path.
    func headers(_ command: String) -> [EngineClient.Header] {
        [("X-Drydock-Session", token), ("X-Drydock-Command", command)] + patience
    }

    /// Lets the engine hold a call until it knows the session, which is still being opened.
    private var patience: [EngineClient.Header] { isHeard.isRaised ? [] : [("X-Drydock-Awaits-Listener", "1")] }

    /// Lets the command write between what is told.
    func makeRoom(for body: () -> Void) { output.makeRoom(for: body) }

    /// Tells the engine, where that may be, that what is under way in the session is the last of it: its stream ends with that.
    /// - Parameter commands: the command's own client, one of whose connections is at rest.
    func sayGoodbye(over commands: EngineClient) {
        guard outlasts.isRaised else { return }
        goodbye.withLock { goodbye in if goodbye == nil { goodbye = farewell(commands) } }
    }

    /// Ends the session; returns when everything that belongs to it has been told.
    func close(over commands: EngineClient) {
        // An engine that has died, or is ending, needs no goodbye: its stream has ended with it.
        goodbye.withLock { goodbye in if goodbye == nil { goodbye = farewell(commands) } }
        reader.join(seconds: 10)
        output.finish()
    }

    private func farewell(_ commands: EngineClient) -> PendingRequest? {
        func send(over client: EngineClient) throws -> PendingRequest {
            try client.begin(
                "DELETE", "/drydock/sessions/\(token)", headers: [("X-Drydock-Session", token)] + patience, reusing: true)
        }
        return (try? send(over: commands)) ?? (try? send(over: client))
    }
}

/// Raised once, by one thread for another.
private final class Flag: Sendable {
    private let value = Atomic(false)
    var isRaised: Bool { value.load(ordering: .acquiring) }
    func raise() { value.store(true, ordering: .releasing) }
}

/// What the telling thread works on.
///
/// Unchecked: made on one thread and then used by the other alone.
private final class TellingState: @unchecked Sendable {
    private let open: () throws -> EventStream
    /// The engine has said that it tells this session.
    private let isHeard: Flag
    private let outlasts: Flag
    private var narrator: Narrator
    private let listener: (@Sendable (NarratedEvent) -> Void)?
    /// What is to be written: events that have come together are written together.
    private var told = ""

    init(
        open: @escaping () throws -> EventStream, isHeard: Flag, outlasts: Flag, narrator: Narrator,
        listener: (@Sendable (NarratedEvent) -> Void)?
    ) {
        self.open = open
        (self.isHeard, self.outlasts) = (isHeard, outlasts)
        self.narrator = narrator
        self.listener = listener
    }

    func run(client: EngineClient, output: NarrationOutput, stepper: Stepper?, language: Language) {
        do {
            var events = try open()
            while let json = try events.next() {
                isHeard.raise()
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
        if event.kind == .subscribed, stepper == nil, json["outlasts"]?.boolValue == true { outlasts.raise() }
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
