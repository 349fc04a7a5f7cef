import Basics

/// What is refused from an engine: no honest one comes near.
enum WireLimits {
    static let line = 64 << 10
    static let headers = 200
}

/// The head of an answer.
public struct ResponseHead: Sendable {
    public let status: Int
    /// Names in lower case, in the order of the wire.
    public let headers: [(name: String, value: String)]

    /// The first value of a header; `name` in lower case.
    public func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }

    /// Reads status line and headers.
    /// - Returns: nil if the engine hung up before the first byte.
    static func read(from connection: Connection) throws -> ResponseHead? {
        guard let first = try connection.readLine(limit: WireLimits.line) else { return nil }
        let words = first.split(separator: " ", maxSplits: 2)
        guard words.count >= 2, words[0].hasPrefix("HTTP/1."), let status = Int(words[1]), (100...599).contains(status) else {
            throw EngineClientError.malformed("what listens there does not speak HTTP: \(first.prefix(60))")
        }
        var headers: [(name: String, value: String)] = []
        while let line = try connection.readLine(limit: WireLimits.line) {
            if line.isEmpty { return ResponseHead(status: status, headers: headers) }
            guard headers.count < WireLimits.headers, let colon = line.firstIndex(of: ":") else {
                throw EngineClientError.malformed("the engine sent malformed headers")
            }
            headers.append((line[..<colon].lowercased(), trimmed(String(line[line.index(after: colon)...]))))
        }
        throw EngineClientError.malformed("the engine hung up in the middle of its headers")
    }
}

/// Percent-encodes for a query or a path segment (RFC 3986 section 2.3: unreserved characters stay); `keepSlash` for paths.
public func percentEncoded(_ text: String, keepSlash: Bool = false) -> String {
    let hex = Array("0123456789ABCDEF".utf8)
    var out: [UInt8] = []
    out.reserveCapacity(text.utf8.count)
    for byte in text.utf8 {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"):
            out.append(byte)
        case UInt8(ascii: "/"), UInt8(ascii: ":"), UInt8(ascii: "@"):
            if keepSlash { out.append(byte) } else { out += [37, hex[Int(byte >> 4)], hex[Int(byte & 15)]] }
        default:
            out += [37, hex[Int(byte >> 4)], hex[Int(byte & 15)]]
        }
    }
    return String(decoding: out, as: UTF8.self)
}
