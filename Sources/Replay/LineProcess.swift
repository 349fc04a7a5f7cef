import Basics
import CDrydock
import EngineClient
import Glibc
import Lessons

/// A running `drydock run-lines`: asks it to run lines, one at a time.
final class LineProcess {
    private let pid: pid_t
    private let pidfd: Int32
    private let conversation: LineConversation

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
        conversation = LineConversation(requests: input.writeEnd, answers: output.readEnd)
    }

    /// Runs one line.
    /// - Throws: `DrydockError` when the process is gone or says what is no answer.
    func run(_ line: String, keys: [Keys], seconds: Int) throws -> LineResult {
        try conversation.run(line, keys: keys, seconds: seconds)
    }

    /// Closes its input, by which it ends, and waits for that.
    func end() {
        close(conversation.requests)
        var entry = pollfd(fd: pidfd, events: Int16(POLLIN), revents: 0)
        if poll(&entry, 1, 5000) <= 0 { kill(pid, SIGKILL) }
        waitpid(pid, nil, 0)
        close(conversation.answers)
        close(pidfd)
    }
}
