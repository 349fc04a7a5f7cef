import Basics
import CArchive
import Glibc

/// A path on this machine that could not be worked on, as Go says it: `open /x: permission denied`.
public struct LocalPathFailure: Error, Sendable {
    public let sentence: String

    public init(_ sentence: String) { self.sentence = sentence }

    /// Of the system call that has just failed.
    init(_ call: String, _ path: String) { sentence = "\(call) \(path): \(Errno.current.text)" }
}

/// Archives a file or a folder with all that is in it, by open folders alone: no symbolic link is followed.
public struct LocalTree {
    private let writer: StreamingTarWriter
    private var links: [Link: [UInt8]] = [:]

    private struct Link: Hashable {
        let device: dev_t
        let inode: ino_t
    }

    /// - Parameters:
    ///   - path: What is archived; a slash or `/.` at its end follows a link.
    ///   - name: The name of its member, and what the others' begin with.
    ///   - sink: Takes the archive's bytes.
    /// - Throws: `LocalPathFailure`; what the sink throws.
    public static func pack(_ path: String, as name: String, to sink: @escaping (UnsafeRawBufferPointer) throws -> Void) throws {
        var tree = LocalTree(writer: try StreamingTarWriter(sink))
        let place = GoPath.endsInSlash(path) && path != "/" ? path + "." : path
        try tree.add(place, in: AT_FDCWD, as: Array(name.utf8), shown: path)
        try tree.writer.finish()
    }

    private init(writer: StreamingTarWriter) { self.writer = writer }

    /// How deep folders may be nested: each level holds a descriptor.
    private static let deepest = 400

    private mutating func add(_ entry: String, in parent: Int32, as name: [UInt8], shown path: String) throws {
        try add(Array(entry.utf8CString), in: parent, as: name, shown: path, depth: 0)
    }

    private mutating func add(_ entry: [CChar], in parent: Int32, as name: [UInt8], shown path: String, depth: Int) throws {
        var status = stat()
        guard fstatat(parent, entry, &status, AT_SYMLINK_NOFOLLOW) == 0 else {
            // Gone since its folder was listed.
            if depth > 0, errno == ENOENT { return }
            throw LocalPathFailure("lstat", path)
        }
        var member = StreamMember(name: name, mode: status.st_mode)
        (member.owner, member.group, member.modified) = (status.st_uid, status.st_gid, status.st_mtim.tv_sec)
        (member.size, member.device) = (Int64(status.st_size), status.st_rdev)
        let kind = status.st_mode & S_IFMT
        if kind != S_IFDIR, status.st_nlink > 1 {
            let link = Link(device: status.st_dev, inode: status.st_ino)
            if let first = links[link] { member.hardLink = first } else { links[link] = name }
        }
        guard member.hardLink == nil else { return try writer.begin(member) }
        switch kind {
        case S_IFDIR:
            guard depth < Self.deepest else { throw LocalPathFailure("\(path): folders are nested deeper than \(Self.deepest)") }
            let folder = openat(parent, entry, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            guard folder >= 0 else { throw LocalPathFailure("open", path) }
            member.extended = Self.attributes(of: folder)
            try writer.begin(member)
            try addContent(of: folder, as: name, shown: path, depth: depth)
        case S_IFREG: try addFile(entry, in: parent, member, shown: path)
        case S_IFLNK:
            member.target = try target(entry, in: parent, shown: path)
            try writer.begin(member)
        // A socket means nothing without the process that listens on it.
        case S_IFSOCK: break
        default: try writer.begin(member)
        }
    }

    /// - Parameter folder: Open; it is closed here.
    private mutating func addContent(of folder: Int32, as name: [UInt8], shown path: String, depth: Int) throws {
        guard let stream = fdopendir(folder) else {
            close(folder)
            throw LocalPathFailure("open", path)
        }
        defer { closedir(stream) }
        var names: [[UInt8]] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
            if name != [0x2e], name != [0x2e, 0x2e] { names.append(name) }
        }
        for inner in names.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
            let shown = GoPath.join(path, String(decoding: inner, as: UTF8.self))
            try add(inner.map(CChar.init(bitPattern:)) + [0], in: folder, as: name + [0x2f] + inner, shown: shown, depth: depth + 1)
        }
    }

    /// A file that shrinks meanwhile is filled with zeros, one that grows is cut: the header has promised a length.
    private func addFile(_ entry: [CChar], in parent: Int32, _ member: StreamMember, shown path: String) throws {
        // Not to wait for somebody at the other end, should it have become a pipe.
        let file = openat(parent, entry, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard file >= 0 else { throw LocalPathFailure("open", path) }
        defer { close(file) }
        var member = member
        member.extended = Self.attributes(of: file)
        try writer.begin(member)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 4096)
        defer { buffer.deallocate() }
        var done: Int64 = 0
        while done < member.size {
            let wanted = Int(min(Int64(buffer.count), member.size - done))
            var count = pread(file, buffer.baseAddress, wanted, off_t(done))
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw LocalPathFailure("read", path) }
            if count == 0 {
                buffer.initializeMemory(as: UInt8.self, repeating: 0)
                count = wanted
            }
            try writer.write(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            done += Int64(count)
        }
    }

    private func target(_ entry: [CChar], in parent: Int32, shown path: String) throws -> [UInt8] {
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = readlinkat(parent, entry, &buffer, buffer.count)
        guard count >= 0 else { throw LocalPathFailure("readlink", path) }
        return buffer[..<count].map { UInt8(bitPattern: $0) }
    }

    /// Extended attributes that belong to the file and not to this machine.
    private static func attributes(of file: Int32) -> [(name: [CChar], value: [UInt8])] {
        var list = [CChar](repeating: 0, count: 64 << 10)
        let length = flistxattr(file, &list, list.count)
        guard length > 0 else { return [] }
        return list[..<length].split(separator: 0).compactMap { name in
            let text = String(decoding: name.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            guard text == "security.capability" || text.hasPrefix("user.") && !text.hasPrefix("user.overlay.") else { return nil }
            var value = [UInt8](repeating: 0, count: 64 << 10)
            let count = fgetxattr(file, text, &value, value.count)
            return count < 0 ? nil : (Array(name) + [0], Array(value[..<count]))
        }
    }
}
