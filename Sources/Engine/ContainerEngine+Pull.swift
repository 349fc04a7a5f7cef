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
    /// Pulls an image from its registry: name, manifest, config, layers; the name comes last, when everything is there.
    public func pullImage(_ request: PullRequest, context call: CallContext, sink: @escaping MessageSink) throws {
        let reference = try reference(request)
        let platform = try request.platform.map { try Platform($0) } ?? .host
        let credentials = try RegistryCredentials(header: request.registryAuth)
        let before = images.image(named: reference)?.id
        let pulled = try partOfCommand(call) {
            try operate("pull", call) { operation in
                try Pull(
                    engine: self, reference: reference, credentials: credentials, before: before, platform: platform, operation: operation,
                    call: call,
                    sink: sink
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
        let isNew = before != pulled.image
        try sink(JSONMessage(status: "Digest: \(pulled.digest)"))
        try sink(
            JSONMessage(
                status: isNew
                    ? "Status: Downloaded newer image for \(reference.familiar)" : "Status: Image is up to date for \(reference.familiar)"))
    }

    /// Takes back a pull that went well: its names mean again what they meant, and the image goes if it came with this pull and
    /// nothing else stands on it by now.
    fileprivate func takeBack(_ pulled: Pulled, before: ImageID?, _ step: Step) throws {
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
        guard let tag = request.tag, !tag.isEmpty else { return try Reference(request.fromImage).withDefaultTag }
        return try Reference(tag.contains(":") ? "\(request.fromImage)@\(tag)" : "\(request.fromImage):\(tag)").withDefaultTag
    }

    /// `docker load`: the images of an archive.
    public func loadImages(from archive: any BodyReader, quiet: Bool, context call: CallContext, sink: @escaping MessageSink) throws {
        let input = try BodyPipe(archive)
        let lease = try images.lease(operation: "load")
        defer { lease.end() }
        try operate("load", call) { operation in
            try operation.step("load.images") { step in
                let loader = ArchiveLoader(lease: lease, say: { line in try? sink(JSONMessage(stream: line)) })
                for image in try loader.load(from: input.fd, isWhole: input.check) {
                    step.fact("image", "\(image.id) \(image.references.map(\.familiar).joined(separator: " "))")
                }
            }
        }
    }
}

/// What a pull brought.
private struct Pulled {
    let image: ImageID
    let digest: Digest
    /// The tag first, then the digest.
    let names: [Reference]
    /// False when the image was here already, under another name or under none.
    let isNew: Bool
}

/// One pull. Belongs to the thread that pulls; layers are fetched by others.
private final class Pull {
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
            let (endpoint, isLab) = try engine.registry(for: reference.domain)
            client = RegistryClient(endpoint: endpoint, credentials: credentials)
            step.fact("name", reference.description)
            step.fact("registry", "\(endpoint)\(isLab ? " (the lab hub)" : "")")
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
            let present = try fetchLayers(resolved.manifest.layers)
            try unpack(resolved.manifest.layers, parsed.diffIDs, present)
        }
        let names = [reference, reference.with(digest: resolved.target.digest)]
        return try operation.step("pull.tag") { step in
            let isNew = (try? engine.images.lookup(parsed.id.description)) == nil
            let committed = try engine.images.commitImage(
                config: config, manifest: (resolved.manifest.bytes, resolved.manifest.mediaType), references: names, lease: lease)
            step.fact(reference.familiar, committed.image.id.description)
            let pulled = Pulled(image: committed.image.id, digest: resolved.target.digest, names: names, isNew: isNew)
            step.undo { [engine, before] in try engine.takeBack(pulled, before: before, $0) }
            return pulled
        }
    }

    private func observed<T>(_ step: Step, _ body: (RegistryClient) throws -> T) throws -> T {
        try engine.observed(client, step, body)
    }

    /// All layers at once, unless somebody steps: then one after the other, each when its step is reached.
    /// - Returns: Those that were here already.
    private func fetchLayers(_ layers: [Descriptor]) throws -> Set<Digest> {
        let fetches = layers.map { LayerFetch($0, reference, client, lease, call, sink) }
        for fetch in fetches { try fetch.announce() }
        if !operation.isStepped {
            for fetch in fetches {
                // No thread to be had: the layer is fetched here, later than it could have been.
                do { try EngineThread.start { fetch.run() } } catch { fetch.run() }
            }
        }
        var failure: (any Error)?
        for fetch in fetches {
            do {
                try operation.step("pull.layer") { step in
                    step.undo { try self.discard($0) }
                    if operation.isStepped { fetch.run() }
                    defer { for exchange in fetch.exchanges { step.fact("http", exchange.line) } }
                    try fetch.wait { current, total in step.progress(current: current, total: total, label: fetch.layer.digest.short) }
                    step.fact("layer", fetch.layer.digest.description)
                    step.fact("size", "\(fetch.layer.size)")
                    if fetch.wasThere { step.fact("download", "none: the layer was here already") }
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

/// One layer on its way from the registry into the store, on a thread of its own.
private final class LayerFetch: Sendable {
    private struct State {
        var current: Int64 = 0
        var isDone = false
        var isCancelled = false
        var wasThere = false
        var failure: (any Error)?
        var exchanges: [HTTPExchange] = []
    }

    let layer: Descriptor
    private let reference: Reference
    private let client: RegistryClient
    private let lease: StoreLease
    private let call: CallContext
    private let sink: MessageSink
    private let state = Monitored(State())

    init(
        _ layer: Descriptor, _ reference: Reference, _ client: RegistryClient, _ lease: StoreLease, _ call: CallContext,
        _ sink: @escaping MessageSink
    ) {
        self.layer = layer
        self.reference = reference
        self.client = client
        self.lease = lease
        self.call = call
        self.sink = sink
    }

    var wasThere: Bool { state.read { $0.wasThere } }
    var exchanges: [HTTPExchange] { state.read { $0.exchanges } }

    func announce() throws { try sink(.update("Pulling fs layer", of: layer)) }

    func cancel() { state.update { $0.isCancelled = true } }

    func run() {
        do {
            if lease.claim(blob: layer.digest) {
                state.update { $0.wasThere = true }
                try sink(.update("Already exists", of: layer))
            } else {
                try download()
                try sink(.update("Download complete", of: layer))
            }
            state.update { $0.isDone = true }
        } catch {
            state.update {
                $0.failure = error
                $0.isDone = true
            }
        }
    }

    private func download() throws {
        let writer = try lease.blobWriter(.layer, digest: layer.digest, size: layer.size)
        var told: Int64 = 0
        do {
            let observed = client.observed { [state] exchange in state.update { $0.exchanges.append(exchange) } }
            let progress = { [call, state, layer, sink] (current: Int64) in
                if call.isCancelled || state.read({ $0.isCancelled }) { throw DrydockError(.failed, "the pull was cancelled") }
                state.update { $0.current = current }
                // As often as Docker says it: a client at the other end of a slow line is not to be flooded.
                guard current == layer.size || current - told >= 512 * 1024 else { return }
                told = current
                try sink(
                    JSONMessage(
                        status: "Downloading", progressDetail: JSONProgress(current: current, total: layer.size), id: layer.digest.short))
            }
            try observed.fetchBlob(reference, layer, to: { try writer.write($0) }, progress: progress)
            _ = try writer.commit()
        } catch {
            writer.cancel()
            throw error
        }
    }

    func awaitEnd() { _ = state.wait { $0.isDone ? true : nil } }

    /// Waits for the end, telling how far it is.
    func wait(_ progress: (Int64, Int64) -> Void) throws {
        var told: Int64 = -1
        while true {
            let (current, isDone, failure) =
                state.wait { state -> (Int64, Bool, (any Error)?)? in
                    state.isDone || state.current != told ? (state.current, state.isDone, state.failure) : nil
                }
            if let failure { throw failure }
            progress(current, layer.size)
            told = current
            if isDone { return }
        }
    }
}

extension JSONMessage {
    /// A layer's change of state. The empty progress tells clients to rewrite the layer's own line.
    fileprivate static func update(_ status: String, of layer: Descriptor) -> JSONMessage {
        JSONMessage(status: status, progressDetail: JSONProgress(), id: layer.digest.short)
    }
}

extension HTTPExchange {
    var line: String { "\(method) \(url) → \(status), \(bytes) bytes, \(Int(microseconds)) µs" }
}
