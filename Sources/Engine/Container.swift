import Basics
import CDrydock
import DockerAPI
import Glibc
import Runtime

/// A container that exists: what is on disk about it, and what lives of it in the kernel.
final class Container: Sendable {
    let id: String
    let directory: String
    /// One operation at a time changes a container's life; reading never waits for it.
    let lifecycle = OperationLock()
    let live: Monitored<Live>

    struct Live {
        var record: ContainerRecord
        var state: LifeState
        /// The control socket to the shim, while there is one.
        var control: ControlSocket?
        /// Stands for the first process without the danger that its number is given to another.
        var pidfd: Int32 = -1
        /// Clients that attached before the start: a socket each, and the streams that they want.
        var waitingClients: [(fd: Int32, streams: UInt8)] = []
        /// Counts starts: whoever waits for "the next exit" compares it.
        var starts = 0
        var exits = 0
        /// Event descriptors of those that follow its log: its end is no change of a file that they would see in time.
        var followers: Set<Int32> = []
        var isRemoved = false
        var isRemoving = false
        /// How often removing it failed, and why at last: who waits for the removal is told, and waits no longer.
        var failedRemovals = 0
        var removalFailure = ""
        /// Between the stop and the start of a restart: its end is not its last.
        var isRestarting = false
        /// The signals that were sent since its start.
        var sent: [SentSignal] = []
        /// The session that started the container: what happens at its end is told there.
        var session: String?
        var command: String?
    }

    init(record: ContainerRecord, state: LifeState, directory: String) {
        id = record.id
        self.directory = directory
        live = Monitored(Live(record: record, state: state))
    }

    var record: ContainerRecord { live.read { $0.record } }
    var state: LifeState { live.read { $0.state } }
    var name: String { live.read { $0.record.name } }
    var isRunning: Bool { live.read { $0.state.phase == .running } }

    var logPath: String { "\(directory)/\(id)-json.log" }
    var upper: String { "\(directory)/upper" }
    /// Folder of the script that a build's step runs.
    static let scripts = "pipes"
    var stateFile: String { "\(directory)/state.json" }
    /// There only while the container runs.
    var runningFile: String { "\(directory)/running.json" }
    var exitFile: String { "\(directory)/exit.json" }
    /// Name of the socket on which the shim listens for a later engine.
    var shimSocket: String { "\(id.prefix(32)).sock" }

    /// Only what must survive the machine's fall is synced; a container that removes itself has nothing to survive.
    var isDurable: Bool { !record.hostConfig.autoRemove }
}

/// Held by the one operation that changes a container's life, perhaps for as long as somebody steps through it.
final class OperationLock: Sendable {
    private let isHeld = Monitored(false)

    var isTaken: Bool { isHeld.read { $0 } }

    func with<T>(_ body: () throws -> T) rethrows -> T {
        _ = isHeld.wait { held -> Bool? in
            guard !held else { return nil }
            held = true
            return true
        }
        defer { isHeld.update { $0 = false } }
        return try body()
    }
}
