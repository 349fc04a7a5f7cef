import Basics
import CDrydock
import Glibc
import Steps

/// Tells when the network links of this namespace change, rtnetlink(7): something to wait on instead of looking again and again.
public struct LinkChanges: ~Copyable {
    private let fd: Int32

    /// Changes count from here on.
    /// - Throws: `SystemCallFailure` when the socket can't be had.
    public init(_ recorder: Recorder) throws {
        let type = Int32(SOCK_RAW.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        fd = Int32(try recorder.perform(.socket(domain: AF_NETLINK, type: type, protocolNumber: 0)).value)
        let fd = self.fd
        // Bound, and not only a member of the group: the kernel skips a socket whose port is the sender's, and both an unbound
        // socket's and the kernel's own are 0. Where this fails nothing is ever told, and the caller's patience decides.
        recorder.made("bind", ["\(fd)", "AF_NETLINK", "RTMGRP_LINK"]) {
            // struct sockaddr_nl: family and padding, port id (chosen by the kernel), groups.
            let address: [UInt32] = [UInt32(AF_NETLINK), 0, 1]
            return address.withUnsafeBytes { bytes in
                Int64(bind(fd, bytes.baseAddress!.assumingMemoryBound(to: sockaddr.self), socklen_t(bytes.count)))
            }
        }
    }

    deinit { close(fd) }

    /// Waits for a change.
    /// - Returns: false when the time was over first.
    public func wait(milliseconds: Int32) -> Bool {
        var waited = pollfd(fd: fd, events: Int16(POLLIN), revents: 0)
        guard poll(&waited, 1, milliseconds) > 0 else { return false }
        // What changed is looked up by the caller; the messages are only in the way of the next.
        var buffer = [UInt8](repeating: 0, count: 32 << 10)
        while recv(fd, &buffer, buffer.count, 0) > 0 {}
        return true
    }
}
