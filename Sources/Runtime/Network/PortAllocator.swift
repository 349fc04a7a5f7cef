import Basics
import Glibc
import Kernel
import Steps
import Synchronization

/// Which ports of the host are given to containers.
///
/// A port is held by a socket bound to it, so that no other program takes it; nftables leads its IPv4 connections on before they
/// ever reach the socket.
public final class PortAllocator: Sendable {
    private struct Key: Hashable {
        let transport: TransportProtocol
        let address: String
        let port: UInt16

        init(_ published: PublishedPort) {
            transport = published.transport
            address = published.hostAddress
            port = published.hostPort
        }
    }

    private struct State {
        var given: Set<Key> = []
        /// The last port given out of `range`, by transport: the next search begins behind it, as Docker's does.
        var last: [TransportProtocol: UInt16] = [:]
    }

    /// Why a port can't be had.
    private enum Refusal: Error {
        case given(PublishedPort)
        case bound(PublishedPort, Errno)

        var sentence: String {
            switch self {
            case .given(let port): "Bind for \(port.hostAddress):\(port.hostPort) failed: port is already allocated"
            case .bound(let port, let errno):
                "Error starting userland proxy: listen \(port.transport)\(port.isIPv6 ? 6 : 4) "
                    + (port.isIPv6 ? "[\(port.hostAddress)]" : port.hostAddress) + ":\(port.hostPort): bind: \(errno.text)"
            }
        }
    }

    private let state = Mutex(State())
    /// What ports are chosen from when none is named.
    private let range: ClosedRange<UInt16>
    /// How many ports in use by other programs are passed over before giving up.
    private static let patience = 64

    /// - Parameter range: nil: the kernel's own range for ports that nobody chose, as Docker takes it.
    public init(range: ClosedRange<UInt16>? = nil) {
        self.range = range ?? Self.kernelRange()
    }

    /// Takes the ports for a container: all or none.
    /// - Returns: The ports, and the sockets that hold them.
    /// - Throws: `DrydockError` with Docker's words (without its `driver failed programming external connectivity…`).
    public func reserve(_ requests: [PortRequest], _ recorder: Recorder) throws -> PortReservation {
        let reservation = PortReservation()
        do {
            for request in requests { try reserve(request, into: reservation, recorder) }
        } catch {
            release(reservation.ports)
            reservation.close()
            if let refusal = error as? Refusal { throw DrydockError(.failed, refusal.sentence) }
            throw error
        }
        return reservation
    }

    /// Notes ports that a container has since before this engine began; its shim holds the sockets.
    public func adopt(_ ports: [PublishedPort]) {
        state.withLock { state in
            for port in ports { state.given.insert(Key(port)) }
        }
    }

    /// Gives ports back.
    public func release(_ ports: [PublishedPort]) {
        state.withLock { state in
            for port in ports { state.given.remove(Key(port)) }
        }
    }

    private func reserve(_ request: PortRequest, into reservation: PortReservation, _ recorder: Recorder) throws {
        var refusals = 0
        let host = request.hostAddress
        guard host.isEmpty || IPv4Address(host) != nil || HostSocket.isIPv6Address(host) else {
            throw DrydockError(.invalid, "Invalid ip address: \(host)")
        }
        for number in candidates(request) {
            do {
                try hold(request, number, reservation, recorder)
                if request.hostPorts == nil { state.withLock { $0.last[request.transport] = number } }
                return
            } catch let refusal as Refusal {
                // Of a range named by the user what is given already is passed over; what another program has is an error.
                let isChoice = (request.hostPorts ?? range).count > 1
                if case .given = refusal, isChoice { continue }
                guard request.hostPorts == nil, case .bound(_, let errno) = refusal, errno.code == EADDRINUSE, refusals < Self.patience
                else { throw refusal }
                refusals += 1
            }
        }
        throw DrydockError(.failed, "all ports are allocated")
    }

    private func candidates(_ request: PortRequest) -> some Sequence<UInt16> {
        let range = request.hostPorts ?? self.range
        let last = request.hostPorts == nil ? state.withLock { $0.last[request.transport] } : nil
        let first = last.map { $0 >= range.upperBound ? range.lowerBound : max($0 + 1, range.lowerBound) } ?? range.lowerBound
        return (0..<range.count).lazy.map { offset in
            UInt16(Int(range.lowerBound) + (Int(first) - Int(range.lowerBound) + offset) % range.count)
        }
    }

    /// Takes one number on all addresses that the request means, or on none.
    private func hold(_ request: PortRequest, _ number: UInt16, _ reservation: PortReservation, _ recorder: Recorder) throws {
        let addresses = request.hostAddress.isEmpty ? ["0.0.0.0", "::"] : [request.hostAddress]
        var held: [(port: PublishedPort, socket: Int32)] = []
        do {
            for address in addresses {
                let port = PublishedPort(
                    transport: request.transport, containerPort: request.containerPort, hostAddress: address, hostPort: number)
                guard state.withLock({ $0.given.insert(Key(port)).inserted }) else { throw Refusal.given(port) }
                // The number is ours from here on; it is given back below when its socket can't be had.
                held.append((port, -1))
                let outcome = try HostSocket.bind(port, recorder)
                switch outcome {
                case .success(let socket): held[held.count - 1].socket = socket
                case .failure(let errno) where port.isIPv6 && request.hostAddress.isEmpty && HostSocket.meansNoIPv6(errno):
                    release([held.removeLast().port])
                case .failure(let errno): throw Refusal.bound(port, errno)
                }
            }
        } catch {
            release(held.map(\.port))
            for item in held where item.socket >= 0 { close(item.socket) }
            throw error
        }
        for item in held { reservation.append(item.port, item.socket) }
    }

    private static func kernelRange() -> ClosedRange<UInt16> {
        let text = (try? readFile("/proc/sys/net/ipv4/ip_local_port_range", limit: 64)).map { String(decoding: $0, as: UTF8.self) }
        let numbers = text?.split { $0 == "\t" || $0 == " " || $0 == "\n" }.compactMap { UInt16($0) } ?? []
        guard numbers.count == 2, numbers[0] > 0, numbers[0] <= numbers[1] else { return 49153...65535 }
        return numbers[0]...numbers[1]
    }
}

/// Ports of one container and the sockets that hold them, until the shim has taken them over.
public final class PortReservation: Sendable {
    private struct State {
        var ports: [PublishedPort] = []
        var sockets: [Int32] = []
    }

    private let state = Mutex(State())

    init() {}
    deinit { close() }

    public var ports: [PublishedPort] { state.withLock { $0.ports } }

    /// The sockets in the order of `ports`; of IPv6 and TCP they are listening. Valid until `close`.
    public var sockets: [(port: PublishedPort, socket: Int32)] {
        state.withLock { state in zip(state.ports, state.sockets).map { ($0, $1) } }
    }

    /// Closes the sockets here. The ports stay given: the shim holds copies.
    public func close() {
        let sockets = state.withLock { state in
            defer { state.sockets = [] }
            return state.sockets
        }
        for socket in sockets { _ = Glibc.close(socket) }
    }

    func append(_ port: PublishedPort, _ socket: Int32) {
        state.withLock { state in
            state.ports.append(port)
            state.sockets.append(socket)
        }
    }
}
