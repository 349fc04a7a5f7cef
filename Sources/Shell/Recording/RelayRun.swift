import Basics
import CDrydock
import Glibc
import Transcripts

/// Hears what a command prints and what is typed into it.
protocol RelayListener: AnyObject {
    func heard(_ stream: TranscriptEvent.Stream, _ bytes: [UInt8])
    /// - Parameter isHidden: the program reads whole lines without showing them, as for a password.
    func typed(_ bytes: [UInt8], isHidden: Bool)
    /// The command has read all that was typed so far.
    func consumed()
    /// The command has ended without reading the last of what was typed.
    func leftUnread(_ bytes: [UInt8])
    func resized(columns: Int, rows: Int)
    /// Nothing has happened for a while.
    func idle()
}

/// Runs a command where it can be listened to, between it and the real terminal: on a terminal of its own whose keys and output are
/// passed on both ways. Its two streams have a terminal each, so that they can be told apart.
///
/// A session of its own has no shell above it that could let it go on, so Ctrl-Z does nothing there.
struct RelayRun {
    /// The real terminal.
    let terminal: Int32
    let listener: any RelayListener
    /// Where its streams go on to.
    var outputs: (out: Int32, err: Int32) = (1, 2)

    /// How often a new size of the real terminal is noticed, in milliseconds.
    private static let glance: Int32 = 300
    /// How long the kernel may take to hand keys on, in milliseconds.
    private static let delivery = 30

    /// - Returns: how it ended, and keys that it has not read.
    /// - Throws: the error of a call that failed before the command ran.
    func run(_ path: String, _ arguments: [String], _ environment: Environment) throws(Errno) -> (outcome: Outcome, unread: [UInt8]) {
        var size = Terminal.size(terminal)
        let first = try PseudoTerminal(columns: size.columns, rows: size.rows)
        let second = try PseudoTerminal(columns: size.columns, rows: size.rows)
        guard let before = Terminal.settings(terminal) else { throw .current }
        first.settings = Terminal.cooked(from: before)
        second.settings = Terminal.cooked(from: before)
        let (inside, insideErrors) = (first.openOtherSide(), second.openOtherSide())
        let child = try Process.spawn(path, arguments, environment, onTerminal: first.path, errors: second.path)
        let handle = dd_pidfd_open(child, 0)
        Terminal.apply(Terminal.raw(from: before), to: terminal)
        defer {
            Terminal.apply(before, to: terminal)
            for descriptor in [handle, inside, insideErrors] where descriptor >= 0 { close(descriptor) }
        }
        var keys: [UInt8] = []
        var hasInput = true
        var lastTyped = 0
        var isOver = handle < 0
        while !isOver {
            var entries = [
                pollfd(fd: first.master, events: Int16(keys.isEmpty ? POLLIN : POLLIN | POLLOUT), revents: 0),
                pollfd(fd: second.master, events: Int16(POLLIN), revents: 0), pollfd(fd: handle, events: Int16(POLLIN), revents: 0),
                // More keys than the command takes stay where they are.
                pollfd(fd: hasInput && keys.count < 4096 ? terminal : -1, events: Int16(POLLIN), revents: 0),
            ]
            let ready = poll(&entries, 4, Self.glance)
            if ready < 0, errno != EINTR { break }
            if ready == 0 { listener.idle() }
            isOver = entries[2].revents != 0
            let now = Terminal.size(terminal)
            if now != size {
                size = now
                for master in [first.master, second.master] { PseudoTerminal.resize(master, columns: now.columns, rows: now.rows) }
                listener.resized(columns: Int(now.columns), rows: Int(now.rows))
            }
            // Output first: a prompt was there before its answer was typed.
            passOn(first, .out, outputs.out)
            passOn(second, .err, outputs.err)
            if entries[3].revents != 0 {
                let typed = readKeys()
                hasInput = !typed.isEmpty
                if !hasInput { kill(-child, SIGHUP) }
                listener.typed(typed, isHidden: Self.hides(first))
                keys += typed
                lastTyped = monotonic()
            }
            if !keys.isEmpty { keys.removeFirst(min(keys.count, first.type(keys))) }
            if keys.isEmpty, monotonic() - lastTyped >= Self.delivery, Self.waiting(inside) == 0 { listener.consumed() }
        }
        let outcome = Process.wait(for: child, terminal: nil)
        passOn(first, .out, outputs.out)
        passOn(second, .err, outputs.err)
        let unread = Self.unread(inside) + keys
        listener.leftUnread(unread)
        return (outcome, unread)
    }

    /// How many bytes the command could read now.
    private static func waiting(_ inside: Int32) -> Int32 {
        var count: Int32 = 0
        return ioctl(inside, UInt(FIONREAD), &count) == 0 ? count : 0
    }

    private func passOn(_ inner: borrowing PseudoTerminal, _ stream: TranscriptEvent.Stream, _ output: Int32) {
        // A command that prints without end must still hear of Ctrl-C.
        for _ in 0..<16 {
            guard let bytes = inner.read(), !bytes.isEmpty else { return }
            try? writeAll(output, bytes)
            listener.heard(stream, bytes)
        }
    }

    private func readKeys() -> [UInt8] {
        var piece = [UInt8](repeating: 0, count: 4096)
        while true {
            let got = read(terminal, &piece, piece.count)
            if got < 0, errno == EINTR { continue }
            return got > 0 ? Array(piece[..<got]) : []
        }
    }

    /// Whole lines without an echo: a password. A program that takes single keys (a shell, an editor, an attached container) shows them
    /// by itself.
    private static func hides(_ inner: borrowing PseudoTerminal) -> Bool {
        guard let settings = inner.settings else { return false }
        return settings.c_lflag & tcflag_t(ECHO) == 0 && settings.c_lflag & tcflag_t(ICANON) != 0
    }

    /// What was typed ahead and is the next command's.
    private static func unread(_ inside: Int32) -> [UInt8] {
        guard inside >= 0, var settings = Terminal.settings(inside) else { return [] }
        settings.c_lflag &= ~tcflag_t(ICANON)
        tcsetattr(inside, TCSANOW, &settings)
        var piece = [UInt8](repeating: 0, count: 4096)
        let got = read(inside, &piece, piece.count)
        return got > 0 ? Array(piece[..<got]) : []
    }
}

/// The same without a terminal: output goes through pipes, input is nobody's to see.
struct PipedRun {
    let listener: any RelayListener

    func run(_ path: String, _ arguments: [String], _ environment: Environment) throws(Errno) -> Outcome {
        var ends: [Int32] = [-1, -1, -1, -1]
        guard pipe(&ends) == 0 else { throw .current }
        defer { for descriptor in ends where descriptor >= 0 { close(descriptor) } }
        let isWhole = ends.withUnsafeMutableBufferPointer { pipe($0.baseAddress.map { $0 + 2 }) } == 0
        guard isWhole else { throw .current }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        let child = try Process.spawn(path, arguments, environment, output: ends[1], errors: ends[3])
        for place in [1, 3] {
            close(ends[place])
            ends[place] = -1
        }
        let handle = dd_pidfd_open(child, 0)
        defer { if handle >= 0 { close(handle) } }
        var open: [(stream: TranscriptEvent.Stream, descriptor: Int32)] = [(.out, ends[0]), (.err, ends[2])]
        while !open.isEmpty {
            var entries = open.map { pollfd(fd: $0.descriptor, events: Int16(POLLIN), revents: 0) }
            entries.append(pollfd(fd: handle, events: Int16(POLLIN), revents: 0))
            if poll(&entries, nfds_t(entries.count), -1) < 0, errno != EINTR { break }
            // What runs on in the background may hold the pipes for ever; it is the command that is waited for.
            let hasOutput = entries.dropLast().contains { $0.revents != 0 }
            if !hasOutput, entries.last?.revents != 0 { break }
            for (entry, source) in zip(entries, open) where entry.revents != 0 {
                if !passOn(source.stream, source.descriptor) { open.removeAll { $0.descriptor == source.descriptor } }
            }
        }
        return Process.wait(for: child, terminal: nil)
    }

    private func passOn(_ stream: TranscriptEvent.Stream, _ descriptor: Int32) -> Bool {
        var piece = [UInt8](repeating: 0, count: 64 << 10)
        let got = read(descriptor, &piece, piece.count)
        if got < 0, errno == EINTR { return true }
        guard got > 0 else { return false }
        try? writeAll(stream == .out ? 1 : 2, piece[..<got])
        listener.heard(stream, Array(piece[..<got]))
        return true
    }
}
