import Basics
import Steps

/// Hands the events of all operations to those who watch.
final class EventHub: Sendable {
    private struct State {
        var subscriptions: [EventSubscription] = []
        /// Operations under way, and waits for what they lead to, by session: its streams end only when they have told everything.
        var active: [String: Int] = [:]
        /// Sessions that end with what is under way.
        var ending: Set<String> = []

        /// Takes out the streams of a session that has nothing left to tell.
        mutating func takeStreams(of session: String) -> [EventSubscription] {
            ending.remove(session)
            let ended = subscriptions.filter { $0.session == session }
            subscriptions.removeAll { $0.session == session }
            return ended
        }
    }

    private let state = Monitored(State())

    /// Begins to listen.
    /// - Parameters:
    ///   - session: Whose events are wanted; nil for everybody's.
    ///   - stepBegins: See `EventDetail`.
    func subscribe(session: String?, stepBegins: Bool = true) -> EventSubscription {
        let subscription = EventSubscription(session: session, stepBegins: stepBegins)
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
        state.update { state in
            state.subscriptions.removeAll { $0 === subscription }
            if let session = subscription.session, !state.subscriptions.contains(where: { $0.session == session }) {
                state.ending.remove(session)
            }
        }
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
        let ended = state.update { state -> [EventSubscription] in
            state.active[session, default: 1] -= 1
            guard state.active[session] == 0 else { return [] }
            state.active[session] = nil
            return state.ending.contains(session) ? state.takeStreams(of: session) : []
        }
        for subscription in ended { subscription.finish() }
    }

    /// Ends a session's streams: at once, or when what is under way has told everything that it had to tell.
    func end(session: String) {
        let ended = state.update { state -> [EventSubscription] in
            if state.active[session] == nil { return state.takeStreams(of: session) }
            if state.subscriptions.contains(where: { $0.session == session }) { state.ending.insert(session) }
            return []
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
    private let stepBegins: Bool
    /// A listener that doesn't read loses progress first, and then is cut off: narration never holds the engine's memory.
    private static let longest = 100_000

    /// How many seconds what is told waits for more of it: sending wakes three threads, and a start has fifty events. Nobody sees the delay.
    private static let longestDelay = 0.03
    /// And the first ones: who tells them gets ready with them while little else is to be done, and not when the program runs.
    private static let firstDelay = 0.001

    private struct State {
        var events: [StepEvent] = []
        /// One of them is waited for, see `isAwaited`.
        var isUrgent = false
        var hasSent = false
        var isFinished = false
    }

    private let state = Monitored(State())

    init(session: String?, stepBegins: Bool = true) {
        self.session = session
        self.stepBegins = stepBegins
    }

    func add(_ event: StepEvent) {
        if event.kind == .begin, !stepBegins, !event.isVerb { return }
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

    /// Somebody is asked for his word; or a program begins which may write to the same terminal: that of a start is shown when the start
    /// has been answered, that of an exec at once. At a command's end its session ends, and with it all waiting.
    private static func isAwaited(_ event: StepEvent) -> Bool {
        event.kind == .paused || event.id == "exec.exec" || (event.kind == .end && (event.id == "start" || event.id == "exec"))
    }

    func finish() { state.update { $0.isFinished = true } }

    /// Waits for the next events.
    /// - Returns: nil when there will be no more.
    public func next() -> [StepEvent]? {
        let hasSent = state.wait { !$0.events.isEmpty || $0.isFinished ? $0.hasSent : nil }
        _ = state.wait(seconds: hasSent ? Self.longestDelay : Self.firstDelay) { $0.isUrgent || $0.isFinished ? () : nil }
        let batch = state.update { state in
            defer {
                state.events.removeAll()
                state.isUrgent = false
                state.hasSent = true
            }
            return state.events
        }
        return batch.isEmpty ? nil : batch
    }
}
