import Basics
import Foundation
import Steps
import Synchronization

@testable import Kernel

@_silgen_name("unshare") private func unshare(_ flags: Int32) -> Int32
@_silgen_name("setns") private func setns(_ fd: Int32, _ flags: Int32) -> Int32
private let newNetwork: Int32 = 0x4000_0000  // CLONE_NEWNET

/// A host in a network namespace of its own, on a thread of its own: nothing of it reaches the machine, all of it goes with the thread.
final class NetworkLab {
    let root: String
    private let host: Int32

    private init() throws {
        guard unshare(newNetwork) == 0 else { throw Errno.current }
        host = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC)
        root = NSTemporaryDirectory() + "drydock-lab-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
        var socket = try NetlinkSocket(.silent(LiveKernel()))
        try socket.transact(.linkUp("lo"))
    }

    deinit {
        close(host)
        try? FileManager.default.removeItem(atPath: root)
    }

    /// Runs `body` on the lab's thread.
    static func run(_ body: @escaping @Sendable (NetworkLab) throws -> Void) throws {
        let outcome = Mutex<Result<Void, any Error>?>(nil)
        let done = DispatchSemaphore(value: 0)
        let thread = Thread {
            let result = Result { try body(NetworkLab()) }
            outcome.withLock { $0 = result }
            done.signal()
        }
        thread.start()
        done.wait()
        try outcome.withLock { $0 }?.get()
    }

    /// A new network namespace, as a descriptor; the caller closes it.
    func namespace() throws -> Int32 {
        guard unshare(newNetwork) == 0 else { throw Errno.current }
        let made = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC)
        guard setns(host, newNetwork) == 0 else { throw Errno.current }
        return made
    }

    /// Runs `body` inside of a namespace: sockets made there stay there.
    func inside<T>(_ namespace: Int32, _ body: () throws -> T) throws -> T {
        guard setns(namespace, newNetwork) == 0 else { throw Errno.current }
        defer { _ = setns(host, newNetwork) }
        return try body()
    }
}

/// A socket of a test, closed with it.
final class Peer {
    let fd: Int32
    init(_ fd: Int32) { self.fd = fd }
    deinit { close(fd) }

    /// A server on all addresses.
    static func server(_ type: __socket_type, port: UInt16, reusing: Bool = false) throws -> Peer {
        let peer = Peer(socket(AF_INET, Int32(type.rawValue), 0))
        var on: Int32 = 1
        // As most servers do, so that they can be started again at once.
        if reusing { setsockopt(peer.fd, SOL_SOCKET, SO_REUSEADDR, &on, 4) }
        let bound = SocketAddress(host: "0.0.0.0", port: port).withSockaddr { bind(peer.fd, $0, $1) }
        guard bound == 0, type != SOCK_STREAM || listen(peer.fd, 8) == 0 else { throw Errno.current }
        return peer
    }

    /// Whether a TCP connection comes about.
    /// - Parameter patience: In milliseconds. A first packet may be lost right after a cable is plugged in; it is sent again after a second.
    static func reaches(_ host: String, _ port: UInt16, patience: Int32 = 3000) -> Bool {
        let peer = Peer(socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0))
        let begun = SocketAddress(host: host, port: port).withSockaddr { connect(peer.fd, $0, $1) }
        if begun == 0 { return true }
        guard errno == EINPROGRESS else { return false }
        var wish = pollfd(fd: peer.fd, events: Int16(POLLOUT), revents: 0)
        guard poll(&wish, 1, patience) == 1 else { return false }
        var failure: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        getsockopt(peer.fd, SOL_SOCKET, SO_ERROR, &failure, &size)
        return failure == 0
    }

    /// Sends a datagram from a new socket and returns the socket, for the answer.
    static func send(_ host: String, _ port: UInt16) throws -> Peer {
        let peer = Peer(socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0))
        let sent = SocketAddress(host: host, port: port).withSockaddr { sendto(peer.fd, "x", 1, 0, $0, $1) }
        guard sent == 1 else { throw Errno.current }
        return peer
    }

    /// The address that the next connection or datagram comes from; nil when none comes.
    func nextSource() -> String? {
        var wish = pollfd(fd: fd, events: Int16(POLLIN), revents: 0)
        guard poll(&wish, 1, 500) == 1 else { return nil }
        var address = sockaddr_in()
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                let accepted = accept(fd, pointer, &size)
                if accepted >= 0 {
                    close(accepted)
                } else {
                    var byte: UInt8 = 0
                    _ = recvfrom(fd, &byte, 1, 0, pointer, &size)
                }
            }
        }
        return "\(IPv4Address(value: UInt32(bigEndian: address.sin_addr.s_addr)))"
    }
}

/// Keeps what an operation tells.
final class EventLog: StepObserver {
    private let events = Mutex<[StepEvent]>([])
    func observe(_ event: StepEvent) { events.withLock { $0.append(event) } }
    var all: [StepEvent] { events.withLock { $0 } }
    func facts(_ id: String) -> [String: String] {
        Dictionary(all.filter { $0.id == id }.flatMap(\.facts).map { ($0.key, $0.value) }) { $1 }
    }
}
