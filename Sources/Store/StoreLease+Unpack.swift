import Basics
import CArchive
import Glibc
import Hashing
import OCI

extension StoreLease {
    /// Begins a layer whose archive comes in pieces, and is unpacked as it comes.
    /// - Parameters:
    ///   - digest: What the archive must be; nil when it names itself.
    ///   - size: How long it must be, where known.
    ///   - unpacks: false where the layer is known to be unpacked already, or is to be unpacked later.
    public func layerIntake(digest: Digest?, size: Int64? = nil, unpacks: Bool = true) throws -> LayerIntake {
        try LayerIntake(lease: self, writer: try blobWriter(.layer, digest: digest, size: size), unpacks: unpacks)
    }

    /// Unpacks a layer whose blob is in the store, and puts it under its chain id.
    ///
    /// A layer that is there already is not unpacked again; one that a `LayerIntake` of this lease took is unpacked, or being so.
    /// - Parameters:
    ///   - blob: The layer's archive, plain or compressed.
    ///   - diffID: What the uncompressed archive must be, as the image's config says.
    ///   - parent: The layer below; nil for the lowest.
    ///   - progress: Called with the bytes of the archive that have been read; what it throws ends the work.
    /// - Throws: `DrydockError`; nothing is left then.
    public func unpackLayer(
        blob: Descriptor, diffID: Digest, parent: ChainID?, progress: StoreProgress = { _, _ in }
    ) throws -> LayerRecord {
        try unpackLayer(path: store.blobPath(blob.digest), digest: blob.digest, diffID: diffID, parent: parent, progress: progress)
    }

    func unpackLayer(path: String, digest: Digest, diffID: Digest, parent: ChainID?, progress: StoreProgress) throws -> LayerRecord {
        let chain = ChainID(diffID, on: parent)
        if let parent, claim(layer: parent) == nil {
            throw DrydockError(.failed, "layer \(parent), on which \(chain) stands, is not in the store")
        }
        if let existing = claim(layer: chain) {
            // Unpacked as it came, for nothing: now, while whoever asked for it can still tell of it.
            takeUnpacking(of: digest)?.discard()
            return existing
        }
        var status = stat()
        guard stat(path, &status) == 0 else { throw systemError("can't read \(path)") }
        let total = Int64(status.st_size)
        let unpacking = try takeUnpacking(of: digest) ?? startUnpacking(path)
        let folder = unpacking.folder
        do {
            let result = try unpacking.finish { try progress($0, total) }
            let found = result.diffID ?? digest
            guard found == diffID else {
                throw DrydockError(
                    .invalid, "layer \(digest) does not fit its image: it should unpack to \(diffID)", cause: "it unpacks to \(found)")
            }
            let record = LayerRecord(diffID: diffID, parent: parent, size: result.size, members: result.members, created: .now())
            try Files.write(record.json.bytes(), to: "\(folder)/layer.json", by: "\(folder)/.layer.json.new")
            try syncAll(folder)
            let published = try store.publishLayer(record, prepared: folder, lease: number)
            if Files.exists(folder) { try FileTree.remove(folder) }
            return published
        } catch {
            unpacking.discard()
            guard let error = error as? DrydockError, !error.sentence.hasPrefix("layer "), error.code != .aborted else { throw error }
            throw DrydockError(error.code, "layer \(digest): \(error.sentence)", cause: error.cause, advice: error.advice)
        }
    }

    private func startUnpacking(_ path: String) throws -> Unpacking {
        let source = { @Sendable () throws -> any ByteSource in try BlobSource(path) }
        let folder = temporaryPath("layer")
        return try Unpacking.start(in: folder, limits: store.limits, isHashed: false, source: source)
            ?? Unpacking.run(in: temporaryPath("layer"), limits: store.limits, isHashed: false, source: source)
    }

    /// Thousands of files are made durable at once: one syncfs(2) is far cheaper than an fsync(2) for each.
    private func syncAll(_ folder: String) throws {
        let descriptor = try OwnedDescriptor(folder, O_RDONLY | O_DIRECTORY)
        guard dd_syncfs(descriptor.raw) == 0 else { throw systemError("can't sync \(folder)") }
    }
}
