import Basics
import DockerAPI
import EngineInterface
import Hashing
import Kernel
import OCI
import Registry
import Steps
import Store

/// What a pull brought.
struct Pulled {
    let image: ImageID
    let digest: Digest
    /// The tag first, then the digest.
    let names: [Reference]
    /// False when the image was here already, under another name or under none.
    let isNew: Bool
}

/// One pull. Belongs to the thread that pulls; layers are fetched by others.
final class Pull {
    private let engine: ContainerEngine
    private let reference: Reference
    private let credentials: RegistryCredentials?
    /// The image that the name means so far.
    private let before: ImageID?
    private let platform: Platform
    private let operation: Operation
    private let call: CallContext
    private let sink: MessageSink
    private let lease: StoreLease
    private var client: RegistryClient

    init(
        engine: ContainerEngine, reference: Reference, credentials: RegistryCredentials?, before: ImageID?, platform: Platform,
        operation: Operation, call: CallContext,
        sink: @escaping MessageSink
    ) throws {
        self.engine = engine
        self.before = before
        self.platform = platform
        self.reference = reference
        self.credentials = credentials
        self.operation = operation
        self.call = call
        self.sink = sink
        lease = try engine.images.lease(operation: "pull")
        client = RegistryClient(endpoint: RegistryEndpoint(scheme: "http", host: "127.0.0.1", port: 0))
    }

    deinit { lease.end() }

    func run() throws -> Pulled {
        try operation.step("pull.resolve") { step in
            let place = try engine.registry(for: reference.domain, step)
            client = RegistryClient(endpoint: place.endpoint, credentials: credentials)
            step.fact("name", reference.description)
            step.fact("registry", "\(place)")
        }
        try operation.step("pull.token") { step in
            try observed(step) { client in
                let granted = try client.authorize(reference)
                step.fact("scope", granted.scope)
            }
        }
        let resolved = try operation.step("pull.manifest") { step in
            try observed(step) { client in
                let resolved = try client.resolve(reference, platform: platform) {
                    if call.isCancelled { throw DrydockError(.failed, "the pull was cancelled") }
                }
                step.fact("manifest", resolved.manifestDigest.description)
                step.fact("platform", resolved.index == nil ? "the only one" : platform.description)
                step.fact("layers", "\(resolved.manifest.layers.count)")
                return resolved
            }
        }
        // Only now: what fails before the first message is the whole answer's failure.
        try sink(JSONMessage(status: "Pulling from \(reference.path)", id: reference.tag ?? reference.digest?.description ?? ""))
        let config = try operation.step("pull.config") { step in
            try observed(step) { client in
                let bytes = try client.fetchConfig(reference, resolved.manifest)
                step.fact("image id", resolved.manifest.config.digest.description)
                return bytes
            }
        }
        let parsed = try ImageConfig(parsing: config)
        guard platform.rank(of: parsed.platform) != nil else {
            throw DrydockError(
                .notFound, "no matching manifest for \(platform): \(reference.familiar) is for \(parsed.platform)",
                advice: "Leave --platform out, or use \(parsed.platform).")
        }
        guard parsed.diffIDs.count == resolved.manifest.layers.count else {
            throw DrydockError(
                .invalid,
                "\(reference.familiar): its config names \(parsed.diffIDs.count) layers, its manifest \(resolved.manifest.layers.count)")
        }
        // What somebody has made on a stand-in inherits its label, but is none.
        if reference.path.hasPrefix("library/"), let note = parsed.run.labels.first(where: { $0.key == "org.drydock.note" })?.value {
            try sink(JSONMessage(status: "This is a \(note)"))
        }
        // An image that is here already needs nothing but its name, and Docker says nothing of its layers.
        if engine.images.image(parsed.id) == nil {
            let chains = ChainID.chain(of: parsed.diffIDs)
            let unpacked = Set(zip(resolved.manifest.layers, chains).filter { lease.claim(layer: $1) != nil }.map(\.0.digest))
            let present = try fetchLayers(resolved.manifest.layers, unpacked: unpacked)
            try unpack(resolved.manifest.layers, parsed.diffIDs, present)
        }
        let names = [reference, reference.with(digest: resolved.target.digest)]
        return try operation.step("pull.tag") { step in
            // Also what was written of a manifest, where no layer had to be fetched.
            step.undo { try self.discard($0) }
            let old = engine.images.image(parsed.id)
            let isNew = old == nil
            let committed: (image: StoredImage, taggings: [ImageStore.Tagging])
            if let old, !resolved.manifest.layers.allSatisfy({ lease.claim(blob: $0.digest) }) {
                // Made here and pushed: its layers' archives are not those that this manifest names, and what they hold is here.
                committed = try engine.images.commitImage(config: config, layers: old.layers, references: names, lease: lease)
            } else {
                committed = try engine.images.commitImage(
                    config: config, manifest: (resolved.manifest.bytes, resolved.manifest.mediaType), references: names, lease: lease)
            }
            step.fact(reference.familiar, committed.image.id.description)
            let pulled = Pulled(image: committed.image.id, digest: resolved.target.digest, names: names, isNew: isNew)
            step.undo { [engine, before] in try engine.takeBack(pulled, before: before, $0) }
            return pulled
        }
    }

    private func observed<T>(_ step: Step, _ body: (RegistryClient) throws -> T) throws -> T {
        try engine.observed(client, step, body)
    }

    /// Several layers at once, unless somebody steps: then one after the other, each when its step is reached.
    /// - Parameter unpacked: Those that need not be unpacked, whatever becomes of their archives.
    /// - Returns: Those that were here already.
    private func fetchLayers(_ layers: [Descriptor], unpacked: Set<Digest>) throws -> Set<Digest> {
        let fetches = layers.map {
            LayerFetch(
                $0, unpacks: !operation.isStepped && !unpacked.contains($0.digest),
                heard: operation.isObserved ? CallCollector() : nil, reference, client, lease, call, sink)
        }
        for fetch in fetches { try fetch.announce() }
        if !operation.isStepped {
            EngineThread.share(fetches.count, among: 6) { fetches[$0].run() }
        }
        var failure: (any Error)?
        for fetch in fetches {
            do {
                try operation.step("pull.layer") { step in
                    step.undo { try self.discard($0) }
                    if operation.isStepped { fetch.run() }
                    defer {
                        for exchange in fetch.exchanges { step.fact("http", exchange.line) }
                        fetch.tellCalls()
                    }
                    try fetch.wait { current, total in step.progress(current: current, total: total, label: fetch.layer.digest.short) }
                    step.reason("layer", fetch.layer.digest.description)
                    step.fact("size", "\(fetch.layer.size)")
                    if fetch.wasThere { step.reason("download", "none: the layer was here already") }
                    if fetch.isUnpackedAsItComes { step.fact("unpacking", "has begun with the first bytes") }
                }
            } catch {
                failure = failure ?? error
                for other in fetches { other.cancel() }
            }
        }
        if let failure {
            // What they still write would come after the rollback.
            if !operation.isStepped { for fetch in fetches { fetch.awaitEnd() } }
            throw failure
        }
        return Set(fetches.filter(\.wasThere).map(\.layer.digest))
    }

    /// Takes back what was fetched and unpacked, except what something else has come to need. All of it at once: called again, there is
    /// nothing left to do.
    private func discard(_ step: Step) throws {
        lease.end()
        for finding in try engine.images.collectGarbage(keep: engine.heldLayers()) { step.fact("removed", finding.path) }
    }

    private func unpack(_ layers: [Descriptor], _ diffIDs: [Digest], _ present: Set<Digest>) throws {
        var parent: ChainID?
        for (layer, diffID) in zip(layers, diffIDs) {
            parent = try operation.step("pull.unpack") { step in
                step.undo { try self.discard($0) }
                let sink = sink
                let record = try lease.unpackLayer(blob: layer, diffID: diffID, parent: parent) { current, total in
                    step.progress(current: current, total: total, label: layer.digest.short)
                    try sink(
                        JSONMessage(
                            status: "Extracting", progressDetail: JSONProgress(current: current, total: total), id: layer.digest.short))
                }
                step.fact("chain id", record.chainID.description)
                step.fact("files", "\(record.members)")
                step.fact("size", "\(record.size)")
                return record.chainID
            }
            if !present.contains(layer.digest) { try sink(.update("Pull complete", of: layer)) }
        }
    }
}
