import Basics
import Glibc

/// The capabilities of Linux, capabilities(7), and Docker's rules for choosing among them.
///
/// A set is a bit mask: bit n is the capability with number n.
public enum Capabilities {
    /// All names in the order of their numbers, linux/capability.h.
    public static let names = [
        "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_DAC_READ_SEARCH", "CAP_FOWNER", "CAP_FSETID", "CAP_KILL", "CAP_SETGID", "CAP_SETUID",
        "CAP_SETPCAP", "CAP_LINUX_IMMUTABLE", "CAP_NET_BIND_SERVICE", "CAP_NET_BROADCAST", "CAP_NET_ADMIN", "CAP_NET_RAW",
        "CAP_IPC_LOCK", "CAP_IPC_OWNER", "CAP_SYS_MODULE", "CAP_SYS_RAWIO", "CAP_SYS_CHROOT", "CAP_SYS_PTRACE", "CAP_SYS_PACCT",
        "CAP_SYS_ADMIN", "CAP_SYS_BOOT", "CAP_SYS_NICE", "CAP_SYS_RESOURCE", "CAP_SYS_TIME", "CAP_SYS_TTY_CONFIG", "CAP_MKNOD",
        "CAP_LEASE", "CAP_AUDIT_WRITE", "CAP_AUDIT_CONTROL", "CAP_SETFCAP", "CAP_MAC_OVERRIDE", "CAP_MAC_ADMIN", "CAP_SYSLOG",
        "CAP_WAKE_ALARM", "CAP_BLOCK_SUSPEND", "CAP_AUDIT_READ", "CAP_PERFMON", "CAP_BPF", "CAP_CHECKPOINT_RESTORE",
    ]

    /// What a container has unless it is told otherwise, measured at Docker Engine 20.10.
    public static let dockerDefault: UInt64 = 0xa804_25fb

    /// The highest number that this kernel knows.
    public static let last: Int = {
        let text = (try? readFile("/proc/sys/kernel/cap_last_cap", limit: 64)).map { String(decoding: $0, as: UTF8.self) }
        let number = text.flatMap { Int($0.prefix { $0.isNumber }) } ?? names.count - 1
        // A kernel newer than the list has capabilities without a name here; they have to be dropped like the others.
        return min(max(number, 0), 63)
    }()

    /// Every capability of this kernel.
    public static let all: [(number: Int, name: String)] = (0...last).map { ($0, name($0)) }

    /// The mask of every capability of this kernel that has a name.
    public static var everything: UInt64 { all.prefix(names.count).reduce(0) { $0 | 1 << UInt64($1.number) } }

    /// The name of a number: `CAP_CHOWN`, or `CAP_41` for one that is newer than the list.
    public static func name(_ number: Int) -> String { names.indices.contains(number) ? names[number] : "CAP_\(number)" }

    /// The number of a name; nil when there is no such capability.
    public static func number(_ name: String) -> Int? { names.firstIndex(of: name) }

    /// The names in a set, in the order of their numbers.
    public static func names(in set: UInt64) -> [String] { all.filter { set & 1 << UInt64($0.number) != 0 }.map(\.name) }

    /// What this process itself may hand on: its bounding set.
    /// - Throws: The `Errno` of reading /proc/self/status.
    public static func available() throws(Errno) -> UInt64 {
        let status = String(decoding: try readFile("/proc/self/status"), as: UTF8.self)
        let line = status.split(separator: "\n").first { $0.hasPrefix("CapBnd:") }
        return line.flatMap { UInt64($0.dropFirst(7).drop { $0 == " " || $0 == "\t" }, radix: 16) } ?? 0
    }

    /// The set of a container started with `--cap-add` and `--cap-drop`.
    ///
    /// Docker's rules: `ALL` added means all but the dropped; `ALL` dropped means only the added; else what is added wins over
    /// what is dropped.
    /// - Throws: `DrydockError` in Docker's words for a name that doesn't exist.
    public static func merge(add: [String], drop: [String]) throws(DrydockError) -> UInt64 {
        // Docker looks at the added ones first.
        let added = try set(add, option: "CapAdd")
        let dropped = try set(drop, option: "CapDrop")
        if added.isAll { return everything & ~dropped.mask }
        if dropped.isAll { return added.mask }
        return dockerDefault & ~dropped.mask | added.mask
    }

    private static func set(_ words: [String], option: String) throws(DrydockError) -> (mask: UInt64, isAll: Bool) {
        var mask: UInt64 = 0
        var isAll = false
        for word in words {
            var name = word.uppercased()
            if name == "ALL" {
                isAll = true
                continue
            }
            if !name.hasPrefix("CAP_") { name = "CAP_" + name }
            guard let number = number(name) else {
                throw DrydockError(.invalid, "invalid \(option): unknown capability: \"\(name)\"")
            }
            guard number <= last else {
                throw DrydockError(
                    .invalid,
                    "invalid \(option): capability not supported by your kernel or not available in the current environment: \"\(name)\"")
            }
            mask |= 1 << UInt64(number)
        }
        return (mask, isAll)
    }
}
