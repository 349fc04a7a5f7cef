import Basics
import Glibc

/// Threads for blocking calls: as many as there are calls, kept for a while after the last one.
///
/// A call goes to the thread that has rested for the shortest time, and wakes that one alone: what the others need of the caches is cold,
/// and those that are too many come to their end.
final class WorkerPool: Sendable {
    typealias Job = @Sendable () -> Void

    /// A thread's place for its next job.
    private final class Worker: Sendable {
        let next: Monitored<Job?>

        init(_ job: @escaping Job) { next = Monitored(job) }
    }

    private struct State {
        /// Threads at rest, the latest last.
        var idle: [Worker] = []
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
            case wake(Worker)
            case spawn
            case refuse
        }
        let action = state.update { state -> Action in
            if let worker = state.idle.popLast() { return .wake(worker) }
            guard state.total < maximum else { return .refuse }
            state.total += 1
            return .spawn
        }
        switch action {
        case .wake(let worker): worker.next.update { $0 = job }
        case .spawn: return spawn(job)
        case .refuse: return false
        }
        return true
    }

    /// Waits until no job runs.
    /// - Returns: false when the time was over first.
    func awaitRest(seconds: Double) -> Bool {
        let isAtRest: Void? = state.wait(seconds: seconds, until: { $0.idle.count == $0.total ? () : nil })
        return isAtRest != nil
    }

    /// What a new thread is given.
    private final class Start: Sendable {
        let pool: WorkerPool
        let worker: Worker

        init(_ pool: WorkerPool, _ worker: Worker) {
            self.pool = pool
            self.worker = worker
        }
    }

    private func spawn(_ job: @escaping Job) -> Bool {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        pthread_attr_setstacksize(&attributes, 2 << 20)
        var thread = pthread_t()
        let start = Unmanaged.passRetained(Start(self, Worker(job)))
        let result = pthread_create(
            &thread, &attributes,
            { argument in
                guard let argument else { return nil }
                let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
                start.pool.work(start.worker)
                return nil
            }, start.toOpaque())
        guard result != 0 else { return true }
        start.release()
        state.update { $0.total -= 1 }
        return false
    }

    private func work(_ worker: Worker) {
        while let job = worker.next.update(Self.take) ?? rest(worker) { job() }
    }

    private static func take(_ next: inout Job?) -> Job? {
        defer { next = nil }
        return next
    }

    /// Waits for the next job.
    /// - Returns: nil when none came in time: the thread is to end.
    private func rest(_ worker: Worker) -> Job? {
        state.update { $0.idle.append(worker) }
        if let job = worker.next.wait(seconds: Double(idleSeconds), until: Self.take) { return job }
        let ends = state.update { state in
            guard let place = state.idle.firstIndex(where: { $0 === worker }) else { return false }
            state.idle.remove(at: place)
            state.total -= 1
            return true
        }
        // It has been chosen at the last moment: the job is on its way.
        return ends ? nil : worker.next.wait(until: Self.take)
    }
}
