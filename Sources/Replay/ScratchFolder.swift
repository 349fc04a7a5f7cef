import Basics
import CDrydock
import Glibc
import Lessons

/// A folder of its own for one replay: the engine's state and the learner's files.
public final class ScratchFolder: Sendable {
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

    /// The learner's files.
    var learner: LearnerFolder { LearnerFolder(home) }

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
