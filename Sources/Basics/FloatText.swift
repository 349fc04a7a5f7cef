/// Floating point numbers as Go prints them: the fewest digits that read back as the same number.
public enum FloatText {
    /// As encoding/json writes a finite number: an exponent only below 1e-6 and from 1e21 on.
    public static func json(_ number: Double) -> String {
        let decimal = Decimal(number)
        guard decimal.isZero || (-6..<21).contains(decimal.exponent) else {
            return decimal.scientific(minimumExponentDigits: 1)
        }
        return decimal.positional
    }

    /// As fmt prints with `%v`: an exponent of at least two digits below 1e-4 and from 1e6 on, `+Inf`, `-Inf` and `NaN`.
    public static func printed(_ number: Double) -> String {
        if number.isNaN { return "NaN" }
        if number.isInfinite { return number < 0 ? "-Inf" : "+Inf" }
        let decimal = Decimal(number)
        guard decimal.isZero || (-4..<6).contains(decimal.exponent) else {
            return decimal.scientific(minimumExponentDigits: 2)
        }
        return decimal.positional
    }

    /// The shortest digits of a finite number `d.ddd × 10^exponent`.
    private struct Decimal {
        var isNegative: Bool
        var digits: [UInt8] = []
        var exponent = 0

        var isZero: Bool { digits.isEmpty }

        /// Takes apart Swift's own shortest form: `-12.5`, `1e+20`, `1.5e-07`, `5e-324`.
        init(_ number: Double) {
            isNegative = number.sign == .minus
            var pointPlace: Int?
            var written = 0
            var bytes = Array(number.magnitude.description.utf8)
            if let mark = bytes.firstIndex(of: UInt8(ascii: "e")) {
                written = Int(String(decoding: bytes[(mark + 1)...], as: UTF8.self)) ?? 0
                bytes.removeSubrange(mark...)
            }
            for byte in bytes {
                if byte == UInt8(ascii: ".") { pointPlace = digits.count } else { digits.append(byte) }
            }
            exponent = written + (pointPlace ?? digits.count) - 1
            let leading = digits.prefix { $0 == UInt8(ascii: "0") }.count
            digits.removeFirst(leading)
            exponent -= leading
            while digits.last == UInt8(ascii: "0") { digits.removeLast() }
        }

        var positional: String {
            var text = isNegative ? "-" : ""
            guard !isZero else { return text + "0" }
            if exponent < 0 {
                text += "0." + String(repeating: "0", count: -exponent - 1) + string(digits[...])
            } else if digits.count <= exponent + 1 {
                text += string(digits[...]) + String(repeating: "0", count: exponent + 1 - digits.count)
            } else {
                text += string(digits[...exponent]) + "." + string(digits[(exponent + 1)...])
            }
            return text
        }

        func scientific(minimumExponentDigits: Int) -> String {
            var text = (isNegative ? "-" : "") + string(digits[..<1])
            if digits.count > 1 { text += "." + string(digits[1...]) }
            let size = String(exponent.magnitude)
            let zeros = String(repeating: "0", count: max(0, minimumExponentDigits - size.utf8.count))
            return text + (exponent < 0 ? "e-" : "e+") + zeros + size
        }

        private func string(_ digits: ArraySlice<UInt8>) -> String { String(decoding: digits, as: UTF8.self) }
    }
}
