import Basics
import EngineClient
import Glibc

/// A program that gets a little input at once, and answers a little.
struct HelperProcess {
    let path: String
    let arguments: [String]
    /// Its standard error.
    let complaints: Int32
    /// Its standard error is part of the answer.
    var joinsComplaints = false
    let language: Language

    struct Outcome {
        /// In Go's words: `exit status 1`; nil for a success.
        let failure: String?
        let output: [UInt8]

        /// The answer without what could steer a terminal.
        var raw: String {
            let shown = String(decoding: output, as: UTF8.self).unicodeScalars.filter { $0.value >= 32 && $0.value != 127 || $0 == "\n" }
            return String(String.UnicodeScalarView(shown))
        }

        /// The answer as words, without the white space around it and without what could steer a terminal.
        var text: String { trimmedSpaces(Substring(raw)) }
    }

    private static let longestOutput = 64 << 10

    /// - Throws: `CommandFailure` if it cannot be run or answers without end, `EngineClientError.interrupted`.
    func run(input: [UInt8], interrupt: Int32) throws -> Outcome {
        let (inputEnd, output, answerEnd) = try prepare(input)
        defer { close(output) }
        var child: pid_t = 0
        let failure = spawn(&child, inputEnd, answerEnd)
        // Only the child holds these now, so that its end is the end of the answer.
        close(inputEnd)
        close(answerEnd)
        guard failure == 0 else {
            let why = Errno(failure).text
            throw CommandFailure(language == .korean ? "\(path): 실행할 수 없다: \(why)" : "cannot run \(path): \(why)")
        }
        let answer: [UInt8]
        do { answer = try collect(output, interrupt) } catch {
            end(child)
            throw error
        }
        return Outcome(failure: wait(for: child), output: answer)
    }

    /// The input goes into the pipe before the child starts: as long as we hold both ends, writing can neither wait
    /// for it nor end in a broken pipe, whatever it reads.
    private func prepare(_ input: [UInt8]) throws -> (inputEnd: Int32, output: Int32, answerEnd: Int32) {
        let pipe = try closeOnExecPipe()
        defer { close(pipe.writeEnd) }
        _ = fcntl(pipe.writeEnd, F_SETFL, O_NONBLOCK)
        let written = input.isEmpty ? 0 : write(pipe.writeEnd, input, input.count)
        guard written == input.count else {
            close(pipe.readEnd)
            throw CommandFailure(
                language == .korean ? "\(path)에 주기에는 자격 증명이 너무 길다" : "the credentials are too long for \(path)")
        }
        do {
            let answer = try closeOnExecPipe()
            return (pipe.readEnd, answer.readEnd, answer.writeEnd)
        } catch {
            close(pipe.readEnd)
            throw error
        }
    }

    private func spawn(_ child: inout pid_t, _ input: Int32, _ output: Int32) -> Int32 {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        // First: the complaints' descriptor may be the one that is about to become the answer's.
        posix_spawn_file_actions_adddup2(&actions, complaints, 2)
        posix_spawn_file_actions_adddup2(&actions, input, 0)
        posix_spawn_file_actions_adddup2(&actions, output, 1)
        if joinsComplaints { posix_spawn_file_actions_adddup2(&actions, 1, 2) }
        addCloseFrom(&actions, 3)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // What a shell ignores, and what this thread has blocked, must reach the child all the same: it is ended by a signal.
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        var usual = sigset_t()
        sigemptyset(&usual)
        for signal in [SIGINT, SIGQUIT, SIGPIPE, SIGTERM, SIGHUP] { sigaddset(&usual, signal) }
        posix_spawnattr_setsigdefault(&attributes, &usual)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK) | Int16(POSIX_SPAWN_SETSIGDEF))
        var argv: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        defer { for pointer in argv { free(pointer) } }
        return posix_spawn(&child, path, &actions, &attributes, &argv, environ)
    }

    private func collect(_ descriptor: Int32, _ interrupt: Int32) throws -> [UInt8] {
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 4096)
        while true {
            var entries = [
                pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0), pollfd(fd: interrupt, events: Int16(POLLIN), revents: 0),
            ]
            if poll(&entries, 2, -1) < 0, errno == EINTR { continue }
            if entries[1].revents != 0 { throw EngineClientError.interrupted }
            let got = read(descriptor, &piece, piece.count)
            if got < 0, errno == EINTR { continue }
            guard got > 0 else { return bytes }
            bytes += piece[..<got]
            guard bytes.count <= Self.longestOutput else {
                let limit = "\(Self.longestOutput >> 10) KiB"
                throw CommandFailure(
                    language == .korean ? "\(path)의 응답이 \(limit)보다 길다" : "\(path) answered with more than \(limit)")
            }
        }
    }

    /// Asks the child to end, for up to a second; one that does not want to is killed.
    private func end(_ child: pid_t) {
        kill(child, SIGTERM)
        for _ in 0..<20 {
            if waitpid(child, nil, WNOHANG) != 0 { return }
            usleep(50_000)
        }
        kill(child, SIGKILL)
        while waitpid(child, nil, 0) < 0, errno == EINTR {}
    }

    /// - Returns: nil for a success, otherwise what Go calls it.
    private func wait(for child: pid_t) -> String? {
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0 { guard errno == EINTR else { return "exit status 127" } }
        // waitpid(2): the low seven bits are the signal, the next byte is the exit code.
        let signal = status & 0x7F
        if signal != 0 { return "signal: \(String(cString: strsignal(signal)).lowercased())" }
        let code = status >> 8 & 0xFF
        return code == 0 ? nil : "exit status \(code)"
    }
}

/// glibc 2.34 and later; the header that Swift imports hides it behind a feature macro.
@_silgen_name("posix_spawn_file_actions_addclosefrom_np")
@discardableResult
private func addCloseFrom(_ actions: UnsafeMutablePointer<posix_spawn_file_actions_t>, _ first: Int32) -> Int32
