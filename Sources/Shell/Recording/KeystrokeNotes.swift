/// Puts single keystrokes together to what was typed at once: a line and Enter, or control keys. In the form of `Keys`, which a replay
/// types again.
struct KeystrokeNotes {
    /// What was typed, and whether it must not be kept.
    struct Note: Equatable {
        var text: String
        var isSecret: Bool
    }

    private var keys: [UInt8] = []
    private var isHidden = false
    /// The output's last line without an end, when the first key came: what was asked.
    private var question = ""
    private var lastLine: [UInt8] = []
    private var pieces = 0
    private var wasShown = false

    /// Ctrl-C, Ctrl-D, Ctrl-Z, Ctrl-\: a program hears of them at once.
    private static let ends: Set<UInt8> = [3, 4, 10, 13, 26, 28]

    /// Takes note of output, which shows what was asked and whether keys are shown.
    mutating func heard(_ bytes: [UInt8]) {
        if !keys.isEmpty, bytes.contains(where: { $0 > 32 && $0 != 127 }) { wasShown = true }
        for byte in bytes {
            if byte == 10 || byte == 13 { lastLine = [] } else if lastLine.count < 1024 { lastLine.append(byte) }
        }
    }

    /// - Returns: what is whole now.
    mutating func typed(_ bytes: [UInt8], isHidden: Bool) -> [Note] {
        var notes: [Note] = []
        if keys.isEmpty { begin() }
        pieces += 1
        self.isHidden = self.isHidden || isHidden
        for byte in bytes {
            // A pause between control keys and letters: ^P^Q is one thing, a line behind it another.
            keys.append(byte)
            guard Self.ends.contains(byte) else { continue }
            if let note = take() { notes.append(note) }
            begin()
            pieces = 1
            self.isHidden = isHidden
        }
        return notes
    }

    /// What is left when the command ends.
    mutating func rest() -> Note? {
        defer { lastLine = [] }
        return keys.isEmpty ? nil : take()
    }

    private mutating func begin() {
        question = String(decoding: lastLine, as: UTF8.self)
        pieces = 0
        wasShown = false
        isHidden = false
    }

    private mutating func take() -> Note? {
        keys = TerminalAnswers.removed(from: keys)
        guard !keys.isEmpty else { return nil }
        defer { keys = [] }
        let isSecret = isHidden || isUnshown || Self.asksForSecret(question)
        let hasText = keys.contains { $0 > 32 && $0 != 127 }
        return isSecret && hasText ? Note(text: "", isSecret: true) : Note(text: Self.text(keys), isSecret: false)
    }

    /// Letters that came one by one, none of which was shown, in answer to a question: a password inside a container. Of a paste the echo
    /// comes behind it, so that it says nothing.
    private var isUnshown: Bool {
        pieces > 2 && !wasShown && question.last { $0 != " " } == ":"
    }

    private static let words = ["password", "passphrase", "passcode", "secret", "token", "비밀번호", "암호"]

    private static func asksForSecret(_ question: String) -> Bool {
        let text = question.lowercased()
        guard let last = text.last(where: { $0 != " " }), ":?>]".contains(last) else { return false }
        return words.contains { word in text.indices.contains { text[$0...].hasPrefix(word) } }
    }

    /// Keys in the shortest form that types the same: a line's text, `^P^Q`, else the bytes themselves.
    static func text(_ keys: [UInt8]) -> String {
        // Enter is a line feed when it was pressed before the command had the terminal.
        if keys.last == 13 || keys.last == 10, let line = line(keys.dropLast()) { return line }
        // Control keys in the form ^X; anything but them and Enter stays as it is.
        if !keys.isEmpty, keys.allSatisfy({ $0 < 32 && $0 != 13 && $0 != 10 && $0 != 9 && $0 != 27 }) {
            return keys.map { "^" + String(Unicode.Scalar($0 + 64)) }.joined()
        }
        return String(decoding: keys, as: UTF8.self)
    }

    /// A line of letters, with what was rubbed out left out.
    private static func line(_ keys: ArraySlice<UInt8>) -> String? {
        guard keys.allSatisfy({ $0 >= 32 || $0 == 8 }), let text = String(validating: keys, as: UTF8.self) else { return nil }
        var line = ""
        for character in text {
            if character == "\u{7f}" || character == "\u{8}" { _ = line.popLast() } else { line.append(character) }
        }
        // These would be read as control keys.
        return line.hasPrefix("^") ? nil : line
    }
}
