/// What a terminal sends by itself when a program asks it: where its cursor is (`ESC [ 24 ; 80 R`), what it is (`ESC [ ? 62 c`). Nobody has
/// typed that, and in a replay another terminal answers. See console_codes(4), "ECMA-48 Status Report Commands".
enum TerminalAnswers {
    static func removed(from keys: [UInt8]) -> [UInt8] {
        var left: [UInt8] = []
        var index = 0
        while index < keys.count {
            if let end = end(of: keys, at: index) {
                index = end
            } else {
                left.append(keys[index])
                index += 1
            }
        }
        return left
    }

    /// - Returns: the place behind the answer that begins there; nil when none does.
    private static func end(of keys: [UInt8], at start: Int) -> Int? {
        guard keys[start...].starts(with: [27, UInt8(ascii: "[")]) else { return nil }
        let isParameter = { (byte: UInt8) in (48...57).contains(byte) || byte == UInt8(ascii: ";") || byte == UInt8(ascii: "?") }
        guard let last = keys[(start + 2)...].firstIndex(where: { !isParameter($0) }) else { return nil }
        let parameters = keys[(start + 2)..<last]
        switch keys[last] {
        case UInt8(ascii: "R") where parameters.contains(UInt8(ascii: ";")): return last + 1
        case UInt8(ascii: "c") where parameters.first == UInt8(ascii: "?"): return last + 1
        default: return nil
        }
    }
}
