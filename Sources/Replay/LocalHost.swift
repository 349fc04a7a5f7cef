import Basics
import EngineClient
import Glibc
import Lessons

/// Lines run on this machine as they are, with a state root or an engine of one's own choice: for lessons and documents that are
/// trusted. What strangers have written belongs into a machine of its own.
public final class LocalHost: LineHost {
    public let client: EngineClient
    private let folder: ScratchFolder
    private let process: LineProcess
    /// False for an engine that isn't ours.
    private let isOwn: Bool

    /// - Parameters:
    ///   - program: the drydock program.
    ///   - template: a state root to begin with, with images; nil for an empty one.
    ///   - engine: another engine's address (`unix:///…`) to use instead of one's own.
    ///   - environment: what lines see, `NAME=value`; without what steers drydock itself.
    /// - Throws: `DrydockError`, `EngineClientError`.
    public init(program: String, template: String?, engine: String? = nil, environment: [String]) throws {
        folder = try ScratchFolder()
        do {
            var environment = environment.filter { !$0.hasPrefix("DRYDOCK_") && !$0.hasPrefix("DOCKER_") }
            // Lessons are played in a folder below one's own, and a build in all of one's own asks first.
            environment += ["HOME=\(folder.path)", "DRYDOCK_REGISTRY=lab", "DOCKER_CONFIG=\(folder.path)/config"]
            if let engine {
                client = EngineClient(endpoint: try EngineEndpoint(host: engine))
                environment += ["DOCKER_HOST=\(engine)"]
            } else {
                if let template { folder.fill(from: template) }
                // The engine reads where images come from when it starts.
                setenv("DRYDOCK_REGISTRY", "lab", 1)
                client = try EngineLauncher.connect(root: folder.state)
                environment += ["DRYDOCK_NARRATE=json", "DRYDOCK_NARRATE_TO=\(folder.path)/steps.ndjson"]
            }
            isOwn = engine == nil
            // What checks look up is nothing that a learner asked.
            client.setExtraHeaders { [("X-Drydock-Looks", "1")] }
            process = try LineProcess(
                program, ["drydock", "--root", folder.state, "run-lines"], environment: environment, directory: folder.home)
        } catch {
            folder.remove()
            throw error
        }
    }

    public func run(_ line: String, keys: [Keys], seconds: Int) throws -> LineResult {
        try process.run(line, keys: keys, seconds: seconds)
    }

    public func readFile(_ path: String) -> [UInt8]? { folder.learner.readFile(path) }
    public func write(_ file: LessonFile) throws { try folder.learner.write(file) }

    public func narratedSteps() -> [String]? {
        guard isOwn else { return nil }
        let path = folder.path + "/steps.ndjson"
        guard let bytes = try? wholeFile(path) else { return [] }
        unlink(path)
        return bytes.split(separator: 10).compactMap { line in
            guard let json = try? JSONValue(parsing: Array(line)), json["event"]?.stringValue == "begin" else { return nil }
            return json["id"]?.stringValue
        }
    }

    /// Removes every container, and what they and the lines have left.
    public func clear() { EngineCleaner(client).clear() }

    public func end() {
        process.end()
        clear()
        if isOwn {
            EngineCleaner(client).shutDown(root: folder.state)
        }
        folder.remove()
    }
}

private func wholeFile(_ path: String) throws -> [UInt8] {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw DrydockError(.notFound, path, errno: .current) }
    defer { close(file) }
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 256 << 10)
    while true {
        let got = read(file, &piece, piece.count)
        guard got > 0 else { return bytes }
        bytes += piece[..<got]
    }
}
