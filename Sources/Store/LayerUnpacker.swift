import Basics
import CArchive
import Glibc
import OCI

/// Unpacks one layer's archive into a folder.
///
/// Source: OCI image spec, layer.md; whiteouts become what overlayfs understands.
struct LayerUnpacker {
    let limits: StoreLimits
    /// No layer, but files as they are: names that begin with `.wh.` are names like others.
    var isPlainTree = false
    /// Told of each member: where it is, what the archive calls it, and a hard link's file.
    var note: ((_ path: MemberPath, _ name: [UInt8], _ isFolder: Bool, _ hardLink: [UInt8]?) -> Void)?
    /// Where in the tree the archive's root is.
    var base = MemberPath(components: [])

    /// What came of it.
    struct Result: Sendable {
        /// Of all uncompressed bytes; nil where they are the archive's own, and hashed by somebody else.
        let diffID: Digest?
        let size: Int64
        let members: Int
    }

    /// - Parameters:
    ///   - source: The archive, compressed or not.
    ///   - isHashed: Somebody else hashes these very bytes: a plain archive need not be hashed here.
    ///   - folder: Exists and is empty.
    /// - Throws: `DrydockError` with one sentence; the folder may then hold anything.
    func unpack(_ source: any ByteSource, isHashed: Bool, into folder: String) throws -> Result {
        let peeked = try PeekedSource(source)
        if isHashed, Self.isPlain(peeked.first) {
            let (size, members) = try unpackPlain(LimitedSource(peeked, limit: limits.layerBytes), into: folder)
            return Result(diffID: nil, size: size, members: members)
        }
        let plain = try DecompressedSource(peeked, limit: limits.layerBytes)
        let ahead = AheadSource(plain)
        defer { ahead.join() }
        let (size, members) = try unpackPlain(ahead, into: folder)
        ahead.join()
        return Result(diffID: try plain.finish(), size: size, members: members)
    }

    /// Bytes of a tar's first header.
    static let headSize = 512

    /// Whether an archive begins as an uncompressed tar of the last decades does. Source: tar(5).
    static func isPlain(_ beginning: UnsafeRawBufferPointer) -> Bool {
        beginning.count >= headSize && beginning[257..<262].elementsEqual("ustar".utf8)
            && !beginning.starts(with: InflateSource.magic)
    }

    private func unpackPlain(_ source: any ByteSource, into folder: String) throws -> (size: Int64, members: Int) {
        let tree = try LayerTree(path: folder)
        let result = try add(ArchiveReader(source, form: .tar), to: tree)
        try tree.finish()
        // Padding follows an archive's last member, and counts for the digest.
        while try !source.next().isEmpty {}
        return result
    }

    /// Unpacks an archive, compressed or not, into a tree that may have files already. Ending the tree is the caller's.
    func extract(_ source: any ByteSource, to tree: LayerTree) throws -> (size: Int64, members: Int) {
        try add(ArchiveReader(source, form: .compressedTar), to: tree)
    }

    private func add(_ archive: ArchiveReader, to tree: LayerTree) throws -> (size: Int64, members: Int) {
        var size: Int64 = 0
        var members = 0
        while let entry = try archive.nextEntry() {
            members += 1
            guard members <= limits.layerMembers else { throw refusal("it has more than \(limits.layerMembers) members") }
            size += try add(entry, of: archive, to: tree)
            guard size <= limits.layerBytes else { throw refusal("its files are larger than \(limits.layerBytes) bytes") }
        }
        return (size, members)
    }

    private func refusal(_ text: String) -> DrydockError { DrydockError(.invalid, text) }

    /// Adds a member.
    /// - Returns: What it adds to the layer's size as Docker counts it: the length of a file, or of a symbolic link's target.
    private func add(_ entry: OpaquePointer, of archive: ArchiveReader, to tree: LayerTree) throws -> Int64 {
        guard let name = archive_entry_pathname(entry) else { throw refusal("a member has no name") }
        let place = isPlainTree ? "archive" : "layer"
        guard let path = MemberPath(name)?.below(base) else { throw refusal("member \"\(shown(name))\" points outside its \(place)") }
        do {
            if !isPlainTree, try addWhiteout(path, to: tree) { return 0 }
            // Where an archive goes is there, and stays as it is.
            if isPlainTree, path == base, mode_t(archive_entry_filetype(entry)) == S_IFDIR { return 0 }
            if let link = archive_entry_hardlink(entry) {
                guard let target = MemberPath(link)?.below(base) else {
                    throw refusal("member \"\(shown(name))\" is a hard link to \"\(shown(link))\", which points outside its \(place)")
                }
                // A link has a header of its own, and Docker goes by it. In a layer they say the same.
                note?(path, Self.bytes(name), false, Self.bytes(link))
                try tree.addHardLink(path, to: target, isPlainTree ? archive.attributes(of: entry) : nil)
                return 0
            }
            note?(path, Self.bytes(name), mode_t(archive_entry_filetype(entry)) == S_IFDIR, nil)
            return try addContent(entry, path, of: archive, to: tree)
        } catch let error as Errno {
            throw explained(error, shown(name))
        }
    }

    private static func bytes(_ text: UnsafePointer<CChar>) -> [UInt8] {
        Array(UnsafeRawBufferPointer(start: text, count: strlen(text)))
    }

    private func explained(_ error: Errno, _ name: String) -> DrydockError {
        switch error.code {
        case ENOSPC, EDQUOT:
            DrydockError(.failed, "can't unpack \"\(name)\"", errno: error, advice: "free some space on the disk that holds the state")
        case ENOSYS:
            DrydockError(.unsupported, "can't unpack \"\(name)\": the kernel lacks openat2(2)", advice: "use Linux 5.6 or newer")
        case EPERM where geteuid() != 0:
            DrydockError(.failed, "can't unpack \"\(name)\"", errno: error, advice: "owners and devices need root")
        default:
            DrydockError(.failed, "can't unpack \"\(name)\"", errno: error)
        }
    }

    private func addContent(_ entry: OpaquePointer, _ path: MemberPath, of archive: ArchiveReader, to tree: LayerTree) throws -> Int64 {
        let attributes = try archive.attributes(of: entry)
        let kind = mode_t(archive_entry_filetype(entry))
        switch kind {
        case S_IFREG:
            let size = archive_entry_size(entry)
            guard size >= 0, size <= limits.layerBytes else {
                throw refusal("member \"\(shown(path.text))\" has an absurd size of \(size) bytes")
            }
            try tree.addFile(path, attributes) { try archive.writeContent(size: size, to: $0) }
            return size
        case S_IFDIR:
            try tree.addFolder(path, attributes)
        case S_IFLNK:
            guard let target = archive_entry_symlink(entry), target.pointee != 0 else {
                throw refusal("member \"\(shown(path.text))\" is a symbolic link to nothing")
            }
            try tree.addSymbolicLink(path, target: target, attributes)
            return Int64(strlen(target))
        case S_IFCHR, S_IFBLK:
            try tree.addNode(path, kind: kind, device: try archive.device(of: entry), attributes)
        case S_IFIFO:
            try tree.addNode(path, kind: kind, device: 0, attributes)
        default:
            throw refusal("member \"\(shown(path.text))\" is of a kind that layers can't hold")
        }
        return 0
    }

    // MARK: Whiteouts

    private static let whiteout = Array(".wh.".utf8)
    private static let opaque = Array(".wh..wh..opq".utf8)
    /// Bookkeeping of aufs, the storage of Docker's first years.
    private static let bookkeeping = Array(".wh..wh.".utf8)

    /// - Returns: True when the member only says something about the layers below.
    private func addWhiteout(_ path: MemberPath, to tree: LayerTree) throws -> Bool {
        guard path.components.contains(where: { $0.starts(with: Self.whiteout) }) else { return false }
        if path.name == Self.opaque {
            try tree.addOpaque(path.parent)
        } else if path.components.contains(where: { $0.starts(with: Self.bookkeeping) }) {
            return true
        } else if path.name.starts(with: Self.whiteout) {
            let hidden = Array(path.name.dropFirst(Self.whiteout.count))
            guard !hidden.isEmpty, hidden != Array(".".utf8), hidden != Array("..".utf8) else {
                throw refusal("member \"\(shown(path.text))\" hides no possible name")
            }
            try tree.addWhiteout(path.sibling(hidden))
        } else {
            return false
        }
        return true
    }
}
