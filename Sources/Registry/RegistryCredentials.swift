import Basics

/// Who somebody says they are to a registry. Never narrated, logged or shown.
public struct RegistryCredentials: Sendable, Hashable {
    public let username: String
    public let password: String

    public init(username: String, password: String) {
        self.username = username
        self.password = password
    }

    /// From the header with which Docker's clients hand credentials to the engine.
    ///
    /// Source: Docker Engine API 1.41, "Authentication": an `AuthConfig` as JSON in base64 with the alphabet for URLs.
    /// - Returns: nil when the header holds none.
    /// - Throws: `DrydockError.invalid` when it can't be read.
    public init?(header: String?) throws {
        guard let header, !header.isEmpty else { return nil }
        guard header.utf8.count <= 64 << 10, let bytes = Base64.bytes(header), let document = try? JSONValue(parsing: bytes),
            document.objectValue != nil || document == .null
        else { throw DrydockError(.invalid, "X-Registry-Auth holds no credentials: it has to be a JSON object in base64url") }
        guard document["identitytoken"]?.stringValue?.isEmpty ?? true, document["registrytoken"]?.stringValue?.isEmpty ?? true else {
            throw DrydockError(
                .unsupported, "drydock can't use identity tokens of registries yet", advice: "Log in with a name and a password.")
        }
        let name = document["username"]?.stringValue ?? ""
        guard !name.isEmpty else { return nil }
        self.init(username: name, password: document["password"]?.stringValue ?? "")
    }

    /// The value of an Authorization header (RFC 7617).
    var basic: String { "Basic " + Base64.text(Array("\(username):\(password)".utf8)) }
}

/// Base64 (RFC 4648): writes the usual alphabet with padding, reads both alphabets with or without it.
enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    static func text(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let bits = group.enumerated().reduce(UInt32(0)) { $0 | UInt32($1.element) << (16 - 8 * UInt32($1.offset)) }
            for place in 0...3 {
                text.append(place > group.count ? UInt8(ascii: "=") : alphabet[Int(bits >> (18 - 6 * UInt32(place)) & 63)])
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    static func bytes(_ text: String) -> [UInt8]? {
        var bytes: [UInt8] = []
        var bits: UInt32 = 0
        var count: UInt32 = 0
        let letters = Array(text.utf8)
        let end = letters.lastIndex { $0 != UInt8(ascii: "=") }.map { $0 + 1 } ?? 0
        guard letters.count - end <= 2 else { return nil }
        for letter in letters[..<end] {
            let usual: UInt8 =
                switch letter {
                case UInt8(ascii: "-"): UInt8(ascii: "+")
                case UInt8(ascii: "_"): UInt8(ascii: "/")
                default: letter
                }
            guard let value = alphabet.firstIndex(of: usual) else { return nil }
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
