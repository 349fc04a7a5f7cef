import Basics

/// The list of an image's parts: its config and its layers, lowest first. Docker's schema 2 and OCI's are alike.
/// Source: OCI image spec, manifest.md; Docker image manifest version 2, schema 2.
public struct ImageManifest: Sendable, Hashable {
    /// The bytes as they came; the manifest's digest is theirs.
    public let bytes: [UInt8]
    public let mediaType: String
    public let config: Descriptor
    public let layers: [Descriptor]

    /// - Parameter mediaType: What the sender said it is; a document that says otherwise of itself is refused.
    /// - Throws: `DrydockError.invalid` with one sentence.
    public init(parsing bytes: [UInt8], mediaType: String? = nil) throws {
        try self.init(Document(parsing: bytes, mediaType: mediaType))
    }

    init(_ document: Document) throws {
        guard MediaType.isManifest(document.mediaType) else {
            throw DrydockError(.unsupported, "\(document.mediaType) is not the manifest of an image")
        }
        bytes = document.bytes
        mediaType = document.mediaType
        config = try Descriptor(document.shape["config"])
        let layers = try document.shape["layers"].elements() ?? []
        guard layers.count <= ImageLimits.layers else {
            throw DrydockError(.invalid, "the image has \(layers.count) layers, more than the \(ImageLimits.layers) that are possible")
        }
        self.layers = try layers.map(Descriptor.init)
    }

    /// Writes a manifest for parts that came without one, as from `docker load` or `commit`.
    public init(config: Descriptor, layers: [Descriptor], mediaType: String = MediaType.ociManifest) {
        var object = JSONObject()
        object["schemaVersion"] = .integer(2)
        object["mediaType"] = .string(mediaType)
        object["config"] = config.json
        object["layers"] = .array(layers.map(\.json))
        bytes = JSONValue.object(object).bytes()
        self.mediaType = mediaType
        self.config = config
        self.layers = layers
    }

    /// The same parts in OCI's words: tools that read an OCI layout pass over a manifest of Docker's.
    public var ociForm: ImageManifest {
        guard mediaType != MediaType.ociManifest else { return self }
        let types = [
            MediaType.dockerConfig: MediaType.ociConfig, MediaType.dockerLayer: MediaType.ociLayer,
            MediaType.dockerLayerGzip: MediaType.ociLayerGzip,
        ]
        func renamed(_ part: Descriptor) -> Descriptor {
            Descriptor(mediaType: types[part.mediaType] ?? part.mediaType, digest: part.digest, size: part.size)
        }
        return ImageManifest(config: renamed(config), layers: layers.map(renamed))
    }

    /// The bytes that a pull fetches: config and layers.
    public var totalSize: Int64 { layers.reduce(config.size) { $0.addingReportingOverflow($1.size).partialValue } }
}

/// One image for several machines: a list of manifests.
/// Source: OCI image spec, image-index.md; Docker manifest list.
public struct ImageIndex: Sendable, Hashable {
    public let bytes: [UInt8]
    public let mediaType: String
    public let manifests: [Descriptor]

    /// - Throws: `DrydockError.invalid` with one sentence.
    public init(parsing bytes: [UInt8], mediaType: String? = nil) throws {
        try self.init(Document(parsing: bytes, mediaType: mediaType))
    }

    init(_ document: Document) throws {
        guard MediaType.isIndex(document.mediaType) else {
            throw DrydockError(.unsupported, "\(document.mediaType) is not a list of manifests")
        }
        bytes = document.bytes
        mediaType = document.mediaType
        let manifests = try document.shape["manifests"].elements() ?? []
        guard manifests.count <= ImageLimits.indexEntries else {
            throw DrydockError(
                .invalid, "the index has \(manifests.count) entries, more than the \(ImageLimits.indexEntries) that are allowed")
        }
        self.manifests = try manifests.map(Descriptor.init)
    }

    public init(manifests: [Descriptor], mediaType: String = MediaType.ociIndex) {
        var object = JSONObject()
        object["schemaVersion"] = .integer(2)
        object["mediaType"] = .string(mediaType)
        object["manifests"] = .array(manifests.map(\.json))
        bytes = JSONValue.object(object).bytes()
        self.mediaType = mediaType
        self.manifests = manifests
    }
}

/// What a tag can point at.
public enum ManifestDocument: Sendable {
    case manifest(ImageManifest)
    case index(ImageIndex)

    /// - Parameter mediaType: The `Content-Type` of the answer, without parameters; nil or a general type leaves it to the document.
    /// - Throws: `DrydockError` with one sentence when it is neither, or pretends to be both.
    public init(parsing bytes: [UInt8], mediaType: String? = nil) throws {
        let document = try Document(parsing: bytes, mediaType: mediaType)
        self = MediaType.isIndex(document.mediaType) ? .index(try ImageIndex(document)) : .manifest(try ImageManifest(document))
    }
}

/// What manifests and indexes have in common.
struct Document {
    let bytes: [UInt8]
    let shape: Shape
    let mediaType: String

    init(parsing bytes: [UInt8], mediaType: String?) throws {
        self.bytes = bytes
        shape = try Shape(parsing: bytes, limit: ImageLimits.manifestBytes, place: "manifest")
        guard try shape["schemaVersion"].integer() == 2 else {
            throw DrydockError(.unsupported, "the manifest is not of schema version 2", advice: "push the image again with a current tool")
        }
        // One document must not be read as a manifest by one tool and as an index by the next (CVE-2021-41190).
        let isManifest = !shape["layers"].isMissing || !shape["config"].isMissing
        let isIndex = !shape["manifests"].isMissing
        guard isManifest != isIndex else {
            throw DrydockError(
                .invalid, isManifest ? "the document is both a manifest and an index" : "the document is neither a manifest nor an index")
        }
        let own = try shape["mediaType"].string()
        let sent = mediaType.flatMap { MediaType.isManifest($0) || MediaType.isIndex($0) ? $0 : nil }
        if let own, let sent, own != sent {
            throw DrydockError(.invalid, "the manifest was sent as \(sent) and says that it is \(own)")
        }
        let type = own ?? sent ?? (isIndex ? MediaType.ociIndex : MediaType.ociManifest)
        guard MediaType.isIndex(type) == isIndex, MediaType.isManifest(type) == isManifest else {
            throw DrydockError(.invalid, "the manifest's content does not fit its media type \(type)")
        }
        self.mediaType = type
    }
}
