import Basics
import CDrydock
import Glibc
import Synchronization

/// Reads what a machine's first process says, a line each.
final class MachineReports: Sendable {
    let descriptor: Int32
    private let state = Mutex((buffer: [UInt8](), isAtEnd: false))

    /// - Parameter descriptor: stays the caller's.
    init(_ descriptor: Int32) { self.descriptor = descriptor }

    /// The next line; "" at the end, each time.
    /// - Parameter milliseconds: how long to wait, -1 for as long as it takes.
    /// - Returns: nil when the time is over.
    func next(milliseconds: Int32) -> String? {
        state.withLock { state in
            let deadline = DrydockClock.milliseconds() + Int(milliseconds)
            while true {
                if let end = state.buffer.firstIndex(of: 10) {
                    defer { state.buffer.removeFirst(end + 1) }
                    return String(decoding: state.buffer[..<end], as: UTF8.self)
                }
                if state.isAtEnd { return "" }
                var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
                let rest = milliseconds < 0 ? -1 : Int32(max(0, deadline - DrydockClock.milliseconds()))
                let ready = poll(&entry, 1, rest)
                if ready < 0 && errno == EINTR { continue }
                guard ready > 0 else { return nil }
                var piece = [UInt8](repeating: 0, count: 4096)
                let got = read(descriptor, &piece, piece.count)
                if got < 0 && errno == EINTR { continue }
                // A tool's complaint is a sentence; more than this is none.
                state.isAtEnd = got <= 0 || state.buffer.count > 64 << 10
                state.buffer += piece[..<max(0, got)]
            }
        }
    }
}
