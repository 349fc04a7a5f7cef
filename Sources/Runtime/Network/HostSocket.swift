import Basics
import Glibc
import Kernel
import Steps

/// The socket that holds a port of the host.
enum HostSocket {
    /// Binds a socket to a port.
    ///
    /// - IPv4 is only bound: nftables leads its connections on. It doesn't listen, so that a connection which no rule leads on is
    ///   refused and doesn't hang.
    /// - TCP over IPv6 listens: the shim accepts and passes on.
    /// - Returns: The descriptor, close-on-exec, or why it can't be had.
    /// - Throws: `aborted` from a pause at a call.
    static func bind(_ port: PublishedPort, _ recorder: Recorder) throws -> Result<Int32, Errno> {
        guard port.isIPv6 || port.transport == .udp else {
            let plain = try attempt(port, recorder, reusing: false, listening: false)
            guard case .failure(let errno) = plain, errno.code == EADDRINUSE else { return plain }
            // In use may mean: by connections of a server that has ended, for a minute yet. Listening tells that from a server that lives.
            return try attempt(port, recorder, reusing: true, listening: true)
        }
        let isServed = port.transport == .tcp
        return try attempt(port, recorder, reusing: isServed, listening: isServed)
    }

    /// True for what a machine without IPv6 answers.
    static func meansNoIPv6(_ errno: Errno) -> Bool { errno.code == EAFNOSUPPORT || errno.code == EADDRNOTAVAIL }

    static func isIPv6Address(_ text: String) -> Bool {
        var address = in6_addr()
        return inet_pton(AF_INET6, text, &address) == 1
    }

    private static func attempt(_ port: PublishedPort, _ recorder: Recorder, reusing: Bool, listening: Bool) throws -> Result<Int32, Errno>
    {
        let kind = port.transport == .tcp ? SOCK_STREAM : SOCK_DGRAM
        let domain = port.isIPv6 ? AF_INET6 : AF_INET
        let type = Int32(kind.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let opened = try recorder.attempt(.socket(domain: domain, type: type, protocolNumber: 0))
        guard opened.errno == 0 else { return .failure(Errno(code: opened.errno)) }
        let socket = Int32(opened.value)
        if port.isIPv6 { set(socket, Int32(IPPROTO_IPV6), 26, "IPPROTO_IPV6", "IPV6_V6ONLY", recorder) }
        if reusing { set(socket, SOL_SOCKET, SO_REUSEADDR, "SOL_SOCKET", "SO_REUSEADDR", recorder) }
        do {
            let address = SocketAddress(host: port.hostAddress, port: port.hostPort, isIPv6: port.isIPv6)
            var result = try recorder.attempt(.bind(fd: socket, address: address))
            if result.errno == 0, listening { result = try recorder.attempt(.listen(fd: socket, backlog: 4096)) }
            if result.errno == 0 { return .success(socket) }
            close(socket)
            return .failure(Errno(code: result.errno))
        } catch {
            close(socket)
            throw error
        }
    }

    private static func set(_ socket: Int32, _ level: Int32, _ option: Int32, _ levelName: String, _ name: String, _ recorder: Recorder) {
        recorder.made("setsockopt", ["\(socket)", levelName, name, "1"]) {
            var on: Int32 = 1
            return Int64(setsockopt(socket, level, option, &on, socklen_t(MemoryLayout<Int32>.size)))
        }
    }
}
