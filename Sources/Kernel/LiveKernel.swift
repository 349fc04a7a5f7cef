import Basics
import CDrydock
import Glibc

/// The machine's own kernel.
public struct LiveKernel: Kernel {
    public init() {}

    public func perform(_ call: SystemCall) -> CallResult {
        switch call {
        case .mkdir(let path, let mode): result { Int64(Glibc.mkdir(path, mode)) }
        case .rmdir(let path): result { Int64(Glibc.rmdir(path)) }
        case .unlink(let path): result { Int64(Glibc.unlink(path)) }
        case .rename(let from, let to): result { Int64(Glibc.rename(from, to)) }
        case .symlink(let target, let path): result { Int64(Glibc.symlink(target, path)) }
        case .chown(let path, let uid, let gid): result { Int64(lchown(path, uid, gid)) }
        case .chmod(let path, let mode): result { Int64(Glibc.chmod(path, mode)) }
        case .open(let path, let flags, let mode): result { Int64(dd_open(path, flags | O_CLOEXEC, mode)) }
        case .write(let fd, let bytes, _): result { bytes.withUnsafeBytes { Int64(Glibc.write(fd, $0.baseAddress, $0.count)) } }
        case .fsync(let fd, _): result { Int64(Glibc.fsync(fd)) }
        case .mount(let source, let target, let type, let flags, let data):
            result { mountResult(source, target, type, flags, data) }
        case .umount2(let target, let flags): result { Int64(CDrydock.umount2(target, flags)) }
        case .socket(let domain, let type, let number): result { Int64(Glibc.socket(domain, type, number)) }
        case .sendto(let fd, let bytes, _):
            result { bytes.withUnsafeBytes { Int64(Glibc.sendto(fd, $0.baseAddress, $0.count, 0, nil, 0)) } }
        case .recvfrom(let fd, let capacity): receive(fd, capacity)
        case .bind(let fd, let address): result { address.withSockaddr { Int64(Glibc.bind(fd, $0, $1)) } }
        case .listen(let fd, let backlog): result { Int64(Glibc.listen(fd, backlog)) }
        case .pidfdOpen(let pid): result { Int64(dd_pidfd_open(pid, 0)) }
        case .pidfdSendSignal(let pidfd, let signal, _): result { Int64(dd_pidfd_send_signal(pidfd, signal)) }
        case .kill(let pid, let signal): result { Int64(Glibc.kill(pid, signal)) }
        case .bpfLoadDeviceFilter(let instructions):
            result { Int64(dd_bpf_load_device_filter(instructions, UInt32(instructions.count))) }
        case .bpfAttachDeviceFilter(let program, let cgroup, _): result { Int64(dd_bpf_attach_device_filter(program, cgroup)) }
        }
    }

    /// Retries EINTR, as every caller would.
    private func result(_ body: () -> Int64) -> CallResult {
        while true {
            let value = body()
            if value >= 0 { return CallResult(value: value) }
            let code = errno
            if code != EINTR { return CallResult(value: value, errno: code) }
        }
    }

    private func mountResult(_ source: String, _ target: String, _ type: String?, _ flags: UInt, _ data: String?) -> Int64 {
        guard let data else { return Int64(CDrydock.mount(source, target, type, flags, nil)) }
        return data.withCString { Int64(CDrydock.mount(source, target, type, flags, $0)) }
    }

    /// The bytes take no more room than they need: a record may keep them for long.
    private func receive(_ fd: Int32, _ capacity: Int) -> CallResult {
        withUnsafeTemporaryAllocation(byteCount: capacity, alignment: 1) { room in
            let outcome = result { Int64(Glibc.recvfrom(fd, room.baseAddress, capacity, 0, nil, nil)) }
            let received = UnsafeRawBufferPointer(rebasing: room[..<max(0, Int(outcome.value))])
            return CallResult(value: outcome.value, errno: outcome.errno, bytes: Array(received))
        }
    }
}

extension SocketAddress {
    /// The address in the kernel's form; a host that isn't an address becomes the family's wildcard.
    func withSockaddr<T>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> T) -> T {
        if isIPv6 {
            var address = sockaddr_in6()
            address.sin6_family = sa_family_t(AF_INET6)
            address.sin6_port = port.bigEndian
            inet_pton(AF_INET6, host, &address.sin6_addr)
            return withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_in6>.size)) }
            }
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        inet_pton(AF_INET, host, &address.sin_addr)
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
    }
}
