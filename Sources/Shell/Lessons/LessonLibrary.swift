import Basics
import Glibc
import Lessons

/// The lessons that are at hand: a folder of Markdown files.
struct LessonLibrary {
    /// Files that are lessons, sorted by section and name.
    let files: [String]

    /// - Parameter folder: another pack than drydock's own.
    /// - Throws: `DrydockError` when there is no such folder.
    init(folder: String? = nil, environment: Environment) throws(DrydockError) {
        let path = folder ?? environment["DRYDOCK_LESSONS"] ?? Self.ownFolder ?? ""
        guard let names = try? folderNames(path) else {
            throw DrydockError(
                .notFound, "there are no lessons in \(path.isEmpty ? "drydock's folder" : path)",
                advice: "DRYDOCK_LESSONS or --pack names the folder of the lesson files")
        }
        let lessons = names.filter { $0.hasSuffix(".md") && !$0.hasPrefix(".") && $0 != "README.md" }
        files = lessons.prefix(1000).map { "\(path)/\($0)" }
    }

    /// `Lessons` beside the sources that this program was built from, or `share/drydock/lessons` beside its own folder.
    static var ownFolder: String? {
        guard let executable = ownExecutable() else { return nil }
        var folder = executable
        for _ in 0..<5 {
            folder = String(folder[..<(folder.lastIndex(of: "/") ?? folder.startIndex)])
            for candidate in ["\(folder)/Lessons", "\(folder)/share/drydock/lessons"] where access(candidate, R_OK) == 0 {
                return candidate
            }
            if folder.isEmpty { break }
        }
        return nil
    }

    /// Reads one file.
    /// - Throws: `LessonProblem`, also for a file that can't be read or is no UTF-8.
    static func load(_ file: String) throws(LessonProblem) -> Lesson {
        let name = baseName(file)
        let bytes: [UInt8]
        do { bytes = try readFile(file, limit: LessonParser.limit + 1) } catch { throw LessonProblem(name, 0, "can't be read: \(error)") }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw LessonProblem(name, 0, "is not UTF-8") }
        return try LessonParser.parse(text, file: name)
    }
}
