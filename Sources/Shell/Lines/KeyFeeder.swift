import Lessons

/// Types prepared lines into a program, each when the program has asked for it.
///
/// A program asks by a prompt: a line without an end, as shells, passwords and questions have it. One that never prompts (`cat`) gets
/// its next line when it has been silent for a while, since nothing tells what a program waits for.
struct KeyFeeder {
    private var left: ArraySlice<Keys>
    /// The unfinished line at the end of the output, without escape sequences.
    private var lastLine: [UInt8] = []
    private var escape = Escape.none
    /// False from a key on until its echo's line has ended: the echo itself is no prompt.
    private var mayBePrompt = true

    /// Milliseconds of silence after which a program is taken to wait.
    static let silence = 1500

    private enum Escape { case none, begun, sequence, title }

    init(_ keys: [Keys]) { left = keys[...] }

    var isEmpty: Bool { left.isEmpty }

    /// Takes note of output.
    mutating func saw(_ bytes: [UInt8]) {
        for byte in bytes where !consumesEscape(byte) {
            switch byte {
            case 10:
                lastLine = []
                mayBePrompt = true
            case 13: lastLine = []
            case 32...: if lastLine.count < 4096 { lastLine.append(byte) }
            default: break
            }
        }
    }

    /// ESC [ … letter, and ESC ] … BEL or ESC \.
    private mutating func consumesEscape(_ byte: UInt8) -> Bool {
        switch escape {
        case .none:
            if byte == 27 { escape = .begun }
            return byte == 27
        case .begun: escape = byte == UInt8(ascii: "[") ? .sequence : byte == UInt8(ascii: "]") ? .title : .none
        case .sequence: if (64...126).contains(byte) { escape = .none }
        case .title: if byte == 7 || byte == UInt8(ascii: "\\") { escape = .none }
        }
        return true
    }

    /// The next keys, if the program asks for them.
    /// - Parameter isSilent: nothing has come for `silence` milliseconds.
    mutating func next(isSilent: Bool) -> [UInt8]? {
        guard let keys = left.first, isSilent || mayBePrompt && isPrompt else { return nil }
        left.removeFirst()
        lastLine = []
        mayBePrompt = false
        return keys.bytes
    }

    private var isPrompt: Bool {
        guard let last = lastLine.last(where: { $0 != 32 }) else { return false }
        return "#$>:%?]".utf8.contains(last)
    }
}
