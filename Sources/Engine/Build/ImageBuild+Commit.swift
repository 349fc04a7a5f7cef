import Basics
import DockerAPI
import EngineInterface
import OCI
import Steps
import Store

extension ImageBuild {
    /// Looks into the cache; on a hit the stage goes on from there.
    /// - Parameter files: What the instruction would copy.
    func probe(_ config: ContainerConfig, files: [SourceTree.FileSum] = []) throws -> Bool {
        guard let state else { return false }
        let finding = try engine.operate("build", call) { operation in
            place(operation, .image)
            return try operation.step("build.cache") { step in
                let finding = try cache.look(for: config, on: state.image, files: files) { restorable in
                    try restore(restorable, config, on: state.image, step)
                }
                step.fact("on", state.image?.id.short ?? "scratch")
                step.fact("instruction", (config.cmd ?? []).joined(separator: " "))
                switch finding {
                case .hit(let image):
                    step.fact("cache", "HIT")
                    step.fact("image id", image.id.description)
                    try step.detail(image: image, since: state.image)
                case .miss(let reason):
                    step.fact("cache", "MISS")
                    step.fact("why", reason.code)
                    for detail in reason.details { step.fact("detail", detail) }
                }
                return finding
            }
        }
        story.finding = finding
        if request.explains { try explain(finding) }
        guard case .hit(let image) = finding else { return false }
        try say(" ---> Using cache\n")
        self.state?.move(to: image)
        return true
    }

    /// Makes the image of a step of which only a later one is here, in the cache that `--cache-from` names.
    private func restore(_ restorable: BuildCache.Restorable, _ config: ContainerConfig, on parent: StoredImage?, _ step: Step) throws
        -> StoredImage
    {
        let source = restorable.source
        step.fact("from the history of", source.id.short)
        if restorable.isLast {
            guard let parent else { return source }
            step.undo { [engine] _ in try engine.images.setParent(of: source.id, to: source.parent) }
            try engine.images.setParent(of: source.id, to: parent.id)
            return engine.images.image(source.id) ?? source
        }
        let image = try engine.images.commitImage(
            config: try restorable.document(config), layers: Array(source.layers.prefix(restorable.layers)), parent: parent?.id,
            lease: lease
        ).image
        step.undo { [engine] _ in _ = try engine.images.remove(image.id, keep: engine.heldLayers()) }
        willTakeBack(image)
        return image
    }

    /// An instruction that changes the configuration alone: a container that never runs, and an image without a layer of its own.
    func commit(comment: String) throws {
        guard let state else { return }
        var config = state.configuration(comment: comment)
        if try probe(config) { return }
        let container = try makeContainer(config)
        config.hostname = String(container.id.prefix(12))
        config.labels = config.labels ?? [:]
        try engine.operate("build", call) { operation in
            place(operation, .image)
            try makeImage(operation, config, container: container.id, layer: nil)
        }
    }

    /// The container of a step that runs nothing.
    func makeContainer(_ config: ContainerConfig) throws -> Container {
        var host = HostConfig()
        // Nobody will miss it: it needs no sync, and the next engine removes it should this one be killed.
        host.autoRemove = request.removesContainers
        let id = newContainerID()
        var own = config
        own.hostname = String(id.prefix(12))
        let words = (own.entrypoint ?? []) + (own.cmd ?? [])
        let record = ContainerRecord(
            id: id, name: engine.freeName(), created: .now(), imageID: state?.id ?? "", imageName: state?.id ?? "",
            layers: (state?.chain ?? []).map(\.description), path: words.first ?? "", args: Array(words.dropFirst()), config: own,
            hostConfig: host, mounts: [])
        // Nothing is mounted where nothing runs.
        let none = try ContainerMounts(config: ContainerConfig(), host: HostConfig(), folder: engine.paths.volumes) { name in
            throw DrydockError(.notFound, "No such container: \(name)")
        }
        let (made, changes) = try engine.operate("build", call) { try engine.create(record, none, $0) }
        engine.steppingSession(call)?.addCompensation { [engine, call] in engine.takeBack(made, changes, call) }
        container = made
        try say(" ---> Running in \(id.prefix(12))\n")
        return made
    }

    /// Puts what a step has made under an image's id.
    func makeImage(_ operation: Operation, _ containerConfig: ContainerConfig, container: String, layer: StoreLease.CommittedLayer?) throws
    {
        guard let state else { return }
        let parent = state.image
        var made: StoredImage?
        try operation.step("build.image") { step in
            let document = BuildDocument(
                state: state, containerConfig: containerConfig, container: container, layer: layer?.record)
            let blobs = (parent?.layers ?? []) + (layer.map { [$0.blob] } ?? [])
            let committed = try engine.images.commitImage(
                config: try document.bytes(), layers: blobs, parent: parent?.id, lease: lease)
            step.undo { [engine] _ in _ = try engine.images.remove(committed.image.id, keep: engine.heldLayers()) }
            step.fact("image id", committed.image.id.description)
            step.fact("on", parent?.id.short ?? "scratch")
            step.fact("layers", "\(committed.image.chain.count)")
            if let layer { step.fact("adds", "\(layer.record.members) files, \(layer.record.size) bytes") }
            try step.detail(image: committed.image, since: parent)
            self.state?.move(to: committed.image)
            made = committed.image
        }
        if let made { willTakeBack(made) }
    }

    /// Archives what a step has written.
    /// - Returns: nil where that is nothing.
    func makeLayer(_ operation: Operation, of upper: String) throws -> StoreLease.CommittedLayer? {
        try operation.step("build.layer") { step in
            guard try !FileTree.isEmpty(upper) else {
                step.fact("layer", "none: nothing was written")
                return nil
            }
            step.undo { [engine, lease] undo in
                lease.end()
                for finding in try engine.images.collectGarbage(keep: engine.heldLayers()) { undo.fact("removed", finding.path) }
            }
            let layer = try lease.commitLayer(of: upper, parent: state?.chain.last) {
                step.progress(current: $0, total: 0, label: "layer")
            }
            step.fact("layer", layer.record.diffID.description)
            step.fact("members", "\(layer.record.members)")
            step.fact("size", "\(layer.record.size)")
            step.detail("layer", ["of": .string(upper), "chain": .string(layer.record.chainID.hex)])
            return layer
        }
    }
}
