import EngineClient
import Glibc

/// Where each signal's number is written while it is trapped; -1 for nowhere. A plain block of memory, since a signal
/// handler may neither allocate nor take locks. Written before the handler is set, so the handler only reads.
nonisolated(unsafe) private let trapEnds: UnsafeMutablePointer<Int32> = {
    let ends = UnsafeMutablePointer<Int32>.allocate(capacity: 65)
    ends.initialize(repeating: -1, count: 65)
    return ends
}()

/// Turns signals into bytes on a pipe, for poll(2), as long as it lives (signal-safety(7), the self-pipe).
///
/// Traps nest: an inner one takes its signals over and gives them back.
public final class SignalTrap: Sendable {
    /// Turns readable when one of the signals came.
    public let descriptor: Int32
    private let writeEnd: Int32
    private let previous: [Previous]

    private struct Previous: @unchecked Sendable {
        let signal: Int32
        let action: sigaction
        let end: Int32
    }

    /// - Parameter signals: what to trap.
    public init(_ signals: [Int32]) {
        // Without descriptors left there is no trap: the signals are then merely not noticed.
        let ends = (try? closeOnExecPipe()) ?? (readEnd: -1, writeEnd: -1)
        for end in [ends.readEnd, ends.writeEnd] { _ = fcntl(end, F_SETFL, O_NONBLOCK) }
        descriptor = ends.readEnd
        writeEnd = ends.writeEnd
        var previous: [Previous] = []
        for signal in signals where (1...64).contains(signal) {
            let end = trapEnds[Int(signal)]
            trapEnds[Int(signal)] = ends.writeEnd
            var action = sigaction()
            action.__sigaction_handler.sa_handler = { number in
                let saved = errno
                var byte = UInt8(truncatingIfNeeded: number)
                _ = write(trapEnds[Int(number)], &byte, 1)
                errno = saved
            }
            action.sa_flags = SA_RESTART
            var old = sigaction()
            sigaction(signal, &action, &old)
            previous.append(Previous(signal: signal, action: old, end: end))
        }
        self.previous = previous
    }

    /// The signals that came since the last call, without waiting.
    public func take() -> [Int32] {
        var bytes = [UInt8](repeating: 0, count: 64)
        let got = read(descriptor, &bytes, bytes.count)
        return got > 0 ? bytes[..<got].map(Int32.init) : []
    }

    /// Puts things back as they were. Must be called once, by the thread that made the trap.
    public func restore() {
        for entry in previous {
            var action = entry.action
            sigaction(entry.signal, &action, nil)
            trapEnds[Int(entry.signal)] = entry.end
        }
        close(descriptor)
        close(writeEnd)
    }

    /// The name under which the engine knows a signal.
    static func name(_ signal: Int32) -> String? {
        switch signal {
        case SIGHUP: "HUP"
        case SIGINT: "INT"
        case SIGQUIT: "QUIT"
        case SIGTERM: "TERM"
        case SIGUSR1: "USR1"
        case SIGUSR2: "USR2"
        case SIGALRM: "ALRM"
        case SIGCONT: "CONT"
        case SIGTSTP: "TSTP"
        default: nil
        }
    }

    /// What `--sig-proxy` hands on to the container.
    static let proxied: [Int32] = [SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGALRM, SIGCONT, SIGTSTP]
}
