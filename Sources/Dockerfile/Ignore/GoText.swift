/// Bytes as Go sees them: names and patterns need not be UTF-8, and Docker's matching depends on how Go reads what is not.
enum GoText {
    /// What stands for a byte that belongs to no character (`utf8.RuneError`).
    static let replacement: UInt32 = 0xFFFD

    /// The characters of some bytes; each byte that is not part of well-formed UTF-8 is one `replacement`.
    static func scalars(_ bytes: some Collection<UInt8>) -> [UInt32] {
        var scalars: [UInt32] = []
        scalars.reserveCapacity(bytes.count)
        var rest = bytes[...]
        while let first = rest.first {
            if first < 0x80 {
                scalars.append(UInt32(first))
                rest = rest.dropFirst()
                continue
            }
            let (scalar, length) = decode(rest)
            scalars.append(scalar)
            rest = rest.dropFirst(length)
        }
        return scalars
    }

    /// `utf8.DecodeRune`: the first character and its length; a wrong byte is a `replacement` of length 1.
    static func decode(_ bytes: some Collection<UInt8>) -> (scalar: UInt32, length: Int) {
        let head = Array(bytes.prefix(4))
        guard let first = head.first else { return (replacement, 0) }
        let (length, least): (Int, UInt32)
        switch first {
        case ..<0x80: return (UInt32(first), 1)
        case 0xC2..<0xE0: (length, least) = (2, 0x80)
        case 0xE0..<0xF0: (length, least) = (3, 0x800)
        case 0xF0..<0xF5: (length, least) = (4, 0x10000)
        default: return (replacement, 1)
        }
        guard head.count >= length else { return (replacement, 1) }
        var value = UInt32(first) & (0xFF >> UInt32(length + 1))
        for byte in head[1..<length] {
            guard byte & 0xC0 == 0x80 else { return (replacement, 1) }
            value = value << 6 | UInt32(byte & 0x3F)
        }
        guard value >= least, value <= 0x10FFFF, !(0xD800..<0xE000).contains(value) else { return (replacement, 1) }
        return (value, length)
    }

    /// `strings.TrimSpace`
    static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var rest = bytes
        while !rest.isEmpty {
            let (scalar, length) = decode(rest)
            guard isSpace(scalar) else { break }
            rest = rest.dropFirst(length)
        }
        trailing: while !rest.isEmpty {
            for length in 1...min(3, rest.count) {
                let (scalar, used) = decode(rest.suffix(length))
                guard used == length, isSpace(scalar) else { continue }
                rest = rest.dropLast(length)
                continue trailing
            }
            break
        }
        return rest
    }

    private static func isSpace(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 9...13, 0x20, 0x85, 0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000: true
        default: false
        }
    }

    /// `filepath.Clean`: no empty parts, no `.`, `..` taken back where it can be.
    static func cleanedPath(_ path: some Collection<UInt8>) -> [UInt8] {
        let slash = UInt8(ascii: "/")
        let dots = Array("..".utf8)
        let isAbsolute = path.first == slash
        var parts: [ArraySlice<UInt8>] = []
        for part in Array(path).split(separator: slash) where part != [UInt8(ascii: ".")] {
            if !part.elementsEqual(dots) {
                parts.append(part)
            } else if let last = parts.last, !last.elementsEqual(dots) {
                parts.removeLast()
            } else if !isAbsolute {
                parts.append(part)
            }
        }
        let joined = Array(parts.joined(separator: [slash]))
        if isAbsolute { return [slash] + joined }
        return joined.isEmpty ? [UInt8(ascii: ".")] : joined
    }
}
