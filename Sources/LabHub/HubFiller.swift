import Basics
import Hashing
import OCI

/// Makes the images of recipes, each only when something it is made of has changed.
struct HubFiller {
    private let storage: HubStorage
    private let platform: Platform
    /// For each recipe what it was made of (`key`) and what came of it.
    private var record: JSONObject
    private var applets: [String: [String]] = [:]

    private static let recordName = "recipes.json"

    init(storage: HubStorage, platform: Platform) throws {
        self.storage = storage
        self.platform = platform
        record = try storage.document(Self.recordName)?.objectValue ?? JSONObject()
    }

    /// - Returns: the image's names.
    mutating func fill(_ recipe: Recipe, source: [UInt8], progress: (String) -> Void) throws -> [String] {
        let names = recipe.tags.map { "\(recipe.name):\($0)" }
        let key = try key(of: recipe, source: source)
        if record[recipe.name]?["key"]?.stringValue == key, isWhole(recipe) { return names }
        progress(names[0])
        for file in recipe.hostFiles where applets[file.path] == nil && recipe.asksApplets(of: file) {
            applets[file.path] = try Applets.list(of: file.path)
        }
        let known = applets
        let image = try ImageAssembler(recipe: recipe, storage: storage, platform: platform, applets: { known[$0] ?? [] }).assemble()
        try storage.tag(image, repository: recipe.name, tags: recipe.tags)
        record[recipe.name] = ["key": .string(key), "image": .string(image.digest.description)]
        try storage.replace(Self.recordName, with: .object(record))
        return names
    }

    /// What an image is made of: the recipe's text, and size and time of each file of the host.
    private func key(of recipe: Recipe, source: [UInt8]) throws -> String {
        var text = "\(Digest.sha256(of: source)) \(platform.architecture)"
        for file in recipe.hostFiles {
            guard let stamp = HostFiles.stamp(file.path) else {
                throw DrydockError(
                    .notFound,
                    "the lab hub needs \(file.path) for \(recipe.name), and it is not there",
                    advice: "apt-get install \(file.package)"
                )
            }
            text += " \(file.path) \(stamp.size) \(stamp.modified)"
        }
        return text
    }

    /// Whether the image is in the hub under all its names with every blob, so that a damaged hub heals at the next fill.
    private func isWhole(_ recipe: Recipe) -> Bool {
        guard let repository = storage.catalogue.repository(recipe.name),
            let image = record[recipe.name]?["image"]?.stringValue,
            recipe.tags.allSatisfy({ repository.tags[$0]?.digest.description == image })
        else { return false }
        return repository.manifests.values.allSatisfy(storage.holds) && repository.blobs.values.allSatisfy(storage.holds)
    }
}

extension Recipe {
    fileprivate func asksApplets(of file: HostFile) -> Bool {
        layers.contains { layer in
            layer.entries.contains { entry in
                if case .applets(let source, _) = entry.kind { source == file } else { false }
            }
        }
    }
}
