import CDrydock
import Glibc

/// Flags as the man pages name them.
public enum FlagNames {
    /// `MS_NOSUID|MS_NODEV`, mount(2).
    public static func mount(_ flags: UInt) -> String {
        join(
            UInt64(flags),
            [
                (1, "MS_RDONLY"), (2, "MS_NOSUID"), (4, "MS_NODEV"), (8, "MS_NOEXEC"), (32, "MS_REMOUNT"), (4096, "MS_BIND"),
                (8192, "MS_MOVE"), (16384, "MS_REC"), (32768, "MS_SILENT"), (1 << 17, "MS_UNBINDABLE"), (1 << 18, "MS_PRIVATE"),
                (1 << 19, "MS_SLAVE"), (1 << 20, "MS_SHARED"), (1 << 21, "MS_RELATIME"), (1 << 24, "MS_STRICTATIME"),
            ])
    }

    /// `MNT_DETACH`, umount2(2).
    public static func umount(_ flags: Int32) -> String {
        join(UInt64(UInt32(bitPattern: flags)), [(1, "MNT_FORCE"), (2, "MNT_DETACH"), (4, "MNT_EXPIRE"), (8, "UMOUNT_NOFOLLOW")])
    }

    /// `CLONE_NEWNS|CLONE_NEWPID`, clone(2).
    public static func clone(_ flags: UInt64) -> String {
        join(
            flags,
            [
                (0x80, "CLONE_NEWTIME"), (0x1000, "CLONE_PIDFD"), (0x20000, "CLONE_NEWNS"), (0x0200_0000, "CLONE_NEWCGROUP"),
                (0x0400_0000, "CLONE_NEWUTS"), (0x0800_0000, "CLONE_NEWIPC"), (0x1000_0000, "CLONE_NEWUSER"),
                (0x2000_0000, "CLONE_NEWPID"), (0x4000_0000, "CLONE_NEWNET"), (0x2_0000_0000, "CLONE_INTO_CGROUP"),
            ])
    }

    /// `O_WRONLY|O_CREAT|O_CLOEXEC`, open(2).
    public static func open(_ flags: Int32) -> String {
        let access = ["O_RDONLY", "O_WRONLY", "O_RDWR"][min(2, Int(flags & O_ACCMODE))]
        let others = join(
            UInt64(UInt32(bitPattern: (flags | O_CLOEXEC) & ~O_ACCMODE)),
            [
                (UInt64(O_CREAT), "O_CREAT"), (UInt64(O_EXCL), "O_EXCL"), (UInt64(O_TRUNC), "O_TRUNC"), (UInt64(O_APPEND), "O_APPEND"),
                (UInt64(O_DIRECTORY), "O_DIRECTORY"), (UInt64(O_NOFOLLOW), "O_NOFOLLOW"), (UInt64(O_CLOEXEC), "O_CLOEXEC"),
            ])
        return "\(access)|\(others)"
    }

    static func socket(_ domain: Int32, _ type: Int32, _ number: Int32) -> [String] {
        let domains: [Int32: String] = [AF_NETLINK: "AF_NETLINK", AF_INET: "AF_INET", AF_INET6: "AF_INET6", AF_UNIX: "AF_UNIX"]
        let kinds: [Int32: String] = [1: "SOCK_STREAM", 2: "SOCK_DGRAM", 3: "SOCK_RAW", 5: "SOCK_SEQPACKET"]
        var kind = kinds[type & 0xf] ?? "\(type & 0xf)"
        if type & 0o2000000 != 0 { kind += "|SOCK_CLOEXEC" }
        return [domains[domain] ?? "\(domain)", kind, domain == AF_NETLINK && number == 0 ? "NETLINK_ROUTE" : "\(number)"]
    }

    /// `SIGTERM`, signal(7).
    public static func signal(_ number: Int32) -> String {
        let names: [Int32: String] = [
            1: "SIGHUP", 2: "SIGINT", 3: "SIGQUIT", 4: "SIGILL", 5: "SIGTRAP", 6: "SIGABRT", 7: "SIGBUS", 8: "SIGFPE", 9: "SIGKILL",
            10: "SIGUSR1", 11: "SIGSEGV", 12: "SIGUSR2", 13: "SIGPIPE", 14: "SIGALRM", 15: "SIGTERM", 16: "SIGSTKFLT", 17: "SIGCHLD",
            18: "SIGCONT", 19: "SIGSTOP", 20: "SIGTSTP", 21: "SIGTTIN", 22: "SIGTTOU", 23: "SIGURG", 24: "SIGXCPU", 25: "SIGXFSZ",
            26: "SIGVTALRM", 27: "SIGPROF", 28: "SIGWINCH", 29: "SIGIO", 30: "SIGPWR", 31: "SIGSYS",
        ]
        return names[number] ?? "\(number)"
    }

    static func join(_ flags: UInt64, _ names: [(UInt64, String)]) -> String {
        var rest = flags
        var found: [String] = []
        for (bits, name) in names where bits != 0 && flags & bits == bits {
            found.append(name)
            rest &= ~bits
        }
        if rest != 0 { found.append("0x" + String(rest, radix: 16)) }
        return found.isEmpty ? "0" : found.joined(separator: "|")
    }
}
