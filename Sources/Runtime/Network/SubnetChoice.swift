import Kernel

/// Which network a bridge gets: the first of Docker's candidates that nobody else has.
struct SubnetChoice {
    /// What has an address or a route in a network: the network, and the interface's name.
    struct Neighbour: Sendable {
        let network: IPv4Network
        let interface: String
    }

    /// 172.17.0.0/16 to 172.31.0.0/16, then 192.168.0.0/20 to 192.168.240.0/20.
    static let candidates: [IPv4Network] =
        (17...31).map { IPv4Network(containing: IPv4Address(value: 0xac00_0000 | $0 << 16), prefix: 16) }
        + (0...15).map { IPv4Network(containing: IPv4Address(value: 0xc0a8_0000 | $0 << 12), prefix: 20) }

    let network: IPv4Network
    /// Those that were passed over, and whose they are.
    let taken: [Neighbour]

    /// - Parameters:
    ///   - preferred: What the bridge had before.
    ///   - neighbours: Everyone else on this machine.
    /// - Returns: nil when all are taken.
    init?(preferred: IPv4Network?, neighbours: [Neighbour]) {
        var taken: [Neighbour] = []
        for candidate in [preferred].compactMap({ $0 }) + Self.candidates {
            guard let neighbour = neighbours.first(where: { $0.network.overlaps(candidate) }) else {
                network = candidate
                self.taken = taken
                return
            }
            taken.append(Neighbour(network: candidate, interface: neighbour.interface))
        }
        return nil
    }

    /// Gathers the neighbours.
    /// - Parameter own: The index of our own bridge, whose addresses and routes don't count.
    static func neighbours(
        links: [NetlinkLink], addresses: [NetlinkAddress], routes: [NetlinkRoute], own: Int32?
    ) -> [Neighbour] {
        let names = Dictionary(links.map { ($0.index, $0.name) }) { first, _ in first }
        let name = { (index: Int32?) in index.flatMap { names[$0] } ?? "a route" }
        let addressed = addresses.filter { $0.index != own }.map { Neighbour(network: $0.network, interface: name($0.index)) }
        // The default route leads everywhere and takes nothing.
        let routed = routes.compactMap { route in
            route.destination.flatMap { network in
                network.prefix > 0 && (own == nil || route.index != own)
                    ? Neighbour(network: network, interface: name(route.index)) : nil
            }
        }
        return addressed + routed
    }
}
