import Basics
import CDrydock
import Glibc
import Kernel
import Steps

/// The container's first process did not get as far as its program.
public struct ChildFailure: Error, CustomStringConvertible, Sendable {
    /// The step in which it failed.
    public let step: String
    /// The call that failed, as it is narrated.
    public let call: String
    public let errno: Errno
    /// True when the program itself could not be executed: the command is wrong, not the container.
    public let isExec: Bool

    public var description: String { "\(call): \(errno.text)" }
}

/// Listens to the container's first process while it walks its table, and gives it the word where it waits.
public final class ChildConversation {
    private let channel: Int32
    private var operations: [ChildOperation] = []
    /// The process that speaks, as the engine sees it: one that makes another gives it the word.
    public private(set) var pid: Int32 = 0
    /// The child tells each operation before it makes it, and waits.
    private let isStepping: Bool
    private var received: [UInt8] = []
    private var hasEnded = false
    private var route: Int32 = -1
    /// The word for the next wait has been sent.
    private var hasWord = false

    /// - Parameter channel: The engine's end of the child's channel; closed with the conversation.
    public init(channel: Int32, isStepping: Bool) {
        self.channel = channel
        self.isStepping = isStepping
    }

    deinit { close(channel) }

    /// Lets the child do all of its steps, each as a step of `operation`.
    /// - Parameter facts: Reads back what a step has made, while the child stands still after it; what it returns says so to the step, when the
    ///   child may already be at the next one.
    /// - Parameter pid: The process, as the engine sees it.
    /// - Throws: `ChildFailure`; `DrydockError.aborted` when the user stops it, in which case the child ends with the channel.
    public func run(
        _ plan: ChildPlan, in operation: Operation, pid: Int32, facts: (_ stepID: String, Step) -> (Step) -> Void
    ) throws {
        self.pid = pid
        operations = plan.operations
        let firsts = plan.firstOperations
        for (index, step) in plan.steps.enumerated() {
            try operation.step(step.id) { record in
                if plan.rest(before: index) == .wait { try passWait(at: firsts[index] - 1) }
                for number in 0..<step.operations.count {
                    try perform(firsts[index] + number, of: step.id, record)
                }
                let tell = facts(step.id, record)
                // Nobody may hold it here: it goes on while the rest is told. A stepped one may yet be aborted; and what came before the
                // program is told before it may speak.
                if !operation.isStepped, index + 2 < plan.steps.count, plan.rest(before: index + 1) == .wait { giveWord() }
                tell(record)
            }
        }
    }

    /// The child stands at a wait, or comes to it: it may go on.
    private func passWait(at index: Int) throws {
        if !hasWord { giveWord() }
        hasWord = false
        _ = try nextReport(for: index)
    }

    private func giveWord() {
        sendWord()
        hasWord = true
    }

    private func perform(_ index: Int, of stepID: String, _ step: Step) throws {
        let operation = operations[index]
        if isStepping {
            try expectAbout(index)
            try step.beforeCall(record(operation, result: 0, errno: 0, nanoseconds: 0))
            sendWord()
        }
        while true {
            guard let report = try nextReport(for: index) else {
                // The channel closes on exec: the program runs.
                guard operation.kind == DD_OP_EXECVE else { throw lost(stepID) }
                return try tell(operation, result: 0, errno: 0, nanoseconds: 0, step)
            }
            if report.call == UInt16(DD_CALL_EXECVE_BEGINS.rawValue) { continue }
            try tell(report, operation, step)
            if operation.kind == DD_OP_SECOND_PROCESS, report.error == 0 { pid = Int32(truncatingIfNeeded: report.result) }
            if report.error != 0, operation.tolerate != UInt32(bitPattern: report.error), report.phase == UInt16(DD_PHASE_DONE.rawValue) {
                throw ChildFailure(
                    step: stepID, call: "\(operation.name) \(operation.args.prefix(2).joined(separator: " "))",
                    errno: Errno(code: report.error), isExec: operation.kind == DD_OP_EXECVE)
            }
            if report.phase == UInt16(DD_PHASE_DONE.rawValue) { return }
        }
    }

    private func tell(_ report: dd_report, _ operation: ChildOperation, _ step: Step) throws {
        guard step.isObserved else { return }
        let us = Double(report.nanoseconds) / 1000
        let made: CallRecord
        switch dd_call(UInt32(report.call)) {
        case DD_CALL_SOCKET:
            route = Int32(report.result)
            made = call("socket", ["AF_NETLINK", "SOCK_RAW|SOCK_CLOEXEC", "NETLINK_ROUTE"], report, us)
        case DD_CALL_RECVFROM:
            made = call("recvfrom", ["\(route)", report.error == 0 ? "NLMSG_ERROR 0" : "NLMSG_ERROR \(report.error)"], report, us)
        case DD_CALL_OPENAT where operation.kind == DD_OP_WRITE:
            made = call("openat", [operation.args[0], "O_WRONLY|O_CLOEXEC"], report, us)
        case _ where operation.kind == DD_OP_FCHOWN_STDIO:
            guard let owned = ownership(operation, report) else { return }
            made = owned
        default:
            made = record(operation, result: report.result, errno: report.error, nanoseconds: report.nanoseconds)
        }
        step.record(made)
        step.afterCall(made)
    }

    private func tell(_ operation: ChildOperation, result: Int64, errno: Int32, nanoseconds: UInt64, _ step: Step) throws {
        step.record(record(operation, result: result, errno: errno, nanoseconds: nanoseconds))
    }

    /// - Returns: nil where the call was not made: the descriptor is neither a pipe nor a terminal.
    private func ownership(_ operation: ChildOperation, _ report: dd_report) -> CallRecord? {
        var args = operation.args
        switch report.result {
        case Int64(DD_FCHOWN_NOT_CALLED): return nil
        case Int64(DD_FCHOWN_OF_TERMINAL): args[2] = "-1"
        case let refused where refused >= Int64(DD_FCHOWN_REFUSED):
            let code = Int32(refused - Int64(DD_FCHOWN_REFUSED))
            return CallRecord(
                name: operation.name, args: args, result: -1, errno: code, us: Double(report.nanoseconds) / 1000, pid: pid, caller: .child)
        default: break
        }
        return CallRecord(
            name: operation.name, args: args, result: report.error == 0 ? 0 : -1, errno: report.error,
            us: Double(report.nanoseconds) / 1000, pid: pid, caller: .child)
    }

    private func call(_ name: String, _ args: [String], _ report: dd_report, _ us: Double) -> CallRecord {
        CallRecord(name: name, args: args, result: report.result, errno: report.error, us: us, pid: pid, caller: .child)
    }

    private func record(_ operation: ChildOperation, result: Int64, errno: Int32, nanoseconds: UInt64) -> CallRecord {
        CallRecord(
            name: operation.name, args: operation.args, result: result, errno: errno, us: Double(nanoseconds) / 1000, pid: pid,
            caller: .child)
    }

    private func sendWord() {
        var byte: UInt8 = 1
        _ = send(channel, &byte, 1, Int32(MSG_NOSIGNAL))
    }

    private func expectAbout(_ index: Int) throws {
        guard let report = try nextReport(for: index), report.phase == UInt16(DD_PHASE_ABOUT.rawValue) else {
            throw lost(operations[index].name)
        }
    }

    /// The next report; nil when the channel has closed.
    private func nextReport(for index: Int) throws -> dd_report? {
        let size = MemoryLayout<dd_report>.size
        while received.count < size && !hasEnded {
            var buffer = [UInt8](repeating: 0, count: size * 64)
            let count = recv(channel, &buffer, buffer.count, 0)
            if count > 0 { received += buffer[0..<count] }
            if count == 0 || (count < 0 && errno != EINTR) { hasEnded = true }
        }
        guard received.count >= size else { return nil }
        let report = received.withUnsafeBytes { $0.loadUnaligned(as: dd_report.self) }
        received.removeFirst(size)
        guard report.index == UInt32(index) else {
            throw DrydockError(
                .failed, "the container's first process told of operation \(report.index) where \(index) was expected",
                advice: "Engine and shim may be of different builds: run `make build` again.")
        }
        return report
    }

    private func lost(_ stepID: String) -> DrydockError {
        DrydockError(.failed, "the container's first process ended in \(stepID) before its program began")
    }
}
