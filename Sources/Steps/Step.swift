import Basics

/// A step in execution: collects the evidence of what it did, and knows how to take it back.
public final class Step {
    public let operation: Operation
    public let id: String
    private let isUndo: Bool
    private var calls: [CallRecord] = []
    private(set) var facts: [Fact] = []
    private var details = JSONObject()
    /// Gives what was heard before the call that is recorded now.
    public var beforeRecord: (((CallRecord) -> Void) -> Void)?
    /// Set once the step's end has been told, so that an abort after it does not tell it twice.
    private(set) var isReported = false
    /// The user's word to abort after a call: obeyed before the next one, when whoever made the call has said how to take it back.
    private var abort: (any Error)?

    init(operation: Operation, id: String, isUndo: Bool = false) {
        self.operation = operation
        self.id = id
        self.isUndo = isUndo
    }

    /// True when evidence is wanted.
    public var isObserved: Bool { operation.isObserved }

    /// True when the operation stops at each kernel call of this step. What takes something back is never stopped.
    public var stopsAtCalls: Bool { !isUndo && operation.stopsAtCalls(of: id) }

    /// Keeps the record of a kernel call that was made. Costs nothing when nobody watches.
    public func record(_ call: @autoclosure () -> CallRecord) {
        guard isObserved else { return }
        beforeRecord? { calls.append($0) }
        calls.append(call())
    }

    /// Keeps something read back after the work; `value` is read only when somebody watches.
    public func fact(_ key: String, _ value: @autoclosure () -> String) {
        if isObserved { facts.append(Fact(key: key, value: value())) }
    }

    /// Keeps something read back after the work in a form that only programs read: narrators leave it out, `--narrate json` has it.
    public func detail(_ key: String, _ value: @autoclosure () throws -> JSONValue) rethrows {
        if isObserved { details[key] = try value() }
    }

    /// Keeps what decided the outcome, for `why`: also when nobody watches. For what is at hand, not for what has to be looked up.
    public func reason(_ key: String, _ value: String) { facts.append(Fact(key: key, value: value)) }

    /// Says how far long work is. `total` is 0 when it isn't known.
    public func progress(current: Int64, total: Int64, label: String) {
        operation.emit(.progress, id: id, path: operation.verbPath + [id]) {
            $0.extra["current"] = .integer(current)
            $0.extra["total"] = .integer(total)
            $0.extra["label"] = .string(label)
        }
    }

    /// Registers how to take back what this step has just done, in case a later step fails.
    public func undo(_ body: @escaping (Step) throws -> Void) { operation.pushUndo(id, body) }

    /// Holds the operation before a kernel call, when calls are stepped.
    /// - Throws: `DrydockError.aborted`; the call must not be made then.
    public func beforeCall(_ call: @autoclosure () -> CallRecord) throws {
        try obeyAbort()
        if stopsAtCalls { try pause(.before, call()) }
    }

    /// Holds the operation after a kernel call, when calls are stepped. An abort is obeyed before the next call, or at the step's end.
    public func afterCall(_ call: CallRecord) {
        guard stopsAtCalls else { return }
        do { try pause(.after, call) } catch { abort = error }
    }

    func obeyAbort() throws { if let abort { throw abort } }

    private func pause(_ moment: PausePoint.Moment, _ call: CallRecord) throws {
        try operation.pause(.call, moment, id: id, path: operation.verbPath + [id, call.name], call: call)
    }

    func fill(_ event: inout StepEvent, since start: Double) {
        event.us = operation.workMicroseconds - start
        event.calls = calls
        event.facts = facts
        if !details.isEmpty { event.extra["details"] = .object(details) }
        isReported = true
    }
}
