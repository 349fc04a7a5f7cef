import Basics
import Hashing
import OCI

/// An image in the store.
public struct StoredImage: Sendable, Hashable {
    public let id: ImageID
    public let config: ImageConfig
    /// The manifest it came with, or that the store wrote for it.
    public let manifest: Descriptor
    /// What index.json points at: the manifest itself, or its OCI form where it is Docker's.
    let entry: Descriptor
    /// The layers' blobs, lowest first.
    public let layers: [Descriptor]
    /// Chain ids of its layers, lowest first.
    public let chain: [ChainID]
    /// Sum of its layers' sizes, in bytes.
    public internal(set) var size: Int64 = 0
    /// The image it was built or committed on.
    public internal(set) var parent: ImageID?
    /// When it last got a name.
    public internal(set) var lastTagged: Timestamp?
    /// Names with a tag, then names with a digest, each sorted.
    public internal(set) var references: [Reference] = []

    init(config: ImageConfig, manifest: ImageManifest) {
        id = config.id
        self.config = config
        self.manifest = manifest.descriptor
        entry = manifest.ociForm.descriptor
        layers = manifest.layers
        chain = ChainID.chain(of: config.diffIDs)
    }

    /// As `docker images` and `inspect` show them: `ubuntu:14.04`.
    public var repoTags: [String] { references.filter { $0.digest == nil }.map(\.familiar) }
    /// `ubuntu@sha256:…`.
    public var repoDigests: [String] { references.filter { $0.digest != nil }.map(\.familiar) }
    /// When it was made; Docker's zero time when it doesn't say.
    public var created: Timestamp { config.created ?? .zero }

    /// All blobs that belong to it.
    var blobs: [Digest] { [id.digest, manifest.digest, entry.digest] + layers.map(\.digest) }

    mutating func add(_ reference: Reference) {
        guard !references.contains(reference) else { return }
        references = (references + [reference]).sorted { ($0.digest == nil ? 0 : 1, $0) < ($1.digest == nil ? 0 : 1, $1) }
    }
}

extension ImageManifest {
    fileprivate var descriptor: Descriptor {
        Descriptor(mediaType: mediaType, digest: Digest.sha256(of: bytes), size: Int64(bytes.count))
    }
}
