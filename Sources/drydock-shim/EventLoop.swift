import CDrydock
import Glibc

/// Somebody that waits for a descriptor to become ready.
protocol Handler: AnyObject {
    /// `events` are epoll's: EPOLLIN, EPOLLOUT, EPOLLHUP, EPOLLERR.
    func ready(_ events: UInt32)
}

/// The shim's one thread waits here for everything.
final class EventLoop {
    static let readable: UInt32 = 0x001
    static let writable: UInt32 = 0x004
    static let failed: UInt32 = 0x008
    static let hungUp: UInt32 = 0x010

    private let epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
    private var handlers: [Int32: any Handler] = [:]
    var isFinished = false
    /// Asked after each round: true ends the loop.
    var endsWhen: (() -> Bool)?

    /// Watches a descriptor, or changes what is waited for.
    func watch(_ fd: Int32, _ events: UInt32, _ handler: any Handler) {
        var event = epoll_event()
        event.events = events
        event.data.fd = fd
        let isNew = handlers.updateValue(handler, forKey: fd) == nil
        _ = epoll_ctl(epoll, isNew ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, fd, &event)
    }

    /// Stops watching; the descriptor stays open.
    func forget(_ fd: Int32) {
        guard handlers.removeValue(forKey: fd) != nil else { return }
        _ = epoll_ctl(epoll, EPOLL_CTL_DEL, fd, nil)
    }

    /// Runs until `isFinished`. Whoever has a lower descriptor is served first: the control socket before the container's output,
    /// so that a client which attached before the start sees the first byte.
    func run() {
        var events = [epoll_event](repeating: epoll_event(), count: 16)
        // The first quiet second is taken to give back what only the start needed; a container that ends sooner doesn't pay for it.
        var patience: Int32 = 1000
        while !isFinished {
            let count = epoll_wait(epoll, &events, 16, patience)
            if count == 0 {
                dd_trim_memory()
                patience = -1
            }
            guard count > 0 else { continue }
            for event in events[0..<Int(count)].sorted(by: { $0.data.fd < $1.data.fd }) {
                handlers[event.data.fd]?.ready(event.events)
            }
            if let endsWhen, endsWhen() { isFinished = true }
        }
    }
}

/// Puts a descriptor into non-blocking mode.
func makeNonBlocking(_ fd: Int32) {
    _ = dd_fcntl(fd, F_SETFL, Int(dd_fcntl(fd, F_GETFL, 0) | O_NONBLOCK))
}

/// What reading once gave.
enum ReadOutcome {
    case bytes(ArraySlice<UInt8>)
    case nothingYet
    case ended
}

/// Reads what is there, at most `buffer.count` bytes.
func readOnce(_ fd: Int32, _ buffer: inout [UInt8]) -> ReadOutcome {
    while true {
        let count = read(fd, &buffer, buffer.count)
        if count > 0 { return .bytes(buffer[0..<count]) }
        if count == 0 { return .ended }
        switch errno {
        case EINTR: continue
        case EAGAIN: return .nothingYet
        default: return .ended  // EIO: the last process on a terminal has gone
        }
    }
}

/// Bytes on their way to a descriptor that takes them when it can.
struct Outbox {
    private(set) var pending: [UInt8] = []
    var isEmpty: Bool { pending.isEmpty }
    var count: Int { pending.count }

    mutating func add(_ bytes: some Collection<UInt8>) { pending.append(contentsOf: bytes) }

    /// Writes what the descriptor takes now.
    /// - Returns: false when it takes nothing any more.
    mutating func flush(to fd: Int32) -> Bool {
        var sent = 0
        defer { if sent > 0 { pending.removeFirst(sent) } }
        while sent < pending.count {
            let count = pending.withUnsafeBytes { write(fd, $0.baseAddress! + sent, $0.count - sent) }
            if count > 0 {
                sent += count
            } else if count < 0 && errno == EINTR {
                continue
            } else {
                return count < 0 && errno == EAGAIN
            }
        }
        return true
    }
}
