import Basics
import CDrydock
import DockerAPI
import EngineInterface
import Glibc
import Hashing
import Kernel
import OCI
import Registry
import Steps
import Store

extension ContainerEngine {
    /// Pulls an image from its registry, or all images of a repository when no tag is named.
    public func pullImage(_ request: PullRequest, context call: CallContext, sink: @escaping MessageSink) throws {
        let platform = try request.platform.map { try Platform($0) } ?? .host
        let credentials = try RegistryCredentials(header: request.registryAuth)
        let name = try reference(request)
        let all = name.tag == nil && name.digest == nil
        var isNew = false
        for reference in all ? try tagged(name, credentials, call) : [name] {
            let pulled = try pull(reference, credentials, platform, call, sink)
            isNew = isNew || pulled.isChange
            try sink(JSONMessage(status: "Digest: \(pulled.digest)"))
        }
        let outcome = isNew ? "Downloaded newer image" : "Image is up to date"
        try sink(JSONMessage(status: "Status: \(outcome) for \(name.familiar)"))
    }

    /// The names of a repository's tags, as its registry lists them.
    private func tagged(_ name: Reference, _ credentials: RegistryCredentials?, _ call: CallContext) throws -> [Reference] {
        try operate("pull", call) { operation in
            try operation.step("pull.tags") { step in
                let place = try registry(for: name.domain, step)
                let client = RegistryClient(endpoint: place.endpoint, credentials: credentials)
                let tags = try observed(client, step) { try $0.tags(name) }
                step.fact("tags", tags.joined(separator: " "))
                return try tags.map { try name.with(tag: $0) }
            }
        }
    }

    /// One image: name, manifest, config, layers; the name comes last, when everything is there.
    private func pull(
        _ reference: Reference, _ credentials: RegistryCredentials?, _ platform: Platform, _ call: CallContext,
        _ sink: @escaping MessageSink
    ) throws -> (digest: Digest, isChange: Bool) {
        let before = images.image(named: reference)?.id
        let pulled = try partOfCommand(call) {
            try operate("pull", call) { operation in
                try Pull(
                    engine: self, reference: reference, credentials: credentials, before: before, platform: platform, operation: operation,
                    call: call, sink: sink
                ).run()
            }
        }
        steppingSession(call)?.addCompensation { [self] in
            do {
                try operate("rmi", session: call.session, command: call.command, stepping: .none) { operation in
                    try operation.step("rmi.delete") { try takeBack(pulled, before: before, $0) }
                }
            } catch {
                log("taking back the pull of \(reference.familiar): \(error)")
            }
        }
        return (pulled.digest, before != pulled.image)
    }

    /// Takes back a pull that went well: its names mean again what they meant, and the image goes if it came with this pull and
    /// nothing else stands on it by now.
    func takeBack(_ pulled: Pulled, before: ImageID?, _ step: Step) throws {
        guard before != pulled.image else { return }
        for name in pulled.names { _ = try images.untag(name) }
        if let before { _ = try images.tag(pulled.names[0], as: before) }
        step.fact("untagged", pulled.names[0].familiar)
        guard pulled.isNew, let image = try? images.lookup(pulled.image.description), image.references.isEmpty,
            images.children(of: image.id).isEmpty, !containers.all.contains(where: { $0.record.imageID == image.id.description })
        else { return }
        let removal = try images.remove(image.id, keep: heldLayers())
        step.fact("layers removed", "\(removal.layers.count) of \(image.chain.count)")
    }

    private func reference(_ request: PullRequest) throws -> Reference {
        guard let tag = request.tag, !tag.isEmpty else { return try Reference(request.fromImage) }
        return try Reference(tag.contains(":") ? "\(request.fromImage)@\(tag)" : "\(request.fromImage):\(tag)").withDefaultTag
    }

    /// `docker load`: the images of an archive.
    public func loadImages(from archive: any BodyReader, quiet: Bool, context call: CallContext, sink: @escaping MessageSink) throws {
        let lease = try images.lease(operation: "load")
        defer { lease.end() }
        let before = ImagesBefore(self)
        try operate("load", call) { operation in
            try operation.step("load.images") { step in
                step.undo { [self] undo in
                    lease.end()
                    for finding in try images.collectGarbage(keep: heldLayers()) { undo.fact("removed", finding.path) }
                }
                let loader = ArchiveLoader(lease: lease, say: { line in try? sink(JSONMessage(stream: line)) })
                var loaded: [ArchiveLoader.Loaded] = []
                for image in try loader.load(from: archive.read) {
                    step.undo { try before.takeBack(image.id, names: image.references, $0) }
                    step.fact("image", "\(image.id) \(image.references.map(\.familiar).joined(separator: " "))")
                    loaded.append(image)
                }
                try step.detail(
                    "images",
                    .array(
                        try loaded.compactMap { loaded in
                            try images.image(loaded.id).map {
                                .object(try ImageDetails(image: $0, names: loaded.references.map(\.familiar)).json())
                            }
                        }))
                // Layers that were here already were unpacked for nothing: their removal is this step's work.
                lease.end()
            }
        }
    }
}
