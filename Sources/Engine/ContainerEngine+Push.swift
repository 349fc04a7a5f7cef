import Basics
import DockerAPI
import EngineInterface
import Hashing
import Kernel
import OCI
import Registry
import Steps
import Store

extension ContainerEngine {
    /// `docker push`: layers, config, manifest, in this order, so that the registry never has a manifest whose parts are missing.
    public func pushImage(_ request: PushRequest, context call: CallContext, sink: @escaping MessageSink) throws {
        let name = try Reference(request.name)
        guard name.digest == nil else { throw DrydockError(.invalid, "cannot push a digest reference") }
        let tag = request.tag.flatMap { $0.isEmpty ? nil : $0 } ?? name.tag
        let credentials = try RegistryCredentials(header: request.registryAuth)
        // What fails from here on comes after this line, as with Docker.
        try sink(JSONMessage(status: "The push refers to repository [\(name.name)]"))
        let references = try pushed(name, tag: tag)
        for reference in references {
            guard let image = images.image(named: reference) else { continue }
            try operate("push", call) { operation in
                try Push(
                    engine: self, image: image, reference: reference, credentials: credentials, operation: operation, call: call, sink: sink
                ).run()
            }
        }
    }

    /// The names that are meant: one tag, or all of the repository's.
    private func pushed(_ name: Reference, tag: String?) throws -> [Reference] {
        let all = images.images().flatMap(\.references).filter { $0.name == name.name && $0.digest == nil }
        guard !all.isEmpty else {
            throw DrydockError(.notFound, "An image does not exist locally with the tag: \(name.familiarName)")
        }
        guard let tag else { return all.sorted() }
        let wanted = try name.repository.with(tag: tag)
        guard all.contains(wanted) else { throw DrydockError(.notFound, "tag does not exist: \(wanted.familiar)") }
        return [wanted]
    }
}

/// One push of one image. Belongs to the thread that pushes; layers are sent by others.
private final class Push {
    private let engine: ContainerEngine
    private let image: StoredImage
    private let reference: Reference
    private let credentials: RegistryCredentials?
    private let operation: Steps.Operation
    private let call: CallContext
    private let sink: MessageSink
    private let lease: StoreLease
    private var access = RepositoryAccess.push(mounting: [])

    init(
        engine: ContainerEngine, image: StoredImage, reference: Reference, credentials: RegistryCredentials?,
        operation: Steps.Operation, call: CallContext, sink: @escaping MessageSink
    ) throws {
        self.engine = engine
        self.image = image
        self.reference = reference
        self.credentials = credentials
        self.operation = operation
        self.call = call
        self.sink = sink
        lease = try engine.images.lease(operation: "push")
    }

    deinit { lease.end() }

    func run() throws {
        let sources = mountSources()
        access = .push(mounting: Set(sources.values))
        let client = try operation.step("push.resolve") { step in
            let place = try engine.registry(for: reference.domain, step)
            step.fact("name", reference.description)
            step.fact("registry", "\(place)")
            try step.detail(image: image)
            return RegistryClient(endpoint: place.endpoint, credentials: credentials)
        }
        let sends = zip(image.config.diffIDs, image.layers).reversed().map { diffID, blob in
            LayerSend(
                blob, diffID, heard: operation.isObserved ? CallCollector() : nil, reference, access, sources[blob.digest], lease, call,
                sink)
        }
        for send in sends { try send.say("Preparing") }
        do {
            try operation.step("push.token") { step in
                let granted = try engine.observed(client, step) { try $0.authorize(reference, access) }
                step.fact("scope", granted.scope)
            }
        } catch let error as DrydockError where error.sentence.hasSuffix(": no basic auth credentials") {
            // To a push Docker says it without the address.
            throw DrydockError(.failed, "no basic auth credentials", advice: "docker login \(reference.domain)")
        }
        try sendLayers(sends, client)
        let manifest = try manifest(sends)
        try operation.step("push.config") { step in
            try engine.observed(client, step) { client in
                let config = manifest.config
                step.fact("image id", image.id.description)
                guard try !client.hasBlob(reference, config.digest, access) else {
                    return step.fact("sent", "nothing: it was there already")
                }
                let packed = try lease.pack(config)
                _ = try client.pushBlob(
                    reference, config.digest, size: config.size, file: packed.file, from: nil, access,
                    progress: { _ in try checkCancelled() })
            }
        }
        let digest = try operation.step("push.manifest") { step in
            try engine.observed(client, step) { client in
                // The registry's tag changes with this, and not back.
                operation.makeFinal()
                let digest = try client.putManifest(
                    reference, manifest.bytes, mediaType: manifest.mediaType, access, wait: checkCancelled)
                step.fact(reference.familiar, digest.description)
                return digest
            }
        }
        _ = try engine.images.restore(reference.with(digest: digest), to: image.id)
        let tag = reference.tag ?? ""
        try sink(JSONMessage(status: "\(tag): digest: \(digest) size: \(manifest.bytes.count)"))
        let aux: JSONValue = ["Tag": .string(tag), "Digest": .string(digest.description), "Size": .integer(Int64(manifest.bytes.count))]
        try sink(JSONMessage(progressDetail: JSONProgress(), aux: aux))
    }

    private func checkCancelled() throws {
        if call.isCancelled { throw DrydockError(.failed, "the push was cancelled") }
    }

    /// Which repository of the same registry is known to have a layer: one whose image we pulled or pushed has it.
    private func mountSources() -> [Digest: String] {
        var sources: [Digest: String] = [:]
        let wanted = Set(image.layers.map(\.digest))
        for other in engine.images.images() {
            guard
                let known = other.references.first(where: { $0.digest != nil && $0.domain == reference.domain && $0.path != reference.path }
                )
            else { continue }
            for layer in other.layers where wanted.contains(layer.digest) { sources[layer.digest] = known.path }
        }
        return sources
    }

    /// Several layers at once, unless somebody steps: then one after the other.
    private func sendLayers(_ sends: [LayerSend], _ client: RegistryClient) throws {
        if !operation.isStepped {
            EngineThread.share(sends.count, among: 5) { sends[$0].run(client) }
        }
        var failure: (any Error)?
        for send in sends {
            do {
                try operation.step("push.layer") { step in
                    if operation.isStepped { send.run(client) }
                    defer {
                        for exchange in send.exchanges { step.fact("http", exchange.line) }
                        send.tellCalls()
                    }
                    try send.wait { current, total in step.progress(current: current, total: total, label: send.label) }
                    step.fact("layer", send.diffID.description)
                    step.fact("blob", send.sent?.digest.description ?? "")
                    step.fact("sent", send.outcome)
                }
            } catch {
                failure = failure ?? error
                for other in sends { other.cancel() }
            }
        }
        if let failure {
            // What they still send would go on behind the answer's back.
            if !operation.isStepped { for send in sends { send.awaitEnd() } }
            throw failure
        }
    }

    /// An image whose layers all went as they came keeps the manifest that it came with, and so its digest. Otherwise the manifest is
    /// written in Docker's own form, which every registry takes.
    private func manifest(_ sends: [LayerSend]) throws -> ImageManifest {
        let layers = sends.reversed().compactMap(\.sent)
        if layers == image.layers {
            return try ImageManifest(parsing: engine.images.readBlob(image.manifest.digest, limit: ImageLimits.manifestBytes))
        }
        let config = Descriptor(mediaType: MediaType.dockerConfig, digest: image.id.digest, size: Int64(image.config.bytes.count))
        let plain = layers.map { Descriptor(mediaType: MediaType.dockerLayerGzip, digest: $0.digest, size: $0.size) }
        return ImageManifest(config: config, layers: plain, mediaType: MediaType.dockerManifest)
    }
}
