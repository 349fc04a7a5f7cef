import Basics
import CDrydock
import Glibc
import Kernel
import ShimProtocol

/// One thing that the container's first process does between clone and exec, with the words to tell it in.
public struct ChildOperation: Sendable {
    var kind: dd_op_kind
    var numbers: [UInt64] = []
    var strings: [[UInt8]] = []
    /// An error number that is no failure here; 0 for none.
    var tolerate: UInt32 = 0
    /// The system call's own name.
    public var name: String
    /// Its arguments, readable.
    public var args: [String]

    init(_ kind: dd_op_kind, _ name: String, _ args: [String], numbers: [UInt64] = [], strings: [[UInt8]] = [], tolerate: Int32 = 0) {
        self.kind = kind
        self.name = name
        self.args = args
        self.numbers = numbers
        self.strings = strings
        self.tolerate = UInt32(tolerate)
    }
}

/// The operations of one step, in order.
public struct ChildStep: Sendable {
    /// The step's id in the narration catalogue.
    public let id: String
    public internal(set) var operations: [ChildOperation] = []

    init(_ id: String) { self.id = id }
}

extension ChildOperation {
    private static func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

    static let wait = ChildOperation(DD_OP_WAIT, "read", ["the engine's word"])
    /// The engine hears of what was done so far; the child goes on.
    static let flush = ChildOperation(DD_OP_FLUSH, "sendto", [])

    static func mount(_ source: String, _ target: String, _ type: String?, _ flags: UInt, _ data: String? = nil) -> ChildOperation {
        ChildOperation(
            DD_OP_MOUNT, "mount", [source, target, type ?? "NULL", FlagNames.mount(flags), data ?? "NULL"], numbers: [UInt64(flags)],
            strings: [bytes(source), bytes(target), bytes(type ?? ""), bytes(data ?? "")])
    }

    /// Where it mounts something new; nil for everything else.
    var mountPoint: String? {
        switch kind {
        // MS_REMOUNT only changes one that is there.
        case DD_OP_MOUNT where numbers[0] & 32 == 0: args[1]
        case DD_OP_MOVE_MOUNT: args[3]
        default: nil
        }
    }

    static func umount(_ target: String, _ flags: Int32) -> ChildOperation {
        ChildOperation(
            DD_OP_UMOUNT2, "umount2", [target, FlagNames.umount(flags)], numbers: [UInt64(flags)], strings: [bytes(target)])
    }

    /// A directory that may be there already.
    static func mkdir(_ path: String, _ mode: UInt64 = 0o755) -> ChildOperation {
        ChildOperation(
            DD_OP_MKDIR, "mkdir", [path, "0" + String(mode, radix: 8)], numbers: [mode], strings: [bytes(path)], tolerate: EEXIST)
    }

    static func mknod(_ path: String, major: UInt64, minor: UInt64) -> ChildOperation {
        // makedev(3) for numbers below 256.
        ChildOperation(
            DD_OP_MKNOD, "mknodat", ["AT_FDCWD", path, "S_IFCHR|0666", "makedev(\(major), \(minor))"],
            numbers: [0o020666, major << 8 | minor], strings: [bytes(path)])
    }

    static func symlink(_ target: String, _ path: String) -> ChildOperation {
        ChildOperation(DD_OP_SYMLINK, "symlink", [target, path], strings: [bytes(target), bytes(path)], tolerate: EEXIST)
    }

    static func chdir(_ path: String) -> ChildOperation { ChildOperation(DD_OP_CHDIR, "chdir", [path], strings: [bytes(path)]) }

    static func pivotRoot(_ new: String, _ old: String) -> ChildOperation {
        ChildOperation(DD_OP_PIVOT_ROOT, "pivot_root", [new, old], strings: [bytes(new), bytes(old)])
    }

    static func sethostname(_ name: String) -> ChildOperation {
        ChildOperation(DD_OP_SETHOSTNAME, "sethostname", [name, "\(name.utf8.count)"], strings: [bytes(name)])
    }

    /// A file of the kernel's; a setting that this kernel hasn't is passed over unless it must exist.
    static func write(_ path: String, _ value: String, mustExist: Bool = false) -> ChildOperation {
        ChildOperation(
            DD_OP_WRITE, "write", [path, readable(bytes(value)), "\(value.utf8.count)"], strings: [bytes(path), bytes(value)],
            tolerate: mustExist ? 0 : ENOENT)
    }

    /// An empty file to mount something on.
    static func touch(_ path: String) -> ChildOperation {
        ChildOperation(DD_OP_TOUCH, "openat", [path, "O_RDONLY|O_CREAT|O_CLOEXEC", "0644"], numbers: [0o644], strings: [bytes(path)])
    }

    /// Takes a copy of a mount, or of a directory as a mount, while the host's files can still be named.
    static func openTree(_ path: String, slot: Int, recursive: Bool) -> ChildOperation {
        let flags: UInt64 = recursive ? 0x8000 : 0  // AT_RECURSIVE
        return ChildOperation(
            DD_OP_OPEN_TREE, "open_tree", ["AT_FDCWD", path, recursive ? "OPEN_TREE_CLONE|AT_RECURSIVE" : "OPEN_TREE_CLONE"],
            numbers: [UInt64(slot), flags], strings: [bytes(path)])
    }

    /// Puts the copy in its place: the path is resolved in the container's own root.
    static func moveMount(slot: Int, source: String, to target: String) -> ChildOperation {
        ChildOperation(
            DD_OP_MOVE_MOUNT, "move_mount", ["copy of \(source)", "", "AT_FDCWD", target, "MOVE_MOUNT_F_EMPTY_PATH|MOVE_MOUNT_T_SYMLINKS"],
            numbers: [UInt64(slot)], strings: [bytes(target)])
    }

    static func prctl(_ option: Int32, _ name: String, _ argument: UInt64, _ shown: String, tolerate: Int32 = 0) -> ChildOperation {
        ChildOperation(DD_OP_PRCTL, "prctl", [name, shown], numbers: [UInt64(option), argument], tolerate: tolerate)
    }

    static func capset(_ set: UInt64, permitted: UInt64) -> ChildOperation {
        let hex = { (bits: UInt64) in "0x" + String(bits, radix: 16) }
        return ChildOperation(
            DD_OP_CAPSET, "capset", ["effective \(hex(set))", "permitted \(hex(permitted))", "inheritable 0x0"],
            numbers: [set, permitted, 0])
    }

    static func setgroups(_ groups: [UInt32]) -> ChildOperation {
        let list = groups.flatMap { group in withUnsafeBytes(of: group) { Array($0) } }
        return ChildOperation(DD_OP_SETGROUPS, "setgroups", ["\(groups.count)", "\(groups)"], strings: [list])
    }

    static func setgid(_ gid: UInt32) -> ChildOperation {
        ChildOperation(DD_OP_SETGID, "setresgid", ["\(gid)", "\(gid)", "\(gid)"], numbers: [UInt64(gid)])
    }

    static func setuid(_ uid: UInt32) -> ChildOperation {
        ChildOperation(DD_OP_SETUID, "setresuid", ["\(uid)", "\(uid)", "\(uid)"], numbers: [UInt64(uid)])
    }

    static func seccomp(_ filter: [UInt8]) -> ChildOperation {
        ChildOperation(
            DD_OP_SECCOMP, "seccomp", ["SECCOMP_SET_MODE_FILTER", "0", "filter of \(filter.count / 8) instructions"],
            strings: [filter])
    }

    static func netlink(_ message: NetlinkMessage) -> ChildOperation {
        ChildOperation(
            DD_OP_NETLINK, "sendto", ["NETLINK_ROUTE", message.description, "\(message.bytes.count)"], strings: [message.bytes])
    }

    static let setsid = ChildOperation(DD_OP_SETSID, "setsid", [])
    static let controllingTerminal = ChildOperation(DD_OP_CTTY, "ioctl", ["0", "TIOCSCTTY", "0"])
    static let terminal = ChildOperation(DD_OP_PTY, "ioctl", ["/dev/pts/ptmx", "TIOCGPTPEER", "its master goes to the shim"])

    /// glibc makes of it prlimit(2) of itself.
    static func setrlimit(_ limit: ContainerSpec.Limit) -> ChildOperation {
        let shown = { (value: UInt64) in value == UInt64.max ? "RLIM64_INFINITY" : "\(value)" }
        return ChildOperation(
            DD_OP_SETRLIMIT, "prlimit64",
            ["0", limit.name, "{rlim_cur=\(shown(limit.soft)), rlim_max=\(shown(limit.hard))}", "NULL"],
            numbers: [UInt64(limit.resource), limit.soft, limit.hard])
    }

    static func umask(_ mask: UInt64) -> ChildOperation {
        ChildOperation(DD_OP_UMASK, "umask", ["0" + String(mask, radix: 8)], numbers: [mask])
    }

    static func ownStandardStreams(uid: UInt32, gid: UInt32) -> [ChildOperation] {
        (0..<3).map {
            ChildOperation(DD_OP_FCHOWN_STDIO, "fchown", ["\($0)", "\(uid)", "\(gid)"], numbers: [UInt64(uid), UInt64(gid), $0])
        }
    }

    /// Standard input of a container without -i: its own /dev/null, opened inside. One opened outside would be the host's.
    static let emptyInput = ChildOperation(
        DD_OP_OPEN_AS, "openat", ["AT_FDCWD", "/dev/null", "O_RDWR", "it becomes descriptor 0"], numbers: [UInt64(O_RDWR), 0],
        strings: [bytes("/dev/null")])

    /// Joins namespaces of the container's first process, by its pidfd.
    static func setns(_ flags: UInt64) -> ChildOperation {
        ChildOperation(DD_OP_SETNS, "setns", ["pidfd of the container's first process", FlagNames.clone(flags)], numbers: [flags])
    }

    /// The process that stays: in the pid namespace that was joined, a child of the shim like the one that makes it.
    static let secondProcess = ChildOperation(DD_OP_SECOND_PROCESS, "clone", ["CLONE_PARENT|CLONE_PIDFD|SIGCHLD"])

    /// The working directory is one of the container's.
    static let checkWorkingDirectory = ChildOperation(DD_OP_GETCWD, "getcwd", ["it must lie below the root"])

    /// Words as a list in JSON, from which they can be had back whatever stands in them.
    private static func list(_ words: [String]) -> String {
        "[" + words.map { JSONValue.string($0).text() }.joined(separator: ", ") + "]"
    }

    static func execve(_ argv: [String], environment: [String], path: String) -> ChildOperation {
        let joined = { (list: [String]) -> [UInt8] in Array(list.flatMap { Array($0.utf8) + [0] }.dropLast()) }
        return ChildOperation(
            DD_OP_EXECVE, "execve", [argv.first ?? "", list(argv), list(environment)],
            strings: [bytes(argv.first ?? ""), joined(argv), joined(environment), bytes(path)])
    }
}
