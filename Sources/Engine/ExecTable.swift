import Basics
import DockerAPI
import Glibc

/// A process that was asked for in a container besides its first. Known to this engine alone: the process outlives it, its record does not,
/// as in Docker.
final class ExecInstance: Sendable {
    let id: String
    /// Names it to the shim. Random, like the id it is the beginning of: the shim may still have those of an earlier engine.
    let key: UInt64
    let container: Container
    let request: ExecCreateRequest
    /// The bytes of the keys that detach.
    let detachKeys: [UInt8]
    let live = Monitored(Live())

    enum Phase { case created, starting, running, ended }

    struct Live {
        var phase = Phase.created
        /// What the shim answered to the order.
        var joiner: (pid: Int32, cloneNanoseconds: UInt64)?
        var failure: Int32?
        /// The process, once it is in the container.
        var pid: Int32 = 0
        var pidfd: Int32 = -1
        var exitCode: Int?
        var endedAt = Timestamp.zero
        /// Nothing of it is left in the kernel.
        var isGone = false
    }

    init(id: String, container: Container, request: ExecCreateRequest, detachKeys: [UInt8]) {
        self.id = id
        key = UInt64(id.prefix(16), radix: 16) ?? 0
        self.container = container
        self.request = request
        self.detachKeys = detachKeys
    }

    /// It did not start: that counts, and not how what there was of it has ended.
    func failed(code: Int) {
        end(code: code, isGone: false)
        live.update { $0.exitCode = code }
    }

    /// It is over, for whatever reason; the first one counts.
    func end(code: Int, isGone: Bool) {
        live.update { live in
            if live.phase != .ended {
                live.phase = .ended
                live.exitCode = code
                live.endedAt = .now()
            }
            guard isGone else { return }
            live.isGone = true
            if live.pidfd >= 0 { close(live.pidfd) }
            live.pidfd = -1
        }
    }
}

/// The processes that were asked for, by id.
final class ExecTable: Sendable {
    /// Docker keeps an ended one for five to ten minutes, so that its exit code can be asked for.
    private static let keptNanoseconds: Int64 = 300_000_000_000

    private let state = Monitored([String: ExecInstance]())
    private let order = Monitored([String]())

    func add(_ exec: ExecInstance) {
        state.update { all in
            all = all.filter { !isStale($0.value) }
            all[exec.id] = exec
        }
        order.update { list in
            let known = state.read { Set($0.keys) }
            list = list.filter { known.contains($0) } + [exec.id]
        }
    }

    private func isStale(_ exec: ExecInstance) -> Bool {
        if exec.container.live.read({ $0.isRemoved }) { return true }
        let now = Timestamp.now().nanoseconds
        // Asked for while the container ended.
        if !exec.container.isRunning, exec.live.read({ $0.phase == .created }) { return true }
        return exec.live.read { $0.phase == .ended && $0.isGone && now - $0.endedAt.nanoseconds > Self.keptNanoseconds }
    }

    /// - Throws: `DrydockError` in Docker's words. Beginnings of ids don't count.
    func find(_ id: String) throws -> ExecInstance {
        guard let exec = state.read({ $0[id] }), !exec.container.live.read({ $0.isRemoved }) else {
            throw DrydockError(.notFound, "No such exec instance: \(id)")
        }
        return exec
    }

    func remove(_ exec: ExecInstance) {
        state.update { $0[exec.id] = nil }
        order.update { $0.removeAll { $0 == exec.id } }
    }

    func find(key: UInt64) -> ExecInstance? { state.read { $0.values.first { $0.key == key } } }

    /// Those of a container that are not over, in the order in which they were asked for.
    func active(in container: Container) -> [ExecInstance] {
        let all = state.read { $0 }
        return order.read { $0 }.compactMap { all[$0] }.filter { $0.container === container && $0.live.read { $0.phase != .ended } }
    }

    /// The container has ended, and with it what ran there. What did not run never will.
    func containerEnded(_ container: Container) {
        let ended = state.update { all in
            let ended = all.values.filter { $0.container === container }
            for exec in ended where exec.live.read({ $0.phase == .created }) { all[exec.id] = nil }
            return ended
        }
        for exec in ended where exec.live.read({ !$0.isGone }) { exec.end(code: 137, isGone: true) }
    }
}
