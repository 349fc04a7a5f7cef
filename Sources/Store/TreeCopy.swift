import Basics
import CArchive
import Glibc

/// Copies a folder's tree as it is: contents with their holes, owners, modes, times, extended attributes, hard and symbolic links, nodes.
///
/// The tree may be a stranger's and may change meanwhile: it is walked by open folders, and no symbolic link in it is followed.
public struct TreeCopy {
    /// What was copied.
    public struct Result: Sendable {
        /// Everything but folders; a hard link counts as a file.
        public var files = 0
        /// Contents of regular files, each once.
        public var bytes: Int64 = 0
    }

    private let tree: LayerTree
    private var links: [LinkKey: MemberPath] = [:]
    private var result = Result()

    private struct LinkKey: Hashable {
        let device: dev_t
        let inode: ino_t
    }

    /// Copies what is in a folder, and the folder's own owner, mode, times and attributes.
    /// - Parameters:
    ///   - path: The folder's path as a process with that root sees it: the kernel follows symbolic links on the way, and they never lead
    ///     out of the root.
    ///   - root: The root folder.
    ///   - target: An empty folder.
    ///   - isSynced: The copy is on the disk before this returns.
    /// - Returns: nil when there is nothing at that path.
    /// - Throws: `DrydockError`; `.invalid` when there is something else than a folder.
    public static func copy(_ path: String, beneath root: String, to target: String, isSynced: Bool) throws -> Result? {
        guard let source = try open(path, beneath: root) else { return nil }
        defer { close(source) }
        do {
            var copy = TreeCopy(tree: try LayerTree(path: target))
            try copy.run(source)
            if isSynced {
                let folder = try OwnedDescriptor(target, O_RDONLY | O_DIRECTORY)
                guard dd_syncfs(folder.raw) == 0 else { throw systemError("can't sync \(target)") }
            }
            return copy.result
        } catch let error as Errno {
            throw DrydockError(.failed, "can't copy \(shown(path)) to \(target)", errno: error)
        }
    }

    private static func open(_ path: String, beneath root: String) throws -> Int32? {
        let top = try OwnedDescriptor(root, dd_o_path | O_DIRECTORY)
        while true {
            let flags = UInt64(UInt32(bitPattern: O_RDONLY | O_DIRECTORY | O_CLOEXEC))
            let opened = dd_openat2(top.raw, path, flags, 0, dd_resolve_in_root)
            if opened >= 0 { return Int32(opened) }
            switch errno {
            // EAGAIN: the kernel could not rule out a race with a rename elsewhere on the system.
            case EINTR, EAGAIN: continue
            case ENOENT: return nil
            // In Docker's words.
            case ENOTDIR: throw DrydockError(.invalid, "source \(shown(path)) is not directory")
            default: throw systemError("can't open \(shown(path)) in the image")
            }
        }
    }

    private init(tree: LayerTree) { self.tree = tree }

    private mutating func run(_ source: Int32) throws {
        var status = stat()
        guard fstat(source, &status) == 0 else { throw Errno.current }
        let top = TreeWalk.Entry(path: MemberPath(components: []), parent: source, name: Array(".".utf8CString), status: status)
        try tree.addFolder(top.path, attributes(of: top))
        try TreeWalk.walk(source) { entry in
            try add(entry)
            return true
        }
        try tree.finish()
    }

    private func attributes(of entry: TreeWalk.Entry) throws -> LayerTree.Attributes {
        let status = entry.status
        return LayerTree.Attributes(
            owner: status.st_uid, group: status.st_gid, mode: status.st_mode & 0o7777, modified: status.st_mtim,
            extended: try entry.extended())
    }

    private mutating func add(_ entry: TreeWalk.Entry) throws {
        if entry.kind == S_IFDIR { return try tree.addFolder(entry.path, attributes(of: entry)) }
        result.files += 1
        if entry.status.st_nlink > 1 {
            let key = LinkKey(device: entry.status.st_dev, inode: entry.status.st_ino)
            if let first = links[key] { return try tree.addHardLink(entry.path, to: first) }
            links[key] = entry.path
        }
        let attributes = try attributes(of: entry)
        switch entry.kind {
        case S_IFREG:
            let file = openat(entry.parent, entry.name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
            guard file >= 0 else { throw systemError("can't read \(shown(entry.path.text))") }
            let source = OwnedDescriptor(adopting: file)
            var length: Int64 = 0
            try tree.addFile(entry.path, attributes) { length = try Self.copyContent(of: source.raw, to: $0) }
            result.bytes += length
        case S_IFLNK:
            let target = try entry.target().map(CChar.init(bitPattern:)) + [0]
            try tree.addSymbolicLink(entry.path, target: target, attributes)
        default: try tree.addNode(entry.path, kind: entry.kind, device: entry.status.st_rdev, attributes)
        }
    }

    /// - Returns: how long the file is.
    private static func copyContent(of source: Int32, to target: Int32) throws -> Int64 {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 4096)
        defer { buffer.deallocate() }
        var offset: Int64 = 0
        while true {
            let count = pread(source, buffer.baseAddress, buffer.count, off_t(offset))
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw Errno.current }
            if count == 0 { break }
            try Holes.write(UnsafeRawBufferPointer(rebasing: buffer[..<count]), to: target, at: offset)
            offset += Int64(count)
        }
        guard ftruncate(target, off_t(offset)) == 0 else { throw Errno.current }
        return offset
    }
}

extension TreeCopy {
    /// Gives a folder that is there already the content, owner, mode and times of another on the same file system: entry by entry, each by
    /// a rename.
    /// - Throws: `DrydockError`.
    public static func move(contentOf source: String, to target: String) throws {
        let from = try OwnedDescriptor(source, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
        let to = try OwnedDescriptor(target, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
        for name in try TreeWalk.names(in: from.raw, MemberPath(components: [])) {
            let name = name.map(CChar.init(bitPattern:)) + [0]
            guard renameat(from.raw, name, to.raw, name) == 0 else { throw systemError("can't fill \(target)") }
        }
        var status = stat()
        guard fstat(from.raw, &status) == 0, fchown(to.raw, status.st_uid, status.st_gid) == 0,
            fchmod(to.raw, status.st_mode & 0o7777) == 0, futimens(to.raw, [status.st_atim, status.st_mtim]) == 0
        else { throw systemError("can't set the owner and mode of \(target)") }
    }

    /// True when there is nothing in a folder.
    /// - Throws: `DrydockError`.
    public static func isEmpty(_ path: String) throws -> Bool {
        let folder = try OwnedDescriptor(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
        return try TreeWalk.names(in: folder.raw, MemberPath(components: [])).isEmpty
    }
}
