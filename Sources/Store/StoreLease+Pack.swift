import Basics
import CArchive
import Glibc
import Hashing
import OCI

/// A layer as registries are given it.
public final class PackedLayer: Sendable {
    public let descriptor: Descriptor
    private let content: Content

    /// A file that is closed with its last user.
    fileprivate final class Content: Sendable {
        let file: Int32
        init(_ file: consuming OwnedDescriptor) { self.file = file.release() }
        deinit { close(file) }
    }

    fileprivate init(descriptor: Descriptor, content: Content) {
        self.descriptor = descriptor
        self.content = content
    }

    /// The bytes, to be read by position. Open as long as this object lives.
    public var file: Int32 { content.file }
}

extension StoreLease {
    /// Opens a layer's blob for a push: as it came where it came compressed, so that it has the same digest everywhere; a plain archive
    /// (of a commit, or from `docker load`) is compressed into the operation's folder first.
    ///
    /// - Parameter progress: Bytes of the plain archive read so far; what it throws ends the work.
    public func pack(_ blob: Descriptor, progress: (Int64) throws -> Void = { _ in }) throws -> PackedLayer {
        guard claim(blob: blob.digest) else { throw DrydockError(.failed, "layer \(blob.digest) is not in the store") }
        let source = try OwnedDescriptor(store.blobPath(blob.digest), O_RDONLY)
        guard blob.mediaType == MediaType.ociLayer || blob.mediaType == MediaType.dockerLayer else {
            return PackedLayer(descriptor: blob, content: PackedLayer.Content(source))
        }
        let path = temporaryPath("packed")
        let content = PackedLayer.Content(try OwnedDescriptor(path, O_RDWR | O_CREAT | O_EXCL, mode: 0o600))
        // Nobody needs its name; without one it goes when it is closed, whatever happens.
        unlink(path)
        let hasher = ContentHasher()
        let compressor = try GzipWriter { bytes in
            hasher.update(bytes)
            try writeAll(content.file, bytes)
        }
        var buffer = [UInt8](repeating: 0, count: 256 << 10)
        var done: Int64 = 0
        while true {
            let count = read(source.raw, &buffer, buffer.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw systemError("can't read layer \(blob.digest)") }
            if count == 0 { break }
            try buffer.withUnsafeBytes { try compressor.write(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
            done += Int64(count)
            try progress(done)
        }
        try compressor.finish()
        let size = hasher.count
        return PackedLayer(
            descriptor: Descriptor(mediaType: MediaType.dockerLayerGzip, digest: hasher.finish(), size: size), content: content)
    }
}

/// libarchive's gzip. The same bytes give the same result: no time and no name stand in its head.
private final class GzipWriter {
    private let archive: OpaquePointer
    private let output: Output

    private final class Output {
        let sink: (UnsafeRawBufferPointer) throws -> Void
        /// What the sink threw: libarchive's callback can only say "failed".
        var failure: (any Error)?
        init(_ sink: @escaping (UnsafeRawBufferPointer) throws -> Void) { self.sink = sink }
    }

    /// Of 1 to 9. A layer is compressed for one journey: twice as fast is worth a tenth more bytes.
    private static let level = 3

    init(_ sink: @escaping (UnsafeRawBufferPointer) throws -> Void) throws {
        guard let archive = archive_write_new() else { throw DrydockError(.failed, "out of memory for compressing") }
        self.archive = archive
        output = Output(sink)
        try check(archive_write_set_format_raw(archive))
        try check(archive_write_add_filter_gzip(archive))
        try check(archive_write_set_options(archive, "gzip:!timestamp,gzip:compression-level=\(Self.level)"))
        try check(archive_write_set_bytes_in_last_block(archive, 1))
        try check(archive_write_set_bytes_per_block(archive, 64 << 10))
        let context = Unmanaged.passUnretained(output).toOpaque()
        try check(
            archive_write_open2(
                archive, context, nil,
                { _, context, bytes, count in
                    guard let context else { return -1 }
                    let output = Unmanaged<Output>.fromOpaque(context).takeUnretainedValue()
                    do {
                        try output.sink(UnsafeRawBufferPointer(start: bytes, count: count))
                        return count
                    } catch {
                        output.failure = error
                        return -1
                    }
                }, nil, nil))
        let entry = archive_entry_new()
        defer { archive_entry_free(entry) }
        archive_entry_set_filetype(entry, S_IFREG)
        try check(archive_write_header(archive, entry))
    }

    deinit { archive_write_free(archive) }

    func write(_ bytes: UnsafeRawBufferPointer) throws {
        var rest = bytes
        while !rest.isEmpty {
            let count = archive_write_data(archive, rest.baseAddress, rest.count)
            guard count > 0 else { throw problem }
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
    }

    func finish() throws { try check(archive_write_close(archive)) }

    private func check(_ result: CInt) throws {
        guard result == ARCHIVE_OK else { throw problem }
    }

    private var problem: any Error {
        output.failure
            ?? DrydockError(.failed, "a layer can't be compressed", cause: archive_error_string(archive).map { String(cString: $0) })
    }
}
