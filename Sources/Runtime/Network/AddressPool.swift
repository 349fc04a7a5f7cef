import Basics
import Kernel

/// The addresses of one network and who has them: always the lowest free one, as Docker gives them.
struct AddressPool: Sendable {
    let network: IPv4Network
    let gateway: IPv4Address
    private var owners: [IPv4Address: String] = [:]
    /// Everything below is taken: the search begins here.
    private var lowest: UInt32 = 1

    /// - Parameter network: The gateway is its first address.
    init(network: IPv4Network) {
        self.network = network
        gateway = network.address(1) ?? network.base
    }

    var isEmpty: Bool { owners.isEmpty }

    /// Gives an address to a container.
    /// - Throws: `DrydockError` in Docker's words when none is free.
    mutating func claim(for owner: String) throws(DrydockError) -> IPv4Address {
        while let address = network.address(lowest), address < network.broadcast {
            lowest += 1
            if address != gateway, owners[address] == nil {
                owners[address] = owner
                return address
            }
        }
        throw DrydockError(.failed, "no available IPv4 addresses on this network's address pools: bridge", advice: "remove containers")
    }

    /// Notes that a container has this address: it did when the engine before this one ended.
    mutating func adopt(_ address: IPv4Address, for owner: String) { owners[address] = owner }

    /// Takes an address back, when it still is this container's.
    mutating func release(_ address: IPv4Address, of owner: String) {
        guard owners[address] == owner else { return }
        owners[address] = nil
        lowest = min(lowest, address.value - network.base.value)
    }
}
