import Basics
import CDrydock
import EngineInterface
import Glibc
import Store

/// Where an archive is read.
protocol ArchiveInput {
    var fd: Int32 { get }
    /// To be asked when the archive has been read, and before anything is made of it.
    func check() throws
}

/// A file that was fetched as a whole.
final class DownloadedFile: ArchiveInput {
    let fd: Int32

    init(_ path: String) throws {
        fd = dd_open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard fd >= 0 else { throw DrydockError(.failed, "can't create \(path)", errno: Errno(code: errno)) }
        unlink(path)
    }

    deinit { close(fd) }

    func check() {}
}

/// A request's body, which comes in pieces, as a descriptor for those who read archives.
final class BodyPipe: ArchiveInput {
    /// Where the body is read. Closed with this object.
    let fd: Int32
    private let failure = Monitored<(any Error)?>(nil)

    /// - Throws: `DrydockError` when there is no pipe or no thread to be had.
    init(_ body: any BodyReader) throws {
        var ends: [Int32] = [-1, -1]
        guard dd_pipe(&ends) == 0 else { throw DrydockError(.failed, "no pipe for the archive", errno: Errno(code: errno)) }
        fd = ends[0]
        let (output, failure) = (ends[1], failure)
        do {
            try EngineThread.start {
                defer { close(output) }
                var buffer = [UInt8](repeating: 0, count: 64 * 1024)
                do {
                    while true {
                        let count = try buffer.withUnsafeMutableBytes { try body.read(into: $0) }
                        guard count > 0 else { return }
                        // The reader may have what it needs and be gone: that is no failure of the body's.
                        guard (try? writeAll(output, Array(buffer[0..<count]))) != nil else { return }
                    }
                } catch {
                    failure.update { $0 = error }
                }
            }
        } catch {
            close(output)
            throw error
        }
    }

    deinit { close(fd) }

    /// To be asked when an archive has been read, and before anything is made of it: a body that broke off ends like a whole one.
    ///
    /// Reads what padding follows the archive; more than that is nobody's archive, and is left unread.
    /// - Throws: What the client's connection met.
    func check() throws {
        var padding = [UInt8](repeating: 0, count: 64 * 1024)
        var left = 1 << 20
        while left > 0, case let count = read(fd, &padding, padding.count), count > 0 { left -= count }
        if let error = failure.read({ $0 }) { throw error }
    }
}
