/// Why a text is no transcript: one sentence that names the line, in both languages.
public struct TranscriptProblem: Error, Sendable, Hashable, CustomStringConvertible {
    /// From 1; 0 for the file as a whole.
    public var line: Int
    /// What follows "line 3": "is not UTF-8".
    public var sentence: String
    /// What follows "3번째 줄:".
    public var koreanSentence: String

    public init(_ line: Int, _ sentence: String, korean: String) {
        self.line = line
        self.sentence = sentence
        koreanSentence = korean
    }

    public var description: String { line > 0 ? "line \(line) \(sentence)" : "the transcript \(sentence)" }
    public var korean: String { line > 0 ? "\(line)번째 줄: \(koreanSentence)" : "기록 파일: \(koreanSentence)" }
}
