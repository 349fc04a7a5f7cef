import Glibc
import Kernel

/// A container's place in the bridge network.
public struct Endpoint: Sendable, Hashable, Codable {
    /// 64 hexadecimal digits, as Docker's EndpointID.
    public let id: String
    public let container: String
    public let network: IPv4Network
    public let gateway: IPv4Address
    public let address: IPv4Address
    /// The near end of the cable, on the host: `veth` and seven hexadecimal digits.
    public let hostLink: String
    /// The far end's index inside: chosen here, so that the first process can give it an address without looking it up.
    public let interfaceIndex: Int32

    /// The far end's name, inside.
    public static let interface = "eth0"

    public var mac: MACAddress { MACAddress(of: address) }

    /// What the container's first process sends from inside its network namespace: loopback up, address, interface up, route.
    public var messages: [NetlinkMessage] {
        [
            .linkUp("lo"),
            .addAddress(address, prefix: network.prefix, to: (interfaceIndex, Self.interface)),
            .linkUp(Self.interface),
            .addDefaultRoute(via: gateway),
        ]
    }

    /// What the first process sends with `--network none`: loopback up.
    public static let isolatedMessages: [NetlinkMessage] = [.linkUp("lo")]
}
