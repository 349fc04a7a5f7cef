import Basics
import Testing

@testable import Kernel
@testable import Runtime

@Suite struct NetworkRulesTests {
    private func network(_ text: String) throws -> IPv4Network { try #require(IPv4Network(text)) }

    @Test func theLowestFreeAddressIsGiven() throws {
        // As Docker Engine 20.10 does: .3 .4 .5, remove .4, next .4; remove .5 and .4, next .4.
        var pool = AddressPool(network: try network("172.17.0.0/16"))
        let given = try ["a", "b", "c", "d"].map { try pool.claim(for: $0) }
        #expect(given.map(\.description) == ["172.17.0.2", "172.17.0.3", "172.17.0.4", "172.17.0.5"])
        pool.release(given[1], of: "b")
        pool.release(given[2], of: "stranger")
        #expect(try pool.claim(for: "e").description == "172.17.0.3")
        #expect(try pool.claim(for: "f").description == "172.17.0.6")
    }

    @Test func aFullPoolSaysSo() throws {
        var pool = AddressPool(network: try network("10.0.0.0/29"))
        pool.adopt(try #require(IPv4Address("10.0.0.3")), for: "old")
        let given = try (0..<4).map { try pool.claim(for: "\($0)").description }
        #expect(given == ["10.0.0.2", "10.0.0.4", "10.0.0.5", "10.0.0.6"])
        let refusal = #expect(throws: DrydockError.self) { try pool.claim(for: "x") }
        #expect(refusal?.sentence == "no available IPv4 addresses on this network's address pools: bridge")
    }

    @Test func aTakenSubnetIsPassedOver() throws {
        let docker = SubnetChoice.Neighbour(network: try network("172.17.0.0/16"), interface: "docker0")
        let lan = SubnetChoice.Neighbour(network: try network("172.18.4.0/24"), interface: "eth0")
        let choice = try #require(SubnetChoice(preferred: nil, neighbours: [docker, lan]))
        #expect("\(choice.network)" == "172.19.0.0/16")
        #expect(choice.taken.map(\.interface) == ["docker0", "eth0"])
        let private12 = SubnetChoice.Neighbour(network: try network("172.16.0.0/12"), interface: "vpn")
        #expect(SubnetChoice(preferred: nil, neighbours: [private12]).map { "\($0.network)" } == "192.168.0.0/20")
        let everything = SubnetChoice.Neighbour(network: try network("128.0.0.0/1"), interface: "vpn")
        #expect(SubnetChoice(preferred: try network("172.20.0.0/16"), neighbours: [everything])?.network == nil)
        #expect(SubnetChoice(preferred: try network("172.20.0.0/16"), neighbours: [docker])?.network == (try network("172.20.0.0/16")))
    }

    @Test func elementsAreOneCommandForEachMap() throws {
        let rules = BridgeRules(table: "drydock-x", bridge: "dd0", network: try network("172.17.0.0/16"))
        let address = try #require(IPv4Address("172.17.0.2"))
        let elements = [80, 81].map { PortElement(transport: .tcp, hostAddress: nil, hostPort: $0, address: address, containerPort: 8080) }
        let local = PortElement(transport: .udp, hostAddress: IPv4Address("127.0.0.1"), hostPort: 53, address: address, containerPort: 53)
        #expect(
            rules.add(elements + [local]) == """
                add element ip drydock-x ports_tcp { 80 : 172.17.0.2 . 8080, 81 : 172.17.0.2 . 8080 }
                add element ip drydock-x ports_udp_at { 127.0.0.1 . 53 : 172.17.0.2 . 53 }
                """)
        #expect(rules.delete([local]) == "delete element ip drydock-x ports_udp_at { 127.0.0.1 . 53 }")
    }

    @Test func listedElementsAreReadBack() throws {
        let json = """
            {"nftables": [{"metainfo": {}}, {"map": {"family": "ip", "name": "ports_tcp", "elem": [[7777, {"concat": ["172.17.0.2", 80]}]]}},
            {"map": {"name": "ports_udp_at", "elem": [[{"concat": ["127.0.0.1", 53]}, {"concat": ["172.17.0.3", 54]}], [1], 5, "x"]}},
            {"map": {"name": "other", "elem": [[1, {"concat": ["172.17.0.2", 80]}]]}}, {"map": {"name": "ports_tcp_at"}}]}
            """
        let found = try BridgeRules.parse(json)
        #expect(found.count == 2)
        let expected = PortElement(
            transport: .udp, hostAddress: IPv4Address("127.0.0.1"), hostPort: 53, address: try #require(IPv4Address("172.17.0.3")),
            containerPort: 54)
        #expect(found.contains(expected))
        #expect(throws: DrydockError.self) { try BridgeRules.parse("nonsense") }
    }
}

@Suite struct CapabilitiesTests {
    @Test func dockersSetIsTheDefault() throws {
        #expect(try Capabilities.merge(add: [], drop: []) == 0xa804_25fb)
        #expect(Capabilities.names(in: Capabilities.dockerDefault).count == 14)
    }

    // Measured at Docker Engine 20.10.
    @Test func addedWinsOverDropped() throws {
        #expect(try Capabilities.merge(add: ["sys_admin"], drop: ["CAP_sys_admin"]) == 0xa824_25fb)
        #expect(try Capabilities.merge(add: ["NET_ADMIN"], drop: ["ALL"]) == 0x1000)
        #expect(try Capabilities.merge(add: ["ALL"], drop: ["ALL", "KILL"]) == Capabilities.everything & ~0x20)
        #expect(try Capabilities.merge(add: [], drop: ["all"]) == 0)
    }

    @Test(arguments: [("FOO", "CAP_FOO"), ("CAP_ALL", "CAP_ALL"), ("", "CAP_"), ("cap_foo", "CAP_FOO")])
    func unknownNamesAreRefusedInDockersWords(_ word: String, _ shown: String) {
        let added = #expect(throws: DrydockError.self) { try Capabilities.merge(add: [word], drop: ["BAR"]) }
        #expect(added?.sentence == "invalid CapAdd: unknown capability: \"\(shown)\"")
        let dropped = #expect(throws: DrydockError.self) { try Capabilities.merge(add: [], drop: [word]) }
        #expect(dropped?.sentence == "invalid CapDrop: unknown capability: \"\(shown)\"")
    }
}
