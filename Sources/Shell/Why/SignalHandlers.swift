import Basics

/// For which signals a process of this host has handlers: `SigCgt` in /proc/PID/status, see proc(5).
enum SignalHandlers {
    /// - Returns: nil when there is no such process.
    static func handles(_ pid: Int, _ signal: Int) -> Bool? {
        guard let bytes = try? readFile("/proc/\(pid)/status", limit: 1 << 16) else { return nil }
        return handles(status: String(decoding: bytes, as: UTF8.self), signal)
    }

    static func handles(status: String, _ signal: Int) -> Bool? {
        let line = status.split(separator: "\n").first { $0.hasPrefix("SigCgt:") }
        guard (1...64).contains(signal),
            let mask = line?.split(whereSeparator: { " \t".contains($0) }).last.flatMap({ UInt64($0, radix: 16) })
        else { return nil }
        return mask & (1 << UInt64(signal - 1)) != 0
    }
}
