import Glibc

/// A moment in nanoseconds since 1970 (UTC), between the years 1678 and 2262; or `zero`, Docker's "never".
public struct Timestamp: Sendable, Hashable, Comparable, CustomStringConvertible {
    public let nanoseconds: Int64

    /// Go's zero time. It lies before all others and prints as `0001-01-01T00:00:00Z`.
    public static let zero = Timestamp(nanoseconds: .min)

    public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    /// The wall clock, clock_gettime(2).
    public static func now() -> Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }

    public var isZero: Bool { self == .zero }

    /// Whole seconds since 1970, rounded down; for `zero` those of the year 1, as Go's `Unix()`.
    public var seconds: Int64 { isZero ? Self.zeroSeconds : nanoseconds.flooredQuotient(1_000_000_000) }

    /// The nanoseconds after `seconds`.
    public var fraction: Int64 { isZero ? 0 : nanoseconds.flooredRemainder(1_000_000_000) }

    private static let zeroSeconds: Int64 = -62_135_596_800

    public static func < (left: Timestamp, right: Timestamp) -> Bool { left.nanoseconds < right.nanoseconds }

    /// Go's RFC3339Nano in UTC: `2026-11-23T22:55:01.12345Z`, without trailing zeros.
    public var description: String {
        var digits = nineDigits
        while digits.last == "0" { digits.removeLast() }
        return secondsText + (digits.isEmpty ? "Z" : ".\(digits)Z")
    }

    /// With all nine digits, as `docker logs --timestamps` prints: `2026-11-23T22:55:01.123450000Z`.
    public var fixedNano: String { "\(secondsText).\(nineDigits)Z" }

    private var nineDigits: String { padded(fraction, 9) }

    private var secondsText: String {
        let day = CivilDay(daysSince1970: seconds.flooredQuotient(86_400))
        let second = seconds.flooredRemainder(86_400)
        let date = "\(padded(day.year, 4))-\(padded(Int64(day.month), 2))-\(padded(Int64(day.day), 2))"
        return "\(date)T\(padded(second / 3600, 2)):\(padded(second / 60 % 60, 2)):\(padded(second % 60, 2))"
    }

    private func padded(_ number: Int64, _ width: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
    }
}

extension Timestamp {
    /// Reads `2026-11-23T22:55:01.123456789+01:00` (RFC 3339, section 5.6). Digits beyond nanoseconds are dropped.
    ///
    /// - Returns: nil for other texts and for moments that 64 bits of nanoseconds cannot tell, except Go's zero time.
    public init?(rfc3339 text: some StringProtocol) {
        var reader = DigitReader(bytes: Array(text.utf8))
        guard let year = reader.number(4), reader.take("-"), let month = reader.number(2), reader.take("-"),
            let day = reader.number(2), reader.take("T"), let hour = reader.number(2), reader.take(":"),
            let minute = reader.number(2), reader.take(":"), let second = reader.number(2),
            (1...12).contains(month), day >= 1, day <= CivilDay.days(inMonth: Int(month), of: year),
            hour < 24, minute < 60, second < 60
        else { return nil }
        var fraction: Int64 = 0
        if reader.take(".") {
            guard let read = reader.fraction() else { return nil }
            fraction = read
        }
        guard let offset = reader.offset(), reader.isAtEnd else { return nil }
        let days = CivilDay(year: year, month: Int(month), day: Int(day)).daysSince1970
        let seconds = days * 86_400 + hour * 3600 + minute * 60 + second - offset
        if seconds == Self.zeroSeconds && fraction == 0 {
            self = .zero
            return
        }
        let (product, isTooFar) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, isTooFarNow) = product.addingReportingOverflow(fraction)
        guard !isTooFar, !isTooFarNow, sum != .min else { return nil }
        self.init(nanoseconds: sum)
    }
}

extension Timestamp: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let time = Timestamp(rfc3339: text) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "\"\(text.prefix(64))\" is no time (RFC 3339)"))
        }
        self = time
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

/// A day of the Gregorian calendar, extended backwards.
private struct CivilDay {
    var year: Int64
    var month: Int
    var day: Int

    init(year: Int64, month: Int, day: Int) {
        self.year = year
        self.month = month
        self.day = day
    }

    /// Years are counted from March, so that the leap day is a year's last; 400 years have 146,097 days.
    init(daysSince1970 days: Int64) {
        let sinceMarch0 = days + 719_468
        let era = sinceMarch0.flooredQuotient(146_097)
        let dayOfEra = sinceMarch0.flooredRemainder(146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        day = Int(dayOfYear - (153 * monthFromMarch + 2) / 5 + 1)
        month = Int(monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9)
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    var daysSince1970: Int64 {
        let marchYear = month <= 2 ? year - 1 : year
        let era = marchYear.flooredQuotient(400)
        let yearOfEra = marchYear.flooredRemainder(400)
        let monthFromMarch = Int64(month > 2 ? month - 3 : month + 9)
        let dayOfYear = (153 * monthFromMarch + 2) / 5 + Int64(day) - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    static func days(inMonth month: Int, of year: Int64) -> Int64 {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}

private struct DigitReader {
    let bytes: [UInt8]
    var position = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { position == bytes.count }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    mutating func digit() -> Int64? {
        guard position < bytes.count, bytes[position] >= 0x30, bytes[position] <= 0x39 else { return nil }
        defer { position += 1 }
        return Int64(bytes[position] - 0x30)
    }

    mutating func number(_ digits: Int) -> Int64? {
        var number: Int64 = 0
        for _ in 0..<digits {
            guard let digit = digit() else { return nil }
            number = number * 10 + digit
        }
        return number
    }

    /// Nanoseconds from the digits after the point; at least one digit is needed.
    mutating func fraction() -> Int64? {
        guard var nanoseconds = digit() else { return nil }
        var count = 1
        while let digit = digit() {
            if count < 9 { nanoseconds = nanoseconds * 10 + digit }
            count += 1
        }
        for _ in 0..<max(0, 9 - count) { nanoseconds *= 10 }
        return nanoseconds
    }

    /// Seconds east of Greenwich: `Z`, `+01:00`, `-05:30`.
    mutating func offset() -> Int64? {
        if take("Z") { return 0 }
        let sign: Int64 = take("+") ? 1 : take("-") ? -1 : 0
        guard sign != 0, let hours = number(2), take(":"), let minutes = number(2), hours < 24, minutes < 60 else { return nil }
        return sign * (hours * 3600 + minutes * 60)
    }
}

extension Int64 {
    /// Division that rounds towards minus infinity, for moments before 1970.
    fileprivate func flooredQuotient(_ divisor: Int64) -> Int64 {
        self / divisor - (self % divisor < 0 ? 1 : 0)
    }

    fileprivate func flooredRemainder(_ divisor: Int64) -> Int64 {
        self % divisor + (self % divisor < 0 ? divisor : 0)
    }
}
