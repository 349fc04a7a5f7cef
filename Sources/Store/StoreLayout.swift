import OCI

/// Where things lie below a state root. Plain files, so that a curious learner can read them with `cat`.
struct StoreLayout: Sendable {
    let root: String

    /// An OCI image layout, which skopeo, umoci and dive read as it is.
    var images: String { "\(root)/images" }
    var layoutFile: String { "\(images)/oci-layout" }
    var index: String { "\(images)/index.json" }
    var newIndex: String { "\(images)/.index.json.new" }
    var blobs: String { "\(images)/blobs" }
    func blobs(_ algorithm: Digest.Algorithm) -> String { "\(blobs)/\(algorithm.rawValue)" }
    func blob(_ digest: Digest) -> String { "\(blobs(digest.algorithm))/\(digest.hex)" }

    var layers: String { "\(root)/layers" }
    func layer(_ chain: ChainID) -> String { "\(layers)/\(chain.hex)" }
    func layerFiles(_ chain: ChainID) -> String { "\(layer(chain))/fs" }
    func layerRecord(_ chain: ChainID) -> String { "\(layer(chain))/layer.json" }
    /// Short names: the lowerdir option of an overlay mount has one page for all of them.
    var links: String { "\(layers)/l" }
    func link(_ name: String) -> String { "\(links)/\(name)" }

    /// How images were built.
    var stories: String { "\(root)/builds" }
    func story(_ image: ImageID) -> String { "\(stories)/\(image.hex).json" }
    func failedStory(_ image: ImageID) -> String { "\(stories)/\(image.hex).failed.json" }

    var staging: String { "\(root)/staging" }
}
