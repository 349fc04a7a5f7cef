import Basics
import CDrydock
import EngineClient
import Glibc
import Lessons
import Replay

/// Lines run in a replay machine: what strangers have written.
public final class MachineHost: LineHost {
    private let machine: ReplayMachine
    private let conversation: LineConversation
    public var client: EngineClient { machine.client }

    /// - Throws: `DrydockError`, `EngineClientError` when the machine can't be made or an image isn't to be had.
    public init(_ options: ReplayOptions, images: [String]) throws {
        var options = options
        options.arguments = ["/opt/drydock/drydock", "run-lines"]
        machine = try ReplayMachine(options)
        conversation = LineConversation(requests: machine.input, answers: machine.output)
        do {
            for image in images { try client.pull(image) }
        } catch {
            machine.end()
            throw error
        }
    }

    public func run(_ line: String, keys: [Keys], seconds: Int) throws -> LineResult {
        try conversation.run(line, keys: keys, seconds: seconds)
    }

    public func readFile(_ path: String) -> [UInt8]? {
        let file = dd_open_beneath(machine.home, path)
        guard file >= 0 else { return nil }
        defer { close(file) }
        return try? readAll(file, limit: 16 << 20)
    }

    /// By the learner's own program, so that it needs no right and goes where the learner's links lead, which is nowhere else.
    public func write(_ file: LessonFile) throws {
        let path = "/home/learner/\(file.path)"
        let folder = path[..<(path.lastIndex(of: "/") ?? path.endIndex)]
        let text = Base64.standard.text(Array(file.content.utf8))
        let result = try run("mkdir -p '\(folder)' && base64 -d > '\(path)' <<'EOF'\n\(text)\nEOF", keys: [], seconds: 10)
        guard result.code == 0 else { throw DrydockError(.failed, "cannot give the learner \(file.path)", cause: result.errors) }
    }

    public func narratedSteps() -> [String]? { nil }

    /// What the transcript asked of the engine and did not get.
    public func refusals() -> [String] { ((try? machine.refusals()) ?? []).map(\.message) }

    public func end() { machine.end() }
}
