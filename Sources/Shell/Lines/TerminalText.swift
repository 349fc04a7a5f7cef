/// Output of a terminal as the plain text that stood there at its end.
enum TerminalText {
    /// Without escape sequences, but where they move between lines or wipe them, as progress bars do, with what they leave.
    static func plain(_ bytes: [UInt8]) -> String {
        var page = Page()
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            switch byte {
            case 27:
                let end = endOfEscape(bytes, index)
                if bytes[index..<end].first == UInt8(ascii: "[") { page.control(bytes[(index + 1)..<end]) }
                index = end
            case 10: page.feed()
            case 13: page.place = 0
            case 8: page.place = max(0, page.place - 1)
            case 7, 0...6, 11, 12, 14...26, 28...31: break
            default: page.put(byte)
            }
        }
        return page.lines.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "\n")
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

    /// Lines of bytes and a cursor. A wide character counts as its bytes: only whole lines are written over.
    private struct Page {
        var lines: [[UInt8]] = [[]]
        var row = 0
        var place = 0

        mutating func put(_ byte: UInt8) {
            if place < lines[row].count { lines[row][place] = byte } else { lines[row].append(byte) }
            place += 1
        }

        mutating func feed() {
            row += 1
            place = 0
            if row == lines.count { lines.append([]) }
        }

        /// Cursor up and down, and the wiping of a line. See console_codes(4), "ECMA-48 CSI sequences".
        mutating func control(_ sequence: ArraySlice<UInt8>) {
            let number = Int(String(decoding: sequence.dropLast(), as: UTF8.self))
            let step = max(1, number ?? 1)
            switch sequence.last {
            case UInt8(ascii: "A"): row = max(0, row - step)
            case UInt8(ascii: "B"): row = min(lines.count - 1, row + step)
            case UInt8(ascii: "K"):
                if number == 2 { lines[row] = [] } else if number ?? 0 == 0 { lines[row] = Array(lines[row].prefix(place)) }
            default: break
            }
        }
    }
}
