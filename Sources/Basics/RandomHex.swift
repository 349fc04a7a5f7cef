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
