/// The keys that leave a container running and go away: Ctrl-P Ctrl-Q unless configured otherwise.
struct DetachKeys: Sendable {
    static let standard: [UInt8] = [16, 17]

    private let keys: [UInt8]
    private var matched = 0

    /// - Parameter keys: empty for none.
    init(_ keys: [UInt8]) { self.keys = keys }

    /// Reads `ctrl-p,ctrl-q`, `a,b`, `ctrl-@,x`.
    /// - Throws: `ValueError` in Docker's words.
    static func parse(_ text: String) throws -> [UInt8] {
        try text.split(separator: ",", omittingEmptySubsequences: false).map { key in
            let bytes = Array(key.utf8)
            if bytes.count == 1 { return bytes[0] }
            guard key.hasPrefix("ctrl-"), bytes.count == 6 else { throw ValueError("Unknown character: '\(key)'") }
            let last = bytes[5]
            switch last {
            case UInt8(ascii: "a")...UInt8(ascii: "z"): return last - UInt8(ascii: "a") + 1
            case UInt8(ascii: "@"): return 0
            case UInt8(ascii: "["), UInt8(ascii: "\\"), UInt8(ascii: "]"), UInt8(ascii: "^"), UInt8(ascii: "_"): return last - 64
            default: throw ValueError("Unknown character: '\(key)'")
            }
        }
    }

    /// Takes what was typed. Keys that could begin the sequence are held back until it is clear that they don't.
    /// - Returns: what goes to the container, and whether the sequence is complete.
    mutating func filter(_ typed: [UInt8]) -> (forward: [UInt8], detached: Bool) {
        guard !keys.isEmpty else { return (typed, false) }
        var forward: [UInt8] = []
        for byte in typed {
            if byte == keys[matched] {
                matched += 1
                if matched == keys.count { return (forward, true) }
                continue
            }
            forward += keys[..<matched]
            matched = 0
            if byte == keys[0], keys.count > 1 { matched = 1 } else { forward.append(byte) }
        }
        return (forward, false)
    }
}
