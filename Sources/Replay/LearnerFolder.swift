import Basics
import CDrydock
import Glibc
import Lessons

/// The folder in which a learner works: paths of lessons are resolved beneath it by the kernel, whatever links lie there.
public struct LearnerFolder: Sendable {
    public let path: String

    public init(_ path: String) { self.path = path }

    /// A file in it; nil when there is none.
    public func readFile(_ name: String) -> [UInt8]? {
        let root = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard root >= 0 else { return nil }
        defer { close(root) }
        let file = dd_open_beneath(root, name)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 64 << 10)
        while bytes.count < 16 << 20 {
            let got = read(file, &piece, piece.count)
            guard got > 0 else { break }
            bytes += piece[..<got]
        }
        return bytes
    }

    /// Writes a lesson's file, with the folders that it lies in.
    /// - Throws: `DrydockError`.
    public func write(_ file: LessonFile) throws {
        var folder = path
        for part in file.path.split(separator: "/").dropLast() {
            folder += "/\(part)"
            if mkdir(folder, 0o755) != 0, errno != EEXIST { throw DrydockError(.failed, "cannot make \(folder)", errno: .current) }
        }
        let path = "\(path)/\(file.path)"
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o644)
        guard descriptor >= 0 else { throw DrydockError(.failed, "cannot write \(path)", errno: .current) }
        defer { close(descriptor) }
        do { try writeAll(descriptor, file.content) } catch { throw DrydockError(.failed, "cannot write \(path)", errno: error) }
    }
}
