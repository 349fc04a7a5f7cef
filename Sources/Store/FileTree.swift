import Basics
import CArchive
import Glibc

/// Removes whole trees, however deep they are.
public enum FileTree {
    /// Makes a folder; one that is there already is kept as it is.
    public static func makeFolder(_ path: String) throws { try Files.makeFolder(path, mode: 0o755) }

    /// Whether a folder has nothing in it.
    public static func isEmpty(_ folder: String) throws -> Bool { try Files.names(in: folder).isEmpty }

    /// Removes a file or a folder with all that is in it; it is no error when nothing is there. Symbolic links are never followed.
    /// - Throws: `DrydockError` with the path and the errno of what could not be removed.
    public static func remove(_ path: String) throws {
        let slash = path.lastIndex(of: "/")
        let folder = slash.map { String(path[...$0]) } ?? "."
        let name = slash.map { String(path[path.index(after: $0)...]) } ?? path
        let parent = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard parent >= 0 else {
            if errno == ENOENT { return }
            throw systemError("can't open \(folder)")
        }
        defer { close(parent) }
        do {
            try remove(Array(name.utf8CString), in: parent)
        } catch {
            throw DrydockError(.failed, "can't remove \(path)", errno: error)
        }
    }

    /// Removes everything in a folder, which stays.
    /// - Throws: as `remove`.
    public static func empty(_ path: String) throws {
        let folder = try OwnedDescriptor(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
        do {
            for name in try TreeWalk.names(in: folder.raw, MemberPath(components: [])) {
                try remove(name.map(CChar.init(bitPattern:)) + [0], in: folder.raw)
            }
        } catch let error as Errno {
            throw DrydockError(.failed, "can't empty \(path)", errno: error)
        }
    }

    /// Removes an entry of an open folder.
    ///
    /// A folder is emptied without recursion and with a handful of descriptors, since archives can nest deeper than a process may
    /// open files: folders of the second level are moved up to the first, until none is left.
    static func remove(_ name: [CChar], in parent: Int32) throws(Errno) {
        if unlinkat(parent, name, 0) == 0 || errno == ENOENT { return }
        guard errno == EISDIR || errno == EPERM else { throw Errno.current }
        if try removeEmptyFolder(name, in: parent) { return }
        let top = try openFolder(name, in: parent)
        defer { close(top) }
        var hoisted = 0
        while true {
            let folders = try removeFiles(in: top)
            if folders.isEmpty { break }
            for folder in folders where try !removeEmptyFolder(folder, in: top) {
                let middle = try openFolder(folder, in: top)
                defer { close(middle) }
                for lower in try removeFiles(in: middle) where try !removeEmptyFolder(lower, in: middle) {
                    try hoist(lower, from: middle, to: top, &hoisted)
                }
                guard try removeEmptyFolder(folder, in: top) else { throw Errno(code: ENOTEMPTY) }
            }
        }
        guard try removeEmptyFolder(name, in: parent) else { throw Errno(code: ENOTEMPTY) }
    }

    /// - Returns: False when the folder is not empty.
    private static func removeEmptyFolder(_ name: [CChar], in parent: Int32) throws(Errno) -> Bool {
        if unlinkat(parent, name, AT_REMOVEDIR) == 0 || errno == ENOENT { return true }
        guard errno == ENOTEMPTY || errno == EEXIST else { throw Errno.current }
        return false
    }

    /// Moves a folder one level up under a name that nothing has.
    private static func hoist(_ name: [CChar], from middle: Int32, to top: Int32, _ counter: inout Int) throws(Errno) {
        while true {
            counter += 1
            if renameat(middle, name, top, ".removing-\(counter)") == 0 { return }
            guard errno == ENOTEMPTY || errno == EEXIST || errno == ENOTDIR else { throw Errno.current }
        }
    }

    private static func openFolder(_ name: [CChar], in parent: Int32) throws(Errno) -> Int32 {
        let descriptor = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { throw Errno.current }
        return descriptor
    }

    /// Removes everything in a folder but folders.
    /// - Returns: The folders that are left.
    private static func removeFiles(in folder: Int32) throws(Errno) -> [[CChar]] {
        var folders: [[CChar]] = []
        for (name, type) in try entries(of: folder) {
            if type != UInt8(DT_DIR) {
                if unlinkat(folder, name, 0) == 0 || errno == ENOENT { continue }
                // File systems that don't tell the type of entries: unlink(2) does.
                guard errno == EISDIR || errno == EPERM else { throw Errno.current }
            }
            folders.append(name)
        }
        return folders
    }

    private static func entries(of folder: Int32) throws(Errno) -> [(name: [CChar], type: UInt8)] {
        // A descriptor of its own: closedir(3) closes it, and its position is not shared.
        let descriptor = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Errno.current }
        guard let stream = fdopendir(descriptor) else {
            close(descriptor)
            throw Errno.current
        }
        defer { closedir(stream) }
        var entries: [(name: [CChar], type: UInt8)] = []
        while true {
            errno = 0
            guard let entry = readdir(stream) else {
                guard errno == 0 else { throw Errno.current }
                return entries
            }
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { [CChar]($0.prefix { $0 != 0 }.map(CChar.init(bitPattern:))) + [0] }
            if name != dot && name != dotDot { entries.append((name, entry.pointee.d_type)) }
        }
    }

    private static let dot = Array(".".utf8CString)
    private static let dotDot = Array("..".utf8CString)
}

extension FileTree {
    /// The sum of the sizes of the regular files below a folder, as Docker counts a container's layer.
    public static func size(_ path: String) -> Int64 {
        guard let folder = opendir(path) else { return 0 }
        defer { closedir(folder) }
        var sum: Int64 = 0
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name == "." || name == ".." { continue }
            var what = stat()
            guard fstatat(dirfd(folder), name, &what, AT_SYMLINK_NOFOLLOW) == 0 else { continue }
            switch what.st_mode & S_IFMT {
            case S_IFDIR: sum += size("\(path)/\(name)")
            case S_IFREG: sum += Int64(what.st_size)
            default: break
            }
        }
        return sum
    }
}

extension FileTree {
    /// What the files and links in a tree come to, as Docker counts a volume: a file with several names once, folders not at all.
    public static func contentSize(_ path: String) -> Int64 {
        var (sum, seen): (Int64, Set<UInt64>) = (0, [])
        try? TreeWalk.walk(path) { entry in
            guard entry.kind != S_IFDIR else { return true }
            if entry.status.st_nlink == 1 || seen.insert(UInt64(entry.status.st_ino)).inserted { sum += Int64(entry.status.st_size) }
            return true
        }
        return sum
    }
}
