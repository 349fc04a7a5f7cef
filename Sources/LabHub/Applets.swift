import Basics
import Glibc

/// Asks a busybox of the host what it can do.
enum Applets {
    /// The output of `<binary> --list-full`: one path for each applet, without a leading slash (`usr/bin/env`).
    ///
    /// - Throws: `DrydockError` (`failed`) when it cannot be run, fails, or prints something that is no path.
    static func list(of binary: String) throws -> [String] {
        let text = String(decoding: try output(of: binary, arguments: ["--list-full"]), as: UTF8.self)
        let paths = text.split(separator: "\n").map(String.init)
        let plain = paths.allSatisfy { path in
            path.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." }
        }
        guard plain, !paths.isEmpty else { throw DrydockError(.failed, "\(binary) --list-full does not print a list of paths") }
        return paths
    }

    private static func output(of binary: String, arguments: [String]) throws -> [UInt8] {
        // A pair of sockets, since they are closed on exec from their birth: a pipe's end that slips into a process which
        // another thread starts at this moment would keep the reading below from ever ending.
        var ends: [CInt] = [-1, -1]
        let kind = CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else { throw HostFiles.failure("make a pipe for", binary) }
        defer { close(ends[0]) }
        let process: pid_t
        do {
            defer { close(ends[1]) }
            process = try spawn(binary, arguments, output: ends[1])
        }
        let bytes = Result { try readAll(ends[0], limit: 1 << 20) }
        var status: CInt = 0
        while waitpid(process, &status, 0) < 0 && errno == EINTR {}
        guard status == 0 else { throw DrydockError(.failed, "\(binary) \(arguments.joined(separator: " ")) failed with status \(status)") }
        return try bytes.get()
    }

    private static func spawn(_ binary: String, _ arguments: [String], output: CInt) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output, 1)
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        let words = ([binary] + arguments).map { strdup($0) } + [nil]
        defer {
            for word in words { free(word) }
        }
        var process: pid_t = 0
        let result = posix_spawn(&process, binary, &actions, nil, words, [nil])
        guard result == 0 else { throw DrydockError(.failed, "cannot run \(binary)", errno: Errno(result)) }
        return process
    }
}
