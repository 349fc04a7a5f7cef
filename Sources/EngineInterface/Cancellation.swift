import Synchronization

/// Tells a blocked call that nobody waits for its result any more.
public final class Cancellation: Sendable {
    /// Names a hook so that it can be taken back.
    public struct Token: Sendable, Hashable { let number: Int }

    private struct State {
        var isCancelled = false
        var next = 0
        var hooks: [Int: @Sendable () -> Void] = [:]
    }

    private let state = Mutex(State())

    public init() {}

    public var isCancelled: Bool { state.withLock { $0.isCancelled } }

    /// Runs `hook` once, when the call is cancelled; at once if it is already.
    ///
    /// The hook may run on the server's event loop: it must not block (wake a thread, shut a socket down).
    @discardableResult
    public func onCancel(_ hook: @escaping @Sendable () -> Void) -> Token {
        let (token, runNow) = state.withLock { state in
            state.next += 1
            if !state.isCancelled { state.hooks[state.next] = hook }
            return (Token(number: state.next), state.isCancelled)
        }
        if runNow { hook() }
        return token
    }

    /// Forgets a hook; one that is running already is not waited for.
    public func remove(_ token: Token) { state.withLock { _ = $0.hooks.removeValue(forKey: token.number) } }

    public func cancel() {
        let hooks = state.withLock { state in
            state.isCancelled = true
            defer { state.hooks = [:] }
            return state.hooks
        }
        for hook in hooks.sorted(by: { $0.key < $1.key }) { hook.value() }
    }
}
