import Basics
import EngineClient
import Synchronization

/// A command's end that is not success: a status, and what to say on standard error, if anything is left to say.
struct CommandFailure: Error, Sendable {
    let status: Int32
    let text: String
    /// What to try next: told at a terminal alone, since it is not Docker's.
    var hint: String?

    init(status: Int32 = 1, _ text: String = "", hint: String? = nil) {
        self.status = status
        self.text = text
        self.hint = hint
    }
}

/// One call of one command.
struct Invocation: Sendable {
    let context: CLIContext
    let spec: CommandSpec
    /// Under which of its names it was called.
    let name: CommandSpec.Name
    let flags: FlagValues
    let arguments: [String]
    let settings: GlobalSettings
    private let connection = SharedClient()

    init(
        context: CLIContext, spec: CommandSpec, name: CommandSpec.Name, flags: FlagValues, arguments: [String], settings: GlobalSettings
    ) {
        self.context = context
        self.spec = spec
        self.name = name
        self.flags = flags
        self.arguments = arguments
        self.settings = settings
    }

    /// The engine, connected on first use.
    func client() throws -> EngineClient {
        try connection.get {
            let client = try context.connect(settings.host)
            if let headers = context.requestHeaders {
                // `volume create` is no `create`.
                let verb = spec.names[0].group == "volume" ? "volume" : spec.names[0].name
                client.setExtraHeaders { headers(verb) }
            }
            client.interruptDescriptor = settings.interruptDescriptor
            return client
        }
    }

    /// Leaves a client that outlives the command as it was before.
    func finish() {
        guard let client = connection.current else { return }
        client.setExtraHeaders(nil)
        client.interruptDescriptor = -1
    }

    func print(_ text: String) { context.print(text) }
    func complain(_ text: String) { context.complain(text) }

    /// Does something for each argument; failures are collected and told at the end, as Docker does.
    /// - Returns: 0 or 1.
    func forEachArgument(_ body: (String) throws -> Void) throws -> Int32 {
        var failures: [String] = []
        for argument in arguments {
            do { try body(argument) } catch EngineClientError.interrupted { throw EngineClientError.interrupted } catch {
                failures.append(plainText(error))
            }
        }
        if !failures.isEmpty { complain(failures.joined(separator: "\n")) }
        return failures.isEmpty ? 0 : 1
    }

    /// Sends one request for each argument, up to fifty at a time (ten containers that take ten seconds to stop, stop in ten),
    /// and prints each argument that went well, in order; failures follow at the end.
    /// - Returns: 0 or 1.
    func inParallel(_ method: String, query: [(String, String)], path: (String) -> String) throws -> Int32 {
        let client = try client()
        var failures: [String] = []
        var rest = arguments[...]
        while !rest.isEmpty {
            let batch = rest.prefix(context.runsOneAtATime ? 1 : 50)
            rest = rest.dropFirst(batch.count)
            let requests = batch.map { argument in
                (argument, Result { try client.begin(method, path(segment(argument)), query: query) })
            }
            for (argument, request) in requests {
                do {
                    _ = try request.get().response()
                    print(argument)
                } catch EngineClientError.interrupted { throw EngineClientError.interrupted } catch { failures.append(plainText(error)) }
            }
        }
        if !failures.isEmpty { complain(failures.joined(separator: "\n")) }
        return failures.isEmpty ? 0 : 1
    }
}

/// What the flags before the command's name say.
struct GlobalSettings: Sendable {
    var host: String?
    var configDirectory: String
    var interruptDescriptor: Int32 = -1
}

/// Connects at most once.
private final class SharedClient: Sendable {
    private let state = Mutex<EngineClient?>(nil)

    var current: EngineClient? { state.withLock { $0 } }

    func get(_ make: () throws -> EngineClient) throws -> EngineClient {
        if let client = current { return client }
        let client = try make()
        state.withLock { $0 = client }
        return client
    }
}

/// Percent-encodes what stands in a path: a container's name, an image's reference.
func segment(_ text: String) -> String { percentEncoded(text, keepSlash: true) }

/// Runs a request whose 404 means that an object does not exist.
func naming<T>(_ kind: String, _ name: String, _ body: () throws -> T) throws -> T {
    do { return try body() } catch let error as EngineClientError {
        guard error.apiError?.status == 404 else { throw error }
        throw CommandFailure("Error: No such \(kind): \(name)")
    }
}
