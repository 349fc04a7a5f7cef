import Basics
import CDrydock
import Engine
import EngineInterface
import EngineServer
import Glibc
import LabHub

// drydock-engine --root DIR [--ready-fd N] [--confined] [--operations N]: the one writer of a state root. Started on demand by the client.
// With --confined it holds clients that are not root to a learner's rights: for replays (docs/decisions/0016). --operations says how many
// ended ones `timeline` can show: with 0 nothing is noted, which is what Benchmarks/narration.py compares with.

/// The hub, filled and started when somebody first asks for an image.
final class LazyHub: LabRegistry, @unchecked Sendable {
    // Unchecked: LabHub is safe to share; `lock` guards only the first start.
    private let hub: LabHub
    private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)

    init(directory: String) throws {
        hub = try LabHub(directory: directory)
        pthread_mutex_init(lock, nil)
    }

    func address() throws -> (host: String, port: Int) {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        if let address = hub.address { return address }
        _ = try hub.fill()
        return try hub.start()
    }

    func fill() throws -> [String] {
        let names = try hub.fill()
        _ = try address()
        return names
    }

    func imageNames() -> [String] { hub.images }
}

/// Tells the client that started this engine how it went, and the log.
struct ReadyLine {
    let fd: Int32

    func ok() { say("ok\n") }

    func fail(_ error: any Error) -> Never {
        var sentence = "\(error)"
        if let advice = (error as? DrydockError)?.advice { sentence += ". \(advice)" }
        say("error: \(sentence)\n")
        let line = "drydock-engine: \(sentence)\n"
        _ = write(2, line, line.utf8.count)
        exit(1)
    }

    private func say(_ text: String) {
        guard fd >= 0 else { return }
        _ = write(fd, text, text.utf8.count)
        close(fd)
    }
}

func value(of option: String) -> String? {
    let arguments = CommandLine.arguments
    guard let index = arguments.firstIndex(of: option), index + 1 < arguments.count else { return nil }
    return arguments[index + 1]
}

/// All values of an option that may stand several times.
func values(of option: String) -> [String] {
    let arguments = CommandLine.arguments
    return arguments.indices.dropLast().filter { arguments[$0] == option }.map { arguments[$0 + 1] }
}

/// SIGTERM and SIGINT end the engine in order: `drydock serve` in a terminal, a machine that goes down.
/// - Throws: `DrydockError` when there is no thread for it.
func endOnSignal(_ end: @escaping @Sendable () -> Void) throws {
    try EngineThread.start {
        var signals = endingSignals()
        var number: Int32 = 0
        while sigwait(&signals, &number) == 0 { end() }
    }
}

func endingSignals() -> sigset_t {
    var signals = sigset_t()
    sigemptyset(&signals)
    for number in [SIGTERM, SIGINT] { sigaddset(&signals, number) }
    return signals
}

signal(SIGPIPE, SIG_IGN)
// Before the first thread, so that all inherit it: the one that waits for these signals gets them.
var ending = endingSignals()
pthread_sigmask(SIG_BLOCK, &ending, nil)
umask(0o022)
if let listen = value(of: "--hub-listen") {
    do { try ServedHub.run(listen: listen, root: value(of: "--root") ?? EnginePaths.defaultRoot) } catch { ReadyLine(fd: -1).fail(error) }
    exit(0)
}
let ready = ReadyLine(fd: value(of: "--ready-fd").flatMap { Int32($0) } ?? -1)
do {
    let paths = EnginePaths(root: value(of: "--root") ?? EnginePaths.defaultRoot)
    try Requirements.check(root: paths.root)
    try paths.prepare()
    guard let lock = try EngineLock(directory: paths.runtime) else {
        // Another engine serves this root already: whoever started this one can talk to that.
        ready.ok()
        exit(0)
    }
    // Lessons and tests have to see the same everywhere.
    let registry = environmentVariable("DRYDOCK_REGISTRY") ?? ""
    let isRemote = registry.hasPrefix("http://")
    let staysInTheLab = registry == "lab" || isRemote
    let engine = try ContainerEngine(
        paths: paths, shimProgram: try siblingProgram("drydock-shim"),
        labHub: isRemote ? try RemoteHub(registry) : try LazyHub(directory: paths.hub),
        usesDockerHub: !staysInTheLab, insecureRegistries: Set(values(of: "--insecure-registry")),
        keptOperations: value(of: "--operations").flatMap { Int($0) })
    let isConfined = CommandLine.arguments.contains("--confined")
    let server = EngineServer(service: engine, confinement: isConfined ? Confinement() : nil)
    try server.listen(directory: paths.runtime, name: "engine.sock")
    lock.hasBegun()
    ready.ok()
    try endOnSignal {
        do { try engine.prepareShutdown(context: CallContext()) } catch { engine.log("before the end: \(error)") }
        server.shutdown()
    }
    server.waitUntilShutdown()
    lock.isEnding()
    engine.end()
    withExtendedLifetime(lock) {}
} catch {
    ready.fail(error)
}
