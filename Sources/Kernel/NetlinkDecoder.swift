import Basics
import CDrydock

/// Says in words what a netlink datagram holds, for records and error texts.
public enum NetlinkDecoder {
    /// How much is said of one datagram at most: a dump may hold hundreds of messages.
    private static let limit = 6

    /// Describes what came over a route socket: `NLMSG_ERROR 0`, `RTM_NEWLINK 7: eth0 veth up`.
    /// - Parameter bytes: Whatever was received, also garbage; unreadable bytes are counted, not guessed at.
    public static func describe(_ bytes: [UInt8]) -> String { describe(bytes, part: route) }

    /// Describes what went over a netfilter socket: `NFT_MSG_NEWSETELEM drydock-default ports_tcp`.
    public static func describeNetfilter(_ bytes: [UInt8]) -> String { describe(bytes, part: netfilter) }

    private static func describe(_ bytes: [UInt8], part name: (NetlinkPart) -> String) -> String {
        var runs: [(text: String, count: Int)] = []
        var more = 0
        for part in NetlinkParts(bytes) {
            let text = control(part) ?? name(part)
            if let last = runs.last, last.text == text {
                runs[runs.count - 1].count += 1
            } else if runs.count < limit {
                runs.append((text, 1))
            } else {
                more += 1
            }
        }
        if runs.isEmpty { return bytes.isEmpty ? "" : "<\(bytes.count) bytes>" }
        let texts = runs.map { $0.count > 1 ? "\($0.text) ×\($0.count)" : $0.text }
        return texts.joined(separator: ", ") + (more > 0 ? ", … \(more) more" : "")
    }

    /// The messages that every family has.
    private static func control(_ part: NetlinkPart) -> String? {
        switch Int32(part.type) {
        case NLMSG_ERROR:
            let code: Int32 = part.payload.number(0) ?? 0
            guard code != 0 else { return "NLMSG_ERROR 0" }
            let text = extendedText(part).map { " (\($0))" } ?? ""
            return "NLMSG_ERROR -\(Errno(code: code == .min ? 0 : -code).name)" + text
        case NLMSG_DONE: return "NLMSG_DONE"
        case NLMSG_NOOP: return "NLMSG_NOOP"
        case NLMSG_OVERRUN: return "NLMSG_OVERRUN"
        default: return nil
        }
    }

    /// What the kernel adds to an error number in words (extended acknowledgement).
    static func extendedText(_ part: NetlinkPart) -> String? {
        let hasAttributes = part.flags & 0x200 != 0  // NLM_F_ACK_TLVS
        let isCapped = part.flags & 0x100 != 0  // NLM_F_CAPPED: the request is not repeated
        guard hasAttributes, let repeated: UInt32 = part.payload.number(4), repeated >= 16 else { return nil }
        let skipped = 4 + (isCapped ? 16 : Int(repeated + 3) & ~3)
        let text = NetlinkAttributes(part.payload.dropFirst(skipped)).value(1)?.name  // NLMSGERR_ATTR_MSG
        return text.map { String($0.prefix(200)) }
    }

    private static func route(_ part: NetlinkPart) -> String {
        switch part.type {
        case RTM_NEWLINK: "RTM_NEWLINK " + (NetlinkLink(part.payload).map { "\($0)" } ?? "?")
        case RTM_DELLINK: "RTM_DELLINK " + (NetlinkLink(part.payload).map { "\($0)" } ?? "?")
        case RTM_SETLINK: "RTM_SETLINK " + (NetlinkLink(part.payload).map { "\($0)" } ?? "?")
        case RTM_GETLINK: "RTM_GETLINK " + (NetlinkLink(part.payload)?.name ?? "?")
        case RTM_NEWADDR: "RTM_NEWADDR " + (NetlinkAddress(part.payload).map { "\($0)" } ?? "?")
        case RTM_GETADDR: "RTM_GETADDR"
        case RTM_NEWROUTE: "RTM_NEWROUTE " + (NetlinkRoute(part.payload).map { "\($0)" } ?? "?")
        case RTM_GETROUTE: "RTM_GETROUTE"
        default: netfilter(part)
        }
    }

    private static func netfilter(_ part: NetlinkPart) -> String {
        if part.type == 0x10 { return "NFNL_MSG_BATCH_BEGIN" }
        if part.type == 0x11 { return "NFNL_MSG_BATCH_END" }
        let number = part.type & 0xff
        guard part.type >> 8 == NFNetlink.subsystem, number < tablesMessages.count else { return "message \(part.type)" }
        let what = tablesMessages[number]
        let attributes = NetlinkAttributes(part.payload.dropFirst(4))
        // A chain's own name is its third attribute; of all others the second says which one in the table it is.
        let second = what.hasSuffix("CHAIN") ? 3 : 2
        let isNamed = what.hasSuffix("CHAIN") || what.hasSuffix("RULE") || what.contains("SET") || what.hasSuffix("OBJ")
        guard !what.hasSuffix("GEN"), let table = attributes.value(1)?.name else { return "NFT_MSG_" + what }
        let name = isNamed ? attributes.value(second).map { " " + $0.name } ?? "" : ""
        return "NFT_MSG_\(what) \(table)\(name)"
    }

    /// enum nf_tables_msg_types of linux/netfilter/nf_tables.h, in its order.
    private static let tablesMessages = [
        "NEWTABLE", "GETTABLE", "DELTABLE", "NEWCHAIN", "GETCHAIN", "DELCHAIN", "NEWRULE", "GETRULE", "DELRULE", "NEWSET", "GETSET",
        "DELSET", "NEWSETELEM", "GETSETELEM", "DELSETELEM", "NEWGEN", "GETGEN", "TRACE", "NEWOBJ", "GETOBJ", "DELOBJ", "GETOBJ_RESET",
        "NEWFLOWTABLE", "GETFLOWTABLE", "DELFLOWTABLE", "GETRULE_RESET", "DESTROYTABLE", "DESTROYCHAIN", "DESTROYRULE", "DESTROYSET",
        "DESTROYSETELEM", "DESTROYOBJ", "DESTROYFLOWTABLE", "GETSETELEM_RESET",
    ]
}
