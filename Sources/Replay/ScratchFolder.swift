import Basics
import CDrydock
import Glibc
import Lessons

/// A folder of its own for one replay: the engine's state and the learner's files.
public final class ScratchFolder {
    public let path: String
    public var home: String { path + "/home" }
    public var state: String { path + "/state" }

    /// - Throws: `DrydockError`.
    public init(below place: String = "/var/tmp") throws(DrydockError) {
        var template = Array("\(place)/drydock-replay-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw DrydockError(.failed, "cannot make a folder in \(place)", errno: .current) }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        for folder in [home, state] where mkdir(folder, 0o755) != 0 {
            throw DrydockError(.failed, "cannot make \(folder)", errno: .current)
        }
    }

    /// Removes all of it. Nothing is mounted below when the engine has ended.
    public func remove() { Self.run("/bin/rm", ["rm", "-rf", "--one-file-system", "--", path]) }

    /// Copies another state root's content here.
    public func fill(from template: String) { Self.run("/bin/cp", ["cp", "-a", "--", template + "/.", state]) }

    /// A file below `home`, resolved by the kernel beneath it.
    public func readFile(_ name: String) -> [UInt8]? {
        let root = open(home, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
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

    /// Writes a lesson's file below `home`, with the folders that it lies in.
    /// - Throws: `DrydockError`.
    public func write(_ file: LessonFile) throws {
        var folder = home
        for part in file.path.split(separator: "/").dropLast() {
            folder += "/\(part)"
            if mkdir(folder, 0o755) != 0, errno != EEXIST { throw DrydockError(.failed, "cannot make \(folder)", errno: .current) }
        }
        let path = "\(home)/\(file.path)"
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o644)
        guard descriptor >= 0 else { throw DrydockError(.failed, "cannot write \(path)", errno: .current) }
        defer { close(descriptor) }
        do { try writeAll(descriptor, file.content) } catch { throw DrydockError(.failed, "cannot write \(path)", errno: error) }
    }

    @discardableResult
    static func run(_ path: String, _ arguments: [String]) -> Bool {
        var argv: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        defer { for pointer in argv { free(pointer) } }
        let nothing = open("/dev/null", O_RDWR | O_CLOEXEC)
        defer { close(nothing) }
        var handle: Int32 = -1
        let pid = dd_spawn(path, &argv, environ, [nothing, nothing, nothing], 3, &handle)
        guard pid > 0 else { return false }
        close(handle)
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        return status == 0
    }
}
