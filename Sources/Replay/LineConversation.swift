import Basics
import EngineClient
import Glibc
import Lessons

/// Asks a `drydock run-lines` at the other end of two pipes to run lines, one at a time. What it answers may come from a stranger.
public final class LineConversation {
    let requests: Int32
    let answers: Int32
    private var buffer: [UInt8] = []

    /// An answer is two streams of a megabyte at most, each byte escaped.
    private static let limit = 16 << 20

    /// - Parameters: the pipes' ends, which stay the caller's.
    public init(requests: Int32, answers: Int32) {
        self.requests = requests
        self.answers = answers
    }

    /// Runs one line.
    /// - Throws: `DrydockError` when the process is gone or says what is no answer.
    public func run(_ line: String, keys: [Keys], seconds: Int) throws -> LineResult {
        let wish = JSONObject([
            ("line", .string(line)), ("keys", .array(keys.map { .string($0.text) })), ("seconds", .integer(Int64(seconds))),
        ])
        do { try writeAll(requests, "\(JSONValue.object(wish))\n") } catch {
            throw DrydockError(.failed, "the process that runs lines has gone", errno: error)
        }
        // Twice its time: the runner itself ends the line when it is up.
        let answer = try nextLine(seconds: seconds * 2 + 10)
        return LineResult(try JSONValue(parsing: answer))
    }

    private func nextLine(seconds: Int) throws -> [UInt8] {
        var searched = 0
        while true {
            if let end = buffer[searched...].firstIndex(of: 10) {
                defer { buffer.removeSubrange(...end) }
                return Array(buffer[..<end])
            }
            searched = buffer.count
            guard buffer.count < Self.limit else { throw DrydockError(.failed, "the process that runs lines answers without end") }
            var entry = pollfd(fd: answers, events: Int16(POLLIN), revents: 0)
            let ready = poll(&entry, 1, Int32(clamping: seconds * 1000))
            if ready < 0, errno == EINTR { continue }
            guard ready > 0 else { throw DrydockError(.failed, "the process that runs lines does not answer") }
            var piece = [UInt8](repeating: 0, count: 64 << 10)
            let got = read(answers, &piece, piece.count)
            if got < 0, errno == EINTR { continue }
            guard got > 0 else { throw DrydockError(.failed, "the process that runs lines has ended") }
            buffer += piece[..<got]
        }
    }
}
