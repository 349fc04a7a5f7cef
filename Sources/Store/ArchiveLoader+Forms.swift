import Basics
import OCI

extension ArchiveLoader {
    /// What `docker save` writes: manifest.json lists configs, layers and names.
    /// Source: Docker image specification v1.2, "Combined Image JSON + Filesystem Changeset Format".
    func loadDockerArchive() throws -> [Loaded] {
        let bytes = try read(file("manifest.json", in: "the archive"), limit: ImageLimits.configBytes, "manifest.json")
        let list: [JSONValue]
        do {
            guard let array = try JSONValue(parsing: bytes).arrayValue else { throw DrydockError(.invalid, "manifest.json is not a list") }
            list = array
        } catch let error as JSONError {
            throw DrydockError(.invalid, "manifest.json is not valid JSON", cause: error.reason)
        }
        return try list.map { item in
            guard let configName = item["Config"]?.stringValue else {
                throw DrydockError(.invalid, "manifest.json: an image has no Config")
            }
            let config = try read(file(configName, in: "manifest.json"), limit: ImageLimits.configBytes, "image config")
            let layers = try strings(item["Layers"], "Layers").map { try file($0, in: "manifest.json") }
            let names = try strings(item["RepoTags"], "RepoTags").map(tagged)
            return try add(config: config, layers: layers, manifest: nil, names: names)
        }
    }

    private func strings(_ value: JSONValue?, _ place: String) throws -> [String] {
        guard let value, !value.isNull else { return [] }
        guard let array = value.arrayValue else { throw DrydockError(.invalid, "manifest.json: \(place) is not a list") }
        return try array.map {
            guard let text = $0.stringValue else { throw DrydockError(.invalid, "manifest.json: \(place) is not a list of strings") }
            return text
        }
    }

    private func tagged(_ text: String) throws -> Reference {
        let reference = try Reference(text)
        guard reference.tag != nil, reference.digest == nil else { throw DrydockError(.invalid, "invalid tag \"\(shown(text))\"") }
        return reference
    }

    /// An OCI image layout in a tar.
    /// Source: OCI image spec, image-layout.md.
    func loadLayout() throws -> [Loaded] {
        let bytes = try read(file("index.json", in: "the archive"), limit: ImageLimits.manifestBytes, "index.json")
        let index = try ImageIndex(parsing: bytes, mediaType: MediaType.ociIndex)
        return try index.manifests.map { descriptor in
            let manifest = try manifest(descriptor, depth: 0)
            let config = try read(blob(manifest.config.digest), limit: ImageLimits.configBytes, "image config")
            let layers = try manifest.layers.map { try blob($0.digest) }
            return try add(
                config: config, layers: layers, manifest: (manifest.bytes, manifest.mediaType), names: names(of: descriptor))
        }
    }

    private func manifest(_ descriptor: Descriptor, depth: Int) throws -> ImageManifest {
        let bytes = try read(blob(descriptor.digest), limit: ImageLimits.manifestBytes, "manifest")
        switch try ManifestDocument(parsing: bytes, mediaType: descriptor.mediaType) {
        case .manifest(let manifest):
            return manifest
        case .index(let index):
            guard depth < 4, let best = Platform.host.best(of: index.manifests) else {
                throw DrydockError(.notFound, "no image for \(Platform.host) in the index \(descriptor.digest)")
            }
            return try manifest(best, depth: depth + 1)
        }
    }

    /// A blob by its name in the layout; its content must be what the name says.
    private func blob(_ digest: Digest) throws -> StagedBlob {
        let staged = try file("blobs/\(digest.algorithm.rawValue)/\(digest.hex)", in: "the layout")
        guard staged.digest == digest else {
            throw DrydockError(.invalid, "blob \(digest) has wrong content", cause: "its content is \(staged.digest)")
        }
        return staged
    }

    /// containerd writes the whole name, others only a tag, which names nothing by itself.
    private func names(of descriptor: Descriptor) throws -> [Reference] {
        for key in ["io.containerd.image.name", StoreReader.Annotation.name] {
            guard let text = descriptor.annotations[key], text.contains("/") || text.contains(":") else { continue }
            return [try Reference(text).withDefaultTag]
        }
        return []
    }
}
