import Basics
import CArchive
import Glibc

/// What stands in a member's header.
struct ArchiveMember {
    /// Relative to the archive's root.
    var path: MemberPath
    /// S_IFREG, S_IFDIR, S_IFLNK, S_IFCHR, S_IFBLK or S_IFIFO.
    var kind: mode_t
    var mode: mode_t
    var owner: uid_t = 0
    var group: gid_t = 0
    /// The owner's name and the group's; empty for none.
    var names: (user: [UInt8], group: [UInt8]) = ([], [])
    var size: Int64 = 0
    /// Seconds since 1970: Docker's archives have no finer times either.
    var modified: Int = 0
    /// Of a symbolic link.
    var target: [UInt8] = []
    /// Of a hard link: the member that has the content.
    var hardLink: MemberPath?
    var device: dev_t = 0
    var extended: [(name: [CChar], value: [UInt8])] = []
}

/// libarchive, writing a tar into a closure: ustar members, extended ones (pax) only where something does not fit.
///
/// The same members in the same order give the same bytes.
final class ArchiveWriter {
    private final class Output {
        let sink: (UnsafeRawBufferPointer) throws -> Void
        /// What the sink threw: libarchive's callback can only say "failed".
        var failure: (any Error)?
        init(_ sink: @escaping (UnsafeRawBufferPointer) throws -> Void) { self.sink = sink }
    }

    private let archive: OpaquePointer
    private let output: Output
    /// Stands before each member's name, with a slash between; nil for nothing.
    var prefix: [UInt8]?

    /// - Parameter sink: Takes the archive's bytes.
    init(_ sink: @escaping (UnsafeRawBufferPointer) throws -> Void) throws {
        guard let archive = archive_write_new() else { throw DrydockError(.failed, "out of memory for an archive") }
        self.archive = archive
        output = Output(sink)
        try check(archive_write_set_format_pax_restricted(archive))
        // Attributes stand once, as Docker and GNU tar read them.
        try check(archive_write_set_options(archive, "pax:xattrheader=SCHILY"))
        // The last block is as long as it is: padding belongs to tapes.
        try check(archive_write_set_bytes_in_last_block(archive, 1))
        let context = Unmanaged.passUnretained(output).toOpaque()
        try check(archive_write_open2(archive, context, nil, writeToOutput, nil, nil))
    }

    deinit { archive_write_free(archive) }

    /// Begins a member; what `write` gets until the next one is its content.
    func begin(_ member: ArchiveMember) throws {
        guard let entry = archive_entry_new() else { throw DrydockError(.failed, "out of memory for an archive's member") }
        defer { archive_entry_free(entry) }
        var name = fullName(member.path)
        if member.kind == S_IFDIR { name.insert(CChar(bitPattern: UInt8(ascii: "/")), at: name.count - 1) }
        archive_entry_set_pathname(entry, name)
        archive_entry_set_perm(entry, member.mode)
        archive_entry_set_uid(entry, Int64(member.owner))
        archive_entry_set_gid(entry, Int64(member.group))
        if !member.names.user.isEmpty { archive_entry_set_uname(entry, member.names.user.map(CChar.init(bitPattern:)) + [0]) }
        if !member.names.group.isEmpty { archive_entry_set_gname(entry, member.names.group.map(CChar.init(bitPattern:)) + [0]) }
        archive_entry_set_mtime(entry, time_t(member.modified), 0)
        if let link = member.hardLink {
            archive_entry_set_filetype(entry, S_IFREG)
            archive_entry_set_hardlink(entry, fullName(link))
            archive_entry_set_size(entry, 0)
        } else {
            archive_entry_set_filetype(entry, member.kind)
            archive_entry_set_size(entry, member.kind == S_IFREG ? member.size : 0)
            if member.kind == S_IFLNK { archive_entry_set_symlink(entry, member.target.map(CChar.init(bitPattern:)) + [0]) }
            if member.kind == S_IFCHR || member.kind == S_IFBLK { archive_entry_set_rdev(entry, member.device) }
            for (name, value) in member.extended { archive_entry_xattr_add_entry(entry, name, value, value.count) }
        }
        try withBinaryNames { try checkHeader(archive_write_header(archive, entry)) }
    }

    private func fullName(_ path: MemberPath) -> [CChar] {
        guard let prefix else { return path.cString }
        return
            (prefix.map { CChar(bitPattern: $0) } + (path.isRoot ? [] : [CChar(bitPattern: UInt8(ascii: "/"))] + path.cString.dropLast()))
            + [0]
    }

    func write(_ bytes: UnsafeRawBufferPointer) throws {
        var rest = bytes
        while !rest.isEmpty {
            let count = archive_write_data(archive, rest.baseAddress, rest.count)
            guard count > 0 else { throw problem("a member has more content than its header says") }
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
    }

    /// Writes what ends an archive.
    func finish() throws { try check(archive_write_close(archive)) }

    /// A warning is a failure here: what is not written as it is must not be taken for a copy.
    private func check(_ result: CInt) throws {
        guard result == ARCHIVE_OK else { throw problem("the archive can't be written") }
    }

    /// The one harmless warning: in the C locale, which keeps names byte for byte, libarchive says of each name beyond ASCII that it can't
    /// be translated to UTF-8, and writes the bytes as they are.
    private func checkHeader(_ result: CInt) throws {
        if result == ARCHIVE_WARN, let text = archive_error_string(archive), String(cString: text).contains("to UTF-8") { return }
        try check(result)
    }

    private func problem(_ sentence: String) -> any Error {
        if let failure = output.failure { return failure }
        return DrydockError(.failed, sentence, cause: archive_error_string(archive).map { String(cString: $0) })
    }

    private let writeToOutput: @convention(c) (OpaquePointer?, UnsafeMutableRawPointer?, UnsafeRawPointer?, Int) -> Int = {
        _, context, bytes, count in
        guard let context else { return -1 }
        let output = Unmanaged<Output>.fromOpaque(context).takeUnretainedValue()
        do {
            try output.sink(UnsafeRawBufferPointer(start: bytes, count: count))
            return count
        } catch {
            output.failure = error
            return -1
        }
    }
}
