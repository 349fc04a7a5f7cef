import Basics
import Glibc
import Synchronization

/// Where narration is written: standard error, or a file.
final class NarrationOutput: Sendable {
    let descriptor: Int32
    let isTerminal: Bool
    private let isOwned: Bool
    /// True while the last line has no end: a progress line, to be drawn over.
    private let isMidLine = Mutex(false)

    static var standardError: NarrationOutput { NarrationOutput(descriptor: 2, isTerminal: Terminal.isTerminal(2), isOwned: false) }

    private init(descriptor: Int32, isTerminal: Bool, isOwned: Bool) {
        self.descriptor = descriptor
        self.isTerminal = isTerminal
        self.isOwned = isOwned
    }

    /// - Parameter keepsOld: adds to what is there, for commands that follow each other.
    static func file(_ path: String, keepsOld: Bool) throws(DrydockError) -> NarrationOutput {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_APPEND | (keepsOld ? 0 : O_TRUNC), 0o644)
        guard descriptor >= 0 else { throw DrydockError(.invalid, "cannot write the narration to \(path)", errno: .current) }
        return NarrationOutput(descriptor: descriptor, isTerminal: Terminal.isTerminal(descriptor), isOwned: true)
    }

    /// Writes text. On a terminal in raw mode (an attached container has it so) each line has to return by itself.
    func write(_ text: String) {
        guard !text.isEmpty else { return }
        isMidLine.withLock { isMidLine in
            put(text)
            isMidLine = text.utf8.last != 10 && !text.hasSuffix(Self.erasure)
        }
    }

    /// Lets the command itself write to the terminal, where a progress line of the narration's may stand: that makes room.
    func makeRoom(for body: () -> Void) {
        isMidLine.withLock { isMidLine in
            if isMidLine && isTerminal { put(Self.erasure) }
            isMidLine = false
            body()
        }
    }

    private static let erasure = "\r\u{1B}[K"

    private func put(_ text: String) {
        guard isTerminal, Terminal.isRaw(descriptor) else {
            try? writeAll(descriptor, text)
            return
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count + 32)
        for byte in text.utf8 {
            if byte == 10 { bytes.append(13) }
            bytes.append(byte)
        }
        try? writeAll(descriptor, bytes)
    }

    func finish() { if isOwned { close(descriptor) } }
}
