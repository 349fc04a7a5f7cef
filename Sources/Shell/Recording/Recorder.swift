import Basics
import Glibc
import Transcripts

/// Listens to the shell's commands: writes them down, and keeps what the last one printed for a lesson's checks.
final class Recorder: RelayListener {
    /// Every file that is written: a lesson's journal, the learner's own recording.
    private var writers: [TranscriptWriter] = []
    private var notes = KeystrokeNotes()
    /// What was typed and perhaps not read yet: it may be meant for the next command.
    private var held: [KeystrokeNotes.Note] = []
    private var pending: [TranscriptEvent.Stream: [UInt8]] = [:]
    /// What the command has printed.
    private(set) var output: [UInt8] = []
    private(set) var errors: [UInt8] = []
    /// The command's number in the first file.
    private(set) var number = 0
    private var isRunning = false
    /// Hears why a recording has ended before its time.
    private let failed: (any Error, TranscriptWriter) -> Void

    /// What is kept of a command's output for checks.
    private static let limit = 1 << 20

    init(failed: @escaping (any Error, TranscriptWriter) -> Void) { self.failed = failed }

    var isEmpty: Bool { writers.isEmpty }
    var paths: [String] { writers.map(\.path) }

    /// - Parameter first: its numbers are those that others are told by.
    func add(_ writer: TranscriptWriter, first: Bool) { writers.insert(writer, at: first ? 0 : writers.count) }

    /// Takes a file away, closed by its end or left open to go on with.
    func remove(_ path: String, ends: Bool) {
        guard let place = writers.firstIndex(where: { $0.path == path }) else { return }
        let writer = writers.remove(at: place)
        if ends { attempt(writer) { writer throws(DrydockError) in try writer.end() } } else { writer.stop() }
    }

    private func attempt(_ writer: TranscriptWriter, _ body: (TranscriptWriter) throws(DrydockError) -> Void) {
        do { try body(writer) } catch {
            writer.stop()
            writers.removeAll { $0 === writer }
            failed(error, writer)
        }
    }

    private func each(_ body: (TranscriptWriter) throws(DrydockError) -> Void) {
        for writer in writers { attempt(writer, body) }
    }

    /// Writes an event between commands.
    func write(_ kind: TranscriptEvent.Kind) {
        let last = writers.first?.commands ?? 0
        each { writer throws(DrydockError) in
            // A file that was begun at another time counts otherwise.
            if case .lesson(.undo(let command)) = kind {
                let own = command - last + writer.commands
                if own > 0 { try writer.write(.lesson(.undo(command: own))) }
            } else {
                try writer.write(kind)
            }
        }
    }

    // MARK: Commands

    func begin(_ line: String, isSolution: Bool = false) {
        output = []
        errors = []
        pending = [:]
        notes = KeystrokeNotes()
        held = []
        isRunning = true
        let directory = absolute(".")
        each { writer throws(DrydockError) in _ = try writer.begin(line, directory: directory, isSolution: isSolution) }
        number = writers.first?.commands ?? number + 1
    }

    /// - Parameter typed: what it has read beside the keys that were heard.
    func end(code: Int32, typed: [String] = []) {
        guard isRunning else { return }
        consumed()
        if let note = notes.rest() { write(note) }
        for line in typed { write(KeystrokeNotes.Note(text: line, isSecret: false)) }
        flush(.out, all: true)
        flush(.err, all: true)
        isRunning = false
        each { writer throws(DrydockError) in try writer.write(.exit(number: writer.commands, code: Int(code & 0xFF))) }
    }

    private func write(_ note: KeystrokeNotes.Note) {
        each { writer throws(DrydockError) in
            try writer.write(.input(number: writer.commands, text: note.text, isRedacted: note.isSecret))
        }
    }

    func heard(_ stream: TranscriptEvent.Stream, _ bytes: [UInt8]) {
        notes.heard(bytes)
        if stream == .out {
            output += bytes.prefix(max(0, Self.limit - output.count))
        } else {
            errors += bytes.prefix(max(0, Self.limit - errors.count))
        }
        // The other stream's line comes first, whole or not, so that the order of what is on the screen is kept.
        flush(stream == .out ? .err : .out, all: true)
        pending[stream, default: []] += bytes
        flush(stream, all: false)
    }

    /// Writes what is waiting: whole lines, since a secret is known by what stands before it; all of it when something else comes.
    private func flush(_ stream: TranscriptEvent.Stream, all: Bool) {
        guard let bytes = pending[stream], !bytes.isEmpty else { return }
        var end = (bytes.lastIndex(of: 10) ?? -1) + 1
        if all || end == 0 && bytes.count > 16 << 10 { end = Self.wholeCharacters(bytes) }
        if end == 0 { return }
        pending[stream] = Array(bytes[end...])
        let text = String(decoding: bytes[..<end], as: UTF8.self)
        each { writer throws(DrydockError) in try writer.output(stream, text) }
    }

    /// How many bytes there are before a character that has not come whole yet.
    private static func wholeCharacters(_ bytes: [UInt8]) -> Int {
        guard let start = bytes.indices.suffix(4).last(where: { bytes[$0] & 0xC0 != 0x80 }), bytes[start] >= 0xC0 else {
            return bytes.count
        }
        let length = bytes[start] >= 0xF0 ? 4 : bytes[start] >= 0xE0 ? 3 : 2
        return bytes.count - start < length ? start : bytes.count
    }

    func idle() {
        flush(.out, all: true)
        flush(.err, all: true)
    }

    func typed(_ bytes: [UInt8], isHidden: Bool) {
        idle()
        held += notes.typed(bytes, isHidden: isHidden)
    }

    func consumed() {
        for note in held { write(note) }
        held = []
    }

    func leftUnread(_ bytes: [UInt8]) {
        guard !bytes.isEmpty else { return }
        held.removeLast(min(held.count, bytes.count { $0 == 10 || $0 == 13 }))
        if bytes.last != 10, bytes.last != 13 { _ = notes.rest() }
    }

    func resized(columns: Int, rows: Int) { write(.size(columns: columns, rows: rows)) }
}
