import Basics
import CArchive
import Glibc
import Hashing
import OCI

/// Writes one layer: a tar, gzipped, that is the same to the byte whenever the same members are written in the same order.
///
/// The tar is hashed on its way into the compressor (its digest is the layer's diff id), and the compressor's output on its
/// way to the disk (that one is the blob's name), so a layer of any size passes through memory in pieces.
final class LayerWriter {
    /// What became of a layer.
    struct Layer: Sendable {
        let diffID: Digest
        let blob: Digest
        let size: Int64
    }

    private let tar: ArchiveStream
    private let compressor: ArchiveStream
    private let tarHash = HashingSink()
    private let blobHash = HashingSink()
    private let file: PendingFile
    private let created: Timestamp

    /// - Parameters:
    ///   - file: takes the compressed layer.
    ///   - created: the modification time of every member.
    init(file: PendingFile, created: Timestamp) throws {
        self.file = file
        self.created = created
        let blobHash = self.blobHash
        let tarHash = self.tarHash
        let compressor = try ArchiveStream.gzip { bytes in
            blobHash.update(bytes)
            try file.write(bytes)
        }
        tar = try ArchiveStream.tar { bytes in
            tarHash.update(bytes)
            try compressor.write(bytes)
        }
        self.compressor = compressor
        try compressor.begin(path: "data", type: S_IFREG, mode: 0o644, size: nil, target: nil, time: nil)
    }

    func directory(_ path: String, mode: UInt32) throws {
        try tar.begin(path: member(path) + "/", type: S_IFDIR, mode: mode, size: 0, target: nil, time: created.seconds)
    }

    func symlink(_ path: String, target: String) throws {
        try tar.begin(path: member(path), type: S_IFLNK, mode: 0o777, size: 0, target: target, time: created.seconds)
    }

    func text(_ path: String, _ text: String, mode: UInt32) throws {
        let bytes = Array(text.utf8)
        try tar.begin(path: member(path), type: S_IFREG, mode: mode, size: Int64(bytes.count), target: nil, time: created.seconds)
        try bytes.withUnsafeBytes { try tar.write($0) }
    }

    /// Copies a file of the host. A file that changes its size meanwhile is an error, since the member's header is already out.
    func hostFile(_ path: String, from source: String, mode: UInt32) throws {
        guard let stamp = HostFiles.stamp(source) else { throw DrydockError(.failed, "\(source) is not there or not a regular file") }
        try tar.begin(path: member(path), type: S_IFREG, mode: mode, size: stamp.size, target: nil, time: created.seconds)
        var copied: Int64 = 0
        try HostFiles.read(source) { bytes in
            copied += Int64(bytes.count)
            guard copied <= stamp.size else { throw DrydockError(.failed, "\(source) grew while it was copied") }
            try tar.write(bytes)
        }
        guard copied == stamp.size else { throw DrydockError(.failed, "\(source) shrank while it was copied") }
    }

    /// Ends the layer; the file is whole but not yet committed.
    func finish() throws -> Layer {
        try tar.close()
        try compressor.close()
        return Layer(diffID: tarHash.finish(), blob: blobHash.finish(), size: blobHash.count)
    }

    /// Members of a layer are relative to the root, as in Docker's own layers.
    private func member(_ path: String) -> String { String(path.dropFirst()) }
}

/// A hash that closures can share.
private final class HashingSink {
    private var hasher = SHA256Hasher()
    private(set) var count: Int64 = 0

    func update(_ bytes: UnsafeRawBufferPointer) {
        hasher.update(bytes)
        count += Int64(bytes.count)
    }

    func finish() -> Digest { hasher.finish() }
}

/// A libarchive writer whose output goes to a closure.
private final class ArchiveStream {
    private let archive: OpaquePointer
    private let sink: (UnsafeRawBufferPointer) throws -> Void
    /// What the sink threw: libarchive's callback can only say "failed".
    private var failure: (any Error)?

    static func tar(to sink: @escaping (UnsafeRawBufferPointer) throws -> Void) throws -> ArchiveStream {
        try ArchiveStream(to: sink) { archive in
            // ustar members, extended only where a name does not fit: no times of access or creation that would differ by host.
            archive_write_set_format_pax_restricted(archive)
        }
    }

    static func gzip(to sink: @escaping (UnsafeRawBufferPointer) throws -> Void) throws -> ArchiveStream {
        try ArchiveStream(to: sink) { archive in
            let filter = archive_write_add_filter_gzip(archive)
            guard filter == ARCHIVE_OK else { return filter }
            let format = archive_write_set_format_raw(archive)
            guard format == ARCHIVE_OK else { return format }
            // Without this the header has the time of writing, and the same layer another digest each time.
            return archive_write_set_options(archive, "gzip:!timestamp,gzip:compression-level=6")
        }
    }

    private init(to sink: @escaping (UnsafeRawBufferPointer) throws -> Void, _ configure: (OpaquePointer) -> CInt) throws {
        guard let archive = archive_write_new() else { throw DrydockError(.failed, "libarchive has no memory for a writer") }
        self.archive = archive
        self.sink = sink
        try check(configure(archive))
        // The last block is as long as it is: padding belongs to tapes.
        try check(archive_write_set_bytes_in_last_block(archive, 1))
        let context = Unmanaged.passUnretained(self).toOpaque()
        try check(
            archive_write_open2(
                archive,
                context,
                nil,
                { _, context, bytes, count in
                    guard let context else { return -1 }
                    let stream = Unmanaged<ArchiveStream>.fromOpaque(context).takeUnretainedValue()
                    return stream.take(UnsafeRawBufferPointer(start: bytes, count: count))
                },
                nil,
                nil
            )
        )
    }

    deinit { archive_write_free(archive) }

    /// Begins a member; what `write` gets until the next is its content.
    func begin(path: String, type: mode_t, mode: UInt32, size: Int64?, target: String?, time: Int64?) throws {
        guard let entry = archive_entry_new() else { throw DrydockError(.failed, "libarchive has no memory for an entry") }
        defer { archive_entry_free(entry) }
        archive_entry_set_pathname(entry, path)
        archive_entry_set_filetype(entry, type)
        archive_entry_set_perm(entry, mode)
        archive_entry_set_uid(entry, 0)
        archive_entry_set_gid(entry, 0)
        if let size { archive_entry_set_size(entry, size) }
        if let target { archive_entry_set_symlink(entry, target) }
        if let time { archive_entry_set_mtime(entry, time_t(time), 0) }
        try check(archive_write_header(archive, entry))
    }

    func write(_ bytes: UnsafeRawBufferPointer) throws {
        var rest = bytes
        while !rest.isEmpty {
            let count = archive_write_data(archive, rest.baseAddress, rest.count)
            guard count > 0 else { throw problem() }
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
    }

    func close() throws { try check(archive_write_close(archive)) }

    private func take(_ bytes: UnsafeRawBufferPointer) -> Int {
        do {
            try sink(bytes)
            return bytes.count
        } catch {
            failure = error
            return -1
        }
    }

    /// A warning is a failure here: a layer that is not exactly what the recipe says is not the layer.
    private func check(_ result: CInt) throws {
        guard result == ARCHIVE_OK else { throw problem() }
    }

    private func problem() -> any Error {
        if let failure { return failure }
        let text = archive_error_string(archive).map { String(cString: $0) }
        return DrydockError(.failed, "libarchive cannot write the layer", cause: text)
    }
}
