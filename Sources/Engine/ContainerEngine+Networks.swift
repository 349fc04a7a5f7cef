import Basics
import DockerAPI
import EngineInterface
import Kernel
import Runtime

extension ContainerEngine {
    /// The ids of the two networks that need nothing of their own: fixed, since nothing is recorded of them.
    private static let hostNetworkID = String(repeating: "68", count: 32)
    private static let noNetworkID = String(repeating: "6e", count: 32)

    func networkID(of name: String) -> String {
        switch name {
        case "host": Self.hostNetworkID
        case "none": Self.noNetworkID
        default: network.id
        }
    }

    public func listNetworks(filters: Filters) throws -> [NetworkResource] {
        for key in filters.keys where !["driver", "id", "name", "scope", "type", "label", "dangling"].contains(key) {
            throw DrydockError(.invalid, "Invalid filter '\(key)'")
        }
        let any = { (key: String, fits: (String) -> Bool) in filters[key].map { $0.contains(where: fits) } ?? true }
        return ["bridge", "host", "none"].map(resource).filter { resource in
            any("name") { resource.name.contains($0) } && any("id") { resource.id.hasPrefix($0) } && any("driver") { resource.driver == $0 }
                && any("scope") { $0 == "local" } && any("type") { $0 == "builtin" } && filters["label"] == nil
                && any("dangling") { $0 == "false" || $0 == "0" }
        }
    }

    public func inspectNetwork(_ reference: String) throws -> NetworkResource {
        let all = ["bridge", "host", "none"].map(resource)
        if let found = all.first(where: { $0.name == reference || $0.id == reference || (!reference.isEmpty && $0.id.hasPrefix(reference)) }
        ) {
            return found
        }
        throw DrydockError(.notFound, "network \(reference) not found")
    }

    private func resource(_ name: String) -> NetworkResource {
        var resource = NetworkResource(name: name, id: networkID(of: name), created: network.created.description)
        resource.driver = name == "none" ? "null" : name
        if name == "bridge", let subnet = network.subnet {
            resource.ipam = IPAM(config: [IPAMPool(subnet: subnet.description, gateway: network.gateway?.description ?? "")])
        }
        for container in containers.all {
            let (record, state) = container.live.read { ($0.record, $0.state) }
            let mode = record.hostConfig.networkMode == "default" ? "bridge" : record.hostConfig.networkMode
            guard state.phase == .running, mode == name else { continue }
            var endpoint = NetworkEndpoint(name: record.name)
            if let own = state.network?.endpoint {
                endpoint.endpointID = own.id
                endpoint.macAddress = own.mac.description
                endpoint.ipv4Address = "\(own.address)/\(own.network.prefix)"
            }
            resource.containers[container.id] = endpoint
        }
        return resource
    }

    /// The three networks that there are can't be pruned, in Docker neither.
    public func pruneNetworks(filters: Filters, context call: CallContext) throws -> NetworksPruneReport { NetworksPruneReport() }
}
