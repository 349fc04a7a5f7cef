import CDrydock
import Glibc

extension SystemCall {
    /// The system call's own name.
    public var name: String {
        switch self {
        case .mkdir: "mkdir"
        case .rmdir: "rmdir"
        case .unlink: "unlink"
        case .rename: "rename"
        case .symlink: "symlink"
        case .chown: "lchown"
        case .chmod: "chmod"
        case .open: "openat"
        case .write: "write"
        case .fsync: "fsync"
        case .mount: "mount"
        case .umount2: "umount2"
        case .socket: "socket"
        case .sendto: "sendto"
        case .recvfrom: "recvfrom"
        case .bind: "bind"
        case .listen: "listen"
        case .pidfdOpen: "pidfd_open"
        case .pidfdSendSignal: "pidfd_send_signal"
        case .kill: "kill"
        case .bpfLoadDeviceFilter, .bpfAttachDeviceFilter: "bpf"
        }
    }

    /// The arguments in the man page's order, readable.
    public var arguments: [String] {
        switch self {
        case .mkdir(let path, let mode), .chmod(let path, let mode): [path, octal(mode)]
        case .rmdir(let path), .unlink(let path): [path]
        case .rename(let from, let to): [from, to]
        case .symlink(let target, let path): [target, path]
        case .chown(let path, let uid, let gid): [path, "\(uid)", "\(gid)"]
        case .open(let path, let flags, let mode): [path, FlagNames.open(flags), octal(mode)]
        case .write(_, let bytes, let path): [path, readable(bytes), "\(bytes.count)"]
        case .fsync(_, let path): [path]
        case .mount(let source, let target, let type, let flags, let data):
            [source, target, type ?? "NULL", FlagNames.mount(flags), data ?? "NULL"]
        case .umount2(let target, let flags): [target, FlagNames.umount(flags)]
        case .socket(let domain, let type, let number): FlagNames.socket(domain, type, number)
        case .sendto(let fd, let bytes, let description): ["\(fd)", description, "\(bytes.count)"]
        case .recvfrom(let fd, let capacity): ["\(fd)", "\(capacity)"]
        case .bind(let fd, let address): ["\(fd)", "\(address)"]
        case .listen(let fd, let backlog): ["\(fd)", "\(backlog)"]
        case .pidfdOpen(let pid): ["\(pid)", "0"]
        case .pidfdSendSignal(let pidfd, let signal, let pid): ["\(pidfd) (pid \(pid))", FlagNames.signal(signal)]
        case .kill(let pid, let signal): ["\(pid)", FlagNames.signal(signal)]
        case .bpfLoadDeviceFilter(let instructions):
            ["BPF_PROG_LOAD", "BPF_PROG_TYPE_CGROUP_DEVICE, \(instructions.count) instructions"]
        case .bpfAttachDeviceFilter(let program, _, let path): ["BPF_PROG_ATTACH", path, "BPF_CGROUP_DEVICE", "\(program)"]
        }
    }

    /// It holds more than its record is to keep, or has received more.
    func isLong(_ result: CallResult) -> Bool {
        if case .write(_, let bytes, _) = self, bytes.count > keptOfText { return true }
        return result.bytes.count > keptOfText
    }

    /// What the call is about, for an error's sentence.
    var subject: String {
        switch self {
        case .mount(_, let target, _, _, _): target
        case .write(_, _, let path): path
        case .sendto(_, _, let description): description
        case .bind(_, let address): "\(address)"
        case .rename(_, let to): to
        case .symlink(_, let path): path
        default: arguments.first ?? ""
        }
    }
}

func octal(_ mode: UInt32) -> String { "0" + String(mode, radix: 8) }

/// The most of a written text that a record keeps; the narrator shortens it for display.
private let keptOfText = 4096

/// Bytes as text where they are text: a pid written to `cgroup.procs` reads as a pid. Line feeds, tabs and backslashes are escaped as in
/// C, so that the bytes can be had back (docs/decisions/0022).
public func readable(_ bytes: [UInt8]) -> String {
    let shown = bytes.prefix(keptOfText)
    guard shown.allSatisfy({ $0 >= 0x20 && $0 != 0x7f || $0 == 0x0a || $0 == 0x09 }), let whole = String(validating: shown, as: UTF8.self)
    else { return "<\(bytes.count) bytes>" }
    var text = whole
    if shown.contains(where: { $0 == 0x0a || $0 == 0x09 || $0 == UInt8(ascii: "\\") }) {
        var escaped: [UInt8] = []
        escaped.reserveCapacity(shown.count + 256)
        for byte in shown {
            switch byte {
            case 0x0a: escaped += [UInt8(ascii: "\\"), UInt8(ascii: "n")]
            case 0x09: escaped += [UInt8(ascii: "\\"), UInt8(ascii: "t")]
            case UInt8(ascii: "\\"): escaped += [UInt8(ascii: "\\"), UInt8(ascii: "\\")]
            default: escaped.append(byte)
            }
        }
        text = String(decoding: escaped, as: UTF8.self)
    }
    return bytes.count > shown.count ? text + "…" : text
}
