import Basics
import CArchive
import Glibc

/// Unpacks an archive that comes from an engine into a folder of this machine, by Docker's rules: everything becomes the caller's, and a
/// folder is not replaced by something else, nor something else by a folder.
///
/// Source: moby, pkg/archive: Untar with NoLchown and NoOverwriteDirNonDir. Docker trusts its engine to send no links that lead out; here
/// folders are opened beneath the folder, and through no symbolic link at all.
public final class LocalFolder {
    private let root: Int32
    private let path: String
    private var folderTimes: [(path: String, time: timespec)] = []

    /// More content than this is no honest answer.
    private static let mostBytes: Int64 = 1 << 44
    private static let mostMembers = 20_000_000
    /// From this many bytes on, content is gathered before it is written: holes that became zeros on the way become holes again.
    private static let largeFile: Int64 = 2 << 20

    /// - Throws: `LocalPathFailure`.
    public init(_ path: String) throws {
        self.path = path
        root = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if root < 0 { throw LocalPathFailure("open", path) }
    }

    deinit { close(root) }

    /// - Parameters:
    ///   - renamings: In each name the first place of `old` becomes `new`, one renaming after the other.
    ///   - next: The archive's next piece; nil at its end.
    /// - Throws: `LocalPathFailure`, `DrydockError`; what `next` throws. What came before it in the archive is unpacked then.
    public func unpack(renaming renamings: [(old: String, new: String)] = [], next: @escaping () throws -> [UInt8]?) throws {
        let reader = try TarReader(next)
        var (members, bytes) = (0, Int64(0))
        while let entry = try reader.nextEntry() {
            members += 1
            guard members <= Self.mostMembers, bytes <= Self.mostBytes else { throw LocalPathFailure("the archive is larger than can be") }
            bytes += try add(entry, of: reader, renamings)
        }
        for (name, time) in folderTimes.reversed() {
            let folder = try open(folder: name)
            defer { close(folder) }
            if futimens(folder, [time, time]) != 0 { throw LocalPathFailure("chtimes", GoPath.join(path, name)) }
        }
        // What follows an archive is padding.
        while try next() != nil {}
    }

    /// - Returns: Bytes of content.
    private func add(_ entry: OpaquePointer, of reader: TarReader, _ renamings: [(old: String, new: String)]) throws -> Int64 {
        let name = GoPath.clean(Self.renamed(archive_entry_pathname(entry), renamings))
        guard !Self.leadsOut(name) else { throw LocalPathFailure("\(GoQuoted(name)) is outside of \(GoQuoted(path))") }
        let relative = GoPath.clean("/" + name)
        let full = GoPath.join(path, name)
        let isFolder = archive_entry_hardlink(entry) == nil && mode_t(archive_entry_filetype(entry)) == S_IFDIR
        let (folderName, last) = GoPath.split(relative)
        let parent = try open(folder: folderName, makes: true)
        defer { close(parent) }
        let place = last.isEmpty ? "." : last
        var existing = stat()
        let exists = fstatat(parent, place, &existing, AT_SYMLINK_NOFOLLOW) == 0
        if exists {
            let wasFolder = existing.st_mode & S_IFMT == S_IFDIR
            if wasFolder, !isFolder {
                throw LocalPathFailure("cannot overwrite directory \(GoQuoted(full)) with non-directory \(GoQuoted(path))")
            }
            if !wasFolder, isFolder {
                throw LocalPathFailure("cannot overwrite non-directory \(GoQuoted(full)) with directory \(GoQuoted(path))")
            }
            // The folder itself stays as it is.
            if wasFolder, name == "." { return 0 }
            if !wasFolder, unlinkat(parent, place, 0) != 0, errno != ENOENT { throw LocalPathFailure("unlinkat", full) }
        }
        if let link = archive_entry_hardlink(entry) {
            try addHardLink(to: Self.renamed(link, renamings), at: place, in: parent, full)
            return 0
        }
        if isFolder {
            try addFolder(entry, place, in: parent, full, relative, exists: exists)
            return 0
        }
        return try addContent(entry, of: reader, place, in: parent, full)
    }

    private func addFolder(_ entry: OpaquePointer, _ name: String, in parent: Int32, _ full: String, _ relative: String, exists: Bool)
        throws
    {
        if !exists, mkdirat(parent, name, 0o700) != 0, errno != EEXIST { throw LocalPathFailure("mkdir", full) }
        let folder = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard folder >= 0 else { throw LocalPathFailure("open", full) }
        defer { close(folder) }
        try apply(entry, to: folder, full)
        folderTimes.append((relative, Self.time(of: entry)))
    }

    private func addHardLink(to name: String, at place: String, in parent: Int32, _ full: String) throws {
        let target = GoPath.join(path, name)
        guard !Self.leadsOut(GoPath.clean(name)) else {
            throw LocalPathFailure("invalid hardlink \(GoQuoted(target)) -> \(GoQuoted(name))")
        }
        let (folderName, last) = GoPath.split(GoPath.clean("/" + name))
        let folder = try open(folder: folderName)
        defer { close(folder) }
        if linkat(folder, last, parent, place, 0) != 0 { throw LocalPathFailure("link \(target) \(full): \(Errno.current.text)") }
    }

    private func addContent(_ entry: OpaquePointer, of reader: TarReader, _ name: String, in parent: Int32, _ full: String) throws -> Int64
    {
        let kind = mode_t(archive_entry_filetype(entry))
        let time = Self.time(of: entry)
        switch kind {
        case S_IFREG:
            do { return try addFile(entry, of: reader, name, in: parent, full) } catch {
                // Half a file is none.
                unlinkat(parent, name, 0)
                throw error
            }
        case S_IFLNK:
            let target = archive_entry_symlink(entry).map { String(cString: $0) } ?? ""
            guard GoPath.join(GoPath.folder(full), target).hasPrefix(path) else {
                throw LocalPathFailure("invalid symlink \(GoQuoted(full)) -> \(GoQuoted(target))")
            }
            guard symlinkat(archive_entry_symlink(entry), parent, name) == 0 else { throw LocalPathFailure("symlink", full) }
        case S_IFCHR, S_IFBLK, S_IFIFO:
            let (major, minor) = (archive_entry_rdevmajor(entry), archive_entry_rdevminor(entry))
            guard major < 1 << 12, minor < 1 << 20 else { throw LocalPathFailure("\(full) is a device out of range") }
            let device = kind == S_IFIFO ? 0 : dd_makedev(UInt32(major), UInt32(minor))
            let mode = mode_t(archive_entry_perm(entry)) & 0o777
            guard mknodat(parent, name, kind | mode, device) == 0 else { throw LocalPathFailure("mknod", full) }
            if fchmodat(parent, name, mode, 0) != 0 { throw LocalPathFailure("chmod", full) }
        default: throw LocalPathFailure("\(full) is of a kind that can't be copied")
        }
        utimensat(parent, name, [time, time], AT_SYMLINK_NOFOLLOW)
        return 0
    }

    private func addFile(_ entry: OpaquePointer, of reader: TarReader, _ name: String, in parent: Int32, _ full: String) throws -> Int64 {
        let size = archive_entry_size(entry)
        let file = openat(parent, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw LocalPathFailure("open", full) }
        defer { close(file) }
        let large = size >= Self.largeFile ? UncachedFile(file, keepsHoles: true) : nil
        while let block = try reader.nextBlock() {
            guard block.offset >= 0, block.offset <= size, Int64(block.bytes.count) <= size - block.offset else {
                throw LocalPathFailure("\(full) has more content than its size says")
            }
            do throws(Errno) {
                try large?.move(to: block.offset)
                if let large { try large.write(block.bytes) } else { try Holes.write(block.bytes, to: file, at: block.offset) }
            } catch { throw LocalPathFailure("write \(full): \(error.text)") }
        }
        do throws(Errno) { try large?.finish() } catch { throw LocalPathFailure("write \(full): \(error.text)") }
        guard ftruncate(file, off_t(size)) == 0 else { throw LocalPathFailure("write", full) }
        try apply(entry, to: file, full)
        let time = Self.time(of: entry)
        if futimens(file, [time, time]) != 0 { throw LocalPathFailure("chtimes", full) }
        return size
    }

    /// Mode and extended attributes; not the owner.
    private func apply(_ entry: OpaquePointer, to file: Int32, _ full: String) throws {
        if fchmod(file, mode_t(archive_entry_perm(entry)) & 0o7777) != 0 { throw LocalPathFailure("chmod", full) }
        guard archive_entry_xattr_reset(entry) > 0 else { return }
        while true {
            var name: UnsafePointer<CChar>?
            var value: UnsafeRawPointer?
            var count = 0
            guard archive_entry_xattr_next(entry, &name, &value, &count) == ARCHIVE_OK, let name else { return }
            // As in Docker: what this file system can't hold, or this user may not set, is left out.
            if fsetxattr(file, name, value, count, 0) != 0, errno != EOPNOTSUPP, errno != EPERM { throw LocalPathFailure("setxattr", full) }
        }
    }

    // MARK: Names

    /// Opens a folder beneath this one; no part of its name may be a symbolic link.
    private func open(folder name: String, makes: Bool = false) throws -> Int32 {
        let relative = name.drop { $0 == "/" }
        let found = dd_openat2(
            root, relative.isEmpty ? "." : String(relative), UInt64(O_RDONLY | O_DIRECTORY | O_CLOEXEC), 0, dd_resolve_without_links)
        if found >= 0 { return Int32(found) }
        guard errno == ENOENT, makes else { throw LocalPathFailure("open", GoPath.join(path, name)) }
        let (above, last) = GoPath.split(GoPath.clean("/" + name))
        let parent = try open(folder: above, makes: true)
        defer { close(parent) }
        if mkdirat(parent, last, 0o777) != 0, errno != EEXIST { throw LocalPathFailure("mkdir", GoPath.join(path, name)) }
        return try open(folder: name)
    }

    private static func leadsOut(_ cleaned: String) -> Bool { cleaned == ".." || cleaned.hasPrefix("../") }

    private static func renamed(_ raw: UnsafePointer<CChar>?, _ renamings: [(old: String, new: String)]) -> String {
        var name = raw.map { String(cString: $0) } ?? ""
        for (old, new) in renamings {
            if old.isEmpty || old == "/" {
                name = new + name
            } else if let range = name.firstRange(of: old) {
                name.replaceSubrange(range, with: new)
            }
        }
        return name
    }

    private static func time(of entry: OpaquePointer) -> timespec {
        timespec(tv_sec: archive_entry_mtime(entry), tv_nsec: archive_entry_mtime_nsec(entry))
    }
}

/// A name as Go's %q writes it, for all that names usually hold.
private struct GoQuoted: CustomStringConvertible {
    let description: String

    init(_ text: String) {
        description =
            "\""
            + text.unicodeScalars.map { scalar in
                scalar == "\"" || scalar == "\\" || scalar.value < 0x20 ? scalar.escaped(asASCII: true) : String(scalar)
            }.joined() + "\""
    }
}
