/// What a `WWW-Authenticate` header asks for.
///
/// Source: RFC 9110, section 11.6.1; distribution's token authentication specification.
struct AuthChallenge: Hashable {
    /// In lower case: `bearer`, `basic`.
    let scheme: String
    /// By lower-case name.
    let parameters: [String: String]

    /// All challenges of a header. One that does not keep to the grammar makes the whole header worthless: a realm is where
    /// credentials will go, so nothing is guessed.
    static func parse(_ header: String) -> [AuthChallenge]? {
        var scanner = Scanner(bytes: Array(header.utf8)[...])
        var challenges: [AuthChallenge] = []
        scanner.skip(spacesAndCommas: true)
        while !scanner.isAtEnd {
            guard let scheme = scanner.token() else { return nil }
            guard scanner.isAtEnd || scanner.next == UInt8(ascii: " ") || scanner.next == UInt8(ascii: ",") else { return nil }
            scanner.skip(spacesAndCommas: false)
            guard let parameters = scanner.parameters() else { return nil }
            challenges.append(AuthChallenge(scheme: scheme.lowercased(), parameters: parameters))
            scanner.skip(spacesAndCommas: true)
        }
        return challenges.isEmpty ? nil : challenges
    }
}

private struct Scanner {
    var bytes: ArraySlice<UInt8>

    var isAtEnd: Bool { bytes.isEmpty }
    var next: UInt8? { bytes.first }

    mutating func skip(spacesAndCommas: Bool) {
        bytes = bytes.drop { $0 == 0x20 || $0 == 0x09 || (spacesAndCommas && $0 == UInt8(ascii: ",")) }
    }

    mutating func token() -> String? {
        let name = bytes.prefix(while: Self.isTokenByte)
        guard !name.isEmpty else { return nil }
        bytes = bytes.dropFirst(name.count)
        return String(decoding: name, as: UTF8.self)
    }

    /// `name=value` pairs, up to the end or to a word that begins another challenge.
    mutating func parameters() -> [String: String]? {
        var parameters: [String: String] = [:]
        while !isAtEnd {
            let before = bytes
            skip(spacesAndCommas: true)
            if isAtEnd { break }
            guard let name = token() else { return nil }
            skip(spacesAndCommas: false)
            guard next == UInt8(ascii: "=") else {
                bytes = before
                break
            }
            bytes.removeFirst()
            skip(spacesAndCommas: false)
            guard let value = next == UInt8(ascii: "\"") ? quoted() : token(),
                parameters.updateValue(value, forKey: name.lowercased()) == nil
            else { return nil }
            skip(spacesAndCommas: false)
            guard isAtEnd || next == UInt8(ascii: ",") else { return nil }
        }
        return parameters
    }

    private mutating func quoted() -> String? {
        bytes.removeFirst()
        var value: [UInt8] = []
        while let byte = bytes.popFirst() {
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: value, as: UTF8.self)
            case UInt8(ascii: "\\"):
                guard let escaped = bytes.popFirst() else { return nil }
                value.append(escaped)
            default: value.append(byte)
            }
        }
        return nil
    }

    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: Array("!#$%&'*+-.^_`|~".utf8).contains(byte)
        }
    }
}
