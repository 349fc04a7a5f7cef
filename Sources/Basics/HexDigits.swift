/// Whether a text is of hexadecimal digits as ids have them: small letters, at least one.
public func isHex(_ text: some Sequence<UInt8>) -> Bool {
    var isEmpty = true
    for byte in text {
        isEmpty = false
        guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte) else {
            return false
        }
    }
    return !isEmpty
}

/// Hexadecimal digits that nobody can guess, for ids and tokens.
/// - Parameter bytes: Two digits each.
public func randomHex(bytes: Int) -> String {
    var generator = SystemRandomNumberGenerator()
    var digits = ""
    // Eight bytes at a time: each call of the generator is a system call.
    while digits.utf8.count < 2 * bytes {
        let word = String(generator.next() as UInt64, radix: 16)
        digits += String(repeating: "0", count: 16 - word.utf8.count) + word
    }
    return String(digits.prefix(2 * bytes))
}
