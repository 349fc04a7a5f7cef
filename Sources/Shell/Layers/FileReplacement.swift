import Basics
import Glibc

/// Writes files that users name.
enum FileReplacement {
    /// Puts bytes into a file so that whoever reads it finds the old content or the new, never a part.
    ///
    /// What is no regular file (a terminal, a pipe, /dev/null) is written to as it is: a rename would put a file in its place.
    /// - Throws: `DrydockError` with the path.
    static func write(_ bytes: [UInt8], to path: String) throws {
        var status = stat()
        let exists = stat(path, &status) == 0
        guard exists, status.st_mode & S_IFMT != S_IFREG else {
            return try replace(path, bytes, mode: exists ? status.st_mode & 0o777 : nil)
        }
        let file = open(path, O_WRONLY | O_CLOEXEC)
        guard file >= 0 else { throw failure("can't open", path, .current) }
        defer { close(file) }
        do { try writeAll(file, bytes) } catch { throw failure("can't write", path, error) }
    }

    static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return path.hasSuffix("/") || stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    private static func replace(_ path: String, _ bytes: [UInt8], mode: mode_t?) throws {
        // A symbolic link stays one: what it leads to is replaced.
        var target = path
        if let real = realpath(path, nil) {
            target = String(cString: real)
            free(real)
        }
        let slash = target.lastIndex(of: "/")
        // In the same folder, since a rename can't leave its file system; with a name of its own, since the file's may be as long as names get.
        let temporary = (slash.map { String(target[...$0]) } ?? "") + ".drydock-" + randomHex(bytes: 6)
        let file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard file >= 0 else { throw failure("can't write", path, .current) }
        do {
            defer { close(file) }
            try writeAll(file, bytes)
            if let mode, fchmod(file, mode) != 0 { throw Errno.current }
            if fsync(file) != 0 { throw Errno.current }
            if rename(temporary, target) != 0 { throw Errno.current }
        } catch {
            unlink(temporary)
            throw failure("can't write", path, error as? Errno ?? Errno(code: EIO))
        }
    }

    private static func failure(_ what: String, _ path: String, _ errno: Errno) -> DrydockError {
        DrydockError(.failed, "\(what) \(path)", errno: errno)
    }
}
