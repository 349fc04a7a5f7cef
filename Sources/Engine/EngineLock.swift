import Basics
import CDrydock
import Glibc

/// Who may serve a state root. The kernel lets go of both locks however an engine ends.
///
/// `engine.lock` is held as long as an engine serves. `engine.turn` is held while one begins or ends: who comes in that moment waits,
/// and then sees either an engine that listens or none at all.
public final class EngineLock: Sendable {
    private let turn: FileLock
    private let serving: FileLock

    /// Waits while another engine begins or ends.
    /// - Parameter directory: The root's runtime directory.
    /// - Returns: nil when another engine serves.
    /// - Throws: `DrydockError` when the lock files can't be opened.
    public init?(directory: String) throws(DrydockError) {
        turn = try FileLock("\(directory)/engine.turn")
        serving = try FileLock("\(directory)/engine.lock")
        turn.take(waits: true)
        guard serving.take(waits: false) else { return nil }
    }

    /// The engine listens: whoever waited to begin may look.
    public func hasBegun() { turn.release() }

    /// The engine is about to end: whoever wants to begin waits until it has.
    public func isEnding() { turn.take(waits: true) }
}

/// An advisory lock on a file, flock(2).
private final class FileLock: Sendable {
    private let fd: Int32

    init(_ path: String) throws(DrydockError) {
        fd = dd_open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard fd >= 0 else { throw DrydockError(.failed, "cannot open \(path)", errno: Errno(code: errno)) }
    }

    deinit { close(fd) }

    @discardableResult
    func take(waits: Bool) -> Bool {
        while flock(fd, waits ? LOCK_EX : LOCK_EX | LOCK_NB) != 0 { if errno != EINTR { return false } }
        return true
    }

    func release() { flock(fd, LOCK_UN) }
}
