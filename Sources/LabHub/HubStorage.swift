import Basics
import Glibc
import Hashing
import OCI
import Synchronization

/// The hub's folder: an OCI image layout that `skopeo`, `umoci` and `cat` read as it is.
///
/// Blobs are named by their digest and come into being by rename; `index.json` is replaced as a whole, last, so a reader sees
/// the images as they were or as they are.
///
/// Source: OCI image specification 1.1, "Image Layout".
final class HubStorage: Sendable {
    let directory: String
    private let current: Mutex<HubCatalogue>

    /// - Throws: `DrydockError` (`failed`) if the folder cannot be made or its `index.json` cannot be read.
    init(directory: String) throws {
        self.directory = directory
        try HostFiles.makeDirectory("\(directory)/blobs/sha256")
        try HostFiles.makeDirectory("\(directory)/staging")
        // What a killed process left half-written belongs to nobody: this hub is the folder's only writer.
        for name in try HostFiles.names(in: "\(directory)/staging") { unlink("\(directory)/staging/\(name)") }
        let loader = { try Self.blob($0, in: directory) }
        if HostFiles.stamp("\(directory)/\(Self.indexName)") == nil {
            current = Mutex(try HubCatalogue(load: loader))
            try replace("oci-layout", with: ["imageLayoutVersion": "1.0.0"])
            try replace(Self.indexName, with: Self.index([]))
        } else {
            let path = "\(directory)/\(Self.indexName)"
            do {
                let index = try ImageIndex(parsing: try HostFiles.read(path, limit: ImageLimits.manifestBytes))
                current = Mutex(try HubCatalogue(entries: index.manifests, load: loader))
            } catch {
                throw Self.damaged(path, error)
            }
        }
    }

    /// Where files are written before they have their name.
    var staging: String { "\(directory)/staging" }
    private static let indexName = "index.json"

    /// What is in the hub at this moment.
    var catalogue: HubCatalogue { current.withLock { $0 } }

    func path(of digest: Digest) -> String { Self.path(of: digest, in: directory) }

    private static func path(of digest: Digest, in directory: String) -> String {
        "\(directory)/blobs/\(digest.algorithm.rawValue)/\(digest.hex)"
    }

    /// Whether a blob is on the disk with the size that its descriptor says.
    func holds(_ descriptor: Descriptor) -> Bool {
        HostFiles.stamp(path(of: descriptor.digest))?.size == descriptor.size
    }

    /// Stores a document as a blob.
    func store(_ document: JSONValue, mediaType: String) throws -> Descriptor {
        let bytes = document.bytes()
        let digest = Digest.sha256(of: bytes)
        let file = try PendingFile(in: staging)
        try bytes.withUnsafeBytes { try file.write($0) }
        try file.commit(as: path(of: digest))
        return Descriptor(mediaType: mediaType, digest: digest, size: Int64(bytes.count))
    }

    /// Gives an image its names: `repository:tag` for each tag. The names it had elsewhere stay.
    func tag(_ image: Descriptor, repository: String, tags: [String]) throws {
        try current.withLock { catalogue in
            let entries = catalogue.entries(naming: image, tags.map { "\(HubName.familiar(repository)):\($0)" })
            // Worked out before it is written: a document that cannot be served must not replace one that can.
            let next = try HubCatalogue(entries: entries) { try Self.blob($0, in: directory) }
            try replace(Self.indexName, with: Self.index(entries))
            catalogue = next
        }
    }

    /// Writes a small document of the hub's own, whole or not at all.
    func replace(_ name: String, with document: JSONValue) throws {
        let file = try PendingFile(in: staging)
        try document.bytes(indent: "  ").withUnsafeBytes { try file.write($0) }
        try file.commit(as: "\(directory)/\(name)")
    }

    /// - Returns: nil if there is no such document.
    func document(_ name: String) throws -> JSONValue? {
        let path = "\(directory)/\(name)"
        guard HostFiles.stamp(path) != nil else { return nil }
        do {
            return try JSONValue(parsing: try HostFiles.read(path, limit: ImageLimits.manifestBytes))
        } catch let error as JSONError {
            throw Self.damaged(path, error)
        }
    }

    private static func index(_ entries: [Descriptor]) -> JSONValue {
        ["schemaVersion": 2, "mediaType": .string(MediaType.ociIndex), "manifests": .array(entries.map(\.json))]
    }

    private static func blob(_ digest: Digest, in directory: String) throws -> [UInt8] {
        try HostFiles.read(path(of: digest, in: directory), limit: ImageLimits.manifestBytes)
    }

    private static func damaged(_ path: String, _ error: any Error) -> DrydockError {
        DrydockError(
            .failed,
            "the lab hub's file \(path) is damaged",
            cause: "\(error)",
            advice: "delete that folder and fill the hub again"
        )
    }
}
