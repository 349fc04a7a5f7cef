import CDrydock

/// One message as the kernel sent it.
struct NetlinkPart {
    let type: Int
    let flags: UInt16
    let sequence: UInt32
    let payload: ArraySlice<UInt8>
}

/// Walks bytes as netlink messages; ends at the first that doesn't fit into what was received.
struct NetlinkParts: Sequence, IteratorProtocol {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) { rest = bytes[...] }

    mutating func next() -> NetlinkPart? {
        guard let length: UInt32 = rest.number(0), length >= 16, Int(length) <= rest.count,
            let type: UInt16 = rest.number(4), let flags: UInt16 = rest.number(6), let sequence: UInt32 = rest.number(8)
        else { return nil }
        let payload = rest.dropFirst(16).prefix(Int(length) - 16)
        rest = rest.dropFirst((Int(length) + 3) & ~3)
        return NetlinkPart(type: Int(type), flags: flags, sequence: sequence, payload: payload)
    }
}

/// Walks the attributes of a message or of a nested attribute.
struct NetlinkAttributes: Sequence, IteratorProtocol {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    mutating func next() -> (type: Int, value: ArraySlice<UInt8>)? {
        guard let length: UInt16 = rest.number(0), length >= 4, Int(length) <= rest.count, let type: UInt16 = rest.number(2) else {
            return nil
        }
        let value = rest.dropFirst(4).prefix(Int(length) - 4)
        rest = rest.dropFirst((Int(length) + 3) & ~3)
        // The two highest bits say how the value is stored, not what it is.
        return (Int(type & 0x3fff), value)
    }

    func value(_ type: Int) -> ArraySlice<UInt8>? { first { $0.type == type }?.value }
}

extension ArraySlice<UInt8> {
    /// A number in the machine's byte order, `offset` bytes in; nil when the bytes end before.
    func number<Number: FixedWidthInteger>(_ offset: Int) -> Number? {
        let size = MemoryLayout<Number>.size
        guard offset >= 0, offset + size <= count else { return nil }
        return withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: Number.self) }
    }

    /// A name up to its NUL.
    var name: String { String(decoding: prefix { $0 != 0 }, as: UTF8.self) }
}

/// A network interface, as RTM_NEWLINK tells of it.
public struct NetlinkLink: Sendable, Hashable, CustomStringConvertible {
    public let index: Int32
    public let name: String
    public let isUp: Bool
    /// `bridge`, `veth`, …; nil for a card.
    public let kind: String?
    /// The index of the bridge that this is a port of.
    public let master: Int32?
    /// Of a veth, the other end's index in its own namespace.
    public let peerIndex: Int32?
    public let mac: MACAddress?

    init?(_ payload: ArraySlice<UInt8>) {
        guard let index: Int32 = payload.number(4), let flags: UInt32 = payload.number(8) else { return nil }
        let attributes = NetlinkAttributes(payload.dropFirst(16))
        self.index = index
        isUp = flags & 1 != 0
        name = attributes.value(IFLA_IFNAME)?.name ?? ""
        kind = attributes.value(IFLA_LINKINFO).flatMap { NetlinkAttributes($0).value(IFLA_INFO_KIND)?.name }
        master = attributes.value(IFLA_MASTER)?.number(0)
        peerIndex = attributes.value(IFLA_LINK)?.number(0)
        mac = attributes.value(IFLA_ADDRESS).flatMap { MACAddress(bytes: Array($0)) }
    }

    public var description: String {
        var words = ["\(index): \(name)"]
        if let kind { words.append(kind) }
        words.append(isUp ? "up" : "down")
        if let master { words.append("port of \(master)") }
        if kind == "veth", let peerIndex { words.append("peer index \(peerIndex)") }
        if let mac { words.append("\(mac)") }
        return words.joined(separator: " ")
    }
}

/// An IPv4 address of an interface, as RTM_NEWADDR tells of it.
public struct NetlinkAddress: Sendable, Hashable, CustomStringConvertible {
    public let index: Int32
    public let address: IPv4Address
    public let prefix: UInt8
    public let label: String

    public var network: IPv4Network { IPv4Network(containing: address, prefix: prefix) }

    init?(_ payload: ArraySlice<UInt8>) {
        guard payload.first == UInt8(AF_INET), let prefix: UInt8 = payload.number(1), let index: Int32 = payload.number(4) else {
            return nil
        }
        let attributes = NetlinkAttributes(payload.dropFirst(8))
        guard let bytes = attributes.value(IFA_LOCAL) ?? attributes.value(IFA_ADDRESS), let address = IPv4Address(bytes: bytes) else {
            return nil
        }
        self.index = index
        self.prefix = prefix
        self.address = address
        label = attributes.value(IFA_LABEL)?.name ?? ""
    }

    public var description: String { "\(address)/\(prefix) dev \(label.isEmpty ? "\(index)" : label)" }
}

/// An IPv4 route, as RTM_NEWROUTE tells of it.
public struct NetlinkRoute: Sendable, Hashable, CustomStringConvertible {
    /// nil: the default route.
    public let destination: IPv4Network?
    public let gateway: IPv4Address?
    /// The index of the interface that it leads through, if it leads anywhere.
    public let index: Int32?

    init?(_ payload: ArraySlice<UInt8>) {
        guard payload.first == UInt8(AF_INET), let prefix: UInt8 = payload.number(1) else { return nil }
        let attributes = NetlinkAttributes(payload.dropFirst(12))
        let address = attributes.value(Int(RTA_DST.rawValue)).flatMap { IPv4Address(bytes: $0) }
        destination = address.map { IPv4Network(containing: $0, prefix: prefix) }
        gateway = attributes.value(Int(RTA_GATEWAY.rawValue)).flatMap { IPv4Address(bytes: $0) }
        index = attributes.value(Int(RTA_OIF.rawValue))?.number(0)
    }

    public var description: String {
        var words = [destination.map { "\($0)" } ?? "default"]
        if let gateway { words.append("via \(gateway)") }
        if let index { words.append("dev \(index)") }
        return words.joined(separator: " ")
    }
}
