import Basics

/// What a client asks, free of the server's machinery.
struct HubRequest: Sendable {
    let method: String
    /// Before the question mark, as sent.
    let path: String
    let query: [(key: String, value: String)]
    /// The address at which the client sees this hub: `127.0.0.1:5000`.
    let host: String
    /// By lower-case name, in order.
    let headers: [(key: String, value: String)]

    /// - Parameters:
    ///   - target: as in the request line.
    ///   - address: the hub's own, for a request whose `Host` is missing or no address.
    init(method: String, target: String, headers: [(key: String, value: String)], address: String) {
        self.method = method
        self.headers = headers.map { ($0.key.lowercased(), $0.value) }
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        path = String(parts.first ?? "")
        query = Self.query(parts.count > 1 ? parts[1] : "")
        let named = self.headers.first { $0.key == "host" }?.value ?? ""
        // It comes back in the realm of a challenge, so nothing but an address gets through.
        host = !named.isEmpty && named.utf8.allSatisfy(Self.isAddressByte) ? named : address
    }

    func values(_ name: String) -> [String] { headers.filter { $0.key == name }.map(\.value) }
    func parameter(_ name: String) -> String? { query.first { $0.key == name }?.value }

    /// What the Authorization header has after a scheme: `bearer`, `basic`.
    func credentials(_ scheme: String) -> String? {
        values("authorization").first.flatMap { value in
            value.lowercased().hasPrefix("\(scheme) ") ? String(value.dropFirst(scheme.count + 1)) : nil
        }
    }

    /// The media types of the Accept headers, without their parameters.
    var accepted: [String] {
        values("accept").flatMap { $0.split(separator: ",") }.map { type in
            String(type.prefix { $0 != ";" }.filter { $0 != " " && $0 != "\t" })
        }
    }

    private static func isAddressByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: [UInt8(ascii: "."), UInt8(ascii: ":"), UInt8(ascii: "-"), UInt8(ascii: "["), UInt8(ascii: "]")].contains(byte)
        }
    }

    private static func query(_ text: some StringProtocol) -> [(key: String, value: String)] {
        text.split(separator: "&").map { pair in
            let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (decoded(sides[0]), sides.count > 1 ? decoded(sides[1]) : "")
        }
    }

    /// Undoes percent-encoding; what is no encoding stands for itself.
    private static func decoded(_ text: some StringProtocol) -> String {
        let bytes = Array(text.utf8)
        var result: [UInt8] = []
        var place = 0
        while place < bytes.count {
            if bytes[place] == UInt8(ascii: "%"), place + 2 < bytes.count,
                let byte = UInt8(String(decoding: bytes[(place + 1)...(place + 2)], as: UTF8.self), radix: 16)
            {
                result.append(byte)
                place += 3
            } else {
                result.append(bytes[place] == UInt8(ascii: "+") ? UInt8(ascii: " ") : bytes[place])
                place += 1
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}

/// What the hub answers.
struct HubAnswer: Sendable {
    enum Body: Sendable {
        case bytes([UInt8])
        /// A part of a file, which the server sends without reading it into memory.
        case file(path: String, range: Range<Int64>)
    }

    var status: Int
    var headers: [(name: String, value: String)]
    var body: Body

    var length: Int64 {
        switch body {
        case .bytes(let bytes): Int64(bytes.count)
        case .file(_, let range): range.upperBound - range.lowerBound
        }
    }

    static func json(_ value: JSONValue, status: Int = 200, headers: [(name: String, value: String)] = []) -> HubAnswer {
        HubAnswer(
            status: status,
            headers: [("Content-Type", "application/json; charset=utf-8")] + headers,
            body: .bytes(value.bytes() + [UInt8(ascii: "\n")])
        )
    }
}
