import Basics
import CArchive
import Glibc

/// Copies files into a container's root: what `COPY`, `ADD` and `WORKDIR` do.
///
/// Every path is resolved by the kernel beneath the root: no link in it leads out.
public final class RootCopy {
    public struct Owner: Sendable, Hashable {
        public let user: UInt32
        public let group: UInt32
        public static let root = Owner(user: 0, group: 0)

        public init(user: UInt32, group: UInt32) {
            self.user = user
            self.group = group
        }
    }

    private let root: SourceTree
    private let tree: LayerTree
    /// Where the files of the folder under way are that have several names.
    private var links: [Link: MemberPath] = [:]

    private struct Link: Hashable {
        let device: dev_t
        let inode: ino_t
    }
    private let limits: StoreLimits
    /// Regular files and links that were copied, and their size.
    public private(set) var files = 0
    public private(set) var size: Int64 = 0

    /// - Parameter folder: The root, which may be written to.
    public init(into folder: String, limits: StoreLimits = StoreLimits()) throws {
        root = try SourceTree(folder)
        tree = try LayerTree(path: folder)
        self.limits = limits
    }

    /// To be called at the end: folders get their times.
    public func finish() throws { try told("") { try tree.finish() } }

    /// Whether a path leads to a folder.
    public func isFolder(_ path: String) throws -> Bool { try root.find(path)?.isFolder == true }

    /// Makes a folder with all those above it that are missing.
    /// - Parameter owner: Of those that are made.
    /// - Returns: false when it was there.
    @discardableResult
    public func makeFolder(_ path: String, owner: Owner = .root) throws -> Bool {
        guard try root.find(path)?.isFolder != true else { return false }
        _ = try told(path) { try folder(try member(path), owner: owner) }
        return true
    }

    /// Copies a regular file, or what else is no folder.
    /// - Parameters:
    ///   - path: Where to: the file's own new path. What stands there gives way, a folder too.
    ///   - asked: The same as the user has said it, for sentences: with a slash at its end it is the folder that the file goes into.
    ///   - owner: Of the file and of folders that are made for it; nil keeps the file's own.
    public func copyFile(_ item: SourceTree.Item, of source: SourceTree, to path: String, asked: String, owner: Owner?) throws {
        try told(path) {
            let wanted = try resolved(try member(path))
            let parent = try unobstructed(asked.hasSuffix("/") ? "failed to create new directory: mkdir" : "lstat", asked) {
                try folder(wanted.parent, owner: owner ?? .root)
            }
            try copy(isOfFolder: false, item.path, of: source, to: MemberPath(components: parent.components + [wanted.name]), owner)
        }
    }

    /// Copies what is in a folder. The target, where it is missing, becomes a plain folder: the source's own mode and time are not its.
    public func copyFolder(_ item: SourceTree.Item, of source: SourceTree, to path: String, owner: Owner?) throws {
        let base = try told(path) { () throws -> MemberPath in
            let wanted = try resolved(try member(path))
            if try root.find(wanted)?.isFolder == true { return wanted }
            return try unobstructed("failed to copy directory: mkdir", path) {
                let parent = try folder(wanted.parent, owner: .root)
                return try folder(MemberPath(components: parent.components + (wanted.isRoot ? [] : [wanted.name])), owner: owner ?? .root)
            }
        }
        links = [:]
        defer { links = [:] }
        try TreeWalk.walk("\(source.folder)/\(item.path.text)") { entry in
            let target = MemberPath(components: base.components + entry.path.components)
            try told(target.text) {
                if entry.kind != S_IFDIR, entry.status.st_nlink > 1 {
                    // The names of a file stay names of one file.
                    let link = Link(device: entry.status.st_dev, inode: entry.status.st_ino)
                    if let first = links[link] {
                        files += 1
                        return try tree.addHardLink(target, to: first)
                    }
                    links[link] = target
                }
                try copy(
                    isOfFolder: true, MemberPath(components: item.path.components + entry.path.components), of: source, to: target, owner)
            }
            return true
        }
    }

    /// Unpacks an archive into a folder, owners and all.
    public func extract(_ item: SourceTree.Item, of source: SourceTree, into path: String) throws {
        let base = try told(path) { try folder(try resolved(try member(path)), owner: .root) }
        let file = try source.openFile(item.path)
        defer { close(file) }
        let reader = ReaderSource(
            { buffer in
                while true {
                    let count = Glibc.read(file, buffer.baseAddress, buffer.count)
                    if count >= 0 { return count }
                    guard errno == EINTR else { throw systemError("can't read \(shown(item.text))") }
                }
            }, progress: { _ in })
        let result = try LayerUnpacker(limits: limits, isPlainTree: true, base: base).extract(reader, to: tree)
        files += result.members
        size += result.size
    }

    /// Whether a file is an archive that `ADD` unpacks: a tar, plain or packed with gzip, bzip2 or xz. Its name doesn't count.
    public static func isArchive(_ item: SourceTree.Item, of source: SourceTree) throws -> Bool {
        guard try source.isFile(item.path) else { return false }
        let file = try source.openFile(item.path)
        defer { close(file) }
        var head = [UInt8](repeating: 0, count: 512)
        guard Glibc.read(file, &head, head.count) >= 6, lseek(file, 0, Int32(SEEK_SET)) == 0 else { return false }
        let isPacked = [[0x1f, 0x8b], [0x42, 0x5a, 0x68], [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0]].contains { head.starts(with: $0) }
        let isTar = try source.status(of: file).st_size >= 512
        guard isPacked || isTar, !head.starts(with: [0x28, 0xb5, 0x2f, 0xfd]) else { return false }
        let bytes: ArchiveBytes = { buffer in max(0, Glibc.read(file, buffer.baseAddress, buffer.count)) }
        guard let archive = try? ArchiveReader(ReaderSource(bytes, progress: { _ in }), form: .compressedTar) else { return false }
        return (try? archive.nextEntry()) ?? nil != nil
    }

    // MARK: Paths

    private func member(_ path: String) throws -> MemberPath {
        // A root has nothing above it.
        var components: [[UInt8]] = []
        for part in path.utf8.split(separator: 0x2f) where !part.elementsEqual(".".utf8) {
            if part.elementsEqual("..".utf8) { _ = components.popLast() } else { components.append(Array(part)) }
        }
        return MemberPath(components: components)
    }

    /// Where a path leads, as far as it exists; a link that leads to nothing gives its target.
    private func resolved(_ path: MemberPath, depth: Int = 0) throws -> MemberPath {
        if path.isRoot { return path }
        if let found = try root.find(path) { return found.path }
        guard depth < 40 else { throw Errno(code: ELOOP) }
        let parent = try resolved(path.parent, depth: depth + 1)
        let own = MemberPath(components: parent.components + [path.name])
        guard let target = try danglingLink(own) else { return own }
        let text = String(decoding: target, as: UTF8.self)
        return try resolved(try member(text.hasPrefix("/") ? text : "\(parent.text)/\(text)"), depth: depth + 1)
    }

    private func danglingLink(_ path: MemberPath) throws -> [UInt8]? {
        guard let place = try? root.open(path, dd_o_path | O_NOFOLLOW) else { return nil }
        defer { close(place) }
        guard try root.status(of: place).st_mode & S_IFMT == S_IFLNK else { return nil }
        return try Self.linkTarget(place).dropLast().map(UInt8.init(bitPattern:))
    }

    /// The real path of a folder, made where it is missing.
    private func folder(_ path: MemberPath, owner: Owner) throws -> MemberPath {
        if path.isRoot { return path }
        if let found = try root.find(path) {
            guard found.isFolder else { throw Errno(code: ENOTDIR) }
            return found.path
        }
        let wanted = try resolved(path)
        let parent = try folder(wanted.parent, owner: owner)
        let own = MemberPath(components: parent.components + [wanted.name])
        // The set-group-id bit goes on to the folders that are made in a folder, as by mkdir(2).
        let inherited = try mode(of: parent) & 0o2000
        try tree.addFolder(
            own, LayerTree.Attributes(owner: owner.user, group: owner.group, mode: 0o755 | inherited, modified: nil, extended: []))
        return own
    }

    private func mode(of path: MemberPath) throws -> mode_t {
        let place = try root.open(path, dd_o_path | O_NOFOLLOW)
        defer { close(place) }
        return try root.status(of: place).st_mode
    }

    // MARK: Copying

    private func copy(isOfFolder: Bool, _ path: MemberPath, of source: SourceTree, to target: MemberPath, _ owner: Owner?) throws {
        let place = try source.open(path, dd_o_path | O_NOFOLLOW)
        defer { close(place) }
        let status = try source.status(of: place)
        let kind = status.st_mode & S_IFMT
        var mode = status.st_mode & 0o7777
        // chown(2) takes these away, and Docker doesn't give them back.
        if kind == S_IFREG, owner != nil { mode &= ~(mode & 0o010 != 0 ? 0o6000 : 0o4000) }
        var attributes = LayerTree.Attributes(
            owner: owner?.user ?? status.st_uid, group: owner?.group ?? status.st_gid, mode: mode,
            modified: timespec(tv_sec: status.st_mtim.tv_sec, tv_nsec: status.st_mtim.tv_nsec).inDockersRange, extended: [])
        switch kind {
        case S_IFDIR: return try tree.addFolder(target, attributes)
        case S_IFREG:
            let file = try source.openFile(path)
            defer { close(file) }
            // chown(2) takes capabilities away, too, and a file that is copied by itself loses them in Docker anyway.
            if isOfFolder, owner == nil, let capability = ExtendedAttribute.capability(of: file) {
                attributes.extended = [(Array(ExtendedAttribute.capability.utf8CString), capability)]
            }
            try tree.addFile(target, attributes) { try Self.copyContent(file, to: $0) }
            size += Int64(status.st_size)
        case S_IFLNK:
            try tree.addSymbolicLink(target, target: Self.linkTarget(place), attributes)
        default:
            try tree.addNode(target, kind: kind, device: kind == S_IFIFO ? 0 : status.st_rdev, attributes)
        }
        files += 1
    }

    private static func linkTarget(_ place: Int32) throws -> [CChar] {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
        let count = readlinkat(place, "", &buffer, buffer.count - 1)
        guard count >= 0 else { throw Errno.current }
        return Array(buffer[..<count]) + [0]
    }

    private static func copyContent(_ file: Int32, to target: Int32) throws {
        while true {
            let count = dd_copy_file_range(file, target, 1 << 30)
            if count == 0 { return }
            if count < 0 {
                if errno == EINTR { continue }
                guard [EXDEV, EINVAL, EOPNOTSUPP, ENOSYS].contains(errno) else { throw Errno.current }
                return try copyByHand(file, to: target)
            }
        }
    }

    /// Where the kernel can't copy between two file systems by itself.
    private static func copyByHand(_ file: Int32, to target: Int32) throws {
        var buffer = [UInt8](repeating: 0, count: 256 << 10)
        while true {
            let count = Glibc.read(file, &buffer, buffer.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw Errno.current }
            if count == 0 { return }
            try writeAll(target, buffer[..<count])
        }
    }

    /// A file in the place of a folder is told in Docker's words.
    private func unobstructed<T>(_ verb: String, _ path: String, _ body: () throws -> T) throws -> T {
        do { return try body() } catch let error as Errno where error.code == ENOTDIR {
            let clean = path.split(separator: "/").joined(separator: "/")
            throw DrydockError(.failed, "failed to copy files: \(verb) \(root.folder)/\(shown(clean)): \(error.text)")
        }
    }

    private func told<T>(_ path: String, _ body: () throws -> T) throws -> T {
        do { return try body() } catch let error as Errno {
            throw DrydockError(.failed, "failed to copy files: \(shown(path))", errno: error)
        }
    }
}
