import Basics
import CArchive
import Glibc

/// What stands in a member's header.
public struct StreamMember {
    /// Without a slash at the end, whatever the kind.
    public var name: [UInt8]
    /// As stat(2) has it: kind and permissions.
    public var mode: mode_t
    public var owner: uid_t = 0
    public var group: gid_t = 0
    /// Of a regular file.
    public var size: Int64 = 0
    /// Seconds since 1970.
    public var modified: Int = 0
    /// Of a symbolic link.
    public var target: [UInt8] = []
    /// Of a hard link: the name of the member that has the content.
    public var hardLink: [UInt8]?
    public var device: dev_t = 0
    public var extended: [(name: [CChar], value: [UInt8])] = []

    public init(name: [UInt8], mode: mode_t) {
        self.name = name
        self.mode = mode
    }

    var kind: mode_t { mode & S_IFMT }
}

/// libarchive, writing a tar into a closure: ustar members, extended ones (pax) only where something does not fit.
public final class StreamingTarWriter {
    private final class Output {
        let sink: (UnsafeRawBufferPointer) throws -> Void
        /// What the sink threw: libarchive's callback can only say "failed".
        var failure: (any Error)?
        init(_ sink: @escaping (UnsafeRawBufferPointer) throws -> Void) { self.sink = sink }
    }

    private let archive: OpaquePointer
    private let output: Output

    /// - Parameter sink: Takes the archive's bytes.
    /// - Throws: `DrydockError` when there is no memory for it.
    public init(_ sink: @escaping (UnsafeRawBufferPointer) throws -> Void) throws {
        guard let archive = archive_write_new() else { throw DrydockError(.failed, "out of memory for an archive") }
        self.archive = archive
        output = Output(sink)
        try check(archive_write_set_format_pax_restricted(archive))
        // Attributes stand once, as Docker and GNU tar read them.
        try check(archive_write_set_options(archive, "pax:xattrheader=SCHILY"))
        try check(archive_write_set_bytes_in_last_block(archive, 1))
        try check(archive_write_open2(archive, Unmanaged.passUnretained(output).toOpaque(), nil, writeToOutput, nil, nil))
    }

    deinit { archive_write_free(archive) }

    /// Begins a member; what `write` gets until the next one is its content.
    /// - Throws: What the sink throws; `DrydockError`.
    public func begin(_ member: StreamMember) throws {
        guard let entry = archive_entry_new() else { throw DrydockError(.failed, "out of memory for an archive's member") }
        defer { archive_entry_free(entry) }
        let isFolder = member.kind == S_IFDIR && member.name.last != UInt8(ascii: "/")
        archive_entry_set_pathname(entry, text(member.name + (isFolder ? [UInt8(ascii: "/")] : [])))
        archive_entry_set_perm(entry, member.mode & 0o7777)
        archive_entry_set_uid(entry, Int64(member.owner))
        archive_entry_set_gid(entry, Int64(member.group))
        archive_entry_set_mtime(entry, time_t(member.modified), 0)
        if let link = member.hardLink {
            archive_entry_set_filetype(entry, S_IFREG)
            archive_entry_set_hardlink(entry, text(link))
            archive_entry_set_size(entry, 0)
        } else {
            archive_entry_set_filetype(entry, member.kind)
            archive_entry_set_size(entry, member.kind == S_IFREG ? member.size : 0)
            if member.kind == S_IFLNK { archive_entry_set_symlink(entry, text(member.target)) }
            if member.kind == S_IFCHR || member.kind == S_IFBLK { archive_entry_set_rdev(entry, member.device) }
            for (name, value) in member.extended { archive_entry_xattr_add_entry(entry, name, value, value.count) }
        }
        let result = withBinaryNames { archive_write_header(archive, entry) }
        // In the C locale, which keeps names byte for byte, libarchive says of each name beyond ASCII that it can't be translated.
        if result == ARCHIVE_WARN, let text = archive_error_string(archive), String(cString: text).contains("to UTF-8") { return }
        try check(result)
    }

    /// Writes content of the member that was begun.
    public func write(_ bytes: UnsafeRawBufferPointer) throws {
        var rest = bytes
        while !rest.isEmpty {
            let count = archive_write_data(archive, rest.baseAddress, rest.count)
            guard count > 0 else { throw problem("a member has more content than its header says") }
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
    }

    /// Writes what ends an archive.
    public func finish() throws { try check(archive_write_close(archive)) }

    private func text(_ bytes: [UInt8]) -> [CChar] { bytes.map(CChar.init(bitPattern:)) + [0] }

    private func check(_ result: CInt) throws {
        guard result == ARCHIVE_OK else { throw problem("the archive can't be written") }
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
