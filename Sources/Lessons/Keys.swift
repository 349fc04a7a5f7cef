/// What is typed at once into a running program: a line and Enter, or keys like `^P^Q`. A text that holds control characters itself, as
/// only transcripts have them (`\u{1b}[A\r`: the arrow up, Enter), is sent as it is.
public struct Keys: Sendable, Hashable {
    /// As it stands in a lesson or transcript.
    public var text: String

    public init(_ text: String) { self.text = text }

    /// The bytes that a terminal sends for it.
    public var bytes: [UInt8] {
        if let control { return control }
        if text.utf8.contains(where: { $0 < 32 || $0 == 127 }) { return Array(text.utf8) }
        return Array(text.utf8) + [13]
    }

    /// Nothing but `^` with a letter, again and again: control keys, without Enter.
    private var control: [UInt8]? {
        let letters = Array(text.utf8)
        guard !letters.isEmpty, letters.count.isMultiple(of: 2) else { return nil }
        var keys: [UInt8] = []
        for place in stride(from: 0, to: letters.count, by: 2) {
            guard letters[place] == UInt8(ascii: "^"), (64...95).contains(letters[place + 1]) else { return nil }
            keys.append(letters[place + 1] - 64)
        }
        return keys
    }
}
