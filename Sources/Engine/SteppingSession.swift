import Basics
import Steps

/// A user's stepping session: where operations stop, and what the user said at each stop.
///
/// The depth at which it stops moves as in a debugger: `into` one down, `finish` one up, `next` stays, `continue` to breakpoints only.
final class SteppingSession: StepGate {
    private struct Depth {
        static let breakpointsOnly = 0
        /// Of a build: each is several verbs.
        static let instructions = 1
        static let verbs = 2
        static let steps = 3
        static let calls = 4
    }

    private struct State {
        var depth: Int
        var breakpoints: Set<String>
        var paused: [String: PausePoint] = [:]
        var answers: [String: String] = [:]
        var isClosed = false
        /// How long the user has held the command, in microseconds.
        var held = 0.0
        /// Where in a build the command is.
        var place: OperationSubject.Place?
        /// How to take back the verbs of this command that have ended well, should a later one be aborted.
        var compensations: [@Sendable () -> Void] = []
    }

    private let state: Monitored<State>
    private let hub: EventHub
    private let token: String
    /// It is a watcher's: it stops what clients do who have no session that steps.
    let holdsOthers: Bool

    init(token: String, hub: EventHub, step: Bool, breakpoints: [String], level: String, holdsOthers: Bool = false) {
        self.token = token
        self.hub = hub
        self.holdsOthers = holdsOthers
        state = Monitored(State(depth: Self.depth(step, level), breakpoints: Set(breakpoints)))
    }

    private static func depth(_ step: Bool, _ level: String) -> Int {
        guard step else { return Depth.breakpointsOnly }
        return switch level {
        case "instruction": Depth.instructions
        case "verb": Depth.verbs
        case "call": Depth.calls
        default: Depth.steps
        }
    }

    func change(step: Bool, breakpoints: [String], level: String) {
        state.update {
            $0.depth = Self.depth(step, level)
            $0.breakpoints = Set(breakpoints)
        }
    }

    /// The point at which an operation waits.
    func pausePoint(of operation: String) -> PausePoint? { state.read { $0.paused[operation] } }

    /// The user's word at a pause.
    /// - Throws: `DrydockError` when nothing waits under that id, or the word is none.
    func resume(operation: String, action: String, breakpoints: [String]?) throws {
        guard ["next", "into", "finish", "continue", "abort"].contains(action) else {
            throw DrydockError(.invalid, "unknown action \(action)", advice: "next, into, finish, continue or abort")
        }
        try state.update { state in
            guard let point = state.paused[operation] else {
                throw DrydockError(.notFound, "operation \(operation) is not paused")
            }
            if action == "abort" && point.isFinal {
                throw DrydockError(
                    .conflict, "\(point.id) comes after what can't be taken back", advice: "next or continue")
            }
            if let breakpoints { state.breakpoints = Set(breakpoints) }
            state.answers[operation] = action
        }
    }

    /// The user has gone: what waits for a word is rolled back; what is another's goes on.
    func close() { state.update { $0.isClosed = true } }

    func addCompensation(_ body: @escaping @Sendable () -> Void) { state.update { $0.compensations.append(body) } }

    /// Takes back, the latest first, the verbs of this command that had ended well.
    func compensate() {
        while let last = state.update({ $0.compensations.popLast() }) { last() }
    }

    var place: OperationSubject.Place? {
        get { state.read { $0.place } }
        set { state.update { $0.place = newValue } }
    }

    var heldMicroseconds: Double { state.read { $0.held } }

    func stopsAtCalls(of id: String) -> Bool { state.read { $0.depth >= Depth.calls } }

    func pass(_ point: PausePoint) throws(DrydockError) {
        let rank = Self.rank(of: point.level)
        let stops = state.update { state in
            let atBreakpoint = point.moment == .before && state.breakpoints.contains(point.id) && point.level != .call
            guard !state.isClosed, rank <= state.depth || atBreakpoint else { return false }
            if atBreakpoint { state.depth = max(state.depth, rank) }
            state.paused[point.operation] = point
            return true
        }
        guard stops else { return }
        let start = monotonicMicroseconds()
        announce(point)
        let action = state.wait { state -> String? in
            if state.isClosed { return holdsOthers ? "continue" : "abort" }
            return state.answers.removeValue(forKey: point.operation)
        }
        try state.updateThrowing { state throws(DrydockError) in
            state.paused[point.operation] = nil
            state.held += monotonicMicroseconds() - start
            switch action {
            case "into": state.depth = min(Depth.calls, rank + 1)
            case "finish": state.depth = rank - 1
            case "continue": state.depth = Depth.breakpointsOnly
            case "abort" where point.isFinal: state.depth = Depth.breakpointsOnly
            case "abort":
                state.depth = Depth.breakpointsOnly
                let place = point.call.map { "\(point.id), \($0.name)" } ?? point.id
                throw DrydockError(.aborted, "aborted \(point.moment.rawValue) \(place): what had been done was rolled back")
            default: state.depth = rank
            }
        }
    }

    private static func rank(of level: PausePoint.Level) -> Int {
        switch level {
        case .instruction: Depth.instructions
        case .verb: Depth.verbs
        case .step: Depth.steps
        case .call: Depth.calls
        }
    }

    private func announce(_ point: PausePoint) {
        var event = StepEvent(kind: .paused, operation: point.operation, id: point.id, path: point.path)
        event.extra["when"] = .string(point.moment.rawValue)
        event.extra["level"] = .string(point.level.rawValue)
        if let subject = point.subject { event.extra["subject"] = .string(subject) }
        if point.isFinal { event.extra["final"] = .bool(true) }
        if holdsOthers { event.extra["watched"] = .bool(true) }
        if let call = point.call { event.extra["call"] = call.json }
        hub.observer(session: token)?.observe(event)
    }
}

extension Monitored {
    /// `update` for a body that throws one type of error.
    func updateThrowing<Failure: Error>(_ body: (inout State) throws(Failure) -> Void) throws(Failure) {
        let outcome: Result<Void, Failure> = update { state in
            do throws(Failure) {
                try body(&state)
                return .success(())
            } catch { return .failure(error) }
        }
        try outcome.get()
    }
}
