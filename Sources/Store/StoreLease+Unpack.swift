import Basics
import CArchive
import Glibc
import Hashing
import OCI

extension StoreLease {
    /// Unpacks a layer whose blob is in the store, and puts it under its chain id.
    ///
    /// A layer that is there already is not unpacked again.
    /// - Parameters:
    ///   - blob: The layer's archive, plain or compressed.
    ///   - diffID: What the uncompressed archive must be, as the image's config says.
    ///   - parent: The layer below; nil for the lowest.
    ///   - progress: Called with the bytes of the archive that have been read; what it throws ends the work.
    /// - Throws: `DrydockError`; nothing is left then.
    public func unpackLayer(
        blob: Descriptor, diffID: Digest, parent: ChainID?, progress: @escaping StoreProgress = { _, _ in }
    ) throws -> LayerRecord {
        try unpackLayer(path: store.blobPath(blob.digest), digest: blob.digest, diffID: diffID, parent: parent, progress: progress)
    }

    func unpackLayer(path: String, digest: Digest, diffID: Digest, parent: ChainID?, progress: @escaping StoreProgress) throws
        -> LayerRecord
    {
        let chain = ChainID(diffID, on: parent)
        if let parent, claim(layer: parent) == nil {
            throw DrydockError(.failed, "layer \(parent), on which \(chain) stands, is not in the store")
        }
        if let existing = claim(layer: chain) { return existing }
        let file = try OwnedDescriptor(path, O_RDONLY)
        var status = stat()
        guard fstat(file.raw, &status) == 0 else { throw systemError("can't read \(path)") }
        let folder = temporaryPath("layer")
        do {
            try Files.makeFolder(folder, mode: 0o700)
            try Files.makeFolder("\(folder)/fs", mode: 0o755)
            // The umask must not decide what a container's root folder looks like.
            guard chmod("\(folder)/fs", 0o755) == 0 else { throw systemError("can't set the mode of \(folder)/fs") }
            // The archive is read on a thread of its own; whoever is told of it, and may end it, belongs to this one.
            let total = Int64(status.st_size)
            let done = Monitored(Int64(0))
            let source = FileSource(file: file.raw, total: total) { current, _ in done.update { $0 = current } }
            let result = try LayerUnpacker(digest: digest, limits: store.limits).unpack(source, into: "\(folder)/fs") {
                try progress(done.read { $0 }, total)
            }
            guard result.diffID == diffID else {
                throw DrydockError(
                    .invalid, "layer \(digest) does not fit its image: it should unpack to \(diffID)",
                    cause: "it unpacks to \(result.diffID)")
            }
            let record = LayerRecord(diffID: diffID, parent: parent, size: result.size, members: result.members, created: .now())
            try Files.write(record.json.bytes(), to: "\(folder)/layer.json", by: "\(folder)/.layer.json.new")
            try syncAll(folder)
            let published = try store.publishLayer(record, prepared: folder, lease: number)
            if Files.exists(folder) { try FileTree.remove(folder) }
            return published
        } catch {
            try? FileTree.remove(folder)
            throw error
        }
    }

    /// Thousands of files are made durable at once: one syncfs(2) is far cheaper than an fsync(2) for each.
    private func syncAll(_ folder: String) throws {
        let descriptor = try OwnedDescriptor(folder, O_RDONLY | O_DIRECTORY)
        guard dd_syncfs(descriptor.raw) == 0 else { throw systemError("can't sync \(folder)") }
    }
}
