import Basics
import DockerAPI
import EngineInterface

/// Holds clients that are not root to what a learner's own containers need: for an engine in which transcripts of strangers are replayed
/// (docs/decisions/0016). Who asks is told by the kernel (SO_PEERCRED, unix(7)), not by the client.
///
/// What may be asked is decided by `ConfinedRoutes` and `ConfinedBodies`, which are pure. What was refused is remembered here, for the
/// grader to read.
public final class Confinement: Sendable {
    /// How much a container may have at most; who asks for nothing, or for more, gets this.
    public struct Limits: Sendable {
        public var memoryBytes: Int64 = 256 << 20
        public var processes: Int64 = 128
        /// Containers at a time, also those that don't run.
        public var containers = 32
        public init() {}
    }

    public let limits: Limits
    /// Of a client that asks again and again, the first words are enough.
    private static let remembered = 200
    private let told = Monitored(ConfinementRefusals())

    public init(limits: Limits = Limits()) { self.limits = limits }

    /// What was refused so far, oldest first, and how much it was in all.
    var refusals: ConfinementRefusals {
        told.read { $0 }
    }

    /// A refusal, remembered.
    func refuse(_ method: String, _ path: String, _ reason: String) -> DrydockError {
        let sentence = "this engine replays a transcript: \(reason)"
        told.update { told in
            told.count += 1
            guard told.refusals.count < Self.remembered else { return }
            told.refusals.append(
                ConfinementRefusal(time: Timestamp.now().description, request: "\(method) /\(path.prefix(256))", message: sentence))
        }
        return DrydockError(.forbidden, sentence)
    }

    /// - Throws: `.forbidden` where there are as many containers as there may be.
    func checkRoom(in call: Call) throws {
        let count = try call.service.listContainers(ContainerListOptions(all: true)).count
        guard count >= limits.containers else { return }
        throw refuse(call.method, call.path, "it has room for \(limits.containers) containers, and that many are there")
    }

    /// The limits of a build's containers, which come by query.
    func limit(_ host: inout HostConfig) {
        host.memory = limits.memory(asked: host.memory)
        host.memorySwap = limits.swap(asked: host.memorySwap)
        host.pidsLimit = limits.processes(asked: host.pidsLimit ?? 0)
    }
}

extension Confinement.Limits {
    func memory(asked: Int64) -> Int64 { asked > 0 && asked < memoryBytes ? asked : memoryBytes }
    func processes(asked: Int64) -> Int64 { asked > 0 && asked < processes ? asked : processes }

    /// Memory and swap together: 0 stays the default; no limit becomes the default of the largest container.
    func swap(asked: Int64) -> Int64 { asked < 0 || asked > 2 * memoryBytes ? 2 * memoryBytes : asked }
}

/// Why a request is not answered by doing it: ends a sentence that begins "this engine replays a transcript: ".
struct ConfinedReason: Error, Equatable {
    let text: String
    init(_ text: String) { self.text = text }
}
