import Glibc

/// State that threads share and wait on: a mutex and a condition in one.
///
/// `Mutex` of Synchronization can't be waited on; this can, so that nothing in the engine polls.
public final class Monitored<State>: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var state: State

    public init(_ state: State) {
        self.state = state
        pthread_mutex_init(mutex, nil)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(condition, &attributes)
        pthread_condattr_destroy(&attributes)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    /// Reads the state.
    public func read<T>(_ body: (State) throws -> T) rethrows -> T {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return try body(state)
    }

    /// Changes the state and wakes those who wait.
    @discardableResult
    public func update<T>(_ body: (inout State) throws -> T) rethrows -> T {
        // After the mutex is free: who is woken before that would only wait for it.
        defer { pthread_cond_broadcast(condition) }
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return try body(&state)
    }

    /// Changes the state, and wakes those who wait only when `body` says that the change is worth it.
    public func updateWaking(if body: (inout State) throws -> Bool) rethrows {
        pthread_mutex_lock(mutex)
        let wakes: Bool
        do {
            defer { pthread_mutex_unlock(mutex) }
            wakes = try body(&state)
        }
        if wakes { pthread_cond_broadcast(condition) }
    }

    /// Waits until `body` gives a value.
    public func wait<T>(until body: (inout State) throws -> T?) rethrows -> T {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while true {
            if let value = try body(&state) { return value }
            pthread_cond_wait(condition, mutex)
        }
    }

    /// Waits until `body` gives a value.
    /// - Parameters:
    ///   - seconds: How long at most; nil for as long as it takes.
    ///   - expired: Sees the state when the time is over, before anybody else can change it.
    /// - Returns: nil when the time is over.
    public func wait<T>(
        seconds: Double?, until body: (inout State) throws -> T?, expired: (inout State) -> Void = { _ in }
    ) rethrows -> T? {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        var deadline = timespec()
        if let seconds {
            clock_gettime(CLOCK_MONOTONIC, &deadline)
            let nanoseconds = deadline.tv_nsec + Int((seconds - seconds.rounded(.down)) * 1e9)
            deadline.tv_sec += Int(seconds) + nanoseconds / 1_000_000_000
            deadline.tv_nsec = nanoseconds % 1_000_000_000
        }
        while true {
            if let value = try body(&state) { return value }
            if seconds == nil {
                pthread_cond_wait(condition, mutex)
            } else if pthread_cond_timedwait(condition, mutex, &deadline) == ETIMEDOUT {
                if let value = try body(&state) { return value }
                expired(&state)
                return nil
            }
        }
    }

    /// Wakes those who wait, to look at something outside of the state (a cancelled request).
    public func wake() { update { _ in } }
}
