import Basics
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
        let sink = { (bytes: [UInt8]) in
            hasher.update(bytes)
            try writeAll(content.file, bytes)
        }
        try GzipPacker(file: source.raw).pack(progress: progress, to: sink)
        let size = hasher.count
        return PackedLayer(
            descriptor: Descriptor(mediaType: MediaType.dockerLayerGzip, digest: hasher.finish(), size: size), content: content)
    }
}
