/// Why a text is no transcript: one sentence that names the line.
public struct TranscriptProblem: Error, Sendable, Hashable, CustomStringConvertible {
    /// From 1; 0 for the file as a whole.
    public var line: Int
    public var sentence: String

    public init(_ line: Int, _ sentence: String) {
        self.line = line
        self.sentence = sentence
    }

    public var description: String { line > 0 ? "line \(line) \(sentence)" : "the transcript \(sentence)" }
}
