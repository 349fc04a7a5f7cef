import Basics
import DockerAPI
import EngineInterface

/// What the shim has told of a container's first process: waitid(2).
struct ExitStatus: Sendable {
    /// As a shell counts: 128 and the signal's number for one that a signal ended.
    var code: Int32
    /// 0 for one that ended by itself.
    var signal: Int32
    /// Nanoseconds since 1970.
    var time: Int64
}

/// A signal that the engine has sent to a container.
struct SentSignal: Codable, Sendable {
    /// How many of one run are remembered.
    static let most = 8

    var signal: String
    /// The command by which: `stop`, `kill`, `rm`.
    var by: String
    var at: Timestamp
}

/// What `why` tells of a container's end, beside its exit code.
struct ContainerEnding: Codable, Sendable {
    /// The signal that ended it; 0 when it ended by itself.
    var signal: Int32 = 0
    /// The shim has gone without telling, so the code is only what is assumed.
    var isUnrecorded = false
    var sent: [SentSignal] = []
}

/// The last ends of containers, also of those that have been removed since.
final class EndingLog: Sendable {
    private static let most = 100
    private let all = Monitored<[(record: ContainerRecord, state: LifeState)]>([])

    func add(_ record: ContainerRecord, _ state: LifeState) {
        all.update { list in
            list.append((record, state))
            if list.count > Self.most { list.removeFirst(list.count - Self.most) }
        }
    }

    /// The latest of a container with a name, or whose id begins so.
    func last(of reference: String) -> (record: ContainerRecord, state: LifeState)? {
        all.read { list in list.last { $0.record.name == reference || $0.record.id.hasPrefix(reference) } }
    }
}

extension ContainerEngine {
    public func ending(of reference: String) throws -> JSONValue {
        if let container = try? containers.find(reference) {
            return Self.json(container.record, container.state, isThere: true)
        }
        guard !reference.isEmpty, let gone = endings.last(of: reference) else {
            throw DrydockError(.notFound, "No such container: \(reference)")
        }
        return Self.json(gone.record, gone.state, isThere: false)
    }

    private static func json(_ record: ContainerRecord, _ state: LifeState, isThere: Bool) -> JSONValue {
        var object: JSONObject = [
            "id": .string(record.id), "name": .string(record.name), "there": .bool(isThere), "status": .string(state.status),
            "exitCode": .integer(Int64(state.exitCode)), "oom": .bool(state.isOutOfMemory), "error": .string(state.error),
            "memory": .integer(record.hostConfig.memory), "autoRemove": .bool(record.hostConfig.autoRemove),
            "command": .string(([record.path] + record.args).joined(separator: " ")),
            "startedAt": .string(state.startedAt.description), "finishedAt": .string(state.finishedAt.description),
        ]
        // Absent where the container has never ended, or did so under an engine that didn't write it down.
        if let ending = state.ending {
            object["signal"] = .integer(Int64(ending.signal))
            object["unrecorded"] = .bool(ending.isUnrecorded)
            object["sent"] = .array(
                ending.sent.map { .object(["signal": .string($0.signal), "by": .string($0.by), "at": .string($0.at.description)]) })
        }
        return .object(object)
    }
}
