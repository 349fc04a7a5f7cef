import Basics
import CArchive
import Glibc

/// What a member of an archive has besides its name, checked: the archive may be anybody's.
extension ArchiveReader {
    /// Writes the data where they belong; what lies between, and what is all zeros, stays a hole.
    func writeContent(size: Int64, to file: Int32) throws {
        let large = size >= Self.largeFile ? UncachedFile(file, keepsHoles: true) : nil
        while let block = try nextBlock() {
            guard block.offset >= 0, block.offset <= size, Int64(block.bytes.count) <= size - block.offset else {
                throw DrydockError(.invalid, "a member has more data than its size says")
            }
            if let large {
                try large.move(to: block.offset)
                try large.write(block.bytes)
            } else {
                try Holes.write(block.bytes, to: file, at: block.offset)
            }
        }
        try large?.finish()
        guard ftruncate(file, off_t(size)) == 0 else { throw Errno.current }
    }

    /// From this many bytes on, files are written past the page cache: a container reads only a part of most of them. Smaller ones, programs
    /// such as busybox among them, are there at once for the first container.
    private static let largeFile: Int64 = 2 << 20

    /// The device that a node stands for.
    func device(of entry: OpaquePointer) throws -> dev_t {
        let major = archive_entry_rdevmajor(entry)
        let minor = archive_entry_rdevminor(entry)
        // Linux: 12 bits of major, 20 of minor; what is larger would be cut to another device.
        guard major < 1 << 12, minor < 1 << 20 else {
            throw DrydockError(.invalid, "member \"\(shown(archive_entry_pathname(entry)))\" is a device out of range")
        }
        return dd_makedev(UInt32(major), UInt32(minor))
    }

    /// Owner, mode, times and extended attributes of a member.
    func attributes(of entry: OpaquePointer) throws -> LayerTree.Attributes {
        let name = { shown(archive_entry_pathname(entry)) }
        guard let owner = uid_t(exactly: archive_entry_uid(entry)), let group = gid_t(exactly: archive_entry_gid(entry)),
            owner != .max, group != .max
        else { throw DrydockError(.invalid, "member \"\(name())\" has an owner out of range") }
        var modified: timespec?
        if archive_entry_mtime_is_set(entry) != 0 {
            modified = timespec(tv_sec: archive_entry_mtime(entry), tv_nsec: archive_entry_mtime_nsec(entry)).inDockersRange
        }
        return LayerTree.Attributes(
            owner: owner, group: group, mode: mode_t(archive_entry_perm(entry)) & 0o7777, modified: modified, extended: try extended(entry))
    }

    /// Extended attributes, but none that steer overlayfs itself: with them a layer could show files of other folders.
    private func extended(_ entry: OpaquePointer) throws -> [(name: [CChar], value: [UInt8])] {
        var attributes: [(name: [CChar], value: [UInt8])] = []
        guard archive_entry_xattr_reset(entry) > 0 else { return attributes }
        while true {
            var name: UnsafePointer<CChar>?
            var value: UnsafeRawPointer?
            var count = 0
            guard archive_entry_xattr_next(entry, &name, &value, &count) == ARCHIVE_OK, let name else { return attributes }
            let text = String(cString: name)
            guard !text.hasPrefix("trusted.overlay."), !text.hasPrefix("user.overlay.") else {
                throw DrydockError(
                    .invalid,
                    "member \"\(shown(archive_entry_pathname(entry)))\" has the attribute \(shown(text)), which is overlayfs's own")
            }
            attributes.append((Array(text.utf8CString), Array(UnsafeRawBufferPointer(start: value, count: value == nil ? 0 : count))))
        }
    }
}
