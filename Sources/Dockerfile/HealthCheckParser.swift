import Basics
import TextTools

extension Instruction {
    /// `HEALTHCHECK`.
    func healthCheck() throws(DrydockError) -> BuildCommand.HealthCheck {
        guard !arguments.isEmpty else { throw DrydockError(.invalid, "HEALTHCHECK requires at least one argument") }
        let flags = try FlagValues(self, allowed: ["interval", "timeout", "start-period", "retries"])
        var check = BuildCommand.HealthCheck()
        let kind = arguments.prefix { !$0.isBlank }
        let rest = String(arguments.dropFirst(kind.count).drop { $0.isBlank })
        switch kind.uppercased() {
        case "NONE":
            guard rest.isEmpty else { throw DrydockError(.invalid, "HEALTHCHECK NONE takes no arguments") }
            check.test = ["NONE"]
            return check
        case "CMD":
            let words = Instruction(keyword: "cmd", arguments: rest).jsonForm
            guard !rest.isEmpty, words?.isEmpty != true else { throw DrydockError(.invalid, "Missing command after HEALTHCHECK CMD") }
            check.test = words.map { ["CMD"] + $0 } ?? ["CMD-SHELL", rest]
        default: throw DrydockError(.invalid, "Unknown type \"\(kind.uppercased().prefix(64))\" in HEALTHCHECK (try CMD)")
        }
        check.interval = try duration("interval", flags)
        check.timeout = try duration("timeout", flags)
        check.startPeriod = try duration("start-period", flags)
        if flags.isSet("retries") {
            let text = flags["retries"]
            guard let count = Int32(text) else {
                throw DrydockError(.invalid, "strconv.ParseInt: parsing \"\(text.prefix(64))\": invalid syntax")
            }
            guard count >= 1 else { throw DrydockError(.invalid, "--retries must be at least 1 (not \(count))") }
            check.retries = Int(count)
        }
        return check
    }

    /// Go's form (`1m30s`), in nanoseconds.
    private func duration(_ name: String, _ flags: FlagValues) throws(DrydockError) -> Int64 {
        guard flags.isSet(name) else { return 0 }
        let text = flags[name]
        let value: Int64
        do { value = try GoDuration.nanoseconds(text, quoted: "\"\(text)\"") } catch { throw DrydockError(.invalid, error.text) }
        guard value >= 1_000_000 else { throw DrydockError(.invalid, "Interval \"\(name)\" cannot be less than 1ms") }
        return value
    }
}
