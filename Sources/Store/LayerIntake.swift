import Basics
import Glibc
import OCI

/// Takes a layer's archive as it comes, from a registry, an archive or a container: keeps it as a blob, hashes it, and unpacks it meanwhile.
///
/// What is unpacked lies in the operation's folder, without a name, until the digest has turned out right and `StoreLease.unpackLayer` asks
/// for it. An archive that can't be unpacked is taken all the same: whether it is the one that was announced is to be told first.
public final class LayerIntake: Sendable {
    private let lease: StoreLease
    private let writer: BlobWriter
    private let queue: PieceQueue?
    private let unpacking: Unpacking?

    /// - Parameter unpacks: false where the layer is known to be unpacked already.
    init(lease: StoreLease, writer: BlobWriter, unpacks: Bool) throws {
        self.lease = lease
        self.writer = writer
        let queue = PieceQueue()
        unpacking =
            unpacks
            ? try Unpacking.start(
                in: lease.temporaryPath("layer"), limits: lease.store.limits, isHashed: true, source: { queue }, ended: queue.stop) : nil
        self.queue = unpacking == nil ? nil : queue
    }

    deinit { cancel() }

    /// Appends bytes; waits where the unpacking can't follow.
    /// - Throws: As `BlobWriter.write`.
    public func write(_ bytes: UnsafeRawBufferPointer) throws {
        try writer.write(bytes)
        _ = queue?.put(bytes)
    }

    /// Checks size and digest and puts the blob under its name.
    /// - Throws: `DrydockError` when the content is not what was announced; nothing is left then.
    public func commit() throws { try finish().publish() }

    /// Checks size and digest, but keeps the blob in staging.
    func finish() throws -> StagedBlob {
        let staged: StagedBlob
        do {
            staged = try writer.finish()
        } catch {
            cancel()
            throw error
        }
        queue?.end()
        if let unpacking { lease.keep(unpacking, for: staged.digest) }
        return staged
    }

    /// Drops what was taken; no error when it is the lease's by now.
    public func cancel() {
        writer.cancel()
        guard let unpacking, !lease.keeps(unpacking) else { return }
        queue?.end(DrydockError(.aborted, "the unpacking was ended"))
        unpacking.discard()
    }
}
