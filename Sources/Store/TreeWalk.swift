import Basics
import CArchive
import Glibc

/// Walks a folder's tree in the order of names, parents before what is in them, by open folders alone: no symbolic link is followed, and
/// a tree that changes meanwhile leads nowhere else.
enum TreeWalk {
    /// Something in the tree.
    struct Entry {
        let path: MemberPath
        /// The open folder that holds it.
        let parent: Int32
        let name: [CChar]
        let status: stat

        var kind: mode_t { status.st_mode & S_IFMT }
    }

    /// How deep folders may be nested: each level holds a descriptor.
    private static let deepest = 400

    /// - Parameters:
    ///   - root: The path of the folder, which is not visited itself.
    ///   - visit: Gets each entry; false passes over what is in a folder.
    /// - Throws: `DrydockError`; what `visit` throws.
    static func walk(_ root: String, visit: (Entry) throws -> Bool) throws {
        let folder = try OwnedDescriptor(root, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
        try walk(folder.raw, visit: visit)
    }

    /// One entry of an open folder.
    /// - Throws: `RootedPathFailure` when there is none.
    static func entry(_ name: [UInt8], in folder: Int32, path: MemberPath) throws -> Entry {
        var status = stat()
        let cName = name.map(CChar.init(bitPattern:)) + [0]
        guard fstatat(folder, cName, &status, AT_SYMLINK_NOFOLLOW) == 0 else {
            throw RootedPathFailure("lstat", shown(path.text), Errno.current)
        }
        return Entry(path: path, parent: folder, name: cName, status: status)
    }

    /// The same for a folder that is open already.
    static func walk(_ folder: Int32, visit: (Entry) throws -> Bool) throws { try walk(folder, MemberPath(components: []), visit) }

    private static func walk(_ folder: Int32, _ path: MemberPath, _ visit: (Entry) throws -> Bool) throws {
        guard path.components.count < deepest else {
            throw DrydockError(
                .unsupported, "folders nested deeper than \(deepest) can't be copied: \(shown(path.text.prefix(64).description))")
        }
        for name in try names(in: folder, path) {
            var status = stat()
            let cName = name.map(CChar.init(bitPattern:)) + [0]
            guard fstatat(folder, cName, &status, AT_SYMLINK_NOFOLLOW) == 0 else {
                // Gone in the meantime: a container that runs may remove its files.
                if errno == ENOENT { continue }
                throw systemError("can't look at \(shown(path.text))")
            }
            let entry = Entry(path: MemberPath(components: path.components + [name]), parent: folder, name: cName, status: status)
            guard try visit(entry), entry.kind == S_IFDIR else { continue }
            let inner = openat(folder, cName, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            guard inner >= 0 else {
                if errno == ENOENT || errno == ENOTDIR { continue }
                throw systemError("can't open \(shown(entry.path.text))")
            }
            defer { close(inner) }
            try walk(inner, entry.path, visit)
        }
    }

    /// The names in an open folder, sorted by their bytes.
    static func names(in folder: Int32, _ path: MemberPath) throws -> [[UInt8]] {
        // A descriptor of its own for the stream, which closes it.
        guard let stream = fdopendir(fcntl(folder, F_DUPFD_CLOEXEC, 3)) else { throw systemError("can't list \(shown(path.text))") }
        defer { closedir(stream) }
        rewinddir(stream)
        var names: [[UInt8]] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: UInt8.self, capacity: 256) { pointer in
                    Array(UnsafeBufferPointer(start: pointer, count: strlen(UnsafeRawPointer(pointer).assumingMemoryBound(to: CChar.self))))
                }
            }
            if name != [0x2e] && name != [0x2e, 0x2e] { names.append(name) }
        }
        return names.sorted { $0.lexicographicallyPrecedes($1) }
    }
}

extension TreeWalk.Entry {
    /// overlayfs's mark for "nothing of this name": a character device 0/0.
    var isWhiteout: Bool { kind == S_IFCHR && status.st_rdev == 0 }

    /// A folder that hides all that lower layers have in it.
    var isOpaque: Bool { kind == S_IFDIR && attribute("trusted.overlay.opaque") == [UInt8(ascii: "y")] }

    /// The names of its extended attributes that belong to it and not to this machine.
    func extended() throws -> [(name: [CChar], value: [UInt8])] {
        guard kind != S_IFLNK else { return [] }
        var list = [CChar](repeating: 0, count: 64 << 10)
        let length = llistxattr(byName, &list, list.count)
        guard length > 0 else { return [] }
        let names = list[..<length].split(separator: 0).map { Array($0) + [0] }
        return names.compactMap { name in
            let text = String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
            guard text == "security.capability" || text.hasPrefix("user."), !text.hasPrefix("user.overlay."), let value = attribute(text)
            else { return nil }
            return (name, value)
        }
    }

    private func attribute(_ name: String) -> [UInt8]? {
        var value = [UInt8](repeating: 0, count: 64 << 10)
        let length = lgetxattr(byName, name, &value, value.count)
        return length >= 0 ? Array(value[..<length]) : nil
    }

    /// The entry by a path through its open folder.
    private var byName: [CChar] { Array("/proc/self/fd/\(parent)/".utf8CString.dropLast()) + name }

    /// Opens a regular file for reading, having looked at what it is: a container that runs may put a device in its place meanwhile, and
    /// merely opening one acts on the host's (a watchdog reboots).
    /// - Returns: nil when it is gone, or no regular file any more.
    func openFile() throws -> Int32? {
        let place = openat(parent, name, dd_o_path | O_NOFOLLOW | O_CLOEXEC)
        guard place >= 0 else {
            if errno == ENOENT { return nil }
            throw systemError("can't read \(shown(path.text))")
        }
        defer { close(place) }
        var found = stat()
        guard fstat(place, &found) == 0, found.st_mode & S_IFMT == S_IFREG else { return nil }
        let file = open("/proc/self/fd/\(place)", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw systemError("can't read \(shown(path.text))") }
        return file
    }

    /// Where a symbolic link leads.
    func target() throws -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let length = buffer.withUnsafeMutableBytes { readlinkat(parent, name, $0.bindMemory(to: CChar.self).baseAddress!, $0.count) }
        guard length >= 0 else { throw systemError("can't read the link \(shown(path.text))") }
        return Array(buffer[..<length])
    }
}
