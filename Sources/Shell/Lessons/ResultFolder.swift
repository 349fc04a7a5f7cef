import Basics
import Glibc
import Grading
import Lessons
import Narration

/// Keeps each grade as a file of its own, so that a run of a thousand that is interrupted goes on with what is missing.
struct ResultFolder: Sendable {
    private let path: String
    private let language: Language

    /// - Throws: `DrydockError` when the folder can't be made.
    init(_ path: String, language: Language) throws(DrydockError) {
        self.path = path
        self.language = language
        if mkdir(path, 0o755) != 0, errno != EEXIST { throw DrydockError(.failed, "cannot make \(path)", errno: .current) }
    }

    /// - Parameter key: of the transcript's and the lesson's content.
    func grade(of key: String, file: String, lesson: Lesson) -> Grade? {
        guard let bytes = try? readFile("\(path)/\(key).json"), let json = try? JSONValue(parsing: bytes) else { return nil }
        return Grade(json, file: file, lesson: lesson)
    }

    /// Whole or not at all.
    func keep(_ grade: Grade, _ key: String) throws { try write("\(grade.record)\n", to: "\(key).json") }

    /// All in one, for spreadsheets and for programs.
    func summarize(_ grades: [Grade]) throws {
        try write(GradeReports.csv(grades), to: "summary.csv")
        try write("\(JSONValue.array(grades.map { $0.json(language) }))\n", to: "summary.json")
    }

    private func write(_ text: String, to name: String) throws {
        let (temporary, final) = ("\(path)/.\(name).\(getpid())", "\(path)/\(name)")
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw DrydockError(.failed, "cannot write \(temporary)", errno: .current) }
        defer { close(descriptor) }
        do { try writeAll(descriptor, text) } catch { throw DrydockError(.failed, "cannot write \(temporary)", errno: error) }
        guard fsync(descriptor) == 0, rename(temporary, final) == 0 else {
            throw DrydockError(.failed, "cannot keep \(final)", errno: .current)
        }
    }
}
