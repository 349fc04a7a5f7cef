import CDrydock

private let acknowledged = NLM_F_ACK
private let created = NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL
private let up = UInt32(1)  // IFF_UP, netdevice(7)

extension NetlinkMessage {
    /// Where the other end of a pair is to be: the network namespace of a process, or the one that a descriptor names.
    public enum Namespace: Sendable, Hashable, CustomStringConvertible {
        case process(Int32)
        case descriptor(Int32)

        public var description: String {
            switch self {
            case .process(let pid): "netns of pid \(pid)"
            case .descriptor(let fd): "netns of descriptor \(fd)"
            }
        }
    }

    /// A new bridge, up from the start.
    /// - Parameter mac: Given, not left to the kernel: an unset one changes with each port that joins.
    public static func createBridge(_ name: String, mac: MACAddress) -> NetlinkMessage {
        NetlinkMessage(type: RTM_NEWLINK, flags: created, description: "RTM_NEWLINK bridge \(name) \(mac) up") { message in
            message.linkHeader(flags: up, change: up)
            message.attribute(IFLA_IFNAME, name)
            message.attribute(IFLA_ADDRESS, mac.bytes)
            message.nested(IFLA_LINKINFO) { $0.attribute(IFLA_INFO_KIND, "bridge") }
        }
    }

    /// A virtual cable: one end a port of a bridge here and up, the other end in another network namespace.
    /// - Parameters:
    ///   - name: The near end's name.
    ///   - index: The near end's index. The kernel takes `peerIndex` only when this one is given, too.
    ///   - bridge: The bridge's index and name.
    ///   - peer: The far end's name.
    ///   - peerIndex: The far end's index, so that what configures it there needs no look-up.
    public static func createVeth(
        _ name: String, index: Int32, bridge: (index: Int32, name: String), peer: String, peerIndex: Int32, peerMAC: MACAddress,
        in namespace: Namespace
    ) -> NetlinkMessage {
        let words =
            "RTM_NEWLINK veth \(name) index \(index) (bridge \(bridge.name)) up, peer \(peer) index \(peerIndex) \(peerMAC) in \(namespace)"
        return NetlinkMessage(type: RTM_NEWLINK, flags: created, description: words) { message in
            message.linkHeader(index: index, flags: up, change: up)
            message.attribute(IFLA_IFNAME, name)
            message.attribute(IFLA_MASTER, UInt32(bitPattern: bridge.index))
            message.nested(IFLA_LINKINFO) { info in
                info.attribute(IFLA_INFO_KIND, "veth")
                info.nested(IFLA_INFO_DATA) { data in
                    data.nested(Int(VETH_INFO_PEER)) { end in
                        end.linkHeader(index: peerIndex)
                        end.attribute(IFLA_IFNAME, peer)
                        end.attribute(IFLA_ADDRESS, peerMAC.bytes)
                        switch namespace {
                        case .process(let pid): end.attribute(IFLA_NET_NS_PID, UInt32(bitPattern: pid))
                        case .descriptor(let fd): end.attribute(IFLA_NET_NS_FD, UInt32(bitPattern: fd))
                        }
                    }
                }
            }
        }
    }

    /// A port of a bridge that may send frames back to where they came from. Without it a container doesn't reach its own published
    /// port when netfilter sees bridged frames (br_netfilter), since those are led on without leaving the bridge.
    public static func allowHairpin(_ link: (index: Int32, name: String)) -> NetlinkMessage {
        NetlinkMessage(type: RTM_SETLINK, flags: acknowledged, description: "RTM_SETLINK bridge port \(link.name) hairpin on") { message in
            message.linkHeader(family: UInt8(AF_BRIDGE), index: link.index)
            // The nested bit is what tells this form from an old one that held a port's state alone.
            message.nested(IFLA_PROTINFO | Int(NLA_F_NESTED)) { $0.attribute(IFLA_BRPORT_MODE, [1]) }
        }
    }

    /// A link by name, set up.
    public static func linkUp(_ name: String) -> NetlinkMessage {
        NetlinkMessage(type: RTM_SETLINK, flags: acknowledged, description: "RTM_SETLINK \(name) up") { message in
            message.linkHeader(flags: up, change: up)
            message.attribute(IFLA_IFNAME, name)
        }
    }

    /// A link by name, set down: of a veth the cable is unplugged, at a hundredth of the time that deleting it takes.
    public static func linkDown(_ name: String) -> NetlinkMessage {
        NetlinkMessage(type: RTM_SETLINK, flags: acknowledged, description: "RTM_SETLINK \(name) down") { message in
            message.linkHeader(flags: 0, change: up)
            message.attribute(IFLA_IFNAME, name)
        }
    }

    /// A link by name, deleted; of a veth both ends.
    public static func deleteLink(_ name: String) -> NetlinkMessage {
        NetlinkMessage(type: RTM_DELLINK, flags: acknowledged, description: "RTM_DELLINK \(name)") { message in
            message.linkHeader()
            message.attribute(IFLA_IFNAME, name)
        }
    }

    /// An address for a link, with the network's broadcast address.
    /// - Parameter link: The link's index, which the kernel wants, and its name, for the words.
    public static func addAddress(_ address: IPv4Address, prefix: UInt8, to link: (index: Int32, name: String)) -> NetlinkMessage {
        let broadcast = IPv4Network(containing: address, prefix: prefix).broadcast
        let words = "RTM_NEWADDR \(address)/\(prefix) brd \(broadcast) dev \(link.name)"
        return NetlinkMessage(type: RTM_NEWADDR, flags: created, description: words) { message in
            message.addressHeader(prefix: prefix, index: UInt32(bitPattern: link.index))
            message.attribute(IFA_LOCAL, address.bytes)
            message.attribute(IFA_ADDRESS, address.bytes)
            message.attribute(IFA_BROADCAST, broadcast.bytes)
        }
    }

    /// The way to everywhere else. The link follows from the gateway, which lies in a network of one of them.
    public static func addDefaultRoute(via gateway: IPv4Address) -> NetlinkMessage {
        NetlinkMessage(type: RTM_NEWROUTE, flags: created, description: "RTM_NEWROUTE default via \(gateway)") { message in
            message.routeHeader()
            message.attribute(Int(RTA_GATEWAY.rawValue), gateway.bytes)
        }
    }

    /// Asks for one link by name; the answer is a `NetlinkLink`, or ENODEV.
    public static func getLink(_ name: String) -> NetlinkMessage {
        NetlinkMessage(type: RTM_GETLINK, flags: 0, description: "RTM_GETLINK \(name)") { message in
            message.linkHeader()
            message.attribute(IFLA_IFNAME, name)
            message.attribute(IFLA_EXT_MASK, skipStatistics)
        }
    }

    /// Asks for all links.
    public static func dumpLinks() -> NetlinkMessage {
        NetlinkMessage(type: RTM_GETLINK, flags: NLM_F_ROOT | NLM_F_MATCH, description: "RTM_GETLINK all") { message in
            message.linkHeader()
            message.attribute(IFLA_EXT_MASK, skipStatistics)
        }
    }

    /// Asks for all IPv4 addresses.
    public static func dumpAddresses() -> NetlinkMessage {
        NetlinkMessage(type: RTM_GETADDR, flags: NLM_F_ROOT | NLM_F_MATCH, description: "RTM_GETADDR all") { $0.addressHeader() }
    }

    /// Asks for all IPv4 routes.
    public static func dumpRoutes() -> NetlinkMessage {
        NetlinkMessage(type: RTM_GETROUTE, flags: NLM_F_ROOT | NLM_F_MATCH, description: "RTM_GETROUTE all") {
            $0.routeHeader(table: UInt8(RT_TABLE_UNSPEC.rawValue))
        }
    }

    /// Asks nftables for a table of family ip; ENOENT when there is none.
    public static func getTable(_ name: String) -> NetlinkMessage {
        let type = NFNetlink.subsystem << 8 | NFNetlink.getTable
        return NetlinkMessage(.netfilter, type: type, flags: 0, description: "NFT_MSG_GETTABLE ip \(name)") { message in
            message.append(NFNetlink.familyIPv4)
            message.append(UInt8(0))
            message.append(UInt16(0))
            message.attribute(NFNetlink.tableName, name)
        }
    }

    private static var skipStatistics: UInt32 { 1 << 3 }  // RTEXT_FILTER_SKIP_STATS
}

/// The few numbers of linux/netfilter/nf_tables.h that are needed without libnftables.
enum NFNetlink {
    static let subsystem = 10
    static let getTable = 1
    static let tableName = 1
    static let familyIPv4: UInt8 = 2
}
