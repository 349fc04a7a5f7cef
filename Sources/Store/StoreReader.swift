import Basics
import Glibc
import Hashing
import OCI

/// Reads what is on disk when the store is opened.
struct StoreReader {
    let layout: StoreLayout

    /// Keys of the annotations in index.json.
    enum Annotation {
        /// The full reference, tag or digest included. Source: OCI image spec, annotations.md.
        static let name = "org.opencontainers.image.ref.name"
        /// The manifest that the image came with, where the entry points at its OCI form.
        static let manifest = "dev.drydock.manifest"
        static let parent = "dev.drydock.parent"
        static let tagged = "dev.drydock.tagged"
    }

    /// The entries of index.json; none when there is no such file.
    /// - Throws: `DrydockError.failed` when the file is damaged: to go on as if it were empty would lose every image.
    func index() throws -> [JSONValue] {
        guard let bytes = try Files.read(layout.index, limit: 64 << 20) else { return [] }
        let advice = "restore the file, or move it away: the images are then collected as unowned"
        do {
            guard let entries = try JSONValue(parsing: bytes)["manifests"]?.arrayValue else {
                throw DrydockError(.failed, "\(layout.index) is damaged: it has no list of manifests", advice: advice)
            }
            return entries
        } catch let error as JSONError {
            throw DrydockError(.failed, "\(layout.index) is damaged", cause: error.description, advice: advice)
        }
    }

    /// The image that one entry of the index points at.
    func image(of entry: JSONValue) throws -> StoredImage {
        guard let digest = try entry["digest"]?.stringValue.map({ try Digest($0) }) else {
            throw DrydockError(.failed, "an entry of \(layout.index) has no digest")
        }
        let original = try entry["annotations"]?[Annotation.manifest]?.stringValue.map { try Digest($0) }
        let bytes = try verified(original ?? digest, limit: ImageLimits.manifestBytes)
        let manifest = try ImageManifest(parsing: bytes, mediaType: original == nil ? entry["mediaType"]?.stringValue : nil)
        let config = try ImageConfig(parsing: verified(manifest.config.digest, limit: ImageLimits.configBytes))
        guard config.diffIDs.count == manifest.layers.count else {
            throw DrydockError(.failed, "manifest \(digest) has \(manifest.layers.count) layers, its config \(config.diffIDs.count)")
        }
        var image = StoredImage(config: config, manifest: manifest)
        let form = layout.blob(image.entry.digest)
        // A state root of an earlier drydock has Docker's manifests alone.
        if !Files.exists(form) { try Files.write(manifest.ociForm.bytes, to: form, by: "\(layout.staging)/.form") }
        let annotations = entry["annotations"]
        if let name = Self.name(of: entry) { image.add(try Reference(canonical: name)) }
        image.parent = try annotations?[Annotation.parent]?.stringValue.map { try ImageID($0) }
        image.lastTagged = annotations?[Annotation.tagged]?.stringValue.flatMap { Timestamp(rfc3339: $0) }
        return image
    }

    /// The name that an entry of the index gives.
    static func name(of entry: JSONValue) -> String? { entry["annotations"]?[Annotation.name]?.stringValue }

    func blob(_ digest: Digest, limit: Int) throws -> [UInt8] {
        guard let bytes = try Files.read(layout.blob(digest), limit: limit) else {
            throw DrydockError(.notFound, "there is no blob \(digest)")
        }
        return bytes
    }

    private func verified(_ digest: Digest, limit: Int) throws -> [UInt8] {
        let bytes = try blob(digest, limit: limit)
        guard digest.matches(bytes) else { throw DrydockError(.failed, "blob \(digest) is damaged: its content has another digest") }
        return bytes
    }

    /// The layers that are there. One without a readable record is none: it is collected, and unpacked anew when needed.
    func layers() throws -> [ChainID: LayerRecord] {
        var layers: [ChainID: LayerRecord] = [:]
        for name in try Files.names(in: layout.layers) {
            guard let digest = try? Digest(.sha256, hex: name) else { continue }
            let chain = ChainID(digest)
            let path = layout.layerRecord(chain)
            guard let bytes = try? Files.read(path, limit: 64 << 10), let record = try? LayerRecord(parsing: bytes, path: path),
                record.chainID == chain
            else { continue }
            layers[chain] = record
        }
        return layers
    }
}
