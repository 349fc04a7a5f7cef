import Basics
import CDrydock
import Glibc
import Lessons

/// `drydock run-lines`: runs lines that come as JSON, one object a line, and answers each with one. The one who asks may be in other
/// namespaces and trust nothing of what is answered (a grader); no command for people, so `help` doesn't name it.
///
///     {"line": "docker run -it ubuntu:14.04", "keys": ["exit"], "seconds": 60}
///     {"output": "…", "errors": "…", "code": 0, "late": false, "cut": false}
struct RunLinesCommand {
    let settings: Settings
    let environment: Environment

    func run() throws -> Int32 {
        // Lines of the same user could write answers of their own to /proc/PID/fd of this process, or trace it.
        guard dd_hide_process() == 0 else { throw DrydockError(.failed, "cannot hide from the lines that are run", errno: .current) }
        // Commands must not read what is meant for this process.
        let requests = fcntl(0, F_DUPFD_CLOEXEC, 10)
        let answers = fcntl(1, F_DUPFD_CLOEXEC, 10)
        guard requests >= 0, answers >= 0 else { throw DrydockError(.failed, "the standard streams are closed", errno: .current) }
        let nothing = open("/dev/null", O_RDWR | O_CLOEXEC)
        if nothing >= 0 {
            dup2(nothing, 0)
            dup2(nothing, 1)
        }
        let runner = try LineRunner(settings: settings, environment: environment)
        var reader = JSONLineReader(descriptor: requests)
        while let request = try reader.next() {
            guard let line = request["line"]?.stringValue else { throw DrydockError(.invalid, "a request without a line") }
            runner.terminal.seconds = request["seconds"]?.intValue ?? 60
            let keys = (request["keys"]?.arrayValue ?? []).compactMap(\.stringValue).map(Keys.init)
            try writeAll(answers, answer(runner, line, keys) + "\n")
        }
        return 0
    }

    private func answer(_ runner: LineRunner, _ line: String, _ keys: [Keys]) -> String {
        var answer = JSONObject()
        do {
            let result = try runner.run(line, keys: keys)
            answer["output"] = .string(TerminalText.plain(result.output))
            answer["errors"] = .string(TerminalText.plain(result.errors))
            answer["code"] = .integer(Int64(result.outcome.status))
            answer["late"] = .bool(result.isLate)
            answer["cut"] = .bool(result.isCut)
        } catch {
            answer["output"] = ""
            answer["errors"] = .string("drydock: \(error)\n")
            answer["code"] = 127
        }
        return "\(JSONValue.object(answer))"
    }
}

/// Reads JSON objects, one a line.
struct JSONLineReader {
    private let descriptor: Int32
    private var buffer: [UInt8] = []
    private var isAtEnd = false
    /// Longer lines are refused.
    private let limit: Int

    init(descriptor: Int32, limit: Int = 4 << 20) {
        self.descriptor = descriptor
        self.limit = limit
    }

    /// - Returns: nil at the end.
    mutating func next() throws -> JSONValue? {
        while true {
            if let end = buffer.firstIndex(of: 10) {
                let line = Array(buffer[..<end])
                buffer.removeSubrange(...end)
                if line.isEmpty { continue }
                return try JSONValue(parsing: line)
            }
            if isAtEnd { return nil }
            guard buffer.count <= limit else { throw DrydockError(.invalid, "a line is longer than \(limit >> 20) MiB") }
            var piece = [UInt8](repeating: 0, count: 64 << 10)
            let got = read(descriptor, &piece, piece.count)
            if got < 0, errno == EINTR { continue }
            guard got > 0 else {
                isAtEnd = true
                continue
            }
            buffer += piece[..<got]
        }
    }
}
