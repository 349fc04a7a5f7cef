import Basics
import CDrydock
import Foundation
import Steps
import Synchronization
import Testing

@testable import Kernel

@_silgen_name("unshare") private func unshare(_ flags: Int32) -> Int32

/// Runs `body` on a thread with a network namespace of its own, which dies with it.
private func inNetworkNamespace(_ body: @escaping @Sendable () throws -> Void) throws {
    let outcome = Mutex<Result<Void, any Error>?>(nil)
    let done = DispatchSemaphore(value: 0)
    let thread = Thread {
        let result = Result {
            guard unshare(0x4000_0000) == 0 else { throw Errno.current }
            try body()
        }
        outcome.withLock { $0 = result }
        done.signal()
    }
    thread.start()
    done.wait()
    try outcome.withLock { $0 }?.get()
}

/// Keeps events.
private final class Events: StepObserver {
    let all = Mutex<[StepEvent]>([])
    func observe(_ event: StepEvent) { all.withLock { $0.append(event) } }
    var calls: [CallRecord] { all.withLock { $0.flatMap(\.calls) } }
}

@Suite(.enabled(if: geteuid() == 0, "needs root: makes network namespaces")) struct NetlinkLiveTests {
    @Test func bridgeAndVethAreMadeInOneMessageEach() throws {
        try inNetworkNamespace {
            var socket = try NetlinkSocket(.silent(LiveKernel()))
            let gateway = try #require(IPv4Address("10.9.0.1"))
            try socket.transact(.createBridge("br9", mac: MACAddress(of: gateway)))
            let bridge = try #require(try socket.link("br9"))
            #expect(bridge.kind == "bridge")
            #expect(bridge.isUp)
            #expect(bridge.mac == MACAddress(of: gateway))
            try socket.transact(.addAddress(gateway, prefix: 16, to: (bridge.index, "br9")))
            #expect(try socket.addresses().map { "\($0)" } == ["10.9.0.1/16 dev br9"])
            let own = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC)
            defer { close(own) }
            let message = NetlinkMessage.createVeth(
                "veth9", index: 4001, bridge: (bridge.index, "br9"), peer: "eth0", peerIndex: 4000, peerMAC: MACAddress(of: gateway),
                in: .descriptor(own))
            try socket.transact(message)
            let near = try #require(try socket.link("veth9"))
            #expect([near.index, near.master, near.peerIndex] == [4001, bridge.index, 4000])
            #expect(try socket.link("eth0")?.index == 4000)
            // Both the name and the index are taken now.
            #expect(try socket.transact(message, tolerating: [EEXIST, EBUSY]) != 0)
            try socket.transact(.linkDown("veth9"))
            try socket.transact(.deleteLink("veth9"))
            #expect(try socket.link("veth9") == nil)
        }
    }

    @Test func refusalsAreSaidInTheKernelsWords() throws {
        try inNetworkNamespace {
            var socket = try NetlinkSocket(.silent(LiveKernel()))
            let failure = #expect(throws: SystemCallFailure.self) { try socket.transact(.deleteLink("nosuch")) }
            #expect(failure?.errno.code == ENODEV)
            let gateway = try #require(IPv4Address("10.9.0.1"))
            let route = #expect(throws: SystemCallFailure.self) { try socket.transact(.addDefaultRoute(via: gateway)) }
            #expect("\(route!)" == "sendto RTM_NEWROUTE default via 10.9.0.1 (Nexthop has invalid gateway): network is unreachable")
        }
    }

    @Test func nftRunsAreKeptAsEvidence() throws {
        try inNetworkNamespace {
            let events = Events()
            let operation = Steps.Operation(id: "1", verb: "test", command: nil, observer: events, gate: nil)
            let tables = NFTables()
            try operation.step("test.nft") { step in
                let recorder = Recorder(LiveKernel(), step)
                try tables.run("add table ip t\nadd map ip t m { type inet_service : ipv4_addr; }", recorder)
                try tables.run("add element ip t m { 80 : 10.0.0.1 }", recorder)
            }
            let sent = events.calls.filter { $0.name == "sendmsg" }.map { $0.args[1] }
            #expect(
                sent == [
                    "NFNL_MSG_BATCH_BEGIN, NFT_MSG_NEWTABLE t, NFT_MSG_NEWSET t m, NFNL_MSG_BATCH_END",
                    "NFNL_MSG_BATCH_BEGIN, NFT_MSG_NEWSETELEM t m, NFNL_MSG_BATCH_END",
                ])
            #expect(events.calls.allSatisfy { $0.pid == dd_gettid() })
            #expect(events.calls.contains { $0.name == "recvmsg" && $0.result > 0 })
            let refusal = #expect(throws: DrydockError.self) {
                try tables.run("delete element ip t m { 81 }", .silent(LiveKernel()))
            }
            #expect(refusal?.cause?.contains("No such file or directory") == true)
            var socket = try NetlinkSocket(.silent(LiveKernel()), family: .netfilter)
            #expect(try socket.hasTable("t"))
            #expect(try !socket.hasTable("u"))
        }
    }
}
