/// Base64 in its three common forms. Source: RFC 4648.
public struct Base64: Sendable {
    /// Section 4: `+` and `/`, with padding. Of Basic authentication and Docker's `auth` entries.
    public static let standard = Base64(last: "+/", pads: true)
    /// Section 5: `-` and `_`, with padding. Of Docker's headers.
    public static let forURLs = Base64(last: "-_", pads: true)
    /// The same without padding. Of tokens.
    public static let forURLsUnpadded = Base64(last: "-_", pads: false)

    private let alphabet: [UInt8]
    private let pads: Bool
    private static let padding = UInt8(ascii: "=")

    private init(last: String, pads: Bool) {
        alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789\(last)".utf8)
        self.pads = pads
    }

    public func text(_ bytes: some Sequence<UInt8>) -> String {
        let bytes = Array(bytes)
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let bits = group.enumerated().reduce(UInt32(0)) { $0 | UInt32($1.element) << (16 - 8 * UInt32($1.offset)) }
            for place in 0...group.count { text.append(alphabet[Int(bits >> (18 - 6 * UInt32(place)) & 63)]) }
            if pads { for _ in group.count..<3 { text.append(Self.padding) } }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Reads what `text` writes, and nothing else: several texts must not stand for the same bytes.
    public func bytes(_ text: some StringProtocol) -> [UInt8]? {
        var letters = Array(text.utf8)
        if pads {
            guard letters.count % 4 == 0 else { return nil }
            for _ in 0..<2 where letters.last == Self.padding { letters.removeLast() }
        }
        var bytes: [UInt8] = []
        var bits: UInt32 = 0
        var count: UInt32 = 0
        for letter in letters {
            guard let value = alphabet.firstIndex(of: letter) else { return nil }
            bits = bits << 6 | UInt32(value)
            count += 6
            if count >= 8 {
                count -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> count))
                bits &= (1 << count) - 1
            }
        }
        return bits == 0 && count < 6 ? bytes : nil
    }
}
