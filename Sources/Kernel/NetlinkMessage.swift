import CDrydock

/// A message to the kernel over a netlink socket, netlink(7): the bytes, and what they mean in words.
///
/// The words are made by the builder that made the bytes, so narration says what is sent.
public struct NetlinkMessage: Sendable, Hashable {
    /// Which part of the kernel the message is for, and so which socket it goes over.
    public enum Family: Int32, Sendable {
        case route = 0
        case netfilter = 12
    }

    public let family: Family
    /// The whole message, header included, padded to four bytes.
    public let bytes: [UInt8]
    public let description: String

    /// - Parameters:
    ///   - type: `RTM_NEWLINK`, …
    ///   - flags: `NLM_F_*`; NLM_F_REQUEST is added.
    ///   - sequence: What the answer will carry; `NetlinkSocket` sets its own.
    ///   - body: Appends the family's header and the attributes.
    init(
        _ family: Family = .route, type: Int, flags: Int32, sequence: UInt32 = 1, description: String,
        body: (inout NetlinkWriter) -> Void
    ) {
        var writer = NetlinkWriter()
        writer.append(UInt32(0))
        writer.append(UInt16(type))
        writer.append(UInt16(NLM_F_REQUEST | flags))
        writer.append(sequence)
        // The kernel fills in the sender's port.
        writer.append(UInt32(0))
        body(&writer)
        writer.patch(UInt32(writer.bytes.count), at: 0)
        self.family = family
        self.bytes = writer.bytes
        self.description = description
    }

    /// The bytes under another sequence number.
    func numbered(_ sequence: UInt32) -> [UInt8] {
        var writer = NetlinkWriter(bytes: bytes)
        writer.patch(sequence, at: 8)
        return writer.bytes
    }
}

/// Puts a message together: numbers in the machine's byte order, attributes padded to four bytes.
struct NetlinkWriter {
    private(set) var bytes: [UInt8] = []

    mutating func append<Number: FixedWidthInteger>(_ number: Number) {
        withUnsafeBytes(of: number) { bytes.append(contentsOf: $0) }
    }

    mutating func patch<Number: FixedWidthInteger>(_ number: Number, at offset: Int) {
        withUnsafeBytes(of: number) { bytes.replaceSubrange(offset..<offset + $0.count, with: $0) }
    }

    mutating func attribute(_ type: Int, _ value: [UInt8]) {
        append(UInt16(4 + value.count))
        append(UInt16(type))
        bytes.append(contentsOf: value)
        while bytes.count % 4 != 0 { bytes.append(0) }
    }

    /// A name, ended by NUL as the kernel wants it.
    mutating func attribute(_ type: Int, _ text: String) { attribute(type, Array(text.utf8) + [0]) }

    mutating func attribute(_ type: Int, _ number: UInt32) {
        attribute(type, withUnsafeBytes(of: number) { Array($0) })
    }

    /// An attribute made of what `content` appends.
    mutating func nested(_ type: Int, _ content: (inout NetlinkWriter) -> Void) {
        let start = bytes.count
        append(UInt16(0))
        append(UInt16(type))
        content(&self)
        patch(UInt16(bytes.count - start), at: start)
    }

    /// `struct ifinfomsg`, rtnetlink(7).
    mutating func linkHeader(family: UInt8 = UInt8(AF_UNSPEC), index: Int32 = 0, flags: UInt32 = 0, change: UInt32 = 0) {
        append(family)
        append(UInt8(0))
        append(UInt16(0))
        append(index)
        append(flags)
        append(change)
    }

    /// `struct ifaddrmsg`, rtnetlink(7).
    mutating func addressHeader(prefix: UInt8 = 0, index: UInt32 = 0) {
        append(UInt8(AF_INET))
        append(prefix)
        append(UInt8(0))
        append(UInt8(RT_SCOPE_UNIVERSE.rawValue))
        append(index)
    }

    /// `struct rtmsg`, rtnetlink(7): of a unicast route in the main table, made by an administrator.
    mutating func routeHeader(table: UInt8 = UInt8(RT_TABLE_MAIN.rawValue)) {
        append(UInt8(AF_INET))
        append(UInt8(0))
        append(UInt8(0))
        append(UInt8(0))
        append(table)
        append(UInt8(RTPROT_BOOT))
        append(UInt8(RT_SCOPE_UNIVERSE.rawValue))
        append(UInt8(RTN_UNICAST))
        append(UInt32(0))
    }
}
