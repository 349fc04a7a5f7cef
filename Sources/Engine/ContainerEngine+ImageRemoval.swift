import Basics
import DockerAPI
import EngineInterface
import OCI
import Steps
import Store

/// What `rmi` and `image prune` remove, and in which order, is Docker's (moby, daemon/images/image_delete.go).
extension ContainerEngine {
    /// `docker rmi`: takes a name away, and the image with it when it was the last and nothing needs it.
    public func removeImage(
        _ reference: String, force: Bool, keepParents: Bool, context call: CallContext
    ) throws -> [DeleteResponseItem] {
        try operate("rmi", call) { operation in
            let removal = ImageRemoval(engine: self, operation: operation, keepsParents: keepParents)
            try removal.remove(reference, force: force)
            return removal.items
        }
    }

    /// `docker image prune`: images without a name that nothing stands on; with `dangling=false` all that no container uses.
    public func pruneImages(filters: Filters, context call: CallContext) throws -> ImagesPruneReport {
        for key in filters.keys where !["dangling", "label", "label!", "until"].contains(key) {
            throw DrydockError(.invalid, "Invalid filter '\(key)'")
        }
        let danglingOnly = !(filters["dangling"]?.contains { $0 == "false" || $0 == "0" } ?? false)
        let wanted = try ImageAgeAndLabels(filters)
        let sizes = Dictionary(images.images().flatMap(\.chain).map { ($0.description, images.layer($0)?.size ?? 0) }) { first, _ in first }
        let items = try operate("rmi", call) { operation in
            let removal = ImageRemoval(engine: self, operation: operation, keepsParents: false)
            for image in images.images() where wanted.match(image) {
                if image.references.isEmpty && !images.children(of: image.id).isEmpty { continue }
                if image.references.isEmpty {
                    try removal.attempt { try $0.remove(image.id.hex, force: false) }
                } else if !danglingOnly || image.repoTags.isEmpty {
                    for name in image.references { try removal.attempt { try $0.remove(name.familiar, force: false) } }
                }
            }
            return removal.items
        }
        let freed = items.reduce(Int64(0)) { $0 + (sizes[$1.deleted] ?? 0) }
        return ImagesPruneReport(imagesDeleted: items.isEmpty ? nil : items, spaceReclaimed: UInt64(freed))
    }

    /// The layers that containers stand on, whatever became of their images.
    func heldLayers() -> Set<ChainID> {
        let held = containers.all.map(\.record.layers) + beingCreated.read { Array($0.values) }
        return Set(held.joined().compactMap { try? ChainID($0) })
    }
}

/// One `rmi`, with all that it leads to.
final class ImageRemoval {
    private let engine: ContainerEngine
    private let operation: Steps.Operation
    private let keepsParents: Bool
    /// What was done, in the order in which it was.
    private(set) var items: [DeleteResponseItem] = []

    init(engine: ContainerEngine, operation: Steps.Operation, keepsParents: Bool) {
        self.engine = engine
        self.operation = operation
        self.keepsParents = keepsParents
    }

    private var images: ImageStore { engine.images }

    /// Does what may be impossible for one image and is then passed over.
    func attempt(_ body: (ImageRemoval) throws -> Void) throws {
        do { try body(self) } catch let error as DrydockError where error.code == .conflict || error.code == .notFound {}
    }

    func remove(_ reference: String, force: Bool) throws {
        let image = try images.lookup(reference)
        let name = try? Reference(reference).withDefaultTag
        if let name, image.references.contains(where: { $0.familiar == name.familiar }) {
            try removeName(name, asked: reference, image, force: force)
        } else {
            if isSingle(image.references) {
                try refuse(image.id, conflict(of: image.id, withStopped: !force, withNames: false))
                for name in image.references { try untag(name) }
            }
            try delete(image.id, force: force, isQuiet: false)
        }
    }

    private func removeName(_ name: Reference, asked: String, _ image: StoredImage, force: Bool) throws {
        if !force, isSingle(image.references), let user = users(of: image.id).first {
            throw DrydockError(
                .conflict,
                "conflict: unable to remove repository reference \"\(asked)\" (must force) - container \(user.id.prefix(12)) is using its "
                    + "referenced image \(image.id.short)")
        }
        try untag(name)
        var left = images.image(image.id)?.references ?? []
        // With a repository's last tag its digests go as well.
        if name.digest == nil, !left.contains(where: { $0.digest == nil && $0.name == name.name }) {
            for digest in left where digest.digest != nil && digest.name == name.name { try untag(digest) }
            left = images.image(image.id)?.references ?? []
        }
        if left.isEmpty { try delete(image.id, force: force, isQuiet: true) }
    }

    /// - Parameter isQuiet: The name is gone already: that the image has to stay is no error then.
    private func delete(_ id: ImageID, force: Bool, isQuiet: Bool) throws {
        if let conflict = conflict(of: id, withStopped: !force, withNames: !force) {
            let isDangling = images.image(id)?.references.isEmpty ?? true && images.children(of: id).isEmpty
            if isQuiet && (!isDangling || conflict.isUsed) {
                return try tellWhoNeeds(id)
            }
            try refuse(id, conflict)
        }
        guard let image = images.image(id) else { return }
        for name in image.references { try untag(name) }
        try operation.step("rmi.delete") { step in
            let removal = try images.remove(id, keep: engine.heldLayers())
            for what in removal.left { engine.leave(what, step) }
            step.reason("image", id.description)
            step.reason("layers removed", "\(removal.layers.count) of \(image.chain.count)")
            for layer in image.chain where !removal.layers.contains(layer) { step.reason("layer kept", keeper(of: layer)) }
            items.append(DeleteResponseItem(deleted: id.description))
            items += removal.layers.map { DeleteResponseItem(deleted: $0.description) }
            // What is deleted can't be brought back.
            operation.makeFinal()
        }
        if !keepsParents, let parent = image.parent, images.image(parent) != nil { try delete(parent, force: false, isQuiet: true) }
    }

    /// The image stays: says who refers to it.
    private func tellWhoNeeds(_ id: ImageID) throws {
        try operation.step("rmi.kept") { step in
            step.reason("image", id.description)
            for child in images.children(of: id) { step.reason("made on it", images.image(child)?.repoTags.first ?? child.short) }
            for user in users(of: id) { step.reason("container", "\(user.name) (\(user.isRunning ? "running" : "stopped"))") }
            for name in images.image(id)?.repoTags ?? [] { step.reason("name", name) }
        }
    }

    /// Whom a layer is left for.
    private func keeper(of layer: ChainID) -> String {
        let users = images.images().filter { $0.chain.contains(layer) }
        if let image = users.first(where: { !$0.repoTags.isEmpty }) ?? users.first { return image.repoTags.first ?? image.id.short }
        // A container stands on it whose image has gone.
        let container = engine.containers.all.first { $0.record.layers.contains(layer.description) }
        return container.map { "container \($0.name)" } ?? "-"
    }

    private func untag(_ name: Reference) throws {
        try operation.step("rmi.untag") { step in
            let id = try images.untag(name)
            step.undo { [images] _ in _ = try images.restore(name, to: id) }
            step.reason("name", name.familiar)
            for left in images.image(id)?.references ?? [] where left.digest == nil { step.reason("name left", left.familiar) }
            items.append(DeleteResponseItem(untagged: name.familiar))
        }
    }

    // MARK: what stands in the way

    private struct Conflict {
        let text: String
        let isHard: Bool
        /// A container uses the image.
        let isUsed: Bool
    }

    private func conflict(of id: ImageID, withStopped: Bool, withNames: Bool) -> Conflict? {
        if !images.children(of: id).isEmpty {
            return Conflict(text: "image has dependent child images", isHard: true, isUsed: false)
        }
        let users = users(of: id)
        if let running = users.first(where: \.isRunning) {
            return Conflict(text: "image is being used by running container \(running.id.prefix(12))", isHard: true, isUsed: true)
        }
        if withNames, let image = images.image(id), !image.references.isEmpty {
            return Conflict(text: "image is referenced in multiple repositories", isHard: false, isUsed: false)
        }
        if withStopped, let stopped = users.first {
            return Conflict(text: "image is being used by stopped container \(stopped.id.prefix(12))", isHard: false, isUsed: true)
        }
        return nil
    }

    private func refuse(_ id: ImageID, _ conflict: Conflict?) throws {
        guard let conflict else { return }
        let remedy = conflict.isHard ? "cannot be forced" : "must be forced"
        throw DrydockError(.conflict, "conflict: unable to delete \(id.short) (\(remedy)) - \(conflict.text)")
    }

    private func users(of id: ImageID) -> [Container] { engine.containers.all.filter { $0.record.imageID == id.description } }

    /// One tag at most, and all digests of the same repository.
    private func isSingle(_ references: [Reference]) -> Bool {
        references.filter { $0.digest == nil }.count <= 1 && Set(references.map(\.name)).count <= 1
    }
}

/// The filters `until`, `label` and `label!` of a prune.
private struct ImageAgeAndLabels {
    private let until: Timestamp?
    private let labels: [(text: String, isWanted: Bool)]

    init(_ filters: Filters) throws {
        until = try filters["until"]?.first.map { try ContainerFilter.moment($0) }
        labels = (filters["label"] ?? []).map { ($0, true) } + (filters["label!"] ?? []).map { ($0, false) }
    }

    func match(_ image: StoredImage) -> Bool {
        if let until, image.created > until { return false }
        let own = Dictionary(image.config.run.labels.map { ($0.key, $0.value) }, uniquingKeysWith: { $1 })
        return labels.allSatisfy { label in
            let parts = label.text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            let has = parts.count == 2 ? own[parts[0]] == parts[1] : own[parts[0]] != nil
            return has == label.isWanted
        }
    }
}
