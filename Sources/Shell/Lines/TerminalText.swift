/// Output of a terminal as plain text.
enum TerminalText {
    /// Without escape sequences, with a carriage return at a line's end taken away and one in its middle starting the line anew.
    static func plain(_ bytes: [UInt8]) -> String {
        var lines: [[UInt8]] = [[]]
        var place = 0
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            switch byte {
            case 27: index = endOfEscape(bytes, index)
            case 10:
                lines.append([])
                place = 0
            case 13: place = 0
            case 8: place = max(0, place - 1)
            case 7, 0...6, 11, 12, 14...26, 28...31: break
            default:
                let last = lines.count - 1
                if place < lines[last].count { lines[last][place] = byte } else { lines[last].append(byte) }
                place += 1
            }
        }
        return lines.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "\n")
    }

    /// ESC [ parameters and a letter; ESC ] a text and BEL or ESC \; ESC and one letter.
    private static func endOfEscape(_ bytes: [UInt8], _ start: Int) -> Int {
        guard start < bytes.count else { return start }
        if bytes[start] == UInt8(ascii: "[") {
            return (bytes[(start + 1)...].firstIndex { (64...126).contains($0) } ?? bytes.count - 1) + 1
        }
        if bytes[start] == UInt8(ascii: "]") {
            return (bytes[(start + 1)...].firstIndex { $0 == 7 || $0 == UInt8(ascii: "\\") } ?? bytes.count - 1) + 1
        }
        return start + 1
    }
}
