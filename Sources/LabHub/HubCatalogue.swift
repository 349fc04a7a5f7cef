import Basics
import OCI

/// What the hub serves, worked out from `index.json`: repositories, their tags, and which blobs belong to which.
///
/// A blob is only given out under a repository that refers to it, as registries with users must.
struct HubCatalogue: Sendable {
    struct Repository: Sendable {
        var tags: [String: Descriptor] = [:]
        /// Indexes and manifests, by digest: what `/manifests/` serves.
        var manifests: [Digest: Descriptor] = [:]
        /// Configs and layers, by digest: what `/blobs/` serves.
        var blobs: [Digest: Descriptor] = [:]
        /// What each index lists.
        var choices: [Digest: [Descriptor]] = [:]
    }

    /// By canonical name: `library/ubuntu`.
    private(set) var repositories: [String: Repository] = [:]
    /// The entries of `index.json` that all this was read from.
    let entries: [Descriptor]

    /// The annotation that names an image in an OCI layout.
    private static let nameKey = "org.opencontainers.image.ref.name"

    /// - Parameter load: reads a blob.
    init(entries: [Descriptor] = [], load: (Digest) throws -> [UInt8]) throws {
        self.entries = entries
        for entry in entries {
            // An image without a name cannot be asked for.
            guard let name = entry.annotations[Self.nameKey], let colon = name.lastIndex(of: ":") else { continue }
            let repository = HubName.canonical(String(name[..<colon]))
            var content = repositories[repository] ?? Repository()
            content.tags[String(name[name.index(after: colon)...])] = entry
            try Self.add(entry, to: &content, depth: 0, load: load)
            repositories[repository] = content
        }
    }

    /// The repository of that name, with or without `library/`.
    func repository(_ name: String) -> Repository? { repositories[HubName.canonical(name)] }

    /// Every image's name as people type it, sorted.
    var imageNames: [String] {
        repositories.flatMap { name, repository in repository.tags.keys.map { "\(HubName.familiar(name)):\($0)" } }.sorted()
    }

    /// The entries with some names given to an image, in the order of their names.
    func entries(naming image: Descriptor, _ names: [String]) -> [Descriptor] {
        let others = entries.filter { entry in entry.annotations[Self.nameKey].map { !names.contains($0) } ?? true }
        let named = names.map { name in
            var entry = image
            entry.annotations = [Self.nameKey: name]
            return entry
        }
        return (others + named).sorted { goOrdered($0.annotations[Self.nameKey] ?? "", $1.annotations[Self.nameKey] ?? "") }
    }

    private static func add(
        _ descriptor: Descriptor,
        to repository: inout Repository,
        depth: Int,
        load: (Digest) throws -> [UInt8]
    ) throws {
        // An index may name indexes; deeper than this nobody nests them.
        guard repository.manifests[descriptor.digest] == nil, depth < 4 else { return }
        let document = try ManifestDocument(parsing: try load(descriptor.digest), mediaType: descriptor.mediaType)
        repository.manifests[descriptor.digest] = descriptor
        switch document {
        case .manifest(let manifest):
            for part in [manifest.config] + manifest.layers { repository.blobs[part.digest] = part }
        case .index(let index):
            repository.choices[descriptor.digest] = index.manifests
            for child in index.manifests { try add(child, to: &repository, depth: depth + 1, load: load) }
        }
    }
}
