import Basics
import Glibc

/// Threads for blocking calls: as many as there are calls, kept for a while after the last one.
final class WorkerPool: Sendable {
    typealias Job = @Sendable () -> Void

    private struct State {
        var jobs: [(number: Int, job: Job)] = []
        var next = 0
        var idle = 0
        var total = 0
    }

    private let state = Monitored(State())
    private let maximum: Int
    private let idleSeconds: Int

    /// - Parameters:
    ///   - maximum: how many calls may run at once; waiting clients (`wait`, `logs -f`, events) hold a thread each.
    ///   - idleSeconds: how long a thread waits for its next call.
    init(maximum: Int = 1024, idleSeconds: Int = 30) {
        self.maximum = maximum
        self.idleSeconds = idleSeconds
    }

    /// Runs `job` on a thread of its own.
    /// - Returns: false when all threads are taken or none could be made; the job is then not run.
    func submit(_ job: @escaping Job) -> Bool {
        enum Action {
            case wake
            case spawn(Int)
            case refuse
        }
        let action = state.update { state -> Action in
            let isIdleLeft = state.idle > state.jobs.count
            guard isIdleLeft || state.total < maximum else { return .refuse }
            state.next += 1
            state.jobs.append((state.next, job))
            if isIdleLeft { return .wake }
            state.total += 1
            return .spawn(state.next)
        }
        switch action {
        case .wake: return true
        case .spawn(let number): return spawn(for: number)
        case .refuse: return false
        }
    }

    /// Waits until no job runs.
    /// - Returns: false when the time was over first.
    func awaitRest(seconds: Double) -> Bool {
        let isAtRest: Void? = state.wait(seconds: seconds, until: { $0.jobs.isEmpty && $0.idle == $0.total ? () : nil })
        return isAtRest != nil
    }

    private func spawn(for number: Int) -> Bool {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        pthread_attr_setstacksize(&attributes, 2 << 20)
        var thread = pthread_t()
        let retained = Unmanaged.passRetained(self)
        let result = pthread_create(
            &thread, &attributes,
            { argument in
                guard let argument else { return nil }
                Unmanaged<WorkerPool>.fromOpaque(argument).takeRetainedValue().work()
                return nil
            }, retained.toOpaque())
        guard result != 0 else { return true }
        retained.release()
        // An idle thread may have taken the job meanwhile; then there is nothing to take back.
        return state.update { state in
            state.total -= 1
            guard let index = state.jobs.firstIndex(where: { $0.number == number }) else { return true }
            state.jobs.remove(at: index)
            return false
        }
    }

    private func work() {
        while true {
            let job = state.update { $0.jobs.isEmpty ? nil : $0.jobs.removeFirst().job } ?? nextJob()
            guard let job else { return }
            job()
        }
    }

    private func nextJob() -> Job? {
        state.update { $0.idle += 1 }
        return state.wait(
            seconds: Double(idleSeconds),
            until: { state in
                guard !state.jobs.isEmpty else { return nil }
                state.idle -= 1
                return state.jobs.removeFirst().job
            },
            expired: { state in
                state.idle -= 1
                state.total -= 1
            })
    }
}
