import OCI
import Steps
import Store

/// Which images there were before an operation, and what their names meant: what the operation adds can be taken back.
struct ImagesBefore {
    private let engine: ContainerEngine
    private let ids: Set<ImageID>
    private let meanings: [Reference: ImageID]

    init(_ engine: ContainerEngine) {
        self.engine = engine
        let images = engine.images.images()
        ids = Set(images.map(\.id))
        meanings = Dictionary(images.flatMap { image in image.references.map { ($0, image.id) } }, uniquingKeysWith: { first, _ in first })
    }

    /// Gives names their meaning back, and removes the image unless it was there, or somebody has come to need it.
    /// - Throws: `DrydockError` when the store can't be written.
    func takeBack(_ id: ImageID, names: [Reference], _ step: Step) throws {
        for name in names.map(\.storageForm) where meanings[name] != id {
            if let previous = meanings[name] { try engine.images.restore(name, to: previous) } else { _ = try engine.images.untag(name) }
            step.fact("untagged", name.familiar)
        }
        guard !ids.contains(id), let image = engine.images.image(id), image.references.isEmpty, engine.images.children(of: id).isEmpty,
            !engine.containers.all.contains(where: { $0.record.imageID == id.description })
        else { return }
        let removal = try engine.images.remove(id, keep: engine.heldLayers())
        for what in removal.left { engine.leave(what, step) }
        step.fact("removed", id.description)
    }
}
