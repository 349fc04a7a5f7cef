import Basics
import Glibc
import Kernel

/// Signals as Docker takes them: `KILL`, `SIGKILL`, `9`, `RTMIN+3`. Source: moby 20.10, `pkg/signal`.
enum SignalName {
    /// - Parameter invalid: The beginning of the sentence for what is no signal: `Invalid signal`.
    /// - Throws: `DrydockError.invalid`.
    static func number(_ text: String, invalid: String) throws -> Int32 {
        if let number = Int32(text) {
            // A number that no signal has is found out only when it is to be sent.
            guard number != 0 else { throw DrydockError(.invalid, "\(invalid): \(text)") }
            return number
        }
        let wanted = text.uppercased().hasPrefix("SIG") ? text.uppercased() : "SIG" + text.uppercased()
        for number in Int32(1)...31 where FlagNames.signal(number) == wanted { return number }
        if let number = others[wanted] ?? realTime(wanted) { return number }
        throw DrydockError(.invalid, "\(invalid): \(text)")
    }

    /// Second names of signal(7).
    private static let others: [String: Int32] = ["SIGCLD": 17, "SIGIOT": 6, "SIGPOLL": 29, "SIGUNUSED": 31]

    static func isSupported(_ number: Int32) -> Bool { (1...64).contains(number) }

    /// `SIGRTMIN`, `SIGRTMIN+15`, `SIGRTMAX-14`, `SIGRTMAX`: 34 to 64, since the C library has the first two for itself.
    private static func realTime(_ name: String) -> Int32? {
        for (base, sign, most) in [("SIGRTMIN", Int32(1), Int32(15)), ("SIGRTMAX", -1, 14)] where name.hasPrefix(base) {
            let start: Int32 = sign > 0 ? 34 : 64
            let rest = name.dropFirst(base.count)
            if rest.isEmpty { return start }
            guard rest.first == (sign > 0 ? "+" : "-"), rest.dropFirst().first?.isNumber == true, let count = Int32(rest.dropFirst()),
                (1...most).contains(count)
            else { return nil }
            return start + sign * count
        }
        return nil
    }
}
