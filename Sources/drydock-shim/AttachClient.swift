import CDrydock
import Glibc

/// Somebody attached to the container's streams, at the other end of a socket that the engine handed over.
///
/// A terminal's bytes go as they are; those of pipes in Docker's frames: stream, three zeros, length of four bytes (big-endian).
final class AttachClient: Handler {
    private let fd: Int32
    private let wants: UInt8
    private unowned let streams: Streams
    private var outbox = Outbox()
    private var buffer = [UInt8](repeating: 0, count: 4 * 1024)
    private var readsInput: Bool
    private var isFinishing = false
    private var isClosed = false

    init(fd: Int32, wants: UInt8, streams: Streams) {
        self.fd = fd
        self.wants = wants
        self.streams = streams
        readsInput = wants & 1 != 0
        makeNonBlocking(fd)
        watch()
    }

    /// A client that doesn't read holds the container back rather than filling our memory.
    var isFull: Bool { outbox.count > 256 * 1024 }

    func send(_ bytes: ArraySlice<UInt8>, stream: UInt8) {
        guard !isClosed, wants & (1 << stream) != 0 || streams.isTerminal else { return }
        if !streams.isTerminal {
            let count = UInt32(bytes.count)
            outbox.add([stream, 0, 0, 0, UInt8(count >> 24), UInt8(count >> 16 & 255), UInt8(count >> 8 & 255), UInt8(count & 255)])
        }
        outbox.add(bytes)
        flush()
    }

    /// No more output will come: closes when everything is sent.
    func finish() {
        isFinishing = true
        flush()
    }

    func ready(_ events: UInt32) {
        if events & EventLoop.writable != 0 { flush() }
        guard !isClosed else { return }
        if events & (EventLoop.readable | EventLoop.hungUp | EventLoop.failed) != 0 { receive(events) }
    }

    func reconsiderInput() {
        if !isClosed { watch() }
    }

    private func receive(_ events: UInt32) {
        switch readOnce(fd, &buffer) {
        case .bytes(let bytes):
            guard readsInput, let input = streams.input else { return }
            input.add(bytes)
            if input.isFull {
                input.onSpace = { [weak self] in self?.reconsiderInput() }
                watch()
            }
        case .nothingYet:
            break
        case .ended:
            let hadInput = readsInput
            readsInput = false
            // Both directions gone: the client has left. One only: it has no more input but still listens.
            if events & (EventLoop.hungUp | EventLoop.failed) != 0 { shut() } else { watch() }
            if hadInput { streams.inputEnded() }
        }
    }

    private func flush() {
        guard !isClosed else { return }
        let wasFull = isFull
        guard outbox.flush(to: fd) else { return shut() }
        if outbox.isEmpty && isFinishing { return shut() }
        watch()
        if wasFull && !isFull { streams.resumeOutputs() }
    }

    private func watch() {
        var events: UInt32 = outbox.isEmpty ? 0 : EventLoop.writable
        let inputIsFull = streams.input?.isFull ?? false
        if readsInput && !inputIsFull { events |= EventLoop.readable }
        streams.loop.watch(fd, events, self)
    }

    private func shut() {
        guard !isClosed else { return }
        isClosed = true
        streams.loop.forget(fd)
        close(fd)
        streams.remove(self)
    }
}
