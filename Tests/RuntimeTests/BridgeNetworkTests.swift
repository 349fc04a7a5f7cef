import Basics
import Foundation
import Steps
import Testing

@testable import Kernel
@testable import Runtime

/// A container as far as the network goes: a namespace with its end of the cable configured.
private struct Guest {
    let namespace: Int32
    let endpoint: Endpoint
    var ports: [PublishedPort] = []
}

private func operation(_ log: EventLog? = nil) -> Steps.Operation {
    Steps.Operation(id: "1", verb: "start", command: nil, observer: log, gate: nil)
}

private func start(
    _ network: BridgeNetwork, _ lab: NetworkLab, _ id: String, _ requests: [PortRequest] = [], _ operation: Steps.Operation = operation()
) throws -> (Guest, PortReservation?) {
    let hold = try network.prepare(operation)
    let endpoint = try network.claimAddress(operation, container: id, hold)
    let reservation = requests.isEmpty ? nil : try network.publish(operation, requests, to: endpoint, name: id)
    let namespace = try lab.namespace()
    try network.attach(operation, endpoint, to: .descriptor(namespace), isPublished: !requests.isEmpty)
    try lab.inside(namespace) {
        var socket = try NetlinkSocket(.silent(LiveKernel()))
        for message in endpoint.messages { try socket.transact(message) }
    }
    return (Guest(namespace: namespace, endpoint: endpoint, ports: reservation?.ports ?? []), reservation)
}

private func makeNetwork(_ lab: NetworkLab) throws -> BridgeNetwork {
    try BridgeNetwork(root: lab.root, suffix: "", kernel: LiveKernel(), tables: NFTables())
}

/// A card of the host with a machine behind it: 192.0.2.2 here, 192.0.2.9 there.
private func outside(_ lab: NetworkLab) throws -> Int32 {
    let namespace = try lab.namespace()
    let own = try #require(IPv4Address("192.0.2.2"))
    let other = try #require(IPv4Address("192.0.2.9"))
    var socket = try NetlinkSocket(.silent(LiveKernel()))
    try socket.transact(.createBridge("lan", mac: MACAddress(of: own)))
    let lan = try #require(try socket.link("lan"))
    try socket.transact(.addAddress(own, prefix: 24, to: (lan.index, "lan")))
    let cable = NetlinkMessage.createVeth(
        "lan1", index: 901, bridge: (lan.index, "lan"), peer: "eth0", peerIndex: 900, peerMAC: MACAddress(of: other),
        in: .descriptor(namespace))
    try socket.transact(cable)
    try lab.inside(namespace) {
        var socket = try NetlinkSocket(.silent(LiveKernel()))
        try socket.transact(.addAddress(other, prefix: 24, to: (900, "eth0")))
        try socket.transact(.linkUp("eth0"))
        try socket.transact(.addDefaultRoute(via: own))
    }
    return namespace
}

@Suite(.enabled(if: geteuid() == 0, "needs root: makes network namespaces")) struct BridgeNetworkTests {
    @Test func publishedPortsAreReachedFromEverywhereTheyShouldBe() throws {
        try NetworkLab.run { lab in
            let network = try makeNetwork(lab)
            let lan = try outside(lab)
            let requests = [
                PortRequest(transport: .tcp, containerPort: 80, hostPorts: 7777...7777),
                PortRequest(transport: .tcp, containerPort: 80, hostAddress: "127.0.0.1", hostPorts: 7778...7778),
                PortRequest(transport: .udp, containerPort: 53, hostPorts: 7779...7779),
            ]
            let (web, reservation) = try start(network, lab, "web", requests)
            let (other, _) = try start(network, lab, "other")
            #expect("\(web.endpoint.address) \(other.endpoint.address)" == "172.17.0.2 172.17.0.3")
            #expect(reservation?.ports.count == 5)
            let server = try lab.inside(web.namespace) { try Peer.server(SOCK_STREAM, port: 80) }
            let names = try lab.inside(web.namespace) { try Peer.server(SOCK_DGRAM, port: 53) }

            #expect(Peer.reaches("127.0.0.1", 7777))
            #expect(server.nextSource() == "172.17.0.1")
            #expect(Peer.reaches("192.0.2.2", 7777))
            #expect(server.nextSource() != nil)
            #expect(Peer.reaches("127.0.0.1", 7778))
            #expect(server.nextSource() == "172.17.0.1")
            #expect(!Peer.reaches("192.0.2.2", 7778, patience: 400))
            #expect(Peer.reaches("172.17.0.2", 80))
            #expect(server.nextSource() == "172.17.0.1")
            for guest in [web, other] {
                for host in ["192.0.2.2", "172.17.0.1"] {
                    #expect(try lab.inside(guest.namespace) { Peer.reaches(host, 7777) }, "\(guest.endpoint.container) \(host)")
                    #expect(server.nextSource() == "172.17.0.1")
                }
            }
            #expect(try lab.inside(lan) { Peer.reaches("192.0.2.2", 7777) })
            #expect(server.nextSource() == "192.0.2.9")
            #expect(try lab.inside(lan) { !Peer.reaches("192.0.2.2", 7778, patience: 400) })
            let question = try Peer.send("127.0.0.1", 7779)
            #expect(names.nextSource() == "172.17.0.1")
            withExtendedLifetime(question) {}
            // Not published: not reached from outside, though the way is known there.
            #expect(try lab.inside(lan) { !Peer.reaches("172.17.0.2", 80, patience: 1500) })
            for guest in [web, other] { close(guest.namespace) }
            close(lan)
        }
    }

    @Test func containersReachTheOutside() throws {
        try NetworkLab.run { lab in
            let network = try makeNetwork(lab)
            let lan = try outside(lab)
            let (guest, _) = try start(network, lab, "guest")
            let mirror = try lab.inside(lan) { try Peer.server(SOCK_STREAM, port: 80) }
            #expect(try lab.inside(guest.namespace) { Peer.reaches("192.0.2.9", 80) })
            #expect(mirror.nextSource() == "192.0.2.2")
            close(guest.namespace)
            close(lan)
        }
    }

    @Test func containersDoNotReachTheHostsLoopback() throws {
        try NetworkLab.run { lab in
            let network = try makeNetwork(lab)
            let hold = try network.prepare(operation())
            let endpoint = try network.claimAddress(operation(), container: "guest", hold)
            let namespace = try lab.namespace()
            try network.attach(operation(), endpoint, to: .descriptor(namespace))
            // A guest without a loopback of its own sends what is for 127.0.0.1 out over the bridge.
            try lab.inside(namespace) {
                var socket = try NetlinkSocket(.silent(LiveKernel()))
                for message in endpoint.messages.dropFirst() { try socket.transact(message) }
                try Recorder.silent(LiveKernel()).writeFile("/proc/sys/net/ipv4/conf/eth0/route_localnet", "1")
            }
            let service = try Peer.server(SOCK_STREAM, port: 6000)
            #expect(try lab.inside(namespace) { !Peer.reaches("127.0.0.1", 6000, patience: 1500) })
            // It is the guard that keeps it out, nothing else.
            try NFTables().run("flush chain ip drydock-default guard", .silent(LiveKernel()))
            #expect(try lab.inside(namespace) { Peer.reaches("127.0.0.1", 6000) })
            withExtendedLifetime(service) {}
            close(namespace)
        }
    }

    @Test func evidenceSaysWhatWasMade() throws {
        try NetworkLab.run { lab in
            let network = try makeNetwork(lab)
            let log = EventLog()
            let request = PortRequest(transport: .tcp, containerPort: 80, hostPorts: 7777...7777)
            let (guest, _) = try start(network, lab, "web", [request], operation(log))
            #expect(log.facts("start.network.bridge")["address"] == "172.17.0.1/16 dev drydock0")
            #expect(log.facts("start.network.bridge")["ip_forward"] == "1")
            #expect(log.facts("start.network.address")["mac"] == "02:42:ac:11:00:02")
            let nft = log.facts("start.ports")["nft"]
            #expect(nft == "add element ip drydock-default ports_tcp { 7777 : 172.17.0.2 . 80 }")
            #expect(log.facts("start.network.veth")["link"]?.contains("veth up port of") == true)
            // The second start finds everything in place and changes nothing.
            let second = EventLog()
            _ = try network.prepare(operation(second))
            let names = second.all.flatMap(\.calls).map(\.name)
            #expect(Set(names) == ["socket", "setsockopt", "sendto", "recvfrom"])
            #expect(!second.all.flatMap(\.calls).contains { $0.args.contains { $0.contains("NEW") && $0.hasPrefix("RTM_NEWLINK bridge") } })
            close(guest.namespace)
        }
    }

    @Test func exitLeavesNothing() throws {
        try NetworkLab.run { lab in
            let network = try makeNetwork(lab)
            let request = PortRequest(transport: .tcp, containerPort: 80, hostPorts: 7777...7777)
            let silent = Recorder.silent(LiveKernel())
            for _ in 0..<5 {
                let (guest, reservation) = try start(network, lab, "web", [request])
                #expect("\(guest.endpoint.address)" == "172.17.0.2")
                #expect(try network.elementsInKernel(silent).count == 1)
                reservation?.close()
                try network.detach(operation(), guest.endpoint, ports: guest.ports)
                close(guest.namespace)
            }
            #expect(try network.elementsInKernel(silent).isEmpty)
            #expect(try network.residue(endpoints: [], silent).isEmpty)
            try network.tearDown(silent)
            try network.tearDown(silent)
            var socket = try NetlinkSocket(silent)
            #expect(try socket.links().map(\.name) == ["lo"])
        }
    }

    @Test func aFailedStartIsTakenBack() throws {
        try NetworkLab.run { lab in
            let network = try makeNetwork(lab)
            struct Later: Error {}
            let failing = operation()
            let held = try lab.namespace()
            #expect(throws: Later.self) {
                try failing.run {
                    let hold = try network.prepare(failing)
                    let endpoint = try network.claimAddress(failing, container: "web", hold)
                    _ = try network.publish(
                        failing, [PortRequest(transport: .tcp, containerPort: 80, hostPorts: 7777...7777)], to: endpoint, name: "web")
                    try network.attach(failing, endpoint, to: .descriptor(held))
                    throw Later()
                }
            }
            var socket = try NetlinkSocket(.silent(LiveKernel()))
            #expect(try socket.links().map(\.name) == ["lo"])
            #expect(try network.elementsInKernel(.silent(LiveKernel())).isEmpty)
            // And all of it can be had again.
            let (guest, _) = try start(network, lab, "web", [PortRequest(transport: .tcp, containerPort: 80, hostPorts: 7777...7777)])
            #expect("\(guest.endpoint.address)" == "172.17.0.2")
            close(guest.namespace)
            close(held)
        }
    }

    @Test func flushedRulesComeBackWithTheNextStart() throws {
        try NetworkLab.run { lab in
            let network = try makeNetwork(lab)
            let silent = Recorder.silent(LiveKernel())
            let request = PortRequest(transport: .tcp, containerPort: 80, hostPorts: 7777...7777)
            let (guest, _) = try start(network, lab, "web", [request])
            try NFTables().run("flush ruleset", silent)
            #expect(try network.elementsInKernel(silent).isEmpty)
            #expect(try network.residue(endpoints: [guest.endpoint], silent).map(\.description).count == 1)
            _ = try network.prepare(operation())
            #expect(try network.elementsInKernel(silent).count == 1)
            try NFTables().run("flush ruleset", silent)
            try network.detach(operation(), guest.endpoint, ports: guest.ports)
            close(guest.namespace)
        }
    }

    @Test func aSecondEngineGetsAnotherSubnetAndSaysSo() throws {
        try NetworkLab.run { lab in
            let first = try makeNetwork(lab)
            _ = try first.prepare(operation())
            let root = lab.root + "/second"
            try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
            let second = try BridgeNetwork(root: root, suffix: "5ec0d1", kernel: LiveKernel(), tables: NFTables())
            let log = EventLog()
            _ = try second.prepare(operation(log))
            #expect(second.subnet.map { "\($0)" } == "172.18.0.0/16")
            let said = "172.17.0.0/16 is taken by drydock0: containers get addresses in 172.18.0.0/16"
            #expect(log.facts("start.network.bridge")["subnet"] == said)
            #expect(log.all.contains { $0.kind == .note && $0.extra["text"] == .string(said) })
            // The next engine of the same root goes on with what there is.
            let heir = try BridgeNetwork(root: root, suffix: "5ec0d1", kernel: LiveKernel(), tables: NFTables())
            #expect(heir.id == second.id)
            _ = try heir.prepare(operation())
            #expect(heir.subnet == second.subnet)
        }
    }

    @Test func anHeirKnowsWhatRuns() throws {
        try NetworkLab.run { lab in
            let first = try makeNetwork(lab)
            let request = PortRequest(transport: .tcp, containerPort: 80, hostPorts: 7777...7777)
            let (guest, reservation) = try start(first, lab, "web", [request])
            let heir = try makeNetwork(lab)
            let written = try Basics.JSONEncoder().value(guest.endpoint)
            heir.adopt(try Basics.JSONDecoder().decode(Endpoint.self, from: written), ports: guest.ports)
            let hold = try heir.prepare(operation())
            let next = try heir.claimAddress(operation(), container: "next", hold)
            #expect("\(next.address)" == "172.17.0.3")
            let refusal = #expect(throws: DrydockError.self) { try heir.publish(operation(), [request], to: next, name: "next") }
            #expect(
                refusal?.sentence == "driver failed programming external connectivity on endpoint next (\(next.id)): "
                    + "Bind for 0.0.0.0:7777 failed: port is already allocated")
            #expect(try heir.residue(endpoints: [guest.endpoint], .silent(LiveKernel())).isEmpty)
            withExtendedLifetime(reservation) {}
            close(guest.namespace)
        }
    }
}
