import Basics
import DockerAPI
import EngineInterface
import Glibc
import Hashing
import OCI
import Runtime
import Steps
import Store

extension ContainerEngine {
    /// `docker diff`: what a container has changed against its image.
    public func containerChanges(_ reference: String) throws -> [ContainerChange] {
        let container = try containers.find(reference)
        let layers = try container.record.layers.map { images.filesFolder(of: try ChainID($0)) }
        let comparison = try LayerComparison(lower: [paths.initLayer] + layers.reversed())
        return try comparison.changes(in: container.upper).map { ContainerChange(kind: $0.kind.rawValue, path: $0.path) }
    }

    /// `docker commit`: an image of a container's own layer on those of its image.
    public func commitContainer(_ request: CommitRequest, context call: CallContext) throws -> CommitResponse {
        let container = try containers.find(request.container)
        let name = try request.reference.map { try Reference($0).withDefaultTag }
        if name?.digest != nil { throw DrydockError(.invalid, "refusing to create a tag with a digest reference") }
        let changes = try ConfigChanges(request.changes)
        let image = try partOfCommand(call) {
            try operate("commit", call) {
                try Commit(engine: self, container: container, request: request, changes: changes, name: name, operation: $0).run()
            }
        }
        return CommitResponse(id: image.description)
    }
}

/// One commit. Belongs to the thread that does it.
private struct Commit {
    let engine: ContainerEngine
    let container: Container
    let request: CommitRequest
    let changes: ConfigChanges
    let name: Reference?
    let operation: Steps.Operation

    private var record: ContainerRecord { container.record }

    func run() throws -> ImageID {
        let parent = try engine.images.lookup(record.imageID)
        let lease = try engine.images.lease(operation: "commit")
        defer { lease.end() }
        let isHeld = request.pauses && container.isRunning && !container.state.isHeldStill
        if isHeld {
            try operation.step("commit.pause") { step in
                let cgroup = engine.cgroup(of: container)
                step.undo { [engine] in try cgroup.thaw(engine.recorder($0)) }
                try cgroup.freeze(engine.recorder(step))
                step.fact("held still", container.name)
            }
        }
        let layer: StoreLease.CommittedLayer? = try operation.step("commit.layer") { step in
            // What was not written needs no layer, and one that nobody has must not stay behind.
            guard try !FileTree.isEmpty(container.upper) else {
                step.fact("layer", "none: nothing was written")
                return nil
            }
            step.undo { undo in
                lease.end()
                for finding in try engine.images.collectGarbage(keep: engine.heldLayers()) { undo.fact("removed", finding.path) }
            }
            let layer = try lease.commitLayer(of: container.upper, parent: parent.chain.last) {
                step.progress(current: $0, total: 0, label: container.name)
            }
            step.fact("layer", layer.record.diffID.description)
            step.fact("members", "\(layer.record.members)")
            step.fact("size", "\(layer.record.size)")
            step.fact("on", "\(parent.chain.count) layers of the image, which stay as they are")
            return layer
        }
        if isHeld {
            try operation.step("commit.resume") { step in
                // Somebody may have paused it meanwhile.
                if !container.state.isHeldStill { try engine.cgroup(of: container).thaw(engine.recorder(step)) }
            }
        }
        return try operation.step("commit.image") { step in
            let config = try ImageDocument(parent: parent, container: record, layer: layer?.record, request: request, changes: changes)
                .bytes()
            let committed = try engine.images.commitImage(
                config: config, layers: parent.layers + (layer.map { [$0.blob] } ?? []), references: name.map { [$0] } ?? [],
                parent: parent.id,
                lease: lease)
            step.undo { _ in
                if let name { _ = try engine.images.untag(name) }
                if let previous = committed.taggings.first?.previous, let name { _ = try engine.images.tag(name, as: previous) }
                _ = try engine.images.remove(committed.image.id, keep: engine.heldLayers())
            }
            step.fact("image id", committed.image.id.description)
            if let name { step.fact("name", name.familiar) }
            step.fact("layers", "\(committed.image.chain.count)")
            return committed.image.id
        }
    }
}

/// The configuration of a committed image: the members and their order are Docker's (moby, image/image.go, sorted by key).
private struct ImageDocument {
    let parent: StoredImage
    let container: ContainerRecord
    /// nil where nothing was written.
    let layer: LayerRecord?
    let request: CommitRequest
    let changes: ConfigChanges

    func bytes() throws -> [UInt8] {
        let now = Timestamp.now().description
        let before = try JSONEncoder().value(container.config)
        let old = try parent.config.json()
        var json = JSONObject()
        json["architecture"] = .string(parent.config.architecture)
        if !request.author.isEmpty { json["author"] = .string(request.author) }
        if !request.comment.isEmpty { json["comment"] = .string(request.comment) }
        json["config"] = try JSONEncoder().value(changes.over(container.config))
        json["container"] = .string(container.id)
        json["container_config"] = before
        json["created"] = .string(now)
        json["docker_version"] = .string("20.10.24")
        json["history"] = .array((old["history"]?.arrayValue ?? []) + [entry(now)])
        json["os"] = .string(parent.config.os)
        if let version = old["os.version"] { json["os.version"] = version }
        let diffIDs = parent.config.diffIDs + (layer.map { [$0.diffID] } ?? [])
        json["rootfs"] = ["type": "layers", "diff_ids": .array(diffIDs.map { .string($0.description) })]
        if let variant = parent.config.variant { json["variant"] = .string(variant) }
        return JSONValue.object(json).bytes()
    }

    private func entry(_ now: String) -> JSONValue {
        var entry = JSONObject()
        entry["created"] = .string(now)
        if !request.author.isEmpty { entry["author"] = .string(request.author) }
        let command = (container.config.cmd ?? []).joined(separator: " ")
        if !command.isEmpty { entry["created_by"] = .string(command) }
        if !request.comment.isEmpty { entry["comment"] = .string(request.comment) }
        if layer == nil { entry["empty_layer"] = .bool(true) }
        return .object(entry)
    }
}
