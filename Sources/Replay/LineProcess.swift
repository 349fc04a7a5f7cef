import Basics
import CDrydock
import EngineClient
import Glibc
import Lessons

/// A running `drydock run-lines`: asks it to run lines, one at a time.
final class LineProcess {
    private let pid: pid_t
    private let pidfd: Int32
    private let requests: Int32
    private let answers: Int32
    private var buffer: [UInt8] = []

    /// An answer is two streams of a megabyte at most, each byte escaped.
    private static let limit = 32 << 20

    /// - Parameters:
    ///   - path: the drydock program.
    ///   - arguments: with the program's own name first.
    ///   - environment: `NAME=value`.
    ///   - directory: where lines begin.
    /// - Throws: `DrydockError`.
    init(_ path: String, _ arguments: [String], environment: [String], directory: String) throws {
        let input = try closeOnExecPipe()
        let output = try closeOnExecPipe()
        let errors = open("/dev/null", O_WRONLY | O_CLOEXEC)
        defer {
            close(input.readEnd)
            close(output.writeEnd)
            close(errors)
        }
        // env -C changes the directory between fork and exec, which posix_spawn and dd_spawn can't.
        let words = ["env", "-C", directory, path] + arguments.dropFirst()
        var argv: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        var envp: [UnsafeMutablePointer<CChar>?] = environment.map { strdup($0) } + [nil]
        defer { for pointer in argv + envp { free(pointer) } }
        var handle: Int32 = -1
        pid = dd_spawn("/usr/bin/env", &argv, &envp, [input.readEnd, output.writeEnd, errors], 3, &handle)
        guard pid > 0 else {
            close(input.writeEnd)
            close(output.readEnd)
            throw DrydockError(.failed, "cannot start \(path)", errno: .current)
        }
        pidfd = handle
        requests = input.writeEnd
        answers = output.readEnd
    }

    /// Runs one line.
    /// - Throws: `DrydockError` when the process is gone or says what is no answer.
    func run(_ line: String, keys: [Keys], seconds: Int) throws -> LineResult {
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

    /// Closes its input, by which it ends, and waits for that.
    func end() {
        close(requests)
        var entry = pollfd(fd: pidfd, events: Int16(POLLIN), revents: 0)
        if poll(&entry, 1, 5000) <= 0 { kill(pid, SIGKILL) }
        waitpid(pid, nil, 0)
        close(answers)
        close(pidfd)
    }
}
