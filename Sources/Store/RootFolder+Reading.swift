import Basics
import CArchive
import Glibc

/// What lies at a path of a container, as `docker cp` sees it: a symbolic link is one.
public struct RootedStatus: Sendable {
    /// The path's last part; `.` when what is in a folder is meant, `/` for the root.
    public let name: String
    public let size: Int64
    /// As stat(2) has it.
    public let mode: UInt32
    public let modified: Timestamp
    /// Where a symbolic link leads in the end, as a path of the container; empty for anything else.
    public let linkTarget: String

    public var isFolder: Bool { mode & S_IFMT == S_IFDIR }
}

/// How much was copied.
public struct CopyResult: Sendable {
    public var members = 0
    /// Bytes of the files' content.
    public var bytes: Int64 = 0
}

/// Something that was found: it stays what it is, whatever the container does with its name.
public final class RootedEntry {
    public let status: RootedStatus
    /// The folder that holds it, or the folder itself where that was meant; O_PATH.
    fileprivate let folder: Int32
    /// Its name there: `.` for the folder itself.
    fileprivate let name: String

    fileprivate init(folder: Int32, name: String, status: RootedStatus) {
        (self.folder, self.name, self.status) = (folder, name, status)
    }

    deinit { close(folder) }
}

extension RootFolder {
    /// Finds what a path names. Symbolic links are followed in all parts but the last, unless a slash follows that too.
    ///
    /// Source: moby, container/archive.go: ResolvePath, StatPath.
    /// - Throws: `RootedPathFailure`.
    public func find(_ path: String) throws -> RootedEntry {
        let absolute = GoPath.keepingEnd(of: path, on: GoPath.join("/", path))
        do throws(Errno) {
            let (folder, last) = GoPath.split(absolute)
            let name = last.isEmpty ? "." : last
            let place = try open(folder, dd_o_path | O_DIRECTORY)
            do throws(Errno) {
                return RootedEntry(folder: place, name: name, status: try status(name, in: place, absolute))
            } catch {
                close(place)
                throw error
            }
        } catch { throw RootedPathFailure("lstat", absolute, error) }
    }

    private func status(_ name: String, in folder: Int32, _ path: String) throws(Errno) -> RootedStatus {
        var found = stat()
        guard fstatat(folder, name, &found, AT_SYMLINK_NOFOLLOW) == 0 else { throw Errno.current }
        let isLink = found.st_mode & S_IFMT == S_IFLNK
        // A container may set any time, also one that 64 bits of nanoseconds can't tell.
        let seconds = min(max(Int64(found.st_mtim.tv_sec), -9_000_000_000), 9_000_000_000)
        let time = Timestamp(nanoseconds: seconds * 1_000_000_000 + Int64(found.st_mtim.tv_nsec))
        return RootedStatus(
            name: GoPath.base(path), size: Int64(found.st_size), mode: found.st_mode, modified: time,
            linkTarget: isLink ? try destination(of: path) : "")
    }

    /// Archives what was found, under its own name: a folder with all that is in it, anything else alone.
    /// - Parameters:
    ///   - progress: Called with the bytes of content written so far; what it throws ends the work.
    ///   - sink: Takes the archive's bytes.
    /// - Throws: `RootedPathFailure` when it has gone meanwhile; `DrydockError`.
    public func archive(
        _ entry: RootedEntry, progress: @escaping (Int64) throws -> Void = { _ in },
        to sink: @escaping (UnsafeRawBufferPointer) throws -> Void
    ) throws -> CopyResult {
        let archiver = TreeArchiver(form: .whole, owners: OwnerNames(of: self), progress: progress)
        let result: TreeArchiver.Result
        if entry.status.isFolder {
            let folder = openat(entry.folder, entry.name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            guard folder >= 0 else { throw RootedPathFailure("open", entry.status.name, Errno.current) }
            let owned = OwnedDescriptor(adopting: folder)
            // The root's own name is a slash, and stands before each of its members.
            let name = entry.status.name == "/" ? "" : entry.status.name
            result = try archiver.archive(folder: owned.raw, under: Array(name.utf8), to: sink)
        } else {
            result = try archiver.archive(entry.name, in: entry.folder, to: sink)
        }
        return CopyResult(members: result.members, bytes: result.size)
    }
}
