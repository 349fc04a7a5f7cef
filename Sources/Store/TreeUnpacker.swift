import Basics
import CArchive
import Glibc

/// Unpacks an archive into a folder that is in use: `docker cp` into a container, which may run meanwhile.
///
/// The kernel resolves every name beneath the container's root, so that links of the archive and of the container stay in the container.
/// Rules and sentences are Docker's. Source: moby, pkg/archive: Unpack, createTarFile.
public struct TreeUnpacker {
    /// A folder is not replaced by something else, nor something else by a folder.
    public var keepsKinds = false
    /// Whose everything becomes; nil leaves that to the archive.
    public var owner: (user: UInt32, group: UInt32)?
    /// Called with the bytes of the archive read so far; what it throws ends the work.
    public var progress: (Int64) throws -> Void = { _ in }
    private let limits: StoreLimits

    public init(limits: StoreLimits = StoreLimits()) { self.limits = limits }

    /// - Parameters:
    ///   - archive: A tar, perhaps compressed.
    ///   - path: The folder, as `RootFolder.folder(_:)` gave it.
    /// - Throws: `DrydockError` with one sentence: what came before it in the archive is unpacked then.
    public func unpack(_ archive: @escaping ArchiveBytes, at path: String, in root: RootFolder) throws -> CopyResult {
        var read: Int64 = 0
        let source = ReaderSource(archive) { done in
            read = done
            try progress(done)
        }
        do {
            let reader = try ArchiveReader(source, form: .compressedTar)
            let tree = try LayerTree(root: root)
            var result = CopyResult()
            while let entry = try reader.nextEntry() {
                result.members += 1
                guard result.members <= limits.layerMembers else { throw refusal("it has more than \(limits.layerMembers) members") }
                result.bytes += try add(entry, of: reader, to: tree, below: path)
                guard result.bytes <= limits.layerBytes else { throw refusal("its files are larger than \(limits.layerBytes) bytes") }
            }
            try tree.finish()
            // Padding may follow; a client that still sends it would not listen.
            while try !source.next().isEmpty {}
            return result
        } catch let error as Errno {
            throw refusal(error.text)
        } catch let error as DrydockError where error.sentence == ArchiveReader.unreadable {
            // What libarchive says of an archive that is cut short, and of less than a header, which is no archive to it.
            let isCut = error.cause?.contains("runcated") == true || read < Int64(LayerUnpacker.headSize)
            throw refusal(isCut ? "unexpected EOF" : "archive/tar: invalid tar header")
        } catch let error as DrydockError where error.code == .invalid {
            throw refusal(error.description)
        }
    }

    /// In Docker a process of its own unpacks, and its end is part of the sentence.
    private func refusal(_ text: String) -> DrydockError { DrydockError(.failed, "Error processing tar file(exit status 1): \(text)") }

    /// - Returns: Bytes of content.
    private func add(_ entry: OpaquePointer, of archive: ArchiveReader, to tree: LayerTree, below folder: String) throws -> Int64 {
        guard let raw = archive_entry_pathname(entry) else { throw refusal("a member has no name") }
        let name = GoPath.clean(String(cString: raw))
        guard let member = MemberPath(raw) else { throw refusal("\"\(shown(name))\" is outside of \"\(folder)\"") }
        // The folder itself stays as it is.
        if name == "." { return 0 }
        guard let base = MemberPath(bytes: folder.utf8) else { throw refusal("\"\(folder)\" is no folder") }
        let path = MemberPath(components: base.components + member.components)
        let full = GoPath.join(folder, shown(name))
        do {
            try checkKind(entry, path, full, of: tree, below: folder)
            if let link = archive_entry_hardlink(entry) {
                try addHardLink(path, to: link, full, base: base, folder, tree)
                return 0
            }
            return try addContent(entry, path, full, of: archive, to: tree, below: folder)
        } catch let error as Errno {
            throw explained(error, full)
        }
    }

    private func checkKind(_ entry: OpaquePointer, _ path: MemberPath, _ full: String, of tree: LayerTree, below folder: String) throws {
        guard keepsKinds, let existing = try tree.existingKind(path) else { return }
        let isFolder = archive_entry_hardlink(entry) == nil && mode_t(archive_entry_filetype(entry)) == S_IFDIR
        if existing == S_IFDIR, !isFolder {
            throw refusal("cannot overwrite directory \"\(full)\" with non-directory \"\(folder)\"")
        }
        if existing != S_IFDIR, isFolder {
            throw refusal("cannot overwrite non-directory \"\(full)\" with directory \"\(folder)\"")
        }
    }

    private func addHardLink(
        _ path: MemberPath, to link: UnsafePointer<CChar>, _ full: String, base: MemberPath, _ folder: String, _ tree: LayerTree
    ) throws {
        let text = shown(link)
        let target = GoPath.join(folder, text)
        guard let linked = MemberPath(link) else { throw refusal("invalid hardlink \"\(target)\" -> \"\(text)\"") }
        do {
            try tree.addHardLink(path, to: MemberPath(components: base.components + linked.components))
        } catch let error as Errno {
            throw refusal("link \(target) \(full): \(error.text)")
        }
    }

    private func addContent(
        _ entry: OpaquePointer, _ path: MemberPath, _ full: String, of archive: ArchiveReader, to tree: LayerTree, below folder: String
    ) throws -> Int64 {
        var attributes = try archive.attributes(of: entry)
        if let owner { (attributes.owner, attributes.group) = (owner.user, owner.group) }
        let kind = mode_t(archive_entry_filetype(entry))
        switch kind {
        case S_IFREG:
            let size = archive_entry_size(entry)
            guard size >= 0, size <= limits.layerBytes else { throw refusal("\(full) has an absurd size of \(size) bytes") }
            try tree.addFile(path, attributes) { try archive.writeContent(size: size, to: $0) }
            return size
        case S_IFDIR: try tree.addFolder(path, attributes)
        case S_IFLNK:
            guard let target = archive_entry_symlink(entry), target.pointee != 0 else { throw refusal("symlink \(full) leads nowhere") }
            // Docker's check, by text. Nothing depends on it here: the kernel lets no link lead out of the container.
            guard GoPath.join(GoPath.folder(full), shown(target)).hasPrefix(folder) else {
                throw refusal("invalid symlink \"\(full)\" -> \"\(shown(target))\"")
            }
            try tree.addSymbolicLink(path, target: target, attributes)
        case S_IFCHR, S_IFBLK: try tree.addNode(path, kind: kind, device: try archive.device(of: entry), attributes)
        case S_IFIFO: try tree.addNode(path, kind: kind, device: 0, attributes)
        default: throw refusal("\(full) is of a kind that can't be copied")
        }
        return 0
    }

    private func explained(_ error: Errno, _ path: String) -> DrydockError {
        // What is mounted on can't be replaced: /etc/hosts, for one.
        if error.code == EBUSY { return refusal("unlinkat \(path): \(error.text)") }
        var refused = refusal("open \(path): \(error.text)")
        if error.code == ENOSPC || error.code == EDQUOT { refused.advice = "free some space on the disk that holds the state" }
        return refused
    }
}

extension RootFolder {
    /// Finds a folder to unpack into; symbolic links are followed to the end.
    /// - Returns: Where it lies, as a path from this root; nil when there is something else.
    /// - Throws: `RootedPathFailure`.
    public func folder(_ path: String) throws -> String? {
        let absolute = GoPath.join("/", path)
        do throws(Errno) {
            let place = try open(absolute, dd_o_path)
            defer { close(place) }
            var status = stat()
            guard fstat(place, &status) == 0 else { throw Errno.current }
            return status.st_mode & S_IFMT == S_IFDIR ? try self.path(of: place) : nil
        } catch { throw RootedPathFailure("lstat", absolute, error) }
    }
}
