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
            // The learner's folder lies below the home folder and isn't the same: a build in it would be warned of and asked about.
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

    public func readFile(_ path: String) -> [UInt8]? { folder.readFile(path) }
    public func write(_ file: LessonFile) throws { try folder.write(file) }

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

    /// Removes everything that isn't one of the lesson's images: another engine may have been used before.
    /// - Parameter images: names to leave.
    public func wipe(except images: [String]) {
        clear()
        // An image goes only after those that are built upon it: again as long as some do.
        for _ in 0..<100 {
            let all = (try? client.request("GET", "/images/json", query: [("all", "1")]).json().arrayValue) ?? []
            let unwanted = all.filter { image in
                !(image["RepoTags"]?.arrayValue ?? []).contains { images.contains($0.stringValue ?? "") }
            }
            let removed = unwanted.filter { image in
                (try? client.request("DELETE", "/images/\(image["Id"]?.stringValue ?? "")", query: [("force", "1")])) != nil
            }
            if removed.isEmpty { return }
        }
    }

    /// Removes every container, and what they and the lines have left.
    public func clear() {
        let containers = (try? client.request("GET", "/containers/json", query: [("all", "1")]).json().arrayValue) ?? []
        for container in containers {
            guard let id = container["Id"]?.stringValue else { continue }
            _ = try? client.request("DELETE", "/containers/\(id)", query: [("force", "1"), ("v", "1")])
        }
        let volumes = (try? client.request("GET", "/volumes").json()["Volumes"]?.arrayValue) ?? []
        for volume in volumes {
            guard let name = volume["Name"]?.stringValue else { continue }
            _ = try? client.request("DELETE", "/volumes/\(name)", query: [("force", "1")])
        }
    }

    public func end() {
        process.end()
        clear()
        if isOwn {
            _ = try? client.request("POST", "/drydock/shutdown")
            EngineLauncher.awaitEnd(root: folder.state)
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
