import Basics
import Glibc
import OCI
import Synchronization

/// An operation's claim on the store: a staging folder of its own, and content that must not be collected under its hands.
///
/// What an operation fetches has no owner until its image is committed; the lease protects it until then. It ends with `end()` or
/// when it is dropped; what is left in its staging folder goes with it.
public final class StoreLease: Sendable {
    /// The operation's folder: `staging/<operation>`. On the same file system as everything else of the store.
    public let staging: String
    let store: ImageStore
    let number: Int
    private let counter = Atomic<Int>(0)
    private let ended = Atomic<Bool>(false)
    /// Layers that were unpacked as they came, by their blobs' digests, until they are asked for.
    private let unpackings = Mutex<[Digest: Unpacking]>([:])

    init(store: ImageStore, number: Int, staging: String) {
        self.store = store
        self.number = number
        self.staging = staging
    }

    deinit { end() }

    /// A path in the staging folder that nobody else uses.
    public func temporaryPath(_ purpose: String) -> String {
        "\(staging)/\(purpose)-\(counter.wrappingAdd(1, ordering: .relaxed).newValue)"
    }

    /// Protects a layer from collection and tells whether it is there.
    public func claim(layer chain: ChainID) -> LayerRecord? { store.claim(layer: chain, for: number) }

    /// Protects a blob from collection and tells whether it is there.
    public func claim(blob digest: Digest) -> Bool { store.claim(blob: digest, for: number) }

    /// Begins a blob; it is protected from now on.
    /// - Parameters:
    ///   - digest: What the content must be; nil when it names itself.
    ///   - size: How long it must be, where known.
    public func blobWriter(_ content: BlobWriter.Content, digest: Digest?, size: Int64? = nil) throws -> BlobWriter {
        if let digest { _ = claim(blob: digest) }
        return try BlobWriter(
            content, expected: digest.map { ($0, size) }, temporary: temporaryPath("blob"), layout: store.layout)
    }

    /// Puts a small blob under its name at once.
    @discardableResult
    public func writeBlob(_ content: BlobWriter.Content, _ bytes: [UInt8]) throws -> Digest {
        let writer = try blobWriter(content, digest: nil)
        try writer.write(bytes)
        let staged = try writer.finish()
        _ = claim(blob: staged.digest)
        try staged.publish()
        return staged.digest
    }

    /// Removes the staging folder and gives up all claims. Called again it does nothing.
    public func end() {
        guard !ended.exchange(true, ordering: .relaxed) else { return }
        for unpacking in unpackings.withLock({ $0.values }) { unpacking.stop() }
        // What can't be removed now is swept at the engine's next start, and `doctor` shows it.
        try? FileTree.remove(staging)
        store.release(number)
    }

    /// Keeps a layer that is being unpacked for who will ask for it; one of the same archive is enough.
    func keep(_ unpacking: Unpacking, for digest: Digest) {
        let other = unpackings.withLock { $0.updateValue(unpacking, forKey: digest) }
        other?.discard()
    }

    func keeps(_ unpacking: Unpacking) -> Bool { unpackings.withLock { $0.values.contains { $0 === unpacking } } }

    func takeUnpacking(of digest: Digest) -> Unpacking? { unpackings.withLock { $0.removeValue(forKey: digest) } }
}
