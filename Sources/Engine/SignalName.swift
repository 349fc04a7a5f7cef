import Basics
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
        throw DrydockError(.invalid, "\(invalid): \(text)")
    }
}
