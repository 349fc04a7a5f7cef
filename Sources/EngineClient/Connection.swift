import Basics
import Glibc

/// One stream to the engine with its read buffer. Each wait also watches an interrupt descriptor.
///
/// Unchecked, because a connection is handed from owner to owner (pool, request, stream) and never shared.
final class Connection: @unchecked Sendable {
    let descriptor: Int32
    /// True once a whole request and answer went over it, so the engine may have closed it meanwhile.
    var isReused = false
    let interrupt: Int32
    private var buffer: [UInt8] = []
    private var start = 0
    private var isOwner = true

    /// - Parameters:
    ///   - descriptor: a connected socket; owned from here on.
    ///   - interrupt: a descriptor that turns readable when the user wants out, or -1.
    init(descriptor: Int32, interrupt: Int32) {
        self.descriptor = descriptor
        self.interrupt = interrupt
    }

    deinit {
        if isOwner { close(descriptor) }
    }

    /// Gives the descriptor away; this object closes nothing any more.
    func release() -> (descriptor: Int32, buffered: [UInt8]) {
        isOwner = false
        return (descriptor, Array(buffer[start...]))
    }

    var bufferedCount: Int { buffer.count - start }

    /// True if the peer said something or hung up while nothing was asked of it.
    var isStale: Bool {
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return bufferedCount > 0 || poll(&entry, 1, 0) != 0
    }

    /// Takes up to `limit` buffered bytes, reading once from the socket if there are none.
    /// - Returns: no bytes at the end of the stream.
    func read(limit: Int) throws -> [UInt8] {
        if bufferedCount == 0, try !fill() { return [] }
        let end = min(buffer.count, start + limit)
        defer { consume(end - start) }
        return Array(buffer[start..<end])
    }

    /// Reads up to the next line feed; the line comes without its line end.
    /// - Returns: nil at the end of the stream with nothing read.
    func readLine(limit: Int) throws -> String? {
        var searched = start
        while true {
            if let end = buffer[searched...].firstIndex(of: 10) {
                var last = end
                if last > start, buffer[last - 1] == 13 { last -= 1 }
                defer { consume(end + 1 - start) }
                return String(decoding: buffer[start..<last], as: UTF8.self)
            }
            guard bufferedCount < limit else {
                throw EngineClientError.malformed("the engine sent a header line of more than \(limit) bytes")
            }
            let pending = bufferedCount
            guard try fill() else {
                guard pending == 0 else { throw EngineClientError.malformed("the engine hung up in the middle of its answer") }
                return nil
            }
            searched = start + pending
        }
    }

    private func consume(_ count: Int) {
        start += count
        if start == buffer.count {
            buffer.removeAll(keepingCapacity: true)
            start = 0
        }
    }

    /// - Returns: false at the end of the stream.
    private func fill() throws -> Bool {
        if start > 0 {
            buffer.removeFirst(start)
            start = 0
        }
        while true {
            try wait(for: POLLIN)
            let chunk = try [UInt8](unsafeUninitializedCapacity: 65536) { space, count in
                let got = Glibc.read(descriptor, space.baseAddress, space.count)
                if got < 0, errno != EINTR, errno != EAGAIN, errno != ECONNRESET { throw EngineClientError.io(Errno(code: errno)) }
                count = max(got, 0)
                ended = got == 0 || (got < 0 && errno == ECONNRESET)
            }
            if ended { return false }
            if chunk.isEmpty { continue }
            if buffer.isEmpty { buffer = chunk } else { buffer += chunk }
            return true
        }
    }

    private var ended = false

    /// Sends everything; a broken pipe is an error here, never a signal.
    /// - Parameter moreFollows: The kernel may wait for the next bytes before it sends a packet of its own for these.
    func write(_ bytes: [UInt8], moreFollows: Bool = false) throws {
        let flags = Int32(MSG_NOSIGNAL | MSG_DONTWAIT) | (moreFollows ? Int32(MSG_MORE) : 0)
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes { all in
                let rest = UnsafeRawBufferPointer(rebasing: all[sent...])
                return send(descriptor, rest.baseAddress, rest.count, flags)
            }
            if count >= 0 {
                sent += count
            } else if errno == EAGAIN {
                try wait(for: POLLOUT)
            } else if errno != EINTR {
                throw EngineClientError.io(Errno(code: errno))
            }
        }
    }

    private func wait(for events: Int32) throws {
        var entries = [pollfd(fd: descriptor, events: Int16(events), revents: 0), pollfd(fd: interrupt, events: Int16(POLLIN), revents: 0)]
        while true {
            let ready = poll(&entries, 2, -1)
            if ready < 0 {
                guard errno == EINTR else { throw EngineClientError.io(Errno(code: errno)) }
                continue
            }
            if entries[1].revents != 0 { throw EngineClientError.interrupted }
            if entries[0].revents != 0 { return }
        }
    }
}
