import Basics
import CDrydock
import Glibc

/// A file that was fetched as a whole: it has no name, and goes with this object.
final class DownloadedFile: Sendable {
    let fd: Int32

    init(_ path: String) throws {
        fd = dd_open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard fd >= 0 else { throw DrydockError(.failed, "can't create \(path)", errno: Errno(code: errno)) }
        unlink(path)
    }

    deinit { close(fd) }

    /// The next bytes; 0 at the end.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        while true {
            let count = Glibc.read(fd, buffer.baseAddress, buffer.count)
            if count >= 0 { return count }
            guard errno == EINTR else { throw DrydockError(.failed, "can't read what was downloaded", errno: Errno(code: errno)) }
        }
    }
}
