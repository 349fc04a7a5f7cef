import Basics
import CDrydock
import CInterpose
import Glibc
import Steps

/// Makes system calls for a step and keeps the record of each: the only way in which the engine reaches the kernel in a step.
public struct Recorder {
    public let kernel: any Kernel
    public let step: Step

    public init(_ kernel: any Kernel, _ step: Step) {
        self.kernel = kernel
        self.step = step
    }

    /// Makes the call and returns its result, whatever it is.
    /// - Throws: `DrydockError.aborted` from a pause before the call.
    public func attempt(_ call: SystemCall) throws -> CallResult {
        guard step.isObserved else { return kernel.perform(call) }
        try step.beforeCall(CallRecord(call, CallResult(value: 0), us: 0))
        let start = monotonicMicroseconds()
        ci_mute_files(1)
        let result = kernel.perform(call)
        ci_mute_files(0)
        let record = CallRecord(call, result, us: monotonicMicroseconds() - start)
        step.record(record)
        step.afterCall(record)
        return result
    }

    /// Makes the call.
    /// - Parameter tolerating: Error numbers that are no failure here.
    /// - Throws: `SystemCallFailure`.
    @discardableResult
    public func perform(_ call: SystemCall, tolerating: [Int32] = []) throws -> CallResult {
        let result = try attempt(call)
        if result.errno != 0, !tolerating.contains(result.errno) {
            throw SystemCallFailure(name: call.name, subject: call.subject, errno: Errno(code: result.errno))
        }
        return result
    }

    /// Opens, writes and closes a file of the kernel's (cgroup, proc, sys): one write, whole or failed.
    /// - Throws: `SystemCallFailure`.
    public func writeFile(_ path: String, _ text: String, tolerating: [Int32] = []) throws {
        try writeFile(path, [text], tolerating: tolerating)
    }

    /// The same for several writes, one after the other.
    public func writeFile(_ path: String, _ texts: [String], tolerating: [Int32] = []) throws {
        let opened = try perform(.open(path: path, flags: O_WRONLY, mode: 0), tolerating: tolerating)
        guard opened.errno == 0 else { return }
        let fd = Int32(opened.value)
        defer { close(fd) }
        for text in texts { try perform(.write(fd: fd, bytes: Array(text.utf8), path: path), tolerating: tolerating) }
    }
}

extension CallRecord {
    /// The record of a call made by this process.
    public init(_ call: SystemCall, _ result: CallResult, us: Double) {
        let received = result.bytes
        let arguments = { @Sendable () -> [String] in
            if case .recvfrom = call { return call.arguments + [NetlinkDecoder.describe(received)] }
            return call.arguments
        }
        if call.isLong(result) {
            self.init(name: call.name, args: arguments(), result: result.value, errno: result.errno, us: us, pid: dd_gettid())
        } else {
            self.init(name: call.name, result: result.value, errno: result.errno, us: us, pid: dd_gettid(), deferring: arguments)
        }
    }
}
