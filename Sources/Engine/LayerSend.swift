import Basics
import DockerAPI
import EngineInterface
import Kernel
import OCI
import Registry
import Store

/// One layer on its way from the store to a registry, on a thread of its own.
final class LayerSend: Sendable {
    private struct State {
        var current: Int64 = 0
        var total: Int64 = 0
        var isDone = false
        var isCancelled = false
        var sent: Descriptor?
        var outcome = ""
        var failure: (any Error)?
        var exchanges: [HTTPExchange] = []
    }

    let diffID: Digest
    private let blob: Descriptor
    private let reference: Reference
    private let access: RepositoryAccess
    private let source: String?
    private let lease: StoreLease
    private let call: CallContext
    private let sink: MessageSink
    /// Hears what its thread does, for the layer's step; nil when nobody watches.
    private let heard: CallCollector?
    private let state = Monitored(State())

    /// - Parameters:
    ///   - blob: The layer's blob in the store.
    ///   - source: A repository of the registry that may have it already.
    init(
        _ blob: Descriptor, _ diffID: Digest, heard: CallCollector?, _ reference: Reference, _ access: RepositoryAccess, _ source: String?,
        _ lease: StoreLease,
        _ call: CallContext, _ sink: @escaping MessageSink
    ) {
        self.blob = blob
        self.diffID = diffID
        self.reference = reference
        self.access = access
        self.source = source
        self.lease = lease
        self.call = call
        self.sink = sink
        self.heard = heard
    }

    /// Docker names layers on their way out by what they are, not by how they are packed.
    var label: String { diffID.short }
    /// What the registry has of it now; nil before the end.
    var sent: Descriptor? { state.read { $0.sent } }
    /// What was done about it, for the step.
    var outcome: String { state.read { $0.outcome } }
    var exchanges: [HTTPExchange] { state.read { $0.exchanges } }

    func say(_ status: String) throws { try sink(JSONMessage(status: status, progressDetail: JSONProgress(), id: label)) }

    func cancel() { state.update { $0.isCancelled = true } }

    func run(_ client: RegistryClient) { heard.map { $0.hear { work(client) } } ?? work(client) }

    private func work(_ client: RegistryClient) {
        do {
            let packed = try lease.pack(blob) { _ in try check() }
            let outcome = try send(packed, client.observed { [state] exchange in state.update { $0.exchanges.append(exchange) } })
            state.update {
                $0.sent = packed.descriptor
                $0.outcome = outcome
                $0.isDone = true
            }
        } catch {
            state.update {
                $0.failure = error
                $0.isDone = true
            }
        }
    }

    private func send(_ packed: PackedLayer, _ client: RegistryClient) throws -> String {
        let (digest, size) = (packed.descriptor.digest, packed.descriptor.size)
        if try client.hasBlob(reference, digest, access) {
            try say("Layer already exists")
            return "nothing: it was there already"
        }
        var told: Int64 = 0
        let isMounted = try client.pushBlob(reference, digest, size: size, file: packed.file, from: source, access) { current in
            try check()
            // Asked also while nothing moves: only news are told.
            guard current != told, current == size || current - told >= 512 * 1024 else { return }
            state.update { ($0.current, $0.total) = (current, size) }
            told = current
            try sink(JSONMessage(status: "Pushing", progressDetail: JSONProgress(current: current, total: size), id: label))
        }
        if isMounted, let source {
            try say("Mounted from \(source)")
            return "nothing: taken over from \(source)"
        }
        try say("Pushed")
        return "\(size) bytes"
    }

    private func check() throws {
        if call.isCancelled || state.read({ $0.isCancelled }) { throw DrydockError(.failed, "the push was cancelled") }
    }

    /// Gives the step what was heard.
    func tellCalls() { CallCollector.absorb(heard) }

    func awaitEnd() { _ = state.wait { $0.isDone ? true : nil } }

    /// Waits for the end, telling how far it is.
    func wait(_ progress: (Int64, Int64) -> Void) throws {
        var told: Int64 = -1
        while true {
            let (current, total, isDone, failure) =
                state.wait { state -> (Int64, Int64, Bool, (any Error)?)? in
                    state.isDone || state.current != told ? (state.current, state.total, state.isDone, state.failure) : nil
                }
            if let failure { throw failure }
            if total > 0 { progress(current, total) }
            told = current
            if isDone { return }
        }
    }
}
