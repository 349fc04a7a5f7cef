import Basics
import Glibc

/// Writes a transcript event by event, redacted. What was a whole line once stays: commands and their ends are synced to the disk, and a
/// last line that a crash has torn is cut off when the recording goes on.
public final class TranscriptWriter {
    public let path: String
    private let descriptor: Int32
    private let redaction: Redaction
    /// Milliseconds of a clock that nobody sets.
    private let clock: () -> Int
    /// What that clock would have said in the beginning.
    private let beginning: Int
    private var lastTime: Int
    private var size: Int
    private var isOpen = true
    /// The number of the last command.
    public private(set) var commands: Int
    /// What has been kept of the command's output, by stream.
    private var kept = 0

    /// What is kept of one command's output at most.
    public static let outputLimit = 1 << 20
    /// Output is left out beyond this, and commands a little later, so that a reader takes what was written.
    private static let sizeLimit = TranscriptReader.fileLimit - (4 << 20)

    /// Begins a transcript.
    /// - Parameters:
    ///   - path: a file that isn't there yet, or is empty.
    ///   - publicTexts: what is no secret though it looks like one (see `Redaction`).
    /// - Throws: `DrydockError`.
    public convenience init(
        creating path: String, _ header: TranscriptHeader, publicTexts: [String] = [], clock: @escaping () -> Int = monotonic
    ) throws(DrydockError) {
        let descriptor = try Self.open(path, O_CREAT)
        guard lseek(descriptor, 0, SEEK_END) == 0 else {
            close(descriptor)
            throw DrydockError(.conflict, "\(path) is there already", advice: "name another file for the recording")
        }
        self.init(path, descriptor, Redaction(publicTexts: publicTexts), clock, time: 0, size: 0, commands: 0)
        try put(header.line)
        try sync()
    }

    /// Goes on with a transcript that is there.
    /// - Returns: also what it says so far.
    /// - Throws: `DrydockError`, when it is none or someone else writes to it.
    public static func resume(
        _ path: String, publicTexts: [String] = [], clock: @escaping () -> Int = monotonic
    ) throws(DrydockError) -> (writer: TranscriptWriter, transcript: Transcript) {
        let descriptor = try open(path, 0)
        do {
            let bytes = try readAll(descriptor, limit: TranscriptReader.fileLimit)
            let transcript = try TranscriptReader.read(bytes, toleratesTornEnd: true)
            let whole = (bytes.lastIndex(of: 10) ?? -1) + 1
            guard whole == bytes.count || ftruncate(descriptor, off_t(whole)) == 0 else { throw Errno.current }
            let commands = transcript.runs.last?.number ?? 0
            let writer = TranscriptWriter(
                path, descriptor, Redaction(publicTexts: publicTexts), clock, time: transcript.events.last?.time ?? 0, size: whole,
                commands: commands)
            try writer.write(.resume)
            return (writer, transcript)
        } catch let error as TranscriptProblem {
            close(descriptor)
            throw DrydockError(.invalid, "\(path): \(error)")
        } catch let error as DrydockError {
            throw error
        } catch let error as Errno {
            close(descriptor)
            throw DrydockError(.failed, "cannot go on with \(path)", errno: error)
        } catch {
            close(descriptor)
            throw DrydockError(.failed, "cannot go on with \(path)", cause: "\(error)")
        }
    }

    private static func open(_ path: String, _ flags: Int32) throws(DrydockError) -> Int32 {
        // Read by nobody else: it says what its writer typed.
        let descriptor = Glibc.open(path, O_RDWR | O_APPEND | O_CLOEXEC | flags, 0o600)
        guard descriptor >= 0 else { throw DrydockError(.invalid, "cannot record to \(path)", errno: .current) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw DrydockError(.invalid, "cannot record to \(path): it is no ordinary file")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw DrydockError(.conflict, "\(path) is being recorded by another shell")
        }
        return descriptor
    }

    private init(
        _ path: String, _ descriptor: Int32, _ redaction: Redaction, _ clock: @escaping () -> Int, time: Int, size: Int, commands: Int
    ) {
        self.path = path
        self.descriptor = descriptor
        self.redaction = redaction
        self.clock = clock
        beginning = clock() - time
        lastTime = time
        self.size = size
        self.commands = commands
    }

    deinit { if isOpen { close(descriptor) } }

    // MARK: Events

    /// Writes the beginning of a command.
    /// - Returns: its number.
    /// - Throws: `DrydockError`, also when the transcript is full.
    public func begin(_ line: String, directory: String, isSolution: Bool = false) throws(DrydockError) -> Int {
        guard size < Self.sizeLimit + (1 << 20), commands < TranscriptReader.commandLimit else {
            throw DrydockError(.unavailable, "\(path) is full", advice: "record to another file")
        }
        commands += 1
        kept = 0
        // A line that no reader would take is not recorded in full; nobody types one.
        let text = redaction.line(line)
        let short = text.utf8.count > 128 << 10 ? String(text.prefix(16 << 10)) : text
        try write(.command(number: commands, line: short, directory: directory, isSolution: isSolution))
        return commands
    }

    /// Writes what the command under way printed. Too much of it is left out.
    public func output(_ stream: TranscriptEvent.Stream, _ text: String) throws(DrydockError) {
        guard kept < Self.outputLimit, size < Self.sizeLimit else { return }
        var rest = redaction.output(text).unicodeScalars[...]
        while !rest.isEmpty, kept < Self.outputLimit {
            let piece = String(rest.prefix(16 << 10))
            rest = rest.dropFirst(16 << 10)
            kept += piece.utf8.count
            try append(.output(number: commands, stream: stream, text: piece))
        }
        if kept >= Self.outputLimit { try append(.output(number: commands, stream: .err, text: "\r\n[…]\r\n")) }
    }

    /// Writes anything else. What a replay needs is on the disk when this returns.
    public func write(_ kind: TranscriptEvent.Kind) throws(DrydockError) {
        try append(kind)
        if case .input = kind { return }
        try sync()
    }

    private func append(_ kind: TranscriptEvent.Kind) throws(DrydockError) {
        lastTime = max(lastTime, clock() - beginning)
        try put(TranscriptEvent(time: lastTime, kind).line)
    }

    private func put(_ line: String) throws(DrydockError) {
        do { try writeAll(descriptor, line + "\n") } catch { throw DrydockError(.failed, "cannot write to \(path)", errno: error) }
        size += line.utf8.count + 1
    }

    private func sync() throws(DrydockError) {
        guard fdatasync(descriptor) == 0 else { throw DrydockError(.failed, "cannot write to \(path)", errno: .current) }
    }

    /// Writes the end and closes the file.
    public func end() throws(DrydockError) {
        defer { stop() }
        try write(.end)
    }

    /// Closes the file without an end: the recording goes on later.
    public func stop() {
        guard isOpen else { return }
        isOpen = false
        close(descriptor)
    }
}

/// Milliseconds of a clock that nobody sets.
public func monotonic() -> Int {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return time.tv_sec * 1000 + time.tv_nsec / 1_000_000
}
