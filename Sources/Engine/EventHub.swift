import Basics
import Steps

/// Hands the events of all operations to those who watch.
final class EventHub: Sendable {
    private struct State {
        var subscriptions: [EventSubscription] = []
        /// Operations under way, by session: a session's stream ends only when they have told everything.
        var active: [String: Int] = [:]
    }

    private let state = Monitored(State())

    /// Begins to listen.
    /// - Parameter session: Whose events are wanted; nil for everybody's.
    func subscribe(session: String?) -> EventSubscription {
        let subscription = EventSubscription(session: session)
        state.update { $0.subscriptions.append(subscription) }
        return subscription
    }

    /// Waits for a session's listener, whose request was sent before the caller's on another connection.
    /// - Returns: false when none has come.
    func awaitListener(session: String, seconds: Double = 10) -> Bool {
        state.wait(seconds: seconds) { $0.subscriptions.contains { $0.session == session } ? true : nil } ?? false
    }

    func unsubscribe(_ subscription: EventSubscription) {
        subscription.finish()
        state.update { $0.subscriptions.removeAll { $0 === subscription } }
    }

    /// Somebody to tell events to; nil when nobody listens, so that telling costs nothing.
    func observer(session: String?) -> (any StepObserver)? {
        state.read { state in
            let listeners = state.subscriptions.filter { $0.session == nil || $0.session == session }
            return listeners.isEmpty ? nil : HubObserver(listeners: listeners)
        }
    }

    func began(session: String?) {
        if let session { state.update { $0.active[session, default: 0] += 1 } }
    }

    func finished(session: String?) {
        guard let session else { return }
        state.update { state in
            state.active[session, default: 1] -= 1
            if state.active[session] == 0 { state.active[session] = nil }
        }
    }

    /// Ends a session's streams, after its operations have told everything that they had to tell.
    func end(session: String) {
        _ = state.wait(seconds: 30) { $0.active[session] == nil ? true : nil }
        let ended = state.update { state in
            let ended = state.subscriptions.filter { $0.session == session }
            state.subscriptions.removeAll { $0.session == session }
            return ended
        }
        for subscription in ended { subscription.finish() }
    }
}

private struct HubObserver: StepObserver {
    let listeners: [EventSubscription]

    func observe(_ event: StepEvent) {
        for listener in listeners { listener.add(event) }
    }
}

/// One listener's queue of events.
public final class EventSubscription: Sendable {
    let session: String?
    /// A listener that doesn't read loses progress first, and then is cut off: narration never holds the engine's memory.
    private static let longest = 100_000

    /// How many seconds what is told waits for more of it: sending wakes three threads, and a start has fifty events. Nobody sees the delay.
    private static let longestDelay = 0.03

    private struct State {
        var events: [StepEvent] = []
        /// One of them is waited for, see `isAwaited`.
        var isUrgent = false
        var isFinished = false
    }

    private let state = Monitored(State())

    init(session: String?) { self.session = session }

    func add(_ event: StepEvent) {
        state.updateWaking(if: { state in
            guard !state.isFinished else { return false }
            if state.events.count > Self.longest / 2 && event.kind == .progress { return false }
            guard state.events.count <= Self.longest else {
                state.isFinished = true
                return true
            }
            state.events.append(event)
            let isUrgent = Self.isAwaited(event)
            defer { state.isUrgent = state.isUrgent || isUrgent }
            return state.events.count == 1 || isUrgent && !state.isUrgent
        })
    }

    /// Somebody is asked for his word; or a program begins, or has begun, which may write to the same terminal. At a command's end its session
    /// ends, and with it all waiting.
    private static func isAwaited(_ event: StepEvent) -> Bool {
        event.kind == .paused || event.id.hasSuffix(".exec") || (event.kind == .end && (event.id == "start" || event.id == "exec"))
    }

    func finish() { state.update { $0.isFinished = true } }

    /// Waits for the next events.
    /// - Returns: nil when there will be no more.
    public func next() -> [StepEvent]? {
        state.wait { !$0.events.isEmpty || $0.isFinished ? () : nil }
        _ = state.wait(seconds: Self.longestDelay) { $0.isUrgent || $0.isFinished ? () : nil }
        let batch = state.update { state in
            defer {
                state.events.removeAll()
                state.isUrgent = false
            }
            return state.events
        }
        return batch.isEmpty ? nil : batch
    }
}
