import Testing

@testable import Kernel

/// Bytes written by hand from rtnetlink(7) and linux/if_link.h, each line one field.
@Suite struct NetlinkMessageTests {
    @Test func linkUpIsALinkHeaderAndAName() {
        let message = NetlinkMessage.linkUp("lo")
        #expect(
            message.bytes == [
                40, 0, 0, 0,  // length
                19, 0,  // RTM_SETLINK
                5, 0,  // NLM_F_REQUEST | NLM_F_ACK
                1, 0, 0, 0,  // sequence
                0, 0, 0, 0,  // port: the kernel's to fill in
                0, 0, 0, 0,  // family, padding, type
                0, 0, 0, 0,  // index: found by name
                1, 0, 0, 0,  // flags: IFF_UP
                1, 0, 0, 0,  // which flags to change
                7, 0, 3, 0, 0x6c, 0x6f, 0, 0,  // IFLA_IFNAME "lo" and padding
            ])
        #expect(message.description == "RTM_SETLINK lo up")
    }

    @Test func addressHasLocalAddressAndBroadcast() throws {
        let address = try #require(IPv4Address("172.17.0.2"))
        let message = NetlinkMessage.addAddress(address, prefix: 16, to: (4002, "eth0"))
        #expect(
            message.bytes == [
                48, 0, 0, 0, 20, 0,  // length, RTM_NEWADDR
                5, 6,  // NLM_F_REQUEST | NLM_F_ACK, NLM_F_CREATE | NLM_F_EXCL
                1, 0, 0, 0, 0, 0, 0, 0,
                2, 16, 0, 0,  // AF_INET, prefix, flags, scope universe
                0xa2, 0x0f, 0, 0,  // index 4002
                8, 0, 2, 0, 172, 17, 0, 2,  // IFA_LOCAL
                8, 0, 1, 0, 172, 17, 0, 2,  // IFA_ADDRESS
                8, 0, 4, 0, 172, 17, 255, 255,  // IFA_BROADCAST
            ])
        #expect(message.description == "RTM_NEWADDR 172.17.0.2/16 brd 172.17.255.255 dev eth0")
    }

    @Test func vethHasItsPeerInsideOfItsLinkInfo() throws {
        let mac = MACAddress(of: try #require(IPv4Address("172.17.0.2")))
        let message = NetlinkMessage.createVeth(
            "vethab", index: 5, bridge: (3, "drydock0"), peer: "eth0", peerIndex: 4, peerMAC: mac, in: .process(4711))
        #expect(
            message.bytes == [
                124, 0, 0, 0, 16, 0, 5, 6, 1, 0, 0, 0, 0, 0, 0, 0,  // RTM_NEWLINK
                0, 0, 0, 0, 5, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0,  // ifinfomsg: index 5, IFF_UP
                11, 0, 3, 0, 0x76, 0x65, 0x74, 0x68, 0x61, 0x62, 0, 0,  // IFLA_IFNAME "vethab"
                8, 0, 10, 0, 3, 0, 0, 0,  // IFLA_MASTER
                72, 0, 18, 0,  // IFLA_LINKINFO
                9, 0, 1, 0, 0x76, 0x65, 0x74, 0x68, 0, 0, 0, 0,  // IFLA_INFO_KIND "veth"
                56, 0, 2, 0,  // IFLA_INFO_DATA
                52, 0, 1, 0,  // VETH_INFO_PEER
                0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,  // ifinfomsg: index 4
                9, 0, 3, 0, 0x65, 0x74, 0x68, 0x30, 0, 0, 0, 0,  // IFLA_IFNAME "eth0"
                10, 0, 1, 0, 0x02, 0x42, 172, 17, 0, 2, 0, 0,  // IFLA_ADDRESS 02:42:ac:11:00:02
                8, 0, 19, 0, 0x67, 0x12, 0, 0,  // IFLA_NET_NS_PID 4711
            ])
        #expect(
            message.description
                == "RTM_NEWLINK veth vethab index 5 (bridge drydock0) up, peer eth0 index 4 02:42:ac:11:00:02 in netns of pid 4711")
    }

    @Test func defaultRouteNamesTheGatewayAlone() throws {
        let message = NetlinkMessage.addDefaultRoute(via: try #require(IPv4Address("172.17.0.1")))
        #expect(
            message.bytes == [
                36, 0, 0, 0, 24, 0, 5, 6, 1, 0, 0, 0, 0, 0, 0, 0,  // RTM_NEWROUTE
                2, 0, 0, 0,  // AF_INET; lengths of destination 0 and source 0; tos
                254, 3, 0, 1,  // RT_TABLE_MAIN, RTPROT_BOOT, RT_SCOPE_UNIVERSE, RTN_UNICAST
                0, 0, 0, 0,
                8, 0, 5, 0, 172, 17, 0, 1,  // RTA_GATEWAY
            ])
    }

    @Test func sequenceIsTheSocketsToSet() {
        let bytes = NetlinkMessage.linkUp("lo").numbered(0x0102_0304)
        #expect(Array(bytes[8..<12]) == [4, 3, 2, 1])
        #expect(bytes.count == 40)
    }
}

@Suite struct NetlinkDecoderTests {
    @Test func refusalCarriesTheKernelsWords() {
        let text = Array("Device does not exist".utf8) + [0]
        var writer = NetlinkWriter()
        writer.append(Int32(-19))
        writer.append(UInt32(40))
        for _ in 0..<3 { writer.append(UInt32(0)) }
        writer.attribute(1, text)
        #expect(NetlinkDecoder.describe(datagram(type: 2, flags: 0x300, writer.bytes)) == "NLMSG_ERROR -ENODEV (Device does not exist)")
    }

    @Test func acknowledgementIsErrorZero() {
        #expect(NetlinkDecoder.describe(datagram(type: 2, flags: 0, [UInt8](repeating: 0, count: 20))) == "NLMSG_ERROR 0")
    }

    @Test func ownMessagesAreRecognised() throws {
        #expect(NetlinkDecoder.describe(NetlinkMessage.linkUp("lo").bytes) == "RTM_SETLINK 0: lo up")
        let address = try #require(IPv4Address("10.0.0.1"))
        let bytes = NetlinkMessage.addAddress(address, prefix: 8, to: (7, "x")).bytes + NetlinkMessage.addDefaultRoute(via: address).bytes
        #expect(NetlinkDecoder.describe(bytes) == "RTM_NEWADDR 10.0.0.1/8 dev 7, RTM_NEWROUTE default via 10.0.0.1")
        #expect(NetlinkDecoder.describeNetfilter(NetlinkMessage.getTable("drydock-default").bytes) == "NFT_MSG_GETTABLE drydock-default")
    }

    @Test func longDumpsAreCutShort() {
        let dump = (0..<50).flatMap { NetlinkMessage.linkUp("eth\($0)").bytes }
        #expect(NetlinkDecoder.describe(dump).hasSuffix("RTM_SETLINK 0: eth5 up, … 44 more"))
        let alike = (0..<50).flatMap { _ in NetlinkMessage.dumpRoutes().bytes }
        #expect(NetlinkDecoder.describe(alike) == "RTM_GETROUTE ×50")
    }

    @Test func garbageIsCountedNotRead() {
        #expect(NetlinkDecoder.describe([]) == "")
        #expect(NetlinkDecoder.describe([1, 2, 3]) == "<3 bytes>")
        #expect(NetlinkDecoder.describe([UInt8](repeating: 0xff, count: 64)) == "<64 bytes>")
        for type in [2, 16, 20, 24, 0x0a0c] {
            for length in 0..<24 {
                // Cut off anywhere: no trap, some text.
                let bytes = datagram(type: type, flags: 0xffff, [UInt8](repeating: 0xff, count: length))
                #expect(!NetlinkDecoder.describe(bytes).isEmpty)
                #expect(!NetlinkDecoder.describeNetfilter(bytes).isEmpty)
            }
        }
    }

    private func datagram(type: Int, flags: UInt16, _ payload: [UInt8]) -> [UInt8] {
        var writer = NetlinkWriter()
        writer.append(UInt32(16 + payload.count))
        writer.append(UInt16(type))
        writer.append(flags)
        writer.append(UInt64(0))
        return writer.bytes + payload
    }
}

@Suite struct AddressTests {
    @Test(arguments: ["", "1.2.3", "1.2.3.4.5", "256.0.0.1", "01.2.3.4", "1.2.3.-4", "1.2.3.+4", "1.2.3.4 ", "a.b.c.d", "1..2.3"])
    func malformedAddressesAreRefused(_ text: String) { #expect(IPv4Address(text) == nil) }

    @Test func networksKnowTheirBounds() throws {
        let network = try #require(IPv4Network("172.17.0.0/16"))
        #expect("\(network.broadcast)" == "172.17.255.255")
        #expect(network.address(1).map { "\($0)" } == "172.17.0.1")
        #expect(network.address(65536) == nil)
        #expect(IPv4Network("172.17.0.1/16") == nil)
        #expect(IPv4Network("0.0.0.0/0")?.broadcast.value == .max)
        #expect(IPv4Network("1.2.3.4/32")?.contains(try #require(IPv4Address("1.2.3.4"))) == true)
        #expect(IPv4Network("1.2.3.4/33") == nil)
        #expect(network.overlaps(try #require(IPv4Network("172.17.5.0/24"))))
        #expect(network.overlaps(try #require(IPv4Network("172.16.0.0/12"))))
        #expect(!network.overlaps(try #require(IPv4Network("172.18.0.0/16"))))
    }
}
