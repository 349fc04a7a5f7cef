import Basics
import Foundation
import Steps
import Testing

@testable import Kernel
@testable import Runtime

@Suite(.enabled(if: geteuid() == 0, "needs root: makes network namespaces")) struct PortAllocatorTests {
    private static func silent() -> Recorder { .silent(LiveKernel()) }

    private static func tcp(_ ports: ClosedRange<UInt16>?, _ host: String = "", container: UInt16 = 80) -> PortRequest {
        PortRequest(transport: .tcp, containerPort: container, hostAddress: host, hostPorts: ports)
    }

    private static func sentence(_ body: () throws -> PortReservation) -> String? {
        do {
            _ = try body()
            return nil
        } catch { return "\(error)" }
    }

    @Test func refusalsAreInDockersWords() throws {
        try NetworkLab.run { lab in
            let allocator = PortAllocator(range: 40000...40003)
            let held = try allocator.reserve([Self.tcp(7777...7777)], Self.silent())
            #expect(held.ports.map(\.description) == ["0.0.0.0:7777->80/tcp", ":::7777->80/tcp"])
            #expect(
                Self.sentence { try allocator.reserve([Self.tcp(7777...7777)], Self.silent()) }
                    == "Bind for 0.0.0.0:7777 failed: port is already allocated")
            #expect(
                Self.sentence { try allocator.reserve([Self.tcp(7777...7777, "127.0.0.1")], Self.silent()) }
                    == "Error starting userland proxy: listen tcp4 127.0.0.1:7777: bind: address already in use")
            #expect(
                Self.sentence { try allocator.reserve([Self.tcp(7778...7778, "10.9.9.9")], Self.silent()) }
                    == "Error starting userland proxy: listen tcp4 10.9.9.9:7778: bind: cannot assign requested address")
            let web = try Peer.server(SOCK_STREAM, port: 7999)
            #expect(
                Self.sentence { try allocator.reserve([Self.tcp(7999...8001)], Self.silent()) }
                    == "Error starting userland proxy: listen tcp4 0.0.0.0:7999: bind: address already in use")
            let names = try Peer.server(SOCK_DGRAM, port: 7998)
            let udp = PortRequest(transport: .udp, containerPort: 80, hostPorts: 7998...7998)
            #expect(
                Self.sentence { try allocator.reserve([udp], Self.silent()) }
                    == "Error starting userland proxy: listen udp4 0.0.0.0:7998: bind: address already in use")
            withExtendedLifetime((web, names, held)) {}
        }
    }

    @Test func aNamedRangePassesOverWhatIsGiven() throws {
        try NetworkLab.run { lab in
            let allocator = PortAllocator(range: 40000...40003)
            let first = try allocator.reserve([Self.tcp(7777...7778)], Self.silent())
            let second = try allocator.reserve([Self.tcp(7777...7778)], Self.silent())
            #expect([first, second].map { $0.ports[0].hostPort } == [7777, 7778])
            #expect(Self.sentence { try allocator.reserve([Self.tcp(7777...7778)], Self.silent()) } == "all ports are allocated")
        }
    }

    @Test func anyPortIsTheNextOneThatIsFree() throws {
        try NetworkLab.run { lab in
            let allocator = PortAllocator(range: 40000...40003)
            let stranger = try Peer.server(SOCK_STREAM, port: 40001)
            var held: [PortReservation] = []
            for _ in 0..<3 { held.append(try allocator.reserve([Self.tcp(nil)], Self.silent())) }
            #expect(held.map { $0.ports[0].hostPort } == [40000, 40002, 40003])
            #expect(Self.sentence { try allocator.reserve([Self.tcp(nil)], Self.silent()) }?.isEmpty == false)
            let first = held.removeFirst()
            allocator.release(first.ports)
            first.close()
            #expect(try allocator.reserve([Self.tcp(nil)], Self.silent()).ports[0].hostPort == 40000)
            withExtendedLifetime(stranger) {}
        }
    }

    @Test func oneRefusalGivesAllBack() throws {
        try NetworkLab.run { lab in
            let allocator = PortAllocator(range: 40000...40003)
            let held = try allocator.reserve([Self.tcp(7777...7777)], Self.silent())
            #expect(throws: DrydockError.self) { try allocator.reserve([Self.tcp(7000...7000), Self.tcp(7777...7777)], Self.silent()) }
            #expect(throws: DrydockError.self) { try allocator.reserve([Self.tcp(7000...7000), Self.tcp(nil, "nonsense")], Self.silent()) }
            #expect(try allocator.reserve([Self.tcp(7000...7000)], Self.silent()).ports.count == 2)
            withExtendedLifetime(held) {}
        }
    }

    @Test func aServersLastConnectionsDoNotKeepItsPort() throws {
        try NetworkLab.run { lab in
            do {
                let server = try Peer.server(SOCK_STREAM, port: 7000, reusing: true)
                let client = Peer(socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0))
                let connected = SocketAddress(host: "127.0.0.1", port: 7000).withSockaddr { connect(client.fd, $0, $1) }
                #expect(connected == 0)
                // The server's side closes first: its end of the connection stays in TIME_WAIT.
                #expect(server.nextSource() == "127.0.0.1")
            }
            let allocator = PortAllocator(range: 40000...40003)
            let held = try allocator.reserve([Self.tcp(7000...7000)], Self.silent())
            // Held in a way that keeps other servers off, too.
            #expect(throws: Errno.self) { try Peer.server(SOCK_STREAM, port: 7000, reusing: true) }
            withExtendedLifetime(held) {}
        }
    }
}
