import Basics

/// The name of content: an algorithm and the hash of the bytes, `sha256:4f4f…`.
///
/// Strict: only registered algorithms, only lower-case hex of the right length. What is a `Digest` can be used in a path.
/// Source: OCI image spec, descriptor.md, "Digests".
public struct Digest: Sendable, Hashable, Comparable, Codable, CustomStringConvertible {
    public enum Algorithm: String, Sendable, Hashable, CaseIterable {
        case sha256, sha512

        /// How many hex digits a hash has.
        public var hexLength: Int {
            switch self {
            case .sha256: 64
            case .sha512: 128
            }
        }
    }

    public let algorithm: Algorithm
    /// The hash in lower-case hex.
    public let hex: String

    /// Reads `algorithm:hex`.
    /// - Throws: `DrydockError.invalid` with the text that Docker's go-digest has for the case.
    public init(_ text: some StringProtocol) throws(DrydockError) {
        guard let colon = text.firstIndex(of: ":") else { throw Self.badFormat }
        guard let algorithm = Algorithm(rawValue: String(text[..<colon])) else {
            throw DrydockError(.invalid, "unsupported digest algorithm")
        }
        try self.init(algorithm, hex: String(text[text.index(after: colon)...]))
    }

    /// - Parameter hex: The hash in lower-case hex.
    /// - Throws: `DrydockError.invalid` when `hex` is no hash of that algorithm.
    public init(_ algorithm: Algorithm, hex: String) throws(DrydockError) {
        guard hex.utf8.count == algorithm.hexLength else { throw DrydockError(.invalid, "invalid checksum digest length") }
        guard hex.utf8.allSatisfy(isLowerHex) else { throw Self.badFormat }
        self.algorithm = algorithm
        self.hex = hex
    }

    /// The digest whose hash has these bytes; nil when their number is wrong.
    public init?(_ algorithm: Algorithm, hash: some Collection<UInt8>) {
        guard hash.count * 2 == algorithm.hexLength else { return nil }
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        text.reserveCapacity(algorithm.hexLength)
        for byte in hash {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        self.algorithm = algorithm
        self.hex = String(decoding: text, as: UTF8.self)
    }

    private static var badFormat: DrydockError { DrydockError(.invalid, "invalid checksum digest format") }

    /// The first 12 hex digits, as tables show an id.
    public var short: String { String(hex.prefix(12)) }

    public var description: String { "\(algorithm.rawValue):\(hex)" }

    public static func < (left: Digest, right: Digest) -> Bool { left.description < right.description }

    public init(from decoder: any Decoder) throws {
        try self.init(decoder.singleValueContainer().decode(String.self))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

/// The name of an image: the digest of its config's bytes.
public struct ImageID: Sendable, Hashable, Comparable, Codable, CustomStringConvertible {
    public let digest: Digest

    public init(_ digest: Digest) { self.digest = digest }

    /// - Throws: `DrydockError.invalid`, see `Digest`.
    public init(_ text: some StringProtocol) throws(DrydockError) { digest = try Digest(text) }

    public var hex: String { digest.hex }
    public var short: String { digest.short }
    public var description: String { digest.description }
    public static func < (left: ImageID, right: ImageID) -> Bool { left.digest < right.digest }
    public init(from decoder: any Decoder) throws { digest = try Digest(from: decoder) }
    public func encode(to encoder: any Encoder) throws { try digest.encode(to: encoder) }
}

/// The name of a layer *with all layers below it*; the same layer on another base has another chain id.
/// Source: OCI image spec, config.md, "Layer ChainID". Computed in module Hashing.
public struct ChainID: Sendable, Hashable, Comparable, Codable, CustomStringConvertible {
    public let digest: Digest

    public init(_ digest: Digest) { self.digest = digest }

    /// - Throws: `DrydockError.invalid`, see `Digest`.
    public init(_ text: some StringProtocol) throws(DrydockError) { digest = try Digest(text) }

    public var hex: String { digest.hex }
    public var short: String { digest.short }
    public var description: String { digest.description }
    public static func < (left: ChainID, right: ChainID) -> Bool { left.digest < right.digest }
    public init(from decoder: any Decoder) throws { digest = try Digest(from: decoder) }
    public func encode(to encoder: any Encoder) throws { try digest.encode(to: encoder) }
}

@inline(__always)
func isLowerHex(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
}
