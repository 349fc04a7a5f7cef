import Basics
import CDrydock
import Glibc

/// A system call that the engine makes, as a value: what is executed and what is narrated are the same thing.
public enum SystemCall: Sendable {
    case mkdir(path: String, mode: UInt32)
    case rmdir(path: String)
    case unlink(path: String)
    case rename(from: String, to: String)
    case symlink(target: String, path: String)
    case chown(path: String, uid: UInt32, gid: UInt32)
    case chmod(path: String, mode: UInt32)
    /// openat(2) relative to the working directory; the result is a descriptor, close-on-exec.
    case open(path: String, flags: Int32, mode: UInt32)
    /// `path` is for the record: what the descriptor was opened from.
    case write(fd: Int32, bytes: [UInt8], path: String)
    case fsync(fd: Int32, path: String)
    case mount(source: String, target: String, type: String?, flags: UInt, data: String?)
    case umount2(target: String, flags: Int32)
    case socket(domain: Int32, type: Int32, protocolNumber: Int32)
    /// `description` says in words what the bytes are, made by the builder that made the bytes.
    case sendto(fd: Int32, bytes: [UInt8], description: String)
    case recvfrom(fd: Int32, capacity: Int)
    case bind(fd: Int32, address: SocketAddress)
    case listen(fd: Int32, backlog: Int32)
    case pidfdOpen(pid: Int32)
    case pidfdSendSignal(pidfd: Int32, signal: Int32, pid: Int32)
    case kill(pid: Int32, signal: Int32)
    /// bpf(2): a program that decides on accesses to devices; the result is its descriptor.
    case bpfLoadDeviceFilter(instructions: [UInt64])
    /// bpf(2): the program decides for a cgroup v2; `path` is for the record.
    case bpfAttachDeviceFilter(program: Int32, cgroup: Int32, path: String)
}

/// An address of IPv4 or IPv6 with a port.
public struct SocketAddress: Sendable, Hashable, CustomStringConvertible {
    public let host: String
    public let port: UInt16
    public let isIPv6: Bool

    public init(host: String, port: UInt16, isIPv6: Bool = false) {
        self.host = host
        self.port = port
        self.isIPv6 = isIPv6
    }

    public var description: String { isIPv6 ? "[\(host)]:\(port)" : "\(host):\(port)" }
}

/// What a system call came to.
public struct CallResult: Sendable {
    /// The call's own result; -1 when it failed.
    public var value: Int64
    /// 0 when it worked.
    public var errno: Int32
    /// What was received, of `recvfrom`.
    public var bytes: [UInt8]

    public init(value: Int64, errno: Int32 = 0, bytes: [UInt8] = []) {
        self.value = value
        self.errno = errno
        self.bytes = bytes
    }
}

/// A system call that failed: which one, on what, and why.
public struct SystemCallFailure: Error, CustomStringConvertible {
    public let name: String
    /// The path, address or process that the call was about.
    public let subject: String
    public let errno: Errno

    public init(name: String, subject: String, errno: Errno) {
        self.name = name
        self.subject = subject
        self.errno = errno
    }

    public var description: String { "\(name) \(subject): \(errno.text)" }
}

/// Who answers system calls: the machine (`LiveKernel`) or a test (`ScriptedKernel`).
public protocol Kernel: Sendable {
    /// Makes the call. Failures are results, not errors: whoever asked knows which of them matter.
    func perform(_ call: SystemCall) -> CallResult
}
