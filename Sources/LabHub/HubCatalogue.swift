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
        /// What an image says of itself, for searches.
        /// What the image says of itself.
        var description = ""
        /// What the recipes say of their images; whatever is made on one of those inherits it, and isn't meant.
        var recipeNote = ""
    }

    /// What a manifest or an index says. It is kept, so that after a push only what is new is read.
    private struct Content: Sendable {
        var parts: [Descriptor] = []
        var choices: [Descriptor]?
        /// What the image says of itself.
        var description = ""
        /// What the recipes say of their images; whatever is made on one of those inherits it, and isn't meant.
        var recipeNote = ""
    }

    /// By canonical name: `library/ubuntu`.
    private(set) var repositories: [String: Repository] = [:]
    /// The entries of `index.json` that all this was read from.
    let entries: [Descriptor]
    /// All that entries refer to, also those without a name of ours, which other tools made; nil if that is not known for sure.
    private(set) var needed: Set<Digest>? = []
    private var contents: [Digest: Content] = [:]

    /// The sizes of all manifests: about the memory that this takes.
    private(set) var manifestBytes: Int64 = 0

    /// - Parameters:
    ///   - previous: spares reading what was read for it.
    ///   - load: reads a blob.
    init(entries: [Descriptor] = [], previous: HubCatalogue? = nil, load: (Digest) throws -> [UInt8]) throws {
        self.entries = entries
        for entry in entries {
            guard let name = EntryName(entry) else {
                // It cannot be asked for, so damage to it harms nobody; but then what it needs must not be swept away.
                var stranger = Repository()
                if (try? add(entry, to: &stranger, depth: 0, previous, load)) == nil { needed = nil } else { note(stranger) }
                continue
            }
            var content = repositories[name.repository] ?? Repository()
            if let tag = name.tag { content.tags[tag] = entry }
            try add(entry, to: &content, depth: 0, previous, load)
            repositories[name.repository] = content
        }
        for (name, repository) in repositories {
            note(repository)
            let text = description(of: repository, isOfficial: name.hasPrefix("library/"))
            repositories[name]?.description = text
        }
    }

    /// The repository of that name, with or without `library/`.
    func repository(_ name: String) -> Repository? { repositories[HubName.canonical(name)] }

    /// Every image's name as people type it, sorted.
    var imageNames: [String] {
        repositories.flatMap { name, repository in repository.tags.keys.map { "\(HubName.familiar(name)):\($0)" } }.sorted()
    }

    private mutating func note(_ repository: Repository) {
        needed?.formUnion(repository.manifests.keys)
        needed?.formUnion(repository.blobs.keys)
    }

    private mutating func add(
        _ descriptor: Descriptor,
        to repository: inout Repository,
        depth: Int,
        _ previous: HubCatalogue?,
        _ load: (Digest) throws -> [UInt8]
    ) throws {
        // An index may name indexes; deeper than this nobody nests them.
        guard repository.manifests[descriptor.digest] == nil, depth < 4 else { return }
        let content = try contents[descriptor.digest] ?? previous?.contents[descriptor.digest] ?? Self.content(descriptor, load)
        if contents.updateValue(content, forKey: descriptor.digest) == nil { manifestBytes += descriptor.size }
        repository.manifests[descriptor.digest] = descriptor
        for part in content.parts { repository.blobs[part.digest] = part }
        guard let choices = content.choices else { return }
        repository.choices[descriptor.digest] = choices
        for child in choices { try add(child, to: &repository, depth: depth + 1, previous, load) }
    }

    private static func content(_ descriptor: Descriptor, _ load: (Digest) throws -> [UInt8]) throws -> Content {
        switch try ManifestDocument(parsing: try load(descriptor.digest), mediaType: descriptor.mediaType) {
        case .manifest(let manifest):
            let config = MediaType.isConfig(manifest.config.mediaType) ? try? load(manifest.config.digest) : nil
            let labels = config.flatMap { (try? JSONValue(parsing: $0))?["config"]?["Labels"] }
            return Content(
                parts: [manifest.config] + manifest.layers, description: line(labels?["org.opencontainers.image.description"]),
                recipeNote: line(labels?["org.drydock.note"]))
        case .index(let index):
            return Content(choices: index.manifests)
        }
    }

    // MARK: Descriptions

    /// What `latest` says of itself, or else another tag.
    private func description(of repository: Repository, isOfficial: Bool) -> String {
        let tags = repository.tags.sorted { goOrdered($0.key, $1.key) }.map(\.value)
        let images = (repository.tags["latest"].map { [$0] } ?? []) + tags
        for image in images {
            for choice in [image] + (repository.choices[image.digest] ?? []) {
                guard let content = contents[choice.digest] else { continue }
                let text = content.description.isEmpty && isOfficial ? content.recipeNote : content.description
                if !text.isEmpty { return text }
            }
        }
        return ""
    }

    /// Docker Hub's limit for a short description.
    private static let descriptionLength = 100

    /// It is printed in terminals, one line for each image.
    private static func line(_ text: JSONValue?) -> String {
        let plain = (text?.stringValue ?? "").unicodeScalars.prefix(descriptionLength).map { scalar in
            scalar.properties.generalCategory == .control ? " " : Character(scalar)
        }
        return String(plain)
    }
}
