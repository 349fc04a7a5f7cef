import TextTools

/// Terminal columns of a text; East Asian wide characters take two.
func columns(_ text: String) -> Int { displayWidth(text) }

/// Text from an engine may hold control characters; on a terminal they would be commands.
public func printable(_ text: String) -> String {
    // Of what has more than one byte, 0xC2 begins the control characters.
    guard text.utf8.contains(where: { $0 < 32 || $0 == 127 || $0 == 0xC2 }) else { return text }
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\n": result.append(contentsOf: "\\n".unicodeScalars)
        case "\t": result.append(contentsOf: "\\t".unicodeScalars)
        case "\0": result.append(contentsOf: "\\0".unicodeScalars)
        case _ where isControl(scalar): result.append("?")
        default: result.append(scalar)
        }
    }
    return String(result)
}

/// Ids of 64 hexadecimal digits as people quote them: the first twelve, and an ellipsis. The JSON narration has them whole.
func shortIDs(_ text: String, ellipsis: String) -> String {
    var text = text
    guard text.utf8.count >= 64, let short = text.withUTF8({ shortIDs($0, ellipsis) }) else { return text }
    return short
}

/// - Returns: nil where there is none.
private func shortIDs(_ bytes: UnsafeBufferPointer<UInt8>, _ ellipsis: String) -> String? {
    var result: [UInt8] = []
    // Up to where the text has been copied, and where the digits begin that are being counted.
    var (copied, start) = (0, 0)
    for index in 0...bytes.count {
        if index < bytes.count, isHexDigit(bytes[index]) { continue }
        if index - start == 64 {
            result += bytes[copied..<(start + 12)]
            result += ellipsis.utf8
            copied = index
        }
        start = index + 1
    }
    if copied == 0 { return nil }
    result += bytes[copied...]
    return String(decoding: result, as: UTF8.self)
}

private func isHexDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte) }

private func isControl(_ scalar: Unicode.Scalar) -> Bool { scalar.value < 32 || (127..<160).contains(scalar.value) }

/// The length of a step as a person reads it: `812 µs`, `3.1 ms`, `1.24 s`.
/// - Parameter us: microseconds.
public func durationText(_ us: Double, unicode: Bool = true) -> String {
    if us < 999.5 { return "\(us < 9.95 ? decimal(us, 1) : decimal(us, 0)) \(unicode ? "µs" : "us")" }
    if us < 999_500 { return "\(decimal(us / 1000, us < 99_950 ? 1 : 0)) ms" }
    return "\(decimal(us / 1_000_000, 2)) s"
}

/// A number with so many decimals, rounded; written out since Foundation is not linked.
private func decimal(_ value: Double, _ digits: Int) -> String {
    guard value.isFinite, value >= 0, value < 1e12 else { return "?" }
    var scale = 1
    for _ in 0..<digits { scale *= 10 }
    let scaled = Int((value * Double(scale)).rounded())
    guard digits > 0 else { return "\(scaled)" }
    let fraction = String(scaled % scale)
    return "\(scaled / scale)." + String(repeating: "0", count: digits - fraction.count) + fraction
}

/// Bytes as Docker's progress shows them: `1.98MB`.
func byteText(_ count: Int) -> String {
    var value = Double(max(0, count))
    var unit = 0
    let units = ["B", "kB", "MB", "GB", "TB"]
    while value >= 1000, unit < units.count - 1 {
        value /= 1000
        unit += 1
    }
    return unit == 0 ? "\(count)B" : decimal(value, value < 9.995 ? 2 : value < 99.95 ? 1 : 0) + units[unit]
}
