import Basics
import CDrydock
import Glibc
import Lessons

/// What a program did on a terminal of its own.
struct TerminalResult {
    var output: [UInt8] = []
    /// Its second stream, which has a terminal of its own so that the two can be told apart.
    var errors: [UInt8] = []
    var outcome = Outcome.exited(127)
    /// It was ended since its time was up.
    var isLate = false
    /// It printed more than is kept.
    var isCut = false
}

/// Runs a program on a terminal of its own and types prepared keys into it.
struct TerminalRun {
    var columns: UInt16 = 120
    var rows: UInt16 = 40
    /// How long it may take at most.
    var seconds = 60
    /// What is kept of each stream at most.
    var limit = 1 << 20

    /// Called with each piece of output as it comes: the stream (1 or 2) and the bytes.
    var heard: (Int32, [UInt8]) -> Void = { _, _ in }

    /// - Throws: the error of a call that failed before the program ran.
    func run(_ path: String, _ arguments: [String], _ environment: Environment, keys: [Keys]) throws(Errno) -> TerminalResult {
        let input = try PseudoTerminal(columns: columns, rows: rows)
        let second = try PseudoTerminal(columns: columns, rows: rows)
        let child = try Process.spawn(path, arguments, environment, onTerminal: input.path, errors: second.path)
        let handle = dd_pidfd_open(child, 0)
        guard handle >= 0 else {
            kill(-child, SIGKILL)
            _ = Process.wait(for: child, terminal: nil)
            throw .current
        }
        defer { close(handle) }
        var result = TerminalResult()
        var feeder = KeyFeeder(keys)
        let end = Self.now + seconds * 1000
        var isOver = false
        var lastHeard = Self.now
        while !isOver {
            let silent = lastHeard + KeyFeeder.silence
            if let keys = feeder.next(isSilent: Self.now >= silent) {
                _ = input.type(keys)
                lastHeard = Self.now
            }
            if Self.now >= end, !result.isLate {
                result.isLate = true
                kill(-child, SIGKILL)
                kill(child, SIGKILL)
            }
            let deadline = result.isLate ? Self.now + 1000 : feeder.isEmpty ? end : min(end, silent)
            var entries = [
                pollfd(fd: input.master, events: Int16(POLLIN), revents: 0), pollfd(fd: second.master, events: Int16(POLLIN), revents: 0),
                pollfd(fd: handle, events: Int16(POLLIN), revents: 0),
            ]
            let ready = poll(&entries, 3, Int32(clamping: max(0, deadline - Self.now)))
            if ready < 0, errno != EINTR { break }
            isOver = entries[2].revents != 0
            // Once more after its end: what it printed last is still in the terminal.
            // Both, whatever the first brings: at the end there is no next time for the second.
            let heardOutput = drain(input, 1, &result, &feeder)
            let heardErrors = drain(second, 2, &result, &feeder)
            if heardOutput || heardErrors { lastHeard = Self.now }
            // Nobody holds the other side any more, but the program itself goes on (`exec <&-`): wait for its end alone.
            if !isOver, entries[0].revents & Int16(POLLHUP) != 0, entries[1].revents & Int16(POLLHUP) != 0 {
                var alone = pollfd(fd: handle, events: Int16(POLLIN), revents: 0)
                if poll(&alone, 1, Int32(clamping: max(0, end - Self.now))) > 0 { isOver = true }
            }
        }
        result.outcome = Process.wait(for: child, terminal: nil)
        return result
    }

    private func drain(_ terminal: borrowing PseudoTerminal, _ stream: Int32, _ result: inout TerminalResult, _ feeder: inout KeyFeeder)
        -> Bool
    {
        var hasHeard = false
        while let bytes = terminal.read(), !bytes.isEmpty {
            hasHeard = true
            feeder.saw(bytes)
            heard(stream, bytes)
            let kept = stream == 1 ? result.output.count : result.errors.count
            let taken = bytes.prefix(max(0, limit - kept))
            if taken.count < bytes.count { result.isCut = true }
            if stream == 1 { result.output += taken } else { result.errors += taken }
            // A program that prints without end still has to hear of its time's end.
            if result.isCut { break }
        }
        return hasHeard
    }

    /// Milliseconds of a clock that nobody sets.
    private static var now: Int {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return time.tv_sec * 1000 + time.tv_nsec / 1_000_000
    }
}
