/// Base64 with padding (RFC 4648): the plain alphabet for Docker's `auth` entries, the one for URLs for its headers.
enum Base64 {
    private static let plain = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    private static let forURLs = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    static func text(_ bytes: some Collection<UInt8>) -> String { encode(Array(bytes), plain) }

    /// As Go's `base64.URLEncoding` writes it, its padding included.
    static func urlText(_ bytes: some Collection<UInt8>) -> String { encode(Array(bytes), forURLs) }

    private static func encode(_ bytes: [UInt8], _ alphabet: [UInt8]) -> String {
        var out: [UInt8] = []
        out.reserveCapacity((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            var bits = group.reduce(0) { $0 << 8 | UInt32($1) }
            bits <<= UInt32(8 * (3 - group.count))
            for place in 0..<4 {
                let isPadding = place > group.count
                out.append(isPadding ? UInt8(ascii: "=") : alphabet[Int(bits >> UInt32(18 - 6 * place)) & 63])
            }
        }
        return String(decoding: out, as: UTF8.self)
    }

    /// Reads the plain alphabet.
    /// - Returns: nil for anything that is not padded base64.
    static func bytes(_ text: String) -> [UInt8]? {
        // Go skips line ends; some files have them from hand-made `base64` output.
        let digits = text.utf8.filter { $0 != 10 && $0 != 13 }
        guard digits.count % 4 == 0 else { return nil }
        let paddingCount = digits.reversed().prefix { $0 == UInt8(ascii: "=") }.count
        guard paddingCount <= 2 else { return nil }
        var out: [UInt8] = []
        var bits: UInt32 = 0
        for (place, digit) in digits.dropLast(paddingCount).enumerated() {
            guard let value = plain.firstIndex(of: digit) else { return nil }
            bits = bits << 6 | UInt32(value)
            // From the second digit of a group on, each completes a byte.
            let kept = UInt32(6 - 2 * (place % 4))
            if place % 4 > 0 { out.append(UInt8(truncatingIfNeeded: bits >> kept)) }
        }
        return out
    }
}
