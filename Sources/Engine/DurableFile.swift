import Basics
import Glibc
import Kernel

/// Files that are whole or not there: written aside, synced, renamed into place.
enum DurableFile {
    /// - Parameter isSynced: false where losing the file with the machine loses nothing.
    /// - Throws: `SystemCallFailure`.
    static func write(_ path: String, _ bytes: [UInt8], isSynced: Bool, _ recorder: Recorder) throws {
        let aside = path + ".new"
        do {
            try create(aside, bytes, isSynced: isSynced, recorder)
        } catch {
            _ = try? recorder.perform(.unlink(path: aside))
            throw error
        }
        try recorder.perform(.rename(from: aside, to: path))
        if isSynced, let slash = path.lastIndex(of: "/") { try syncDirectory(String(path[..<slash]), recorder) }
    }

    /// Writes a file where nobody sees it yet: in a folder that is renamed into its place as a whole.
    static func create(_ path: String, _ bytes: [UInt8], isSynced: Bool, _ recorder: Recorder) throws {
        let fd = Int32(try recorder.perform(.open(path: path, flags: O_WRONLY | O_CREAT | O_TRUNC, mode: 0o644)).value)
        defer { close(fd) }
        var rest = bytes[...]
        repeat {
            let count = try recorder.perform(.write(fd: fd, bytes: Array(rest), path: path)).value
            rest = rest.dropFirst(Int(count))
        } while !rest.isEmpty
        if isSynced { try recorder.perform(.fsync(fd: fd, path: path)) }
    }

    /// Makes a directory's entries (a rename in it) last.
    static func syncDirectory(_ path: String, _ recorder: Recorder) throws {
        let fd = Int32(try recorder.perform(.open(path: path, flags: O_RDONLY | O_DIRECTORY, mode: 0)).value)
        defer { close(fd) }
        try recorder.perform(.fsync(fd: fd, path: path))
    }
}
