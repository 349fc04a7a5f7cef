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
    let limits: Limits
    private let current: Mutex<State>
    /// Held while the folder changes: what was checked stays true until it is written. Readers don't wait for it.
    private let writing = Mutex<Void>(())

    struct Limits: Sendable {
        /// Fewer than an index may have, since the file must be read again at the next start.
        var entries = ImageLimits.indexEntries
        /// Of all manifests together: what they say is kept in memory.
        var manifestBytes: Int64 = 256 << 20
        /// Blobs that wait for a manifest.
        var looseBlobs = 10_000
    }

    /// What is in the hub at one moment.
    struct State: Sendable {
        var catalogue: HubCatalogue
        /// Blobs by repository to which no manifest refers yet, or any more, with their sizes. They are remembered here alone:
        /// at the next start nothing says whose they are, and they go.
        var loose: [String: [Digest: Int64]] = [:]

        /// Whether any repository has that blob.
        func holds(_ digest: Digest) -> Bool {
            loose.values.contains { $0[digest] != nil }
                || catalogue.repositories.values.contains { $0.blobs[digest] != nil || $0.manifests[digest] != nil }
                || catalogue.needed?.contains(digest) ?? true
        }
    }

    /// - Throws: `DrydockError` (`failed`) if the folder cannot be made or its `index.json` cannot be read.
    init(directory: String, limits: Limits = Limits()) throws {
        self.directory = directory
        self.limits = limits
        try HostFiles.makeDirectory("\(directory)/blobs/sha256")
        try HostFiles.makeDirectory("\(directory)/staging")
        // What a killed process left half-written belongs to nobody: this hub is the folder's only writer.
        for name in try HostFiles.names(in: "\(directory)/staging") { unlink("\(directory)/staging/\(name)") }
        let loader = { try Self.blob($0, in: directory) }
        if HostFiles.stamp("\(directory)/\(Self.indexName)") == nil {
            current = Mutex(State(catalogue: try HubCatalogue(load: loader)))
            try replace("oci-layout", with: ["imageLayoutVersion": "1.0.0"])
            try replace(Self.indexName, with: Self.index([]))
        } else {
            let path = "\(directory)/\(Self.indexName)"
            do {
                let index = try ImageIndex(parsing: try HostFiles.read(path, limit: ImageLimits.manifestBytes))
                let catalogue = try HubCatalogue(entries: index.manifests, load: loader)
                current = Mutex(State(catalogue: catalogue))
            } catch {
                throw Self.damaged(path, error)
            }
            try sweep()
        }
    }

    /// Where files are written before they have their name.
    var staging: String { "\(directory)/staging" }
    private static let indexName = "index.json"

    /// What is in the hub at this moment.
    var catalogue: HubCatalogue { state.catalogue }
    var state: State { current.withLock { $0 } }

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
        try store(document.bytes(), mediaType: mediaType)
    }

    func store(_ bytes: [UInt8], mediaType: String) throws -> Descriptor {
        let digest = Digest.sha256(of: bytes)
        let file = try PendingFile(in: staging)
        try bytes.withUnsafeBytes { try file.write($0) }
        try file.commit(as: path(of: digest))
        return Descriptor(mediaType: mediaType, digest: digest, size: Int64(bytes.count))
    }

    /// Gives an image its names: `repository:tag` for each tag. The names it had elsewhere stay.
    func tag(_ image: Descriptor, repository: String, tags: [String]) throws {
        do {
            try change { state in try set(state.catalogue.entries(naming: image, repository: repository, tags: tags), in: &state) }
        } catch is HubRefusal {
            throw DrydockError(
                .failed, "the lab hub in \(directory) has no place for \(repository)",
                cause: "more images were pushed to it than its index can list", advice: "delete some of them")
        }
    }

    /// Changes what is in the hub. Nobody sees the new state before the change is done, and nobody at all if it fails.
    func change(_ action: (inout State) throws -> Void) throws {
        try writing.withLock { _ in
            var next = state
            try action(&next)
            current.withLock { $0 = next }
        }
    }

    /// Replaces the entries of `index.json`.
    func set(_ entries: [Descriptor], in state: inout State) throws {
        let bytes = Self.index(entries).bytes(indent: "  ")
        guard entries.count <= limits.entries, bytes.count <= ImageLimits.manifestBytes else { throw HubRefusal(.hubFull) }
        // Worked out before it is written: a document that cannot be served must not replace one that can.
        let next = try HubCatalogue(entries: entries, previous: state.catalogue) { try Self.blob($0, in: directory) }
        guard next.manifestBytes <= max(limits.manifestBytes, state.catalogue.manifestBytes) else { throw HubRefusal(.hubFull) }
        try replace(Self.indexName, with: bytes)
        state.catalogue = next
    }

    /// Writes a small document of the hub's own, whole or not at all.
    func replace(_ name: String, with document: JSONValue, mode: mode_t = 0o644) throws {
        try replace(name, with: document.bytes(indent: "  "), mode: mode)
    }

    private func replace(_ name: String, with bytes: [UInt8], mode: mode_t = 0o644) throws {
        let file = try PendingFile(in: staging, mode: mode)
        try bytes.withUnsafeBytes { try file.write($0) }
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
            advice: "delete that folder, with what was pushed to it, and fill the hub again"
        )
    }
}
