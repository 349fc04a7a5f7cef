import Basics
import DockerAPI
import EngineInterface
import Glibc
import OCI
import Steps
import Store

extension ContainerEngine {
    public func listImages(all: Bool, digests: Bool, filters: Filters) throws -> [ImageSummary] {
        for key in filters.keys where !["dangling", "label", "before", "since", "reference"].contains(key) {
            throw DrydockError(.invalid, "Invalid filter '\(key)'")
        }
        let wantsDangling = try filters["dangling"]?.first.map { value in
            guard ["true", "1", "false", "0"].contains(value) else {
                throw DrydockError(.invalid, "Invalid filter 'dangling=[\(value)]'")
            }
            return value == "true" || value == "1"
        }
        let before = try filters["before"]?.first.map { try images.lookup($0).created }
        let since = try filters["since"]?.first.map { try images.lookup($0).created }
        let stored = images.images()
        // Asked of each image by itself, a thousand of them took seconds.
        let parents = Set(stored.compactMap(\.parent))
        return stored.filter { image in
            let isBetween = image.repoTags.isEmpty && parents.contains(image.id)
            if let wantsDangling, wantsDangling != (image.repoTags.isEmpty && !isBetween) { return false }
            if !all && wantsDangling == nil && isBetween { return false }
            if let before, image.created >= before { return false }
            if let since, image.created <= since { return false }
            let labels = Dictionary(image.config.run.labels.map { ($0.key, $0.value) }, uniquingKeysWith: { $1 })
            return (filters["label"] ?? []).allSatisfy { wanted in
                let parts = wanted.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
                return parts.count == 2 ? labels[parts[0]] == parts[1] : labels[parts[0]] != nil
            }
        }.compactMap { summary($0, references: filters["reference"]) }
    }

    private func summary(_ image: StoredImage, references: [String]?) -> ImageSummary? {
        var summary = ImageSummary()
        summary.id = image.id.description
        summary.parentId = image.parent?.description ?? ""
        summary.created = image.created.nanoseconds / 1_000_000_000
        summary.size = image.size
        summary.virtualSize = image.size
        let labels = Dictionary(image.config.run.labels.map { ($0.key, $0.value) }, uniquingKeysWith: { $1 })
        summary.labels = labels.isEmpty ? nil : labels
        var names = image.references
        if let references {
            names = names.filter { name in references.contains { ReferencePattern($0).matches(name) } }
            if names.isEmpty { return nil }
        }
        let tags = names.filter { $0.digest == nil }.map(\.familiar)
        let digests = names.filter { $0.digest != nil }.map(\.familiar)
        summary.repoTags = tags.isEmpty ? ["<none>:<none>"] : tags
        summary.repoDigests = digests.isEmpty ? (tags.isEmpty ? ["<none>@<none>"] : nil) : digests
        return summary
    }

    public func inspectImage(_ reference: String) throws -> ImageInspect {
        let image = try images.lookup(reference)
        var inspect = ImageInspect()
        inspect.id = image.id.description
        inspect.repoTags = image.repoTags
        inspect.repoDigests = image.repoDigests
        inspect.parent = image.parent?.description ?? ""
        inspect.comment = image.config.comment
        inspect.created = image.created.description
        inspect.container = image.config.container
        let json = try image.config.json()
        inspect.containerConfig =
            try (json["container_config"]).map { try JSONDecoder().decode(ContainerConfig.self, from: $0) } ?? ContainerConfig()
        inspect.config = try json["config"].map { try JSONDecoder().decode(ContainerConfig.self, from: $0) }
        inspect.dockerVersion = image.config.dockerVersion
        inspect.author = image.config.author
        inspect.architecture = image.config.architecture
        inspect.variant = image.config.variant ?? ""
        inspect.os = image.config.os
        inspect.size = image.size
        inspect.virtualSize = image.size
        let folders = image.chain.reversed().map { images.filesFolder(of: $0) }
        var data = ["UpperDir": folders.first ?? ""]
        if folders.count > 1 { data["LowerDir"] = folders.dropFirst().joined(separator: ":") }
        inspect.graphDriver = GraphDriverData(data: data, name: "overlay2")
        inspect.rootFS = RootFS(type: "layers", layers: image.config.diffIDs.map(\.description))
        inspect.metadata = ImageMetadata(lastTagTime: (image.lastTagged ?? .zero).description)
        return inspect
    }

    public func imageHistory(_ reference: String) throws -> [HistoryItem] {
        let image = try images.lookup(reference)
        var layer = 0
        var items: [HistoryItem] = []
        for entry in image.config.history {
            var size: Int64 = 0
            if !entry.isEmptyLayer && layer < image.chain.count {
                size = images.layer(image.chain[layer])?.size ?? 0
                layer += 1
            }
            items.insert(
                HistoryItem(
                    comment: entry.comment, created: (entry.created ?? .zero).nanoseconds / 1_000_000_000, createdBy: entry.createdBy,
                    id: "<missing>", size: size, tags: nil), at: 0)
        }
        // What was made here has its parents here, an image for each line.
        var next: StoredImage? = image
        for index in items.indices {
            guard let own = next else { break }
            items[index].id = own.id.description
            items[index].tags = own.repoTags.isEmpty ? nil : own.repoTags
            next = own.parent.flatMap { images.image($0) }
        }
        return items
    }

    public func tagImage(_ reference: String, repository: String, tag: String, context call: CallContext) throws {
        let image = try images.lookup(reference)
        let new = try Reference(tag.isEmpty ? repository : "\(repository):\(tag)").withDefaultTag
        let before = ImagesBefore(self)
        try operate("tag", call) { operation in
            try operation.step("pull.tag") { step in
                _ = try images.tag(new, as: image.id)
                step.undo { try before.takeBack(image.id, names: [new], $0) }
                step.fact(new.familiar, image.id.description)
            }
        }
    }
}

/// `reference=` of `docker images --filter`: a pattern of path.Match over the familiar name, with or without its tag or digest.
struct ReferencePattern {
    private let pattern: String

    init(_ pattern: String) { self.pattern = pattern }

    func matches(_ name: Reference) -> Bool {
        fnmatch(pattern, name.familiar, FNM_PATHNAME) == 0 || fnmatch(pattern, name.familiarName, FNM_PATHNAME) == 0
    }
}
