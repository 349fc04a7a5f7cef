import CDrydock
import Glibc

/// The descriptors through which a new process's streams go, before it exists: its ends and ours.
struct ChildEnds {
    /// Pairs of ends; the process reads the first, and writes the others. Empty for a terminal, which it opens itself.
    private var pipes: [[Int32]] = []
    private var consolePair: [Int32] = [-1, -1]
    private let isTerminal: Bool

    /// - Parameter hasConsole: There is a socket over which the process hands out descriptors even if it has no terminal.
    /// - Returns: nil, with errno, when there are too many descriptors.
    init?(isTerminal: Bool, hasConsole: Bool = false) {
        self.isTerminal = isTerminal
        if isTerminal || hasConsole, dd_socketpair(&consolePair) != 0 { return nil }
        if isTerminal { return }
        for _ in 0..<3 {
            var ends: [Int32] = [-1, -1]
            guard dd_pipe(&ends) == 0 else {
                let failure = errno
                closeAll()
                errno = failure
                return nil
            }
            pipes.append(ends)
        }
    }

    /// Ours of the console socket, or -1.
    var console: Int32 { consolePair[0] }
    var theirConsole: Int32 { consolePair[1] }

    /// Without -i our end of the pipe is closed, and the process reads end-of-file at once. Not our own /dev/null: that is the host's,
    /// and root in the container could change its mode through the descriptor. With a terminal they last until it is opened.
    var stdio: (Int32, Int32, Int32) { isTerminal ? (0, 0, 0) : (pipes[0][0], pipes[1][1], pipes[2][1]) }

    /// The process has its ends.
    func closeTheirs() {
        if consolePair[1] >= 0 { close(consolePair[1]) }
        guard !isTerminal else { return }
        for fd in [pipes[0][0], pipes[1][1], pipes[2][1]] { close(fd) }
    }

    /// Our ends become the streams'; a terminal's come later, from the process.
    func connect(_ streams: Streams, opensStdin: Bool) {
        guard !isTerminal else { return }
        if !opensStdin { close(pipes[0][1]) }
        streams.use(stdin: opensStdin ? pipes[0][1] : -1, stdout: pipes[1][0], stderr: pipes[2][0])
    }

    /// There will be no process.
    func closeAll() {
        for fd in pipes.joined() { close(fd) }
        for fd in consolePair where fd >= 0 { close(fd) }
    }
}
