import Basics
import CDrydock
import Glibc

/// A program of the host, run to its end.
enum HostProgram {
    /// What a program says is read up to this many bytes of each stream.
    private static let most = 8 << 20

    struct Outcome {
        let code: Int32
        let output: String
        let error: String
    }

    /// - Parameter name: Looked for in PATH.
    /// - Throws: `DrydockError` when it can't be run.
    static func run(_ name: String, _ arguments: [String]) throws -> Outcome {
        // Sockets in the place of pipes: closed in whatever else is spawned meanwhile from the moment on at which they exist.
        var (output, error): ([Int32], [Int32]) = ([-1, -1], [-1, -1])
        guard dd_socketpair(&output) == 0 else { throw failure(name, errno) }
        defer { close(output[0]) }
        guard dd_socketpair(&error) == 0 else {
            let code = errno
            close(output[1])
            throw failure(name, code)
        }
        defer { close(error[0]) }
        let started = spawn(name, arguments, output[1], error[1])
        close(output[1])
        close(error[1])
        guard case .success(let pid) = started else {
            if case .failure(let code) = started { throw failure(name, code.code) }
            throw failure(name, EINVAL)
        }
        let said = drain([output[0], error[0]])
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0 && errno == EINTR {}
        // As the macros of <sys/wait.h> take it apart.
        let code = status & 0x7f == 0 ? status >> 8 & 0xff : 128 + (status & 0x7f)
        return Outcome(code: code, output: String(decoding: said[0], as: UTF8.self), error: String(decoding: said[1], as: UTF8.self))
    }

    private static func failure(_ name: String, _ code: Int32) -> DrydockError {
        if code == ENOENT { return DrydockError(.failed, "\(name): exec: \"\(name)\": executable file not found in $PATH") }
        return DrydockError(.failed, "\(name) can't be run", errno: Errno(code: code))
    }

    private static func spawn(_ name: String, _ arguments: [String], _ output: Int32, _ error: Int32) -> Result<pid_t, Errno> {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output, 1)
        posix_spawn_file_actions_adddup2(&actions, error, 2)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // The engine's own signal mask and ignored signals are none of the program's business.
        var (none, usual) = (sigset_t(), sigset_t())
        sigemptyset(&none)
        sigemptyset(&usual)
        for signal in [SIGINT, SIGQUIT, SIGPIPE, SIGTERM, SIGHUP, SIGCHLD] { sigaddset(&usual, signal) }
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &usual)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK) | Int16(POSIX_SPAWN_SETSIGDEF))
        var words: [UnsafeMutablePointer<CChar>?] = ([name] + arguments).map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var pid: pid_t = 0
        let code = posix_spawnp(&pid, name, &actions, &attributes, &words, environ)
        return code == 0 ? .success(pid) : .failure(Errno(code: code))
    }

    /// Reads both streams as they come, so that neither can fill up and hold the program.
    private static func drain(_ streams: [Int32]) -> [[UInt8]] {
        var said: [[UInt8]] = [[], []]
        var open = Set(streams.indices)
        var buffer = [UInt8](repeating: 0, count: 64 * 1024)
        while !open.isEmpty {
            let waiting = open.sorted()
            var waited = waiting.map { pollfd(fd: streams[$0], events: Int16(POLLIN), revents: 0) }
            if poll(&waited, nfds_t(waited.count), -1) < 0 && errno != EINTR { break }
            for (index, state) in zip(waiting, waited) where state.revents != 0 {
                let count = read(streams[index], &buffer, buffer.count)
                if count < 0 && errno == EINTR { continue }
                if count <= 0 { open.remove(index) } else if said[index].count < most { said[index] += buffer[..<count] }
            }
        }
        return said
    }
}
