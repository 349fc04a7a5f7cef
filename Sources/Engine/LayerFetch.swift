import Basics
import DockerAPI
import EngineInterface
import Kernel
import OCI
import Registry
import Store

/// One layer on its way from the registry into the store, on a thread of its own.
final class LayerFetch: Sendable {
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
    private let unpacks: Bool
    /// Hears what its thread does, for the layer's step; nil when nobody watches.
    private let heard: CallCollector?
    private let state = Monitored(State())

    /// - Parameter unpacks: Whether the layer is unpacked as it comes; not where each step is to be looked at, nor where it lies unpacked.
    init(
        _ layer: Descriptor, unpacks: Bool, heard: CallCollector?, _ reference: Reference, _ client: RegistryClient, _ lease: StoreLease,
        _ call: CallContext,
        _ sink: @escaping MessageSink
    ) {
        self.layer = layer
        self.unpacks = unpacks
        self.heard = heard
        self.reference = reference
        self.client = client
        self.lease = lease
        self.call = call
        self.sink = sink
    }

    var isUnpackedAsItComes: Bool { unpacks && !wasThere }
    var wasThere: Bool { state.read { $0.wasThere } }
    var exchanges: [HTTPExchange] { state.read { $0.exchanges } }

    /// Says what will become of the layer.
    func announce() throws {
        let isThere = lease.claim(blob: layer.digest)
        state.update { $0.wasThere = isThere }
        try sink(.update(isThere ? "Already exists" : "Pulling fs layer", of: layer))
    }

    func cancel() { state.update { $0.isCancelled = true } }

    func run() {
        do {
            if !wasThere {
                try heard.map { try $0.hear(download) } ?? download()
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
        let intake = try lease.layerIntake(digest: layer.digest, size: layer.size, unpacks: unpacks)
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
            try observed.fetchBlob(reference, layer, to: { try intake.write($0) }, progress: progress)
            try intake.commit()
        } catch {
            intake.cancel()
            throw error
        }
    }

    /// Gives the step what was heard.
    func tellCalls() { CallCollector.absorb(heard) }

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
    static func update(_ status: String, of layer: Descriptor) -> JSONMessage {
        JSONMessage(status: status, progressDetail: JSONProgress(), id: layer.digest.short)
    }
}

extension HTTPExchange {
    var line: String { "\(method) \(url) → \(status), \(bytes) bytes, \(Int(microseconds)) µs" }
}
