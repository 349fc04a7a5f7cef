import Basics

/// One published port: `80/tcp` of the container at an address and port of the host.
struct PortMapping: Sendable, Hashable {
    /// `80/tcp`
    let port: String
    let hostAddress: String
    /// Empty for any free one; `8000-8010` for any free one of a range.
    let hostPort: String
}

/// `-p` values: `80`, `8080:80`, `127.0.0.1:8080:80/udp`, `8000-8002:80-82`, `[::1]:53:53/udp`.
enum PortSpec {
    /// Reads one value.
    /// - Returns: one mapping per container port.
    /// - Throws: `ValueError` in Docker's words.
    static func parse(_ given: String) throws -> [PortMapping] {
        let spec = try standardNotation(given)
        let (address, hostPort, containerPart) = split(spec)
        let (proto, containerPort) = splitProtocol(containerPart)
        let ip = try hostAddress(address)
        guard !containerPort.isEmpty else { throw ValueError("No port specified: \(spec)<empty>") }
        guard let inside = try? range(containerPort) else { throw ValueError("Invalid containerPort: \(containerPort)") }
        var outside: ClosedRange<UInt64>?
        if !hostPort.isEmpty {
            guard let read = try? range(hostPort) else { throw ValueError("Invalid hostPort: \(hostPort)") }
            outside = read
            // A host range beside a single container port means: any free one of them.
            if inside.count != read.count, inside.count != 1 {
                throw ValueError("Invalid ranges specified for container and host Ports: \(containerPort) and \(hostPort)")
            }
        }
        guard ["tcp", "udp", "sctp"].contains(proto.lowercased()) else { throw ValueError("Invalid proto: \(proto)") }
        return inside.map { number in
            var host = outside.map { String($0.lowerBound + (number - inside.lowerBound)) } ?? ""
            if let outside, inside.count == 1, outside.count > 1 { host = "\(outside.lowerBound)-\(outside.upperBound)" }
            return PortMapping(port: "\(number)/\(proto.lowercased())", hostAddress: ip, hostPort: host)
        }
    }

    /// `--expose` values: `80`, `80/udp`, `8000-8010`.
    static func parseExposed(_ given: String) throws -> [String] {
        guard !given.contains(":") else { throw ValueError("invalid port format for --expose: \(given)") }
        let (proto, port) = splitProtocol(given)
        do {
            return try range(port).map { "\($0)/\(proto.lowercased())" }
        } catch let error as ValueError {
            throw ValueError("invalid range format for --expose: \(given), error: \(error.text)")
        }
    }

    /// `80` or `80-82`.
    static func range(_ text: String) throws -> ClosedRange<UInt64> {
        guard !text.isEmpty else { throw ValueError("Empty string specified for ports.") }
        let parts = text.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
        let first = try GoNumber.uint(parts[0], maximum: 65535)
        guard parts.count > 1 else { return first...first }
        let last = try GoNumber.uint(parts[1], maximum: 65535)
        guard last >= first else { throw ValueError("Invalid range specified for the Port: \(text)") }
        return first...last
    }

    /// `published=8080,target=80,protocol=tcp` becomes `8080:80/tcp`.
    private static func standardNotation(_ given: String) throws -> String {
        guard given.contains("=") else { return given }
        var proto = "tcp"
        var published = ""
        var target = ""
        for field in given.split(separator: ",", omittingEmptySubsequences: false) {
            let pair = field.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard pair.count == 2 else { throw ValueError("invalid publish opts format (should be name=value but got '\(field)')") }
            switch pair[0] {
            case "protocol": proto = pair[1]
            case "published": published = pair[1]
            case "target": target = pair[1]
            default: break
            }
        }
        return "\(published):\(target)/\(proto)"
    }

    private static func split(_ spec: String) -> (address: String, host: String, container: String) {
        let parts = spec.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        switch parts.count {
        case 1: return ("", "", parts[0])
        case 2: return ("", parts[0], parts[1])
        default: return (parts[..<(parts.count - 2)].joined(separator: ":"), parts[parts.count - 2], parts[parts.count - 1])
        }
    }

    private static func splitProtocol(_ spec: String) -> (proto: String, port: String) {
        let parts = spec.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        if parts[0].isEmpty { return ("", "") }
        return (parts.count == 1 || parts[1].isEmpty ? "tcp" : parts[1], parts[0])
    }

    /// Brackets around an IPv6 address go; what is left must be an address.
    private static func hostAddress(_ text: String) throws -> String {
        var address = text
        if text.hasPrefix("["), text.hasSuffix("]") {
            address = String(text.dropFirst().dropLast())
        } else if text.contains(":") {
            throw ValueError("Invalid ip address \(text): address \(text):: too many colons in address")
        }
        guard address.isEmpty || IPAddress.canonical(address) != nil else { throw ValueError("Invalid ip address: \(address)") }
        return address
    }
}
