import Basics
import DockerAPI
import Runtime

/// Which ports a container wants on the host: `-p`, and with `-P` every port that the image exposes.
struct PortPlan {
    let requests: [PortRequest]

    /// - Throws: `DrydockError.invalid` for what is no port.
    init(_ record: ContainerRecord) throws {
        var requests: [PortRequest] = []
        let bindings = record.hostConfig.portBindings ?? [:]
        for key in bindings.keys.sorted(by: Self.isBefore) {
            let (port, transport) = try Self.checked(key)
            let wanted = (bindings[key] ?? nil) ?? []
            for binding in wanted.isEmpty ? [PortBinding()] : wanted {
                requests.append(
                    PortRequest(
                        transport: transport, containerPort: port, hostAddress: binding.hostIp, hostPorts: try Self.range(binding.hostPort))
                )
            }
        }
        if record.hostConfig.publishAllPorts {
            for key in record.config.exposedPorts.keys.sorted(by: Self.isBefore) where bindings[key] == nil {
                let (port, transport) = try Self.checked(key)
                requests.append(PortRequest(transport: transport, containerPort: port))
            }
        }
        self.requests = requests
    }

    /// `80/tcp`, `53/udp`, `80`.
    static func parse(_ key: String) -> (UInt16, String)? {
        let parts = key.split(separator: "/").map(String.init)
        guard let number = parts.first.flatMap({ UInt16($0) }), number > 0 else { return nil }
        return (number, parts.count > 1 ? parts[1] : "tcp")
    }

    private static func checked(_ key: String) throws -> (UInt16, TransportProtocol) {
        guard let (port, name) = parse(key) else { throw DrydockError(.invalid, "invalid port specification: \"\(key)\"") }
        guard let transport = TransportProtocol(rawValue: name) else {
            throw DrydockError(.unsupported, "drydock can't publish \(name) ports yet", advice: "tcp and udp can be published.")
        }
        return (port, transport)
    }

    private static func range(_ text: String) throws -> ClosedRange<UInt16>? {
        guard !text.isEmpty, text != "0" else { return nil }
        let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { UInt16($0) }
        guard ends.count <= 2, let first = ends[0], first > 0, let last = ends[ends.count - 1], first <= last else {
            throw DrydockError(.invalid, "invalid port specification: \"\(text)\"")
        }
        return first...last
    }

    private static func isBefore(_ left: String, _ right: String) -> Bool {
        (parse(left)?.0 ?? 0, left) < (parse(right)?.0 ?? 0, right)
    }
}
