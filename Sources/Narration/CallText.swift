import Basics

/// Writes a kernel call as strace would: `mount("overlay", "/merged", …) = 0`.
enum CallText {
    static func text(name: String, args: [String]) -> String {
        "\(printable(name))(\(shown(name, args).map(argument).joined(separator: ", ")))"
    }

    private static let mostOfText = 80

    /// A record keeps what was written and the environment whole; on a line their beginning and their number have to do.
    private static func shown(_ name: String, _ args: [String]) -> [String] {
        switch (name, args.count) {
        case ("write", 3) where args[1].count > mostOfText: [args[0], args[1].prefix(mostOfText) + "…", args[2]]
        case ("execve", 3):
            if let variables = (try? JSONValue(parsing: args[2]))?.arrayValue {
                [args[0], args[1], "\(variables.count) variables"]
            } else {
                args
            }
        default: args
        }
    }

    /// The result, with the error's name and meaning when it failed.
    static func result(_ call: NarratedEvent.Call) -> String {
        guard call.errno != 0 else { return "\(call.result)" }
        let errno = Errno(code: call.errno)
        return "-1 \(errno.name) (\(errno.text))"
    }

    /// Numbers, flags and structures stand as they are; strings get their quotes.
    private static func argument(_ text: String) -> String {
        let text = printable(text)
        guard let first = text.utf8.first else { return "\"\"" }
        switch first {
        case UInt8(ascii: "\""), UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: "&"), UInt8(ascii: "("), UInt8(ascii: "<"): return text
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            if text.hasPrefix("0x") || text.utf8.allSatisfy({ isDigit($0) || $0 == UInt8(ascii: "-") }) { return text }
        case UInt8(ascii: "A")...UInt8(ascii: "Z"):
            if text == "NULL" || isFlags(text) { return text }
        default:
            if text == "..." || text == "…" { return text }
        }
        return "\"\(text)\""
    }

    /// `MS_REC|MS_PRIVATE`
    private static func isFlags(_ text: String) -> Bool {
        var isJoined = false
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "_"), UInt8(ascii: "|"): isJoined = true
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): break
            default: if !isDigit(byte) { return false }
            }
        }
        return isJoined
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}

/// A call that an operation is held at, as one line.
/// - Parameters:
///   - json: the call as a `paused` event has it.
///   - isOver: the call has been made, so its result is told too.
public func describeCall(_ json: JSONValue, isOver: Bool) -> String {
    let call = NarratedEvent.Call(json)
    let text = CallText.text(name: call.name, args: call.args)
    return isOver ? "\(text) = \(CallText.result(call))" : text
}
