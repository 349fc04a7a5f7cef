import Basics
import Kernel

/// `tcp` or `udp`.
public enum TransportProtocol: String, Sendable, Hashable, Codable, CaseIterable {
    case tcp, udp
}

/// A wish to publish a port of a container, `-p` or `-P`.
public struct PortRequest: Sendable, Hashable {
    public let transport: TransportProtocol
    public let containerPort: UInt16
    /// An address of the host; empty: all of them, IPv4 and IPv6.
    public let hostAddress: String
    /// The ports of the host to choose from; nil: any.
    public let hostPorts: ClosedRange<UInt16>?

    public init(transport: TransportProtocol, containerPort: UInt16, hostAddress: String = "", hostPorts: ClosedRange<UInt16>? = nil) {
        self.transport = transport
        self.containerPort = containerPort
        self.hostAddress = hostAddress
        self.hostPorts = hostPorts
    }
}

/// A port of the host that leads to a container's.
public struct PublishedPort: Sendable, Hashable, Codable, CustomStringConvertible {
    public let transport: TransportProtocol
    public let containerPort: UInt16
    /// `0.0.0.0`, `::` or an address of the host.
    public let hostAddress: String
    public let hostPort: UInt16

    public init(transport: TransportProtocol, containerPort: UInt16, hostAddress: String, hostPort: UInt16) {
        self.transport = transport
        self.containerPort = containerPort
        self.hostAddress = hostAddress
        self.hostPort = hostPort
    }

    public var isIPv6: Bool { hostAddress.utf8.contains(UInt8(ascii: ":")) }

    /// As `docker ps` shows it: `0.0.0.0:7777->80/tcp`, `:::7777->80/tcp`.
    public var description: String { "\(hostAddress):\(hostPort)->\(containerPort)/\(transport.rawValue)" }
}

/// An entry of the maps that lead connections to containers.
public struct PortElement: Sendable, Hashable {
    public let transport: TransportProtocol
    /// nil: whatever address of the host the connection is for.
    public let hostAddress: IPv4Address?
    public let hostPort: UInt16
    public let address: IPv4Address
    public let containerPort: UInt16

    public init(transport: TransportProtocol, hostAddress: IPv4Address?, hostPort: UInt16, address: IPv4Address, containerPort: UInt16) {
        self.transport = transport
        self.hostAddress = hostAddress
        self.hostPort = hostPort
        self.address = address
        self.containerPort = containerPort
    }

    /// The entry for a published port; nil for one of IPv6, which the shim serves.
    init?(_ port: PublishedPort, to address: IPv4Address) {
        guard !port.isIPv6 else { return nil }
        let host = IPv4Address(port.hostAddress)
        self.init(
            transport: port.transport, hostAddress: host?.value == 0 ? nil : host, hostPort: port.hostPort, address: address,
            containerPort: port.containerPort)
    }
}
