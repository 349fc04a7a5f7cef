import Basics
import CDrydock
import Glibc
import Kernel
import Steps

/// A thread with a mount namespace of its own. The host never sees what is mounted in it, and the kernel takes it away with the thread,
/// however that ends (docs/decisions/0005).
struct PrivateMounts {
    let kernel: any Kernel

    /// Runs `body` on such a thread and waits for it.
    ///
    /// The thread records nothing by itself: what it did comes back with its result, in order.
    /// - Throws: `SystemCallFailure`; what `body` throws.
    func run<T: Sendable>(_ step: Step, _ body: @escaping @Sendable (inout MountCalls) throws -> T) throws -> T {
        let done = Monitored<Outcome<T>?>(nil)
        let kernel = kernel
        let heard = CallCollector.forHelper()
        try EngineThread.start {
            var calls = MountCalls(kernel: kernel)
            let work = { () throws -> T in
                try calls.perform("unshare", ["CLONE_NEWNS"]) { dd_unshare_mounts() }
                try calls.mount("none", at: "/", type: nil, flags: MountFlags.recursive | MountFlags.privately)
                return try body(&calls)
            }
            let result = Result { () throws -> T in try heard.map { try $0.hear(work) } ?? work() }
            let records = calls.records
            done.update { $0 = Outcome(result: result, calls: records) }
        }
        let outcome = done.wait { $0 }
        for call in outcome.calls { step.record(call) }
        CallCollector.absorb(heard)
        return try outcome.result.get()
    }

    private struct Outcome<T: Sendable>: Sendable {
        let result: Result<T, any Error>
        let calls: [CallRecord]
    }
}

/// Flags of mount(2).
enum MountFlags {
    static let readOnly: UInt = 1
    /// No set-user-id, no devices, no programs: what is only copied needs none of them.
    static let inert: UInt = 2 | 4 | 8
    static let remount: UInt = 32
    static let bind: UInt = 4096
    static let recursive: UInt = 16384
    static let privately: UInt = 1 << 18
}

/// Makes system calls on a thread of its own, and keeps their records.
struct MountCalls {
    let kernel: any Kernel
    private(set) var records: [CallRecord] = []

    init(kernel: any Kernel) { self.kernel = kernel }

    mutating func mount(_ source: String, at target: String, type: String?, flags: UInt, data: String? = nil) throws {
        let call = SystemCall.mount(source: source, target: target, type: type, flags: flags, data: data)
        let start = monotonicMicroseconds()
        let result = kernel.perform(call)
        records.append(CallRecord(call, result, us: monotonicMicroseconds() - start))
        if result.errno != 0 {
            throw SystemCallFailure(name: call.name, subject: call.arguments.first ?? "", errno: Errno(code: result.errno))
        }
    }

    /// A call that `SystemCall` does not have.
    @discardableResult
    mutating func perform(_ name: String, _ arguments: [String], _ body: () -> Int32) throws -> Int32 {
        let start = monotonicMicroseconds()
        let value = body()
        let code = value < 0 ? errno : 0
        records.append(
            CallRecord(
                name: name, args: arguments, result: Int64(value), errno: code, us: monotonicMicroseconds() - start, pid: dd_gettid()))
        if code != 0 { throw SystemCallFailure(name: name, subject: arguments.first ?? "", errno: Errno(code: code)) }
        return value
    }
}
