import Glibc

/// A duration in Docker's words (go-units): `Less than a second`, `About a minute`, `3 weeks`.
public func humanDuration(seconds: Double) -> String {
    guard seconds.isFinite else { return "Less than a second" }
    let whole = Int(max(min(seconds, 1e15), -1e15))
    let minutes = whole / 60
    // Hours are rounded, everything else is cut.
    let hours = Int((Double(whole) / 3600 + 0.5).rounded(.towardZero))
    switch whole {
    case ..<1: return "Less than a second"
    case 1: return "1 second"
    case ..<60: return "\(whole) seconds"
    default: break
    }
    if minutes == 1 { return "About a minute" }
    if minutes < 60 { return "\(minutes) minutes" }
    switch hours {
    case ...1: return "About an hour"
    case ..<48: return "\(hours) hours"
    case ..<(24 * 7 * 2): return "\(hours / 24) days"
    case ..<(24 * 30 * 2): return "\(hours / 24 / 7) weeks"
    case ..<(24 * 365 * 2): return "\(hours / 24 / 30) months"
    default: return "\(whole / 3600 / 24 / 365) years"
    }
}

/// `humanDuration(seconds:)` for whole seconds.
public func humanDuration(_ seconds: Int) -> String { humanDuration(seconds: Double(seconds)) }

/// A size in powers of 1000 with so many significant digits, as Docker's listings show it: `4.32MB`, `0B`.
public func humanSize(_ bytes: Double, precision: Int = 3) -> String {
    customSize(bytes, base: 1000, units: ["B", "kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB"], precision: precision)
}

/// `humanSize(_:precision:)` for whole bytes.
public func humanSize(_ bytes: Int, precision: Int = 3) -> String { humanSize(Double(bytes), precision: precision) }

/// A size in powers of 1024 with four significant digits, as `docker stats` shows it: `7.5MiB`.
public func binarySize(_ bytes: Double) -> String {
    customSize(bytes, base: 1024, units: ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "ZiB", "YiB"], precision: 4)
}

/// A size in units of one's own, the smallest first (go-units `CustomSize` with `%.*g%s`).
public func customSize(_ size: Double, base: Double, units: [String], precision: Int) -> String {
    var size = size
    var place = 0
    while size >= base, place < units.count - 1 {
        size /= base
        place += 1
    }
    return GoPrinter.cText(size, "g", precision: precision) + (units.isEmpty ? "" : units[place])
}

/// A size that cannot be read. The sentence is go-units': `invalid size: 'xyz'`.
public struct SizeError: Error, Sendable, Hashable, CustomStringConvertible {
    public let description: String
}

/// Bytes of `512m`, `1.5g`, `64KiB` or `1024`; units are powers of 1024 (go-units `RAMInBytes`).
public func parseRAMSize(_ text: String) throws(SizeError) -> Int64 {
    try parseSize(text, base: 1024)
}

/// Bytes of `512m`, units being powers of 1000 (go-units `FromHumanSize`).
public func parseHumanSize(_ text: String) throws(SizeError) -> Int64 {
    try parseSize(text, base: 1000)
}

/// The value of `--memory-swap`: as `parseRAMSize`, and `-1` for no limit.
public func parseMemory(_ text: String) throws(SizeError) -> Int64 {
    text == "-1" ? -1 : try parseRAMSize(text)
}

/// Digits with points, perhaps one space, perhaps a unit, perhaps `i`, perhaps `b`.
private func parseSize(_ text: String, base: Double) throws(SizeError) -> Int64 {
    let invalid = SizeError(description: "invalid size: '\(text)'")
    var rest = Substring(text.lowercased())
    let number = rest.prefix { $0 == "." || ("0"..."9").contains($0) }
    rest = rest.dropFirst(number.count)
    let groups = number.split(separator: ".", omittingEmptySubsequences: false)
    guard groups.allSatisfy({ !$0.isEmpty }) else { throw invalid }
    if rest.first == " " { rest.removeFirst() }
    var factor = 1.0
    if let unit = rest.first, let power = ["k", "m", "g", "t", "p"].firstIndex(of: unit) {
        factor = pow(base, Double(power + 1))
        rest.removeFirst()
    }
    if rest.first == "i" { rest.removeFirst() }
    if rest.first == "b" { rest.removeFirst() }
    guard rest.isEmpty else { throw invalid }
    guard groups.count <= 2, let size = Double(number) else {
        throw SizeError(description: "strconv.ParseFloat: parsing \(goQuoted(String(number))): invalid syntax")
    }
    guard size * factor < 9.2e18 else { throw invalid }
    return Int64(size * factor)
}
