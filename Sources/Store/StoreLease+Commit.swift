import Basics
import Glibc
import Hashing
import OCI

extension StoreLease {
    /// A container's own layer, archived and in the store: the difference alone, under its digest, and unpacked on its parent.
    public struct CommittedLayer: Sendable {
        public let record: LayerRecord
        public let blob: Descriptor
    }

    /// Makes a layer of what a container has written.
    /// - Parameters:
    ///   - upper: The container's own layer.
    ///   - parent: The topmost layer of its image; nil for an image without any.
    ///   - progress: Called with the bytes of content archived so far; what it throws ends the work.
    /// - Throws: `DrydockError`; nothing is left then.
    public func commitLayer(of upper: String, parent: ChainID?, progress: @escaping (Int64) throws -> Void = { _ in }) throws
        -> CommittedLayer
    {
        try addLayer(parent: parent) { write in
            _ = try TreeArchiver(form: .layer, progress: progress).archive(upper, to: write)
        }
    }

    /// Makes a layer of a stream that is a tar, compressed or not.
    public func importLayer(from archive: @escaping ArchiveBytes, progress: @escaping (Int64) throws -> Void = { _ in }) throws
        -> CommittedLayer
    {
        let plain = try DecompressedSource(ReaderSource(archive, progress: progress), limit: store.limits.layerBytes)
        return try addLayer(parent: nil) { write in
            while true {
                let piece = try plain.next()
                if piece.isEmpty { break }
                try write(piece)
            }
        }
    }

    /// An uncompressed archive is its own diff id: written, hashed and unpacked in one pass.
    private func addLayer(
        parent: ChainID?, _ produce: (@escaping (UnsafeRawBufferPointer) throws -> Void) throws -> Void
    ) throws -> CommittedLayer {
        let intake = try layerIntake(digest: nil)
        let staged: StagedBlob
        do {
            try produce { try intake.write($0) }
            staged = try intake.finish()
        } catch {
            intake.cancel()
            throw error
        }
        let isStored = claim(blob: staged.digest)
        defer { if isStored { unlink(staged.path) } }
        let record = try unpackLayer(
            path: staged.path, digest: staged.digest, diffID: staged.digest, parent: parent, progress: { _, _ in })
        if !isStored { try staged.publish() }
        return CommittedLayer(record: record, blob: Descriptor(mediaType: MediaType.ociLayer, digest: staged.digest, size: staged.size))
    }
}
