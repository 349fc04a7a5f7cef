import Basics
import DockerCLI
import EngineClient
import Glibc
import Narration
import Synchronization

/// Runs one Docker command in this process, narrated and stepped as the settings say.
struct DockerCommand {
    let settings: Settings
    let environment: Environment
    /// `--narrate-to` stood on the command line, so the file is this command's alone.
    let ownsNarrationFile: Bool
    /// Gets each event of what the command does.
    var listener: (@Sendable (NarratedEvent) -> Void)?

    /// - Parameter arguments: Docker's global options and the command.
    /// - Returns: the exit code.
    func run(_ arguments: [String]) -> Int32 {
        let session = SessionHolder()
        var context = CLIContext { host in
            var settings = settings
            if let host { settings.host = host }
            let client = try EngineAccess(settings: settings).client()
            if isTold { try session.set(openSession(client.endpoint, settings), of: client) }
            return client
        }
        context.language = settings.language == .korean ? .korean : .english
        context.typedAhead = environment[TypedAhead.variable].flatMap { Int32($0) } ?? -1
        // What one command leads to can be told apart from what others do at the same time: `why` looks for it.
        let asked = environment[AskedCommand.variable] ?? randomHex(bytes: 8)
        context.requestHeaders = { [(AskedCommand.header, asked)] + (session.current?.headers($0) ?? []) }
        if isTold {
            context.allIsUnderWay = { session.sayGoodbye() }
            if settings.narrateTo == nil {
                keepBarsApart(&context, arguments)
                context.takeTurn = { body in
                    if let session = session.current { session.makeRoom(for: body) } else { body() }
                }
            }
        }
        let status = runDocker(arguments: arguments, context: context)
        session.close()
        return status
    }

    /// Docker's progress bars are drawn over and would be torn apart by narration in between: what pulls shows plain lines
    /// instead, and narration draws its own bar.
    private func keepBarsApart(_ context: inout CLIContext, _ arguments: [String]) {
        let command = arguments.first { !$0.hasPrefix("-") && $0 != "container" && $0 != "image" && $0 != "builder" && $0 != settings.host }
        switch command {
        case "pull", "load", "build": context.outputIsTerminal = false
        case "run", "create": context.errorIsTerminal = false
        default: break
        }
    }

    private var isTold: Bool { listener != nil || settings.narration != .off || settings.isStepping || !settings.breakpoints.isEmpty }

    private func openSession(_ endpoint: EngineEndpoint, _ settings: Settings) throws -> NarrationSession {
        let output =
            try settings.narrateTo.map { path throws(DrydockError) in
                try NarrationOutput.file(path, keepsOld: !ownsNarrationFile)
            } ?? .standardError
        let stops = settings.isStepping || !settings.breakpoints.isEmpty
        var stepper: Stepper?
        if stops {
            var environment = environment
            // What is opened at a stop is a program of its own, and has to find this engine.
            settings.export(to: &environment)
            stepper = Stepper.open(
                steps: settings.isStepping, breakpoints: settings.breakpoints, language: settings.language, environment: environment)
            guard stepper != nil else { throw DrydockError(.unavailable, Phrase.stepNeedsTerminal.text(settings.language)) }
        }
        let look = Appearance(descriptor: output.descriptor, environment: environment)
        // Who steps wants to see what each step did.
        let mode = settings.isStepping && settings.narration == .off ? .full : settings.narration
        let narrator = Narrator(
            NarratorOptions(
                mode: mode, language: settings.language, width: look.width, colour: look.colour, unicode: look.unicode, live: look.live))
        do {
            return try NarrationSession.open(
                endpoint: endpoint, isOwn: settings.host == nil, narrator: narrator, output: output, stepper: stepper,
                language: settings.language, listener: listener)
        } catch let error as EngineClientError where error.apiError?.status == 404 {
            let wish = stops ? "--step" : listener != nil ? "by-hand" : "--narrate"
            throw DrydockError(.unsupported, Phrase.needsDrydockEngine.text(settings.language, wish, "\(endpoint)"))
        }
    }
}

/// The session of the command, from when it first needs an engine.
private final class SessionHolder: Sendable {
    private let state = Mutex<(session: NarrationSession, client: EngineClient)?>(nil)
    var current: NarrationSession? { state.withLock { $0?.session } }
    func set(_ session: NarrationSession, of client: EngineClient) { state.withLock { $0 = (session, client) } }

    func sayGoodbye() {
        if let (session, client) = state.withLock({ $0 }) { session.sayGoodbye(over: client) }
    }

    func close() {
        if let (session, client) = state.withLock({ $0 }) { session.close(over: client) }
    }
}
