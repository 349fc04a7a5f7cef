/// What is wrong with a lesson, in one sentence with its place.
public struct LessonProblem: Error, Sendable, Hashable, CustomStringConvertible {
    public var file: String
    /// From 1; 0 for the file as a whole.
    public var line: Int
    public var sentence: String

    public init(_ file: String, _ line: Int, _ sentence: String) {
        self.file = file
        self.line = line
        self.sentence = sentence
    }

    public var description: String { line > 0 ? "\(file):\(line): \(sentence)" : "\(file): \(sentence)" }
}
