import Basics
import Glibc
import Kernel

/// Signals as Docker takes them: `KILL`, `SIGKILL`, `9`.
enum SignalName {
    /// - Parameter invalid: The beginning of the sentence for what is no signal: `Invalid signal`.
    /// - Throws: `DrydockError.invalid`.
    static func number(_ text: String, invalid: String) throws -> Int32 {
        if let number = Int32(text) {
            guard (1...64).contains(number) else { throw DrydockError(.invalid, "\(invalid): \(text)") }
            return number
        }
        let wanted = text.uppercased().hasPrefix("SIG") ? text.uppercased() : "SIG" + text.uppercased()
        for number in Int32(1)...31 where FlagNames.signal(number) == wanted { return number }
        if let number = others["\(wanted.dropFirst(3))"] ?? realTime("\(wanted.dropFirst(3))") { return number }
        throw DrydockError(.invalid, "\(invalid): \(text)")
    }

    private static let others: [String: Int32] = ["CLD": SIGCHLD, "IOT": SIGABRT, "POLL": SIGIO]

    /// `RTMIN`, `RTMIN+15`, `RTMAX-14`, `RTMAX`. Source: moby, pkg/signal/signal_linux.go.
    private static func realTime(_ name: String) -> Int32? {
        for (beginning, first, sign) in [("RTMIN", Int32(34), Character("+")), ("RTMAX", 64, "-")] where name.hasPrefix(beginning) {
            let rest = name.dropFirst(beginning.count)
            if rest.isEmpty { return first }
            guard rest.first == sign, let step = Int32(rest.dropFirst()), (1...15).contains(step), "\(sign)\(step)" == rest else {
                return nil
            }
            return sign == "+" ? first + step : step < 15 ? first - step : nil
        }
        return nil
    }
}
