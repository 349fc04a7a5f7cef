import Basics
import EngineInterface

/// A request's path and query, decoded.
struct RequestTarget {
    /// The path's segments without the version prefix.
    var segments: [String]
    /// `1.41` of `/v1.41/…`; nil where the client named none.
    var version: String?
    var query: Query

    /// - Throws: `.invalid` where an escape is malformed or hides text that is no UTF-8.
    init(_ uri: String) throws(DrydockError) {
        var rest = uri[...]
        // The absolute form that proxies get: scheme and host say nothing on a unix socket.
        if rest.hasPrefix("http://") {
            rest = rest.dropFirst(7)
            rest = rest[(rest.firstIndex(of: "/") ?? rest.endIndex)...]
        }
        if let fragment = rest.firstIndex(of: "#") { rest = rest[..<fragment] }
        let path = rest.prefix { $0 != "?" }
        segments = try percentDecoded(path, plusIsSpace: false).split(separator: "/").map(String.init)
        if let first = segments.first, let found = Self.version(of: first) {
            version = found
            segments.removeFirst()
        }
        query = try Query(rest.dropFirst(path.count + 1))
    }

    private static func version(of segment: String) -> String? {
        guard segment.utf8.first == UInt8(ascii: "v") else { return nil }
        let number = segment.dropFirst()
        let isNumber = !number.isEmpty && number.utf8.allSatisfy { $0 == UInt8(ascii: ".") || ($0 >= 48 && $0 <= 57) }
        return isNumber ? String(number) : nil
    }
}

/// A query's parameters. Where one comes twice, the first counts, as for Docker.
struct Query {
    private var values: [String: String] = [:]
    /// Every value of a parameter that may come several times.
    private var lists: [String: [String]] = [:]

    init(_ text: Substring) throws(DrydockError) {
        guard !text.isEmpty else { return }
        for pair in text.split(separator: "&") {
            let name = try percentDecoded(pair.prefix { $0 != "=" }, plusIsSpace: true)
            let value = try percentDecoded(pair.drop { $0 != "=" }.dropFirst(), plusIsSpace: true)
            if values[name] == nil { values[name] = value }
            lists[name, default: []].append(value)
        }
    }

    /// The parameter, nil where it is absent or empty.
    subscript(_ name: String) -> String? {
        guard let value = values[name], !value.isEmpty else { return nil }
        return value
    }

    /// All values of a parameter, in order; empty ones are none.
    func all(_ name: String) -> [String] { (lists[name] ?? []).filter { !$0.isEmpty } }

    /// Docker's idea of truth: all but `0`, `no`, `false`, `none` and nothing.
    func flag(_ name: String) -> Bool {
        guard let value = self[name] else { return false }
        return !["", "0", "no", "false", "none"].contains(value.lowercased().trimmingSpaces)
    }

    /// - Throws: `.invalid` with Go's message for what is no decimal number.
    func integer(_ name: String) throws(DrydockError) -> Int? {
        guard let value = self[name] else { return nil }
        guard let number = Int(value) else { throw .notANumber(value) }
        return number
    }

    /// Seconds since 1970, perhaps with a fraction: `1795474957.123456789`.
    func moment(_ name: String) throws(DrydockError) -> Timestamp? {
        guard let value = self[name], value != "0" else { return nil }
        let parts = value.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard let seconds = Int64(parts[0]), abs(seconds) < 9_000_000_000 else { throw .notANumber(value) }
        var nanoseconds: Int64 = 0
        if parts.count == 2 {
            guard parts[1].utf8.count <= 9, parts[1].utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }),
                let digits = Int64(parts[1] + String(repeating: "0", count: 9 - parts[1].utf8.count))
            else { throw .notANumber(value) }
            nanoseconds = digits
        }
        return Timestamp(nanoseconds: seconds * 1_000_000_000 + nanoseconds)
    }

    /// `{"status":["running"]}`, or the older `{"status":{"running":true}}`.
    func filters() throws(DrydockError) -> Filters {
        guard let text = self["filters"] else { return [:] }
        let value: JSONValue
        do {
            value = try JSONValue(parsing: text, limits: JSONLimits(maximumDepth: 8, maximumBytes: 1 << 20))
        } catch {
            throw DrydockError(.invalid, "the filters are not understood", cause: error.description)
        }
        guard let object = value.objectValue else { throw DrydockError(.invalid, "the filters must be a JSON object") }
        var filters: Filters = [:]
        for (key, entry) in object {
            if let list = entry.arrayValue {
                filters[key] = list.compactMap(\.stringValue)
                guard filters[key]?.count == list.count else { throw Self.badFilter(key) }
            } else if let set = entry.objectValue {
                filters[key] = set.filter { $0.value == .bool(true) }.map(\.key)
            } else {
                throw Self.badFilter(key)
            }
        }
        return filters
    }

    private static func badFilter(_ key: String) -> DrydockError {
        DrydockError(.invalid, "the filter \"\(key.prefix(64))\" must have a list of texts")
    }
}

extension DrydockError {
    /// Go's message for a number that is none.
    static func notANumber(_ text: String) -> DrydockError {
        DrydockError(.invalid, "strconv.Atoi: parsing \"\(text.prefix(128))\": invalid syntax")
    }
}

extension String {
    fileprivate var trimmingSpaces: String {
        var text = self[...]
        while text.first == " " { text.removeFirst() }
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}

/// Undoes percent-encoding (RFC 3986, section 2.1).
func percentDecoded(_ text: Substring, plusIsSpace: Bool) throws(DrydockError) -> String {
    let utf8 = text.utf8
    guard utf8.contains(where: { $0 == UInt8(ascii: "%") || $0 == UInt8(ascii: "+") || $0 == 0 }) else { return String(text) }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(utf8.count)
    var position = utf8.startIndex
    while position != utf8.endIndex {
        let byte = utf8[position]
        utf8.formIndex(after: &position)
        if byte == UInt8(ascii: "%") {
            guard let high = hexDigit(in: utf8, at: &position), let low = hexDigit(in: utf8, at: &position) else {
                throw DrydockError(.invalid, "invalid URL escape in \"\(text.prefix(64))\"")
            }
            bytes.append(high << 4 | low)
        } else {
            bytes.append(plusIsSpace && byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
        }
    }
    guard let decoded = String(validating: bytes, as: UTF8.self), !bytes.contains(0) else {
        throw DrydockError(.invalid, "the URL holds text that is not valid UTF-8")
    }
    return decoded
}

private func hexDigit(in utf8: Substring.UTF8View, at position: inout Substring.UTF8View.Index) -> UInt8? {
    guard position != utf8.endIndex else { return nil }
    defer { utf8.formIndex(after: &position) }
    switch utf8[position] {
    case let digit where digit >= 48 && digit <= 57: return digit - 48
    case let letter where letter >= 65 && letter <= 70: return letter - 55
    case let letter where letter >= 97 && letter <= 102: return letter - 87
    default: return nil
    }
}
