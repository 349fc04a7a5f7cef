import Basics
import Glibc

/// A file descriptor with one owner, closed once.
struct OwnedDescriptor: ~Copyable {
    let raw: Int32

    init(adopting raw: Int32) { self.raw = raw }

    /// Opens a file with open(2).
    /// - Throws: `DrydockError` with operation, path and errno.
    init(_ path: String, _ flags: Int32, mode: mode_t = 0) throws {
        let descriptor = open(path, flags | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw systemError("can't open \(path)") }
        raw = descriptor
    }

    /// The descriptor, which is the caller's to close from now on.
    consuming func release() -> Int32 {
        let released = raw
        discard self
        return released
    }

    deinit { close(raw) }
}

/// A file descriptor that threads share; closed with its last user.
final class SharedDescriptor: Sendable {
    let raw: Int32

    init(_ path: String, _ flags: Int32) throws { raw = try OwnedDescriptor(path, flags).release() }

    deinit { close(raw) }
}

/// The error of the system call that has just failed. Call it before anything that could change errno.
func systemError(_ sentence: String, _ code: DrydockError.Code = .failed) -> DrydockError {
    let errno = Errno.current
    let isFull = errno.code == ENOSPC || errno.code == EDQUOT
    return DrydockError(code, sentence, errno: errno, advice: isFull ? "free some space on the disk that holds the state" : nil)
}

/// Small durable operations on files and folders of the store.
enum Files {
    /// Creates a folder; one that is there already is kept as it is.
    static func makeFolder(_ path: String, mode: mode_t) throws {
        guard mkdir(path, mode) != 0, errno != EEXIST else { return }
        throw systemError("can't create the folder \(path)")
    }

    /// Creates a folder with all those above it.
    static func makeFolders(_ path: String, mode: mode_t) throws {
        if mkdir(path, mode) == 0 || errno == EEXIST { return }
        guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash > path.startIndex else {
            throw systemError("can't create the folder \(path)")
        }
        try makeFolders(String(path[..<slash]), mode: mode)
        try makeFolder(path, mode: mode)
    }

    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// The names in a folder, sorted; none when the folder does not exist.
    static func names(in path: String) throws -> [String] {
        do {
            return try folderNames(path)
        } catch  where error.code == ENOENT {
            return []
        } catch {
            errno = error.code
            throw systemError("can't list \(path)")
        }
    }

    /// Reads a small file whole; nil when it does not exist.
    static func read(_ path: String, limit: Int) throws -> [UInt8]? {
        do {
            return try readFile(path, limit: limit)
        } catch  where error.code == ENOENT {
            return nil
        } catch {
            throw DrydockError(.failed, "can't read \(path)", errno: error)
        }
    }

    /// Writes a file so that it is there whole or not at all, also after a power cut: temporary file, fsync, rename, fsync of the folder.
    /// - Parameter temporary: A path on the same file system that nobody else uses.
    static func write(_ bytes: [UInt8], to path: String, by temporary: String, mode: mode_t = 0o644) throws {
        do {
            let file = try OwnedDescriptor(temporary, O_WRONLY | O_CREAT | O_TRUNC, mode: mode)
            do {
                try writeAll(file.raw, bytes)
            } catch {
                errno = error.code
                throw systemError("can't write \(temporary)")
            }
            guard fsync(file.raw) == 0 else { throw systemError("can't sync \(temporary)") }
            try move(temporary, to: path)
        } catch {
            unlink(temporary)
            throw error
        }
    }

    /// Renames and makes the new name durable.
    static func move(_ source: String, to target: String) throws {
        guard rename(source, target) == 0 else { throw systemError("can't rename \(source) to \(target)") }
        try syncFolder(of: target)
    }

    static func syncFolder(of path: String) throws {
        let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        let descriptor = try OwnedDescriptor(folder, O_RDONLY | O_DIRECTORY)
        guard fsync(descriptor.raw) == 0 else { throw systemError("can't sync the folder \(folder)") }
    }
}
