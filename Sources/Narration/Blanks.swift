/// A phrase with its blanks filled in: `%1` stands for the first value, `%2` for the second, and `%1[은/는]` for the first with the particle
/// that fits behind it.
///
/// In one pass: a value that looks like a blank stays what it is.
public func filled(_ pattern: String, _ values: [String]) -> String {
    var text = ""
    var rest = Substring(pattern)
    while let sign = rest.firstIndex(of: "%") {
        text += rest[..<sign]
        rest = rest[rest.index(after: sign)...]
        guard let number = rest.first?.wholeNumberValue, values.indices.contains(number - 1) else {
            text.append("%")
            continue
        }
        text += values[number - 1]
        rest = rest.dropFirst()
        // What closes a quotation stands between the value and its particle: `%1`[은/는].
        let quotes = rest.prefix { "`\"'”’".contains($0) }
        guard rest.dropFirst(quotes.count).first == "[", let close = rest.firstIndex(of: "]"),
            let particle = Josa(mark: rest[rest.index(rest.startIndex, offsetBy: quotes.count + 1)..<close])
        else { continue }
        text += quotes + particle.form(after: values[number - 1])
        rest = rest[rest.index(after: close)...]
    }
    return text + rest
}
