extension JSONValue {
    /// The JSON text as Go's encoding/json writes it (with `SetEscapeHTML(false)`).
    ///
    /// - Parameter indent: one level's indentation; with it the text is that of Go's `MarshalIndent`, without it compact.
    public func bytes(indent: String? = nil) -> [UInt8] {
        var writer = JSONWriter(indent: indent)
        writer.write(self, depth: 0)
        return writer.output
    }

    /// `bytes(indent:)` as a string.
    public func text(indent: String? = nil) -> String {
        String(decoding: bytes(indent: indent), as: UTF8.self)
    }
}

private struct JSONWriter {
    let indent: String?
    var output: [UInt8] = []

    init(indent: String?) { self.indent = indent }

    mutating func write(_ value: JSONValue, depth: Int) {
        switch value {
        case .null: append("null")
        case .bool(let truth): append(truth ? "true" : "false")
        case .integer(let number): append(String(number))
        // JSON has no infinities; the encoder refuses them, so only a hand-made value gets here.
        case .number(let number): append(number.isFinite ? FloatText.json(number) : "null")
        case .string(let text): write(text)
        case .array(let elements): write(elements, depth: depth)
        case .object(let object): write(object, depth: depth)
        }
    }

    private mutating func write(_ elements: [JSONValue], depth: Int) {
        output.append(UInt8(ascii: "["))
        for (place, element) in elements.enumerated() {
            separate(isFirst: place == 0, depth: depth + 1)
            write(element, depth: depth + 1)
        }
        if !elements.isEmpty { breakLine(depth) }
        output.append(UInt8(ascii: "]"))
    }

    private mutating func write(_ object: JSONObject, depth: Int) {
        output.append(UInt8(ascii: "{"))
        var isFirst = true
        for (name, value) in object {
            separate(isFirst: isFirst, depth: depth + 1)
            isFirst = false
            write(name)
            append(indent == nil ? ":" : ": ")
            write(value, depth: depth + 1)
        }
        if !object.isEmpty { breakLine(depth) }
        output.append(UInt8(ascii: "}"))
    }

    private mutating func separate(isFirst: Bool, depth: Int) {
        if !isFirst { output.append(UInt8(ascii: ",")) }
        breakLine(depth)
    }

    private mutating func breakLine(_ depth: Int) {
        guard let indent else { return }
        output.append(UInt8(ascii: "\n"))
        for _ in 0..<depth { append(indent) }
    }

    private mutating func write(_ text: String) {
        output.append(UInt8(ascii: "\""))
        var text = text
        text.withUTF8 { bytes in
            var place = 0
            while place < bytes.count {
                let plain = Self.plainBytes(of: bytes, from: place)
                if plain > place {
                    output.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[place..<plain]))
                    place = plain
                } else {
                    place += writeCharacter(of: bytes, at: place)
                }
            }
        }
        output.append(UInt8(ascii: "\""))
    }

    /// Where the first byte stands, at or after `place`, that may have to be escaped.
    private static func plainBytes(of bytes: UnsafeBufferPointer<UInt8>, from place: Int) -> Int {
        var end = place
        while end < bytes.count, bytes[end] >= 0x20, bytes[end] != UInt8(ascii: "\""), bytes[end] != UInt8(ascii: "\\"), bytes[end] != 0xE2
        {
            end += 1
        }
        return end
    }

    /// Writes the byte at `place`, escaped when it must be; returns how many bytes it took.
    private mutating func writeCharacter(of bytes: UnsafeBufferPointer<UInt8>, at place: Int) -> Int {
        let byte = bytes[place]
        switch byte {
        case UInt8(ascii: "\""): append("\\\"")
        case UInt8(ascii: "\\"): append("\\\\")
        case 0x0a: append("\\n")
        case 0x0d: append("\\r")
        case 0x09: append("\\t")
        case 0..<0x20:
            append(byte < 0x10 ? "\\u000" : "\\u00")
            append(String(byte, radix: 16))
        case 0xE2 where place + 2 < bytes.count && bytes[place + 1] == 0x80 && bytes[place + 2] & 0xFE == 0xA8:
            // U+2028 and U+2029 end a line in JavaScript; Go escapes them always.
            append(bytes[place + 2] == 0xA8 ? "\\u2028" : "\\u2029")
            return 3
        default: output.append(byte)
        }
        return 1
    }

    private mutating func append(_ text: String) { output.append(contentsOf: text.utf8) }
}
