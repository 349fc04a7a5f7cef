import Basics

/// The functions that Docker adds to templates. Their arguments have been checked.
enum DockerFunctions {
    static func apply(_ name: String, _ values: [GoValue]) -> GoValue {
        let text = string(values[0])
        switch name {
        case "json": return .string(json(values[0]))
        case "split": return GoValue(.array(split(text, string(values[1])).map { .string($0) }), as: .list(.string))
        case "join": return .string(strings(values[0]).joined(separator: string(values[1])))
        case "title": return .string(title(text))
        case "lower": return .string(text.lowercased())
        case "upper": return .string(text.uppercased())
        case "pad":
            if text.isEmpty { return .string("") }
            return .string(spaces(values[1]) + text + spaces(values[2]))
        case "truncate":
            // By bytes, as Go slices; a cut character shows as U+FFFD.
            return .string(String(decoding: text.utf8.prefix(max(0, int(values[1]))), as: UTF8.self))
        default: return .invalid
        }
    }

    /// A row of a listing writes itself with HTML escapes, everything else does not.
    private static func json(_ value: GoValue) -> String {
        let text = value.json.text()
        let plain = value.indirect.value
        guard case .structure(let structure, _) = plain.content, structure.kind != .plain else { return text }
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "<", ">", "&": escaped += "\\u" + hexDigits(scalar.value, 4)
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    private static func split(_ text: String, _ separator: String) -> [String] {
        if separator.isEmpty { return text.unicodeScalars.map { String($0) } }
        let bytes = Array(text.utf8)
        let mark = Array(separator.utf8)
        var parts: [String] = []
        var start = 0
        var place = 0
        while place + mark.count <= bytes.count {
            if bytes[place..<(place + mark.count)].elementsEqual(mark) {
                parts.append(String(decoding: bytes[start..<place], as: UTF8.self))
                place += mark.count
                start = place
            } else {
                place += 1
            }
        }
        return parts + [String(decoding: bytes[start...], as: UTF8.self)]
    }

    /// Go's `strings.Title`: the first letter of each word; digits, letters and the underscore make words.
    private static func title(_ text: String) -> String {
        var titled = ""
        var isInWord = false
        for scalar in text.unicodeScalars {
            titled += isInWord ? String(scalar) : scalar.properties.titlecaseMapping
            let isWordPart = scalar == "_" || scalar.properties.isAlphabetic || scalar.properties.numericType != nil
            isInWord = isWordPart || (scalar.isASCII ? false : isInWord && !scalar.properties.isWhitespace)
        }
        return titled
    }

    private static func string(_ value: GoValue) -> String {
        if case .string(let text) = value.content { text } else { "" }
    }

    private static func strings(_ value: GoValue) -> [String] {
        guard case .list(let elements, _) = value.content else { return [] }
        return elements.map { $0.stringValue ?? "" }
    }

    private static func int(_ value: GoValue) -> Int {
        if case .int(let number) = value.content { number } else { 0 }
    }

    /// Bounded, because the number comes from the command line.
    private static func spaces(_ value: GoValue) -> String { String(repeating: " ", count: min(max(0, int(value)), 4096)) }
}

/// Escaping for other languages, as text/template's `html`, `js` and `urlquery` do it.
enum TemplateEscaping {
    static func html(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\u{0}": escaped += "\u{FFFD}"
            case "\"": escaped += "&#34;"
            case "'": escaped += "&#39;"
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    static func javaScript(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\", "'", "\"": escaped += "\\" + String(scalar)
            case "<", ">", "&", "=": escaped += "\\u" + hexDigits(scalar.value, 4, uppercase: true)
            case _ where scalar.value < 0x20: escaped += "\\u" + hexDigits(scalar.value, 4, uppercase: true)
            case _ where scalar.isASCII || isGoPrintable(scalar): escaped.unicodeScalars.append(scalar)
            default: escaped += "\\u" + hexDigits(scalar.value, 4, uppercase: true)
            }
        }
        return escaped
    }

    static func urlQuery(_ text: String) -> String {
        var escaped = ""
        for byte in text.utf8 {
            let scalar = Unicode.Scalar(byte)
            switch scalar {
            case "a"..."z", "A"..."Z", "0"..."9", "-", "_", ".", "~": escaped.unicodeScalars.append(scalar)
            case " ": escaped += "+"
            default: escaped += "%" + hexDigits(UInt32(byte), 2, uppercase: true)
            }
        }
        return escaped
    }
}
