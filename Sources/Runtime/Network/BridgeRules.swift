import Basics
import Kernel

/// The nftables table of a bridge, as text: what nft(8) is given to read, and what someone would type by hand.
struct BridgeRules {
    let table: String
    let bridge: String
    let network: IPv4Network

    /// Makes the table, or makes it anew around the maps that it has: adding what exists is no error, and chains are emptied first.
    var setUp: String {
        let maps = TransportProtocol.allCases.flatMap { transport in
            [
                "add map \(name) ports_\(transport) { type inet_service : ipv4_addr . inet_service; }",
                "add map \(name) ports_\(transport)_at { type ipv4_addr . inet_service : ipv4_addr . inet_service; }",
            ]
        }
        let definitions = chains.map { "add chain \(name) \($0.name)" + ($0.hook.map { " { \($0); policy accept; }" } ?? "") }
        let emptied = chains.map { "flush chain \(name) \($0.name)" }
        let rules = chains.flatMap { chain in chain.rules.map { "add rule \(name) \(chain.name) \($0)" } }
        return (["add table \(name)"] + maps + definitions + emptied + rules).joined(separator: "\n")
    }

    var tearDown: String { "delete table \(name)" }

    func add(_ elements: [PortElement]) -> String { change("add", elements) { "\(key($0)) : \($0.address) . \($0.containerPort)" } }

    func delete(_ elements: [PortElement]) -> String { change("delete", elements) { "\(key($0))" } }

    /// Reads the maps' entries out of what `list` printed as JSON, libnftables-json(5).
    /// - Throws: `DrydockError` when it isn't that.
    static func parse(_ json: String) throws(DrydockError) -> Set<PortElement> {
        let document: JSONValue
        do {
            document = try JSONValue(parsing: json)
        } catch {
            throw DrydockError(.failed, "what nftables listed can't be read", cause: "\(error)")
        }
        var found: Set<PortElement> = []
        for object in document["nftables"]?.arrayValue ?? [] {
            guard let map = object["map"], let name = map["name"]?.stringValue else { continue }
            let transport = TransportProtocol.allCases.first { name == "ports_\($0)" || name == "ports_\($0)_at" }
            guard let transport else { continue }
            for pair in map["elem"]?.arrayValue ?? [] {
                if let element = element(pair, transport) { found.insert(element) }
            }
        }
        return found
    }

    private struct Chain {
        let name: String
        let hook: String?
        let rules: [String]
    }

    private var name: String { "ip \(table)" }

    private var chains: [Chain] {
        [
            // route_localnet lets packets to 127.0.0.0/8 in by the bridge; containers must not reach the host's loopback through it.
            Chain(
                name: "guard", hook: "type filter hook prerouting priority raw",
                rules: ["iifname \"\(bridge)\" ip daddr 127.0.0.0/8 drop"]),
            Chain(
                name: "ports", hook: nil,
                rules: TransportProtocol.allCases.flatMap { transport in
                    [
                        "dnat ip to ip daddr . \(transport) dport map @ports_\(transport)_at",
                        "dnat ip to \(transport) dport map @ports_\(transport)",
                    ]
                }),
            Chain(
                name: "prerouting", hook: "type nat hook prerouting priority dstnat",
                rules: ["fib daddr type local jump ports"]),
            Chain(name: "output", hook: "type nat hook output priority -100", rules: ["fib daddr type local jump ports"]),
            Chain(
                name: "postrouting", hook: "type nat hook postrouting priority srcnat",
                rules: [
                    "ip saddr \(network) oifname != \"\(bridge)\" masquerade",
                    // From the host's loopback, and from a container to a published port: the answer has to come back through here.
                    "oifname \"\(bridge)\" ct status dnat ip saddr { 127.0.0.0/8, \(network) } masquerade",
                ]),
            // From elsewhere only what was published, and answers.
            Chain(
                name: "forward", hook: "type filter hook forward priority filter",
                rules: [
                    "oifname \"\(bridge)\" iifname != \"\(bridge)\" ct state established,related accept",
                    "oifname \"\(bridge)\" iifname != \"\(bridge)\" ct status dnat accept",
                    "oifname \"\(bridge)\" iifname != \"\(bridge)\" drop",
                ]),
        ]
    }

    private func key(_ element: PortElement) -> String {
        (element.hostAddress.map { "\($0) . " } ?? "") + "\(element.hostPort)"
    }

    /// One command for each map, all in one transaction.
    private func change(_ verb: String, _ elements: [PortElement], _ entry: (PortElement) -> String) -> String {
        var commands: [(map: String, entries: [String])] = []
        for element in elements {
            let map = "ports_\(element.transport)" + (element.hostAddress == nil ? "" : "_at")
            if let index = commands.firstIndex(where: { $0.map == map }) {
                commands[index].entries.append(entry(element))
            } else {
                commands.append((map, [entry(element)]))
            }
        }
        return commands.map { "\(verb) element \(name) \($0.map) { \($0.entries.joined(separator: ", ")) }" }.joined(separator: "\n")
    }

    /// `[7777, {"concat": ["172.17.0.2", 80]}]`, or with `{"concat": ["127.0.0.1", 7777]}` in front.
    private static func element(_ pair: JSONValue, _ transport: TransportProtocol) -> PortElement? {
        guard let key = pair[0], let target = pair[1]?["concat"] else { return nil }
        let host = key["concat"]?[0]?.stringValue.flatMap { IPv4Address($0) }
        guard let hostPort = (key.intValue ?? key["concat"]?[1]?.intValue).flatMap({ UInt16(exactly: $0) }),
            let address = target[0]?.stringValue.flatMap({ IPv4Address($0) }),
            let port = target[1]?.intValue.flatMap({ UInt16(exactly: $0) })
        else { return nil }
        return PortElement(transport: transport, hostAddress: host, hostPort: hostPort, address: address, containerPort: port)
    }
}
