import Basics
import Glibc

/// Writes files that nobody but their owner may read.
enum PrivateFile {
    /// Writes a temporary file beside the old one and renames it over it: after a crash there is the old or the new one, whole.
    /// Folders on the way are made, for their owner alone.
    static func replace(_ path: String, with bytes: [UInt8]) throws(Errno) {
        let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        try makeFolder(folder)
        let temporary = "\(path)\(randomHex(bytes: 6))"
        // O_EXCL: whoever put something under that name does not get the secret written into it.
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw Errno.current }
        defer { close(descriptor) }
        do throws(Errno) {
            keepOwner(of: path, descriptor)
            try writeAll(descriptor, bytes)
            guard fsync(descriptor) == 0, rename(temporary, path) == 0 else { throw Errno.current }
        } catch {
            unlink(temporary)
            throw error
        }
        syncFolder(folder)
    }

    /// `sudo docker login` must not leave the user's own file to root.
    private static func keepOwner(of path: String, _ descriptor: Int32) {
        var before = stat()
        if stat(path, &before) == 0, before.st_uid != geteuid() { _ = fchown(descriptor, before.st_uid, before.st_gid) }
    }

    private static func makeFolder(_ folder: String) throws(Errno) {
        var current = folder.hasPrefix("/") ? "/" : ""
        for part in folder.split(separator: "/") {
            current += (current.isEmpty || current.hasSuffix("/") ? "" : "/") + part
            guard mkdir(current, 0o700) != 0, errno != EEXIST else { continue }
            throw Errno.current
        }
    }

    /// Makes the rename itself last. A file system that cannot do so has written the file all the same.
    private static func syncFolder(_ folder: String) {
        let descriptor = open(folder.isEmpty ? "/" : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }
}
