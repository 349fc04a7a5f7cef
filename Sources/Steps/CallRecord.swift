import Basics

/// Who made a call: the engine, the shim beside the container, or the container's first process before it executes its program.
public enum Caller: String, Sendable {
    case engine, shim, child
}

/// One call into the kernel, as it was made: the evidence that narration is written from.
public struct CallRecord: Sendable {
    /// Readable arguments, or how to make them.
    private enum Arguments: Sendable {
        case made([String])
        case deferred(@Sendable () -> [String])
    }

    /// The system call's own name, such as `mount` or `sendto`.
    public let name: String
    private let arguments: Arguments
    /// What the call returned; -1 when it failed.
    public let result: Int64
    /// The error number, 0 when the call succeeded.
    public let errno: Int32
    /// How long the call took, in microseconds.
    public let us: Double
    /// The thread that made the call, as the engine's pid namespace numbers it: what strace prints in front of it.
    public let pid: Int32
    public let caller: Caller
    /// How many calls alike this stands for, where a step made more than are worth a line each.
    public let count: Int

    public init(
        name: String, args: [String], result: Int64, errno: Int32, us: Double, pid: Int32, caller: Caller = .engine, count: Int = 1
    ) {
        self.init(name, .made(args), result: result, errno: errno, us: us, pid: pid, caller: caller, count: count)
    }

    /// A call whose arguments are made readable only when somebody reads them: the operation doesn't wait for that, and of the brief
    /// narration nobody does.
    /// - Parameter args: gives the same whenever it is asked.
    public init(name: String, result: Int64, errno: Int32, us: Double, pid: Int32, deferring args: @escaping @Sendable () -> [String]) {
        self.init(name, .deferred(args), result: result, errno: errno, us: us, pid: pid, caller: .engine, count: 1)
    }

    private init(
        _ name: String, _ arguments: Arguments, result: Int64, errno: Int32, us: Double, pid: Int32, caller: Caller, count: Int
    ) {
        self.name = name
        self.arguments = arguments
        self.result = result
        self.errno = errno
        self.us = us
        self.pid = pid
        self.caller = caller
        self.count = count
    }

    /// The arguments in the order of the system call's man page, in readable form.
    public var args: [String] {
        switch arguments {
        case .made(let args): args
        case .deferred(let make): make()
        }
    }

    /// The record as it stands in an event.
    public var json: JSONValue {
        var object = JSONObject()
        object["name"] = .string(name)
        object["args"] = .array(args.map(JSONValue.string))
        object["result"] = .integer(result)
        object["errno"] = .integer(Int64(errno))
        object["us"] = .number(rounded(us))
        object["pid"] = .integer(Int64(pid))
        object["by"] = .string(caller.rawValue)
        if count != 1 { object["count"] = .integer(Int64(count)) }
        return .object(object)
    }
}

/// Something read back from the kernel or the disk after a step: a mountinfo line, an address, the content of a cgroup file.
public struct Fact: Sendable, Hashable {
    public let key: String
    public let value: String

    public init(key: String, value: String) {
        self.key = key
        self.value = value
    }

    /// The fact as it stands in an event.
    public var json: JSONValue {
        var object = JSONObject()
        object["key"] = .string(key)
        object["value"] = .string(value)
        return .object(object)
    }
}

/// Microseconds with one decimal: more digits would pretend to a precision that the clock does not have.
func rounded(_ us: Double) -> Double { (us * 10).rounded() / 10 }
