/// An address of IPv4.
public struct IPv4Address: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The 32 bits as a number: 172.17.0.1 is 0xac110001.
    public let value: UInt32

    public init(value: UInt32) { self.value = value }

    /// Reads four decimal numbers with dots between; nil for everything else, also for numbers with leading zeros,
    /// which some programs take for octal.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var value: UInt32 = 0
        for part in parts {
            guard part.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), part.count == 1 || part.first != "0" else { return nil }
            guard let octet = UInt8(part) else { return nil }
            value = value << 8 | UInt32(octet)
        }
        self.value = value
    }

    /// Reads four bytes in the order of the wire.
    init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 4 else { return nil }
        value = bytes.reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// The bytes in the order of the wire.
    public var bytes: [UInt8] { [UInt8(value >> 24), UInt8(value >> 16 & 0xff), UInt8(value >> 8 & 0xff), UInt8(value & 0xff)] }
    public var description: String { bytes.map(String.init).joined(separator: ".") }
    public static func < (left: Self, right: Self) -> Bool { left.value < right.value }
}

/// A network of IPv4: `172.17.0.0/16`.
public struct IPv4Network: Sendable, Hashable, CustomStringConvertible {
    /// The network's own address: all host bits zero.
    public let base: IPv4Address
    /// How many leading bits all its addresses share, 0 to 32.
    public let prefix: UInt8

    /// The network of `prefix` bits that `address` lies in; a prefix above 32 counts as 32.
    public init(containing address: IPv4Address, prefix: UInt8) {
        self.prefix = min(prefix, 32)
        base = IPv4Address(value: address.value & Self.mask(self.prefix))
    }

    /// Reads `172.17.0.0/16`; nil when it is malformed or has host bits.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let address = IPv4Address(parts[0]), let prefix = UInt8(parts[1]), prefix <= 32 else { return nil }
        self.init(containing: address, prefix: prefix)
        guard base == address else { return nil }
    }

    private static func mask(_ prefix: UInt8) -> UInt32 { prefix == 0 ? 0 : ~0 << UInt32(32 - prefix) }

    public var broadcast: IPv4Address { IPv4Address(value: base.value | ~Self.mask(prefix)) }
    /// The address `number` places above the base; nil outside of the network.
    public func address(_ number: UInt32) -> IPv4Address? {
        let (value, overflow) = base.value.addingReportingOverflow(number)
        return overflow || value > broadcast.value ? nil : IPv4Address(value: value)
    }
    public func contains(_ address: IPv4Address) -> Bool { address >= base && address <= broadcast }
    public func overlaps(_ other: IPv4Network) -> Bool { contains(other.base) || other.contains(base) }
    public var description: String { "\(base)/\(prefix)" }
}

/// A hardware address of Ethernet.
public struct MACAddress: Sendable, Hashable, CustomStringConvertible {
    public let bytes: [UInt8]

    /// Takes six bytes; nil for any other number.
    public init?(bytes: [UInt8]) {
        guard bytes.count == 6 else { return nil }
        self.bytes = bytes
    }

    /// The address that Docker gives a container: 02:42 and the four bytes of its IPv4 address.
    public init(of address: IPv4Address) { bytes = [0x02, 0x42] + address.bytes }

    public var description: String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: ":")
    }
}

extension IPv4Address: Codable {
    /// Reads the dotted form.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let address = IPv4Address(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "\(text) is no IPv4 address")
        }
        self = address
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

extension IPv4Network: Codable {
    /// Reads `172.17.0.0/16`.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let network = IPv4Network(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "\(text) is no IPv4 network")
        }
        self = network
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
