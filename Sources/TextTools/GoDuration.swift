/// Durations as Go writes and reads them: `1m30s`.
public enum GoDuration {
    /// Why a text is no duration, in Go's words.
    public struct Complaint: Error, Hashable {
        public let text: String
    }

    private static let units: [String: Double] = [
        "ns": 1, "us": 1e3, "µs": 1e3, "μs": 1e3, "ms": 1e6, "s": 1e9, "m": 60e9, "h": 3600e9,
    ]

    /// time.ParseDuration.
    /// - Parameter quoted: The text as Go quotes it.
    /// - Returns: nanoseconds.
    public static func nanoseconds(_ text: String, quoted: String) throws(Complaint) -> Int64 {
        let invalid = Complaint(text: "time: invalid duration \(quoted)")
        var body = text[...]
        let isNegative = body.first == "-"
        if isNegative || body.first == "+" { body = body.dropFirst() }
        if body == "0" { return 0 }
        guard !body.isEmpty else { throw invalid }
        var total = 0.0
        while !body.isEmpty {
            let number = body.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
            guard !number.isEmpty, number != ".", let value = Double(number.hasPrefix(".") ? "0" + number : String(number)) else {
                throw invalid
            }
            body = body.dropFirst(number.count)
            let unit = body.prefix { !($0.isASCII && $0.isNumber) && $0 != "." }
            guard !unit.isEmpty else { throw Complaint(text: "time: missing unit in duration \(quoted)") }
            guard let scale = units[String(unit)] else {
                throw Complaint(text: "time: unknown unit \"\(unit.prefix(32))\" in duration \(quoted)")
            }
            total += value * scale
            body = body.dropFirst(unit.count)
        }
        guard total < 9.2e18 else { throw invalid }
        return Int64(isNegative ? -total : total)
    }
}
