import Basics
import CArchive
import Glibc

/// Archives a folder's tree: a container's own layer with what it hides in those below (commit), or a whole root (export).
struct TreeArchiver {
    enum Form {
        /// overlayfs's marks become the whiteouts of the OCI image spec, layer.md.
        case layer
        /// Everything as it is.
        case whole
    }

    let form: Form
    /// Members have their owners' names.
    var owners: OwnerNames?
    /// Called with the bytes of content written so far; what it throws ends the work.
    var progress: (Int64) throws -> Void = { _ in }

    /// What came of it.
    struct Result {
        /// Sum of the sizes of files and symbolic links, as Docker counts a layer's size.
        var size: Int64 = 0
        var members = 0
    }

    /// - Parameters:
    ///   - root: The folder; it has no member of its own.
    ///   - sink: Takes the archive's bytes.
    func archive(_ root: String, to sink: @escaping (UnsafeRawBufferPointer) throws -> Void) throws -> Result {
        let folder = try OwnedDescriptor(root, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
        let writer = try ArchiveWriter(sink)
        var result = Result()
        try add(contentOf: folder.raw, to: writer, &result)
        try writer.finish()
        return result
    }

    /// Archives a folder with a member of its own.
    /// - Parameters:
    ///   - folder: Open for reading.
    ///   - name: Its member's name, and what stands before the others'.
    func archive(folder: Int32, under name: [UInt8], to sink: @escaping (UnsafeRawBufferPointer) throws -> Void) throws -> Result {
        let writer = try ArchiveWriter(sink)
        writer.prefix = name
        var result = Result()
        let entry = try TreeWalk.entry([UInt8(ascii: ".")], in: folder, path: MemberPath(components: []))
        if let member = try member(entry) { try add(member, entry, to: writer, &result) }
        try add(contentOf: folder, to: writer, &result)
        try writer.finish()
        return result
    }

    /// Archives one file, link or node.
    /// - Parameter folder: The open folder that holds it.
    func archive(_ name: String, in folder: Int32, to sink: @escaping (UnsafeRawBufferPointer) throws -> Void) throws -> Result {
        let writer = try ArchiveWriter(sink)
        var result = Result()
        let entry = try TreeWalk.entry(Array(name.utf8), in: folder, path: MemberPath(components: [Array(name.utf8)]))
        if let member = try member(entry) { try add(member, entry, to: writer, &result) }
        try writer.finish()
        return result
    }

    private func add(contentOf folder: Int32, to writer: ArchiveWriter, _ result: inout Result) throws {
        var links: [LinkKey: MemberPath] = [:]
        try TreeWalk.walk(folder) { entry in
            if form == .layer, entry.isWhiteout {
                try writer.begin(whiteout(entry.path.sibling(Array(".wh.".utf8) + entry.path.name), of: entry))
                result.members += 1
                return false
            }
            guard var member = try member(entry) else { return false }
            if member.kind != S_IFDIR, entry.status.st_nlink > 1 {
                let key = LinkKey(device: entry.status.st_dev, inode: entry.status.st_ino)
                if let first = links[key] { member.hardLink = first } else { links[key] = entry.path }
            }
            try add(member, entry, to: writer, &result)
            if form == .layer, entry.isOpaque {
                try writer.begin(whiteout(MemberPath(components: entry.path.components + [Array(".wh..wh..opq".utf8)]), of: entry))
                result.members += 1
            }
            return true
        }
    }

    private struct LinkKey: Hashable {
        let device: dev_t
        let inode: ino_t
    }

    private func whiteout(_ path: MemberPath, of entry: TreeWalk.Entry) -> ArchiveMember {
        // As Docker's archives have it: of a folder that hides everything all but the time. Source: moby, pkg/archive/archive_linux.go.
        guard entry.isOpaque else { return ArchiveMember(path: path, kind: S_IFREG, mode: 0o600, modified: entry.status.st_mtim.tv_sec) }
        let status = entry.status
        return ArchiveMember(path: path, kind: S_IFREG, mode: status.st_mode & 0o777, owner: status.st_uid, group: status.st_gid)
    }

    /// - Returns: nil for what archives can't hold: a socket means nothing without the process that listens on it.
    private func member(_ entry: TreeWalk.Entry) throws -> ArchiveMember? {
        let status = entry.status
        guard entry.kind != S_IFSOCK else { return nil }
        return ArchiveMember(
            path: entry.path, kind: entry.kind, mode: status.st_mode & 0o7777, owner: status.st_uid, group: status.st_gid,
            names: owners.map { ($0.user(status.st_uid), $0.group(status.st_gid)) } ?? ([], []),
            size: entry.kind == S_IFREG ? Int64(status.st_size) : 0, modified: status.st_mtim.tv_sec,
            target: entry.kind == S_IFLNK ? try entry.target() : [], device: status.st_rdev, extended: try entry.extended())
    }

    private func add(_ member: ArchiveMember, _ entry: TreeWalk.Entry, to writer: ArchiveWriter, _ result: inout Result) throws {
        result.members += 1
        if member.hardLink != nil { return try writer.begin(member) }
        switch member.kind {
        case S_IFREG:
            // Gone in the meantime, or something else by now.
            guard let file = try entry.openFile() else { return }
            let owned = OwnedDescriptor(adopting: file)
            try writer.begin(member)
            try copy(owned.raw, member, to: writer)
            result.size += member.size
        case S_IFLNK:
            try writer.begin(member)
            result.size += Int64(member.target.count)
        default: try writer.begin(member)
        }
        try progress(result.size)
    }

    /// Copies as many bytes as the header promised: a file that shrinks meanwhile is filled with zeros, one that grows is cut.
    ///
    /// Holes are written as the zeros that they read as: Docker can load an archive with sparse members, but not save the image again.
    /// Unpacking makes holes of zeros.
    private func copy(_ file: Int32, _ member: ArchiveMember, to writer: ArchiveWriter) throws {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 4096)
        defer { buffer.deallocate() }
        var done: Int64 = 0
        while done < member.size {
            let wanted = Int(min(Int64(buffer.count), member.size - done))
            var count = pread(file, buffer.baseAddress, wanted, off_t(done))
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw systemError("can't read \(shown(member.path.text))") }
            if count == 0 {
                buffer.initializeMemory(as: UInt8.self, repeating: 0)
                count = wanted
            }
            try writer.write(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            done += Int64(count)
        }
    }
}
