import Basics
import CArchive
import Glibc

/// Creates a layer's files below one folder.
///
/// Parents are resolved by the kernel with that folder as root, so no symbolic link in an archive leads out; the last component is
/// created and never followed.
final class LayerTree {
    /// Owner, mode, times and extended attributes of a member.
    struct Attributes {
        var owner: uid_t
        var group: gid_t
        /// Permission bits with set-user-id, set-group-id and sticky.
        var mode: mode_t
        var modified: timespec?
        var extended: [(name: [CChar], value: [UInt8])]
    }

    /// An open folder, by O_PATH.
    private final class Folder {
        let raw: Int32
        init(_ raw: Int32) { self.raw = raw }
        deinit { close(raw) }
    }

    private let root: Folder
    /// Folders resolved before: members of one folder follow each other.
    private var folders: [MemberPath: Folder] = [:]
    private var folderTimes: [(path: MemberPath, time: timespec)] = []
    /// What this layer hides in those below it.
    private var whiteouts: Set<MemberPath> = []

    /// - Parameter path: The folder, which exists and is empty.
    init(path: String) throws {
        let descriptor = Glibc.open(path, dd_o_path | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw systemError("can't open \(path)") }
        root = Folder(descriptor)
    }

    /// - Parameter root: What is there already is kept, where the archive has nothing of its name.
    init(root: RootFolder) throws {
        let descriptor = fcntl(root.raw, F_DUPFD_CLOEXEC, 3)
        guard descriptor >= 0 else { throw Errno.current }
        self.root = Folder(descriptor)
    }

    // MARK: Members

    /// What is there under a name; nil for nothing. Folders above it are made when they are missing.
    func existingKind(_ path: MemberPath) throws -> mode_t? {
        if path.isRoot { return S_IFDIR }
        let parent = try folder(path.parent)
        do throws(Errno) { return try kind(of: path.nameCString, in: parent.raw) } catch {
            if error.code == ENOENT { return nil }
            throw error
        }
    }

    func addFolder(_ path: MemberPath, _ attributes: Attributes) throws {
        if path.isRoot { return try finishFolder(in: root.raw, name: path.cString, path, attributes) }
        let parent = try folder(path.parent)
        let name = path.nameCString
        while mkdirat(parent.raw, name, 0o700) != 0 {
            guard errno == EEXIST else { throw Errno.current }
            // Folder upon folder merges, as in Docker; anything else gives way.
            if try kind(of: name, in: parent.raw) == S_IFDIR { break }
            try removeExisting(name, in: parent.raw)
        }
        try finishFolder(in: parent.raw, name: name, path, attributes)
        // A folder that this layer removes and makes anew hides the lower one's content.
        if whiteouts.contains(path) { try makeOpaque(path) }
    }

    private func finishFolder(in parent: Int32, name: [CChar], _ path: MemberPath, _ attributes: Attributes) throws {
        let folder = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard folder >= 0 else { throw Errno.current }
        defer { close(folder) }
        try apply(attributes, to: folder)
        // Set at the end: each file that is still to come changes it.
        if let time = attributes.modified { folderTimes.append((path, time)) }
    }

    /// Creates a regular file.
    /// - Parameter fill: Writes the content into the descriptor that it is given.
    func addFile(_ path: MemberPath, _ attributes: Attributes, fill: (Int32) throws -> Void) throws {
        let file = try replacing(path) { parent, name in
            openat(parent, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        }
        defer { close(file) }
        try fill(file)
        try apply(attributes, to: file)
        if let time = attributes.modified { try check(futimens(file, [time, time])) }
    }

    func addSymbolicLink(_ path: MemberPath, target: UnsafePointer<CChar>, _ attributes: Attributes) throws {
        _ = try replacing(path) { parent, name in symlinkat(target, parent, name) }
        try applyByName(path, attributes, hasMode: false)
    }

    /// - Parameter attributes: The file gets them anew; nil leaves it as it is.
    func addHardLink(_ path: MemberPath, to target: MemberPath, _ attributes: Attributes? = nil) throws {
        guard !target.isRoot, target != path else { throw Errno(code: target == path ? EEXIST : EPERM) }
        let source = try folder(target.parent)
        // Looked up before anything is replaced: the target has to be a member of this layer already.
        _ = try kind(of: target.nameCString, in: source.raw)
        _ = try replacing(path) { parent, name in linkat(source.raw, target.nameCString, parent, name, 0) }
        if let attributes { try applyByName(path, attributes, hasMode: true) }
    }

    /// Creates a device node or a named pipe.
    /// - Parameter kind: S_IFCHR, S_IFBLK or S_IFIFO.
    func addNode(_ path: MemberPath, kind: mode_t, device: dev_t, _ attributes: Attributes) throws {
        _ = try replacing(path) { parent, name in mknodat(parent, name, kind | 0o600, device) }
        try applyByName(path, attributes, hasMode: true)
    }

    /// Hides what the layers below have under this name: overlayfs wants a character device 0/0.
    func addWhiteout(_ path: MemberPath) throws {
        let parent = try folder(path.parent)
        whiteouts.insert(path)
        if mknodat(parent.raw, path.nameCString, S_IFCHR, 0) == 0 { return }
        guard errno == EEXIST else { throw Errno.current }
        // What this layer itself has under the name stays; a folder then only hides the lower one's content.
        if try kind(of: path.nameCString, in: parent.raw) == S_IFDIR { try makeOpaque(path) }
    }

    /// Hides all that the layers below have in this folder, which is created when the archive has not named it yet.
    func addOpaque(_ path: MemberPath) throws {
        _ = try folder(path)
        try makeOpaque(path)
    }

    /// Source: Documentation/filesystems/overlayfs.rst, "whiteouts and opaque directories".
    private func makeOpaque(_ path: MemberPath) throws {
        let folder = try open(path, O_RDONLY | O_DIRECTORY)
        defer { close(folder) }
        try check(fsetxattr(folder, "trusted.overlay.opaque", "y", 1, 0))
    }

    /// Sets what can only be set when everything is there.
    func finish() throws {
        for (path, time) in folderTimes.reversed() {
            guard let folder = try? open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW) else { continue }  // replaced later in the archive
            defer { close(folder) }
            try check(futimens(folder, [time, time]))
        }
    }

    // MARK: Resolution

    /// Opens a path beneath the root, resolved by the kernel.
    private func open(_ path: MemberPath, _ flags: Int32) throws(Errno) -> Int32 {
        let name = path.cString
        while true {
            let result = dd_openat2(root.raw, name, UInt64(UInt32(bitPattern: flags | O_CLOEXEC)), 0, dd_resolve_in_root)
            if result >= 0 { return Int32(result) }
            // EAGAIN: the kernel could not rule out a race with a rename elsewhere on the system.
            guard errno == EAGAIN || errno == EINTR else { throw Errno.current }
        }
    }

    /// The folder of this path; created with all above it when the archive has no members for them.
    private func folder(_ path: MemberPath) throws -> Folder {
        if path.isRoot { return root }
        if let known = folders[path] { return known }
        let found: Folder
        do throws(Errno) {
            found = Folder(try open(path, dd_o_path | O_DIRECTORY))
        } catch  where error.code == ENOENT {
            let parent = try folder(path.parent)
            if mkdirat(parent.raw, path.nameCString, 0o755) != 0 && errno != EEXIST { throw Errno.current }
            found = Folder(try open(path, dd_o_path | O_DIRECTORY))
        }
        if folders.count >= 64 { folders.removeAll(keepingCapacity: true) }
        folders[path] = found
        return found
    }

    /// Creates an entry, removing one of the same name first.
    /// - Parameter create: Makes the system call; its result is returned.
    private func replacing(_ path: MemberPath, _ create: (_ parent: Int32, _ name: [CChar]) -> Int32) throws -> Int32 {
        guard !path.isRoot else { throw Errno(code: EISDIR) }
        let parent = try folder(path.parent)
        let name = path.nameCString
        // A container that runs may make the name again and again.
        for _ in 0..<100 {
            let result = create(parent.raw, name)
            if result >= 0 { return result }
            guard errno == EEXIST else { throw Errno.current }
            try removeExisting(name, in: parent.raw)
        }
        throw Errno(code: EEXIST)
    }

    private func removeExisting(_ name: [CChar], in parent: Int32) throws {
        try FileTree.remove(name, in: parent)
        // What was resolved through the removed entry may lead elsewhere now.
        folders.removeAll(keepingCapacity: true)
    }

    private func kind(of name: [CChar], in parent: Int32) throws(Errno) -> mode_t {
        var status = stat()
        guard fstatat(parent, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else { throw Errno.current }
        return status.st_mode & S_IFMT
    }

    // MARK: Attributes

    /// The order matters: chown(2) takes set-user-id bits and file capabilities away.
    private func apply(_ attributes: Attributes, to file: Int32) throws {
        try check(fchown(file, attributes.owner, attributes.group))
        try check(fchmod(file, attributes.mode))
        for (name, value) in attributes.extended { try checkExtended(fsetxattr(file, name, value, value.count, 0)) }
    }

    /// For what can't be opened without side effects.
    private func applyByName(_ path: MemberPath, _ attributes: Attributes, hasMode: Bool) throws {
        let parent = try folder(path.parent)
        let name = path.nameCString
        try check(fchownat(parent.raw, name, attributes.owner, attributes.group, AT_SYMLINK_NOFOLLOW))
        if hasMode { try setMode(attributes.mode, of: name, in: parent.raw) }
        let byName = Array("/proc/self/fd/\(parent.raw)/".utf8CString.dropLast()) + name
        for (key, value) in attributes.extended { try checkExtended(lsetxattr(byName, key, value, value.count, 0)) }
        if let time = attributes.modified { try check(utimensat(parent.raw, name, [time, time], AT_SYMLINK_NOFOLLOW)) }
    }

    /// fchmodat(2) follows links, and a container that runs may have put one in the place of what was created just now.
    private func setMode(_ mode: mode_t, of name: [CChar], in parent: Int32) throws(Errno) {
        let place = openat(parent, name, dd_o_path | O_NOFOLLOW | O_CLOEXEC)
        guard place >= 0 else { throw Errno.current }
        defer { close(place) }
        var status = stat()
        guard fstat(place, &status) == 0 else { throw Errno.current }
        // A link's own mode can't be set, and means nothing.
        guard status.st_mode & S_IFMT != S_IFLNK else { return }
        try check(chmod("/proc/self/fd/\(place)", mode))
    }

    private func check(_ result: Int32) throws(Errno) {
        guard result == 0 else { throw Errno.current }
    }

    /// A file system that can't hold an attribute is no reason to refuse an image; Docker does the same.
    private func checkExtended(_ result: Int32) throws(Errno) {
        guard result == 0 || errno == EOPNOTSUPP else { throw Errno.current }
    }
}

extension timespec {
    /// Docker takes times before 1970, and those that nanoseconds since then can't count, for 1970. Source: moby, pkg/system/chtimes.go.
    var inDockersRange: timespec { (0..<9_223_372_037).contains(tv_sec) ? self : timespec() }
}
