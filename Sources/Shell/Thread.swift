import Basics
import CDrydock
import Glibc

/// A thread that runs one closure and can be waited for.
final class Thread: @unchecked Sendable {
    /// Readable at its read end (closed by the thread) once the closure has returned.
    private let readEnd: Int32
    private let writeEnd: Int32
    private let body: @Sendable () -> Void

    private init(_ body: @escaping @Sendable () -> Void) throws(Errno) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw .current }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        readEnd = ends[0]
        writeEnd = ends[1]
        self.body = body
    }

    deinit { close(readEnd) }

    static func start(_ body: @escaping @Sendable () -> Void) throws(Errno) -> Thread {
        let thread = try Thread(body)
        var id = pthread_t()
        let retained = Unmanaged.passRetained(thread)
        let failure = pthread_create(
            &id, nil,
            { context in
                guard let context else { return nil }
                let thread = Unmanaged<Thread>.fromOpaque(context).takeRetainedValue()
                thread.body()
                close(thread.writeEnd)
                return nil
            }, retained.toOpaque())
        guard failure == 0 else {
            retained.release()
            close(thread.writeEnd)
            throw Errno(code: failure)
        }
        pthread_detach(id)
        return thread
    }

    /// Waits until the closure has returned.
    /// - Parameter seconds: how long at most; nil for as long as it takes.
    /// - Returns: false when time is up.
    @discardableResult
    func join(seconds: Int?) -> Bool {
        var entry = pollfd(fd: readEnd, events: Int16(POLLIN), revents: 0)
        while true {
            let ready = poll(&entry, 1, seconds.map { Int32(clamping: $0 * 1000) } ?? -1)
            if ready < 0, errno == EINTR { continue }
            return ready != 0
        }
    }
}
