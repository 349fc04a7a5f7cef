import Basics
import OCI

/// What an entry of `index.json` is called: a tag of a repository, or just one of the repository's manifests.
///
/// A tagged one has the annotation that other tools know (`me2u/app:1`), one without a tag names its repository in an
/// annotation of drydock's own.
///
/// Source: OCI image specification 1.1, "Annotations".
struct EntryName: Hashable {
    /// Canonical: `library/ubuntu`.
    let repository: String
    let tag: String?

    private static let nameKey = "org.opencontainers.image.ref.name"
    private static let repositoryKey = "org.drydock.repository"

    init(repository: String, tag: String?) {
        self.repository = HubName.canonical(repository)
        self.tag = tag
    }

    /// nil for an image without a name, which cannot be asked for.
    init?(_ entry: Descriptor) {
        if let name = entry.annotations[Self.nameKey] {
            guard let colon = name.lastIndex(of: ":") else { return nil }
            self.init(repository: String(name[..<colon]), tag: String(name[name.index(after: colon)...]))
        } else if let repository = entry.annotations[Self.repositoryKey] {
            self.init(repository: repository, tag: nil)
        } else {
            return nil
        }
    }

    var annotations: [String: String] {
        let familiar = HubName.familiar(repository)
        return tag.map { [Self.nameKey: "\(familiar):\($0)"] } ?? [Self.repositoryKey: familiar]
    }

    /// The image's entry under this name.
    func entry(_ image: Descriptor) -> Descriptor {
        Descriptor(mediaType: image.mediaType, digest: image.digest, size: image.size, annotations: annotations)
    }

    /// By this the entries are sorted, so that the same images give the same file.
    static func sortKey(_ entry: Descriptor) -> String {
        guard let name = EntryName(entry) else { return "" }
        let familiar = HubName.familiar(name.repository)
        return name.tag.map { "\(familiar):\($0)" } ?? "\(familiar)@\(entry.digest)"
    }
}

/// How the entries of `index.json` change.
extension HubCatalogue {
    /// With some names given to an image; an image that loses all its names is gone. For the recipes' images.
    func entries(naming image: Descriptor, repository: String, tags: [String]) -> [Descriptor] {
        let names = tags.map { EntryName(repository: repository, tag: $0) }
        let others = entries.filter { entry in EntryName(entry).map { !names.contains($0) } ?? true }
        return Self.tidy(others + names.map { $0.entry(image) })
    }

    /// With an image added; the image that had the tag stays in the repository without it, as in every registry.
    func entries(pushing image: Descriptor, to repository: String, tag: String?) -> [Descriptor] {
        let name = EntryName(repository: repository, tag: tag)
        let others = tag == nil ? entries : untagged(name)
        return Self.tidy(others + [name.entry(image)])
    }

    func entries(untagging tag: String, in repository: String) -> [Descriptor] {
        Self.tidy(untagged(EntryName(repository: repository, tag: tag)))
    }

    /// Without an image and its tags.
    func entries(removing digest: Digest, from repository: String) -> [Descriptor] {
        let repository = HubName.canonical(repository)
        return Self.tidy(entries.filter { $0.digest != digest || EntryName($0)?.repository != repository })
    }

    private func untagged(_ name: EntryName) -> [Descriptor] {
        let bare = EntryName(repository: name.repository, tag: nil)
        return entries.map { EntryName($0) == name ? bare.entry($0) : $0 }
    }

    /// Sorted; an entry without a tag is only kept where no other says that the image is in the repository.
    private static func tidy(_ entries: [Descriptor]) -> [Descriptor] {
        struct Place: Hashable {
            let repository: String
            let digest: Digest
        }
        func place(_ entry: Descriptor, _ name: EntryName) -> Place { Place(repository: name.repository, digest: entry.digest) }
        var kept: Set<Place> = []
        for entry in entries {
            if let name = EntryName(entry), name.tag != nil { kept.insert(place(entry, name)) }
        }
        return entries.filter { entry in
            guard let name = EntryName(entry), name.tag == nil else { return true }
            return kept.insert(place(entry, name)).inserted
        }.sorted { goOrdered(EntryName.sortKey($0), EntryName.sortKey($1)) }
    }
}
