import Basics
import CDrydock
import DockerAPI
import EngineInterface
import Glibc

/// Reads a container's json-file log: what there is, and then what comes.
final class LogReader {
    private let container: Container
    private let options: LogsOptions
    private let isTerminal: Bool
    private var fd: Int32 = -1
    private var partial: [UInt8] = []

    init(_ container: Container, _ options: LogsOptions) {
        self.container = container
        self.options = options
        isTerminal = container.record.config.tty
    }

    deinit { if fd >= 0 { close(fd) } }

    /// Gives what has been logged so far.
    func replay(_ give: ([UInt8]) throws -> Void) throws {
        guard open() else { return }
        if let tail = options.tail { seek(lines: tail) }
        try readOn(give)
    }

    /// Gives what is logged from now on, until the container has ended and all is read, or nobody wants it any more.
    func follow(_ call: CallContext, _ give: ([UInt8]) throws -> Void) throws {
        let wake = eventfd(0, Int32(EFD_CLOEXEC))
        let notify = inotify_init1(Int32(IN_CLOEXEC) | Int32(IN_NONBLOCK))
        defer {
            if wake >= 0 { close(wake) }
            if notify >= 0 { close(notify) }
        }
        // The directory, not the file: a container that has not started yet has no log.
        guard wake >= 0, notify >= 0, inotify_add_watch(notify, container.directory, UInt32(IN_MODIFY | IN_CREATE | IN_MOVED_TO)) >= 0
        else {
            throw DrydockError(
                .failed, "the log can't be followed", errno: Errno(code: errno),
                advice: "Too many logs may be followed already: see /proc/sys/fs/inotify/max_user_instances.")
        }
        let token = call.onDisconnect { eventfd_write(wake, 1) }
        defer { call.cancellation.remove(token) }
        while !call.isCancelled {
            let wasRunning = container.live.read { $0.state.phase == .running && !$0.isRemoved }
            if open() { try readOn(give) }
            if !wasRunning { return }
            var waited = [pollfd(fd: notify, events: Int16(POLLIN), revents: 0), pollfd(fd: wake, events: Int16(POLLIN), revents: 0)]
            _ = poll(&waited, 2, -1)
            var events = [UInt8](repeating: 0, count: 4096)
            while read(notify, &events, events.count) > 0 {}
        }
    }

    private func open() -> Bool {
        if fd < 0 { fd = dd_open(container.logPath, O_RDONLY | O_CLOEXEC, 0) }
        return fd >= 0
    }

    private func readOn(_ give: ([UInt8]) throws -> Void) throws {
        var buffer = [UInt8](repeating: 0, count: 64 * 1024)
        while true {
            let count = read(fd, &buffer, buffer.count)
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return }
            partial += buffer[0..<count]
            var output: [UInt8] = []
            var start = 0
            for index in partial.indices where partial[index] == 0x0a {
                add(partial[start..<index], to: &output)
                start = index + 1
            }
            partial.removeFirst(start)
            if !output.isEmpty { try give(output) }
        }
    }

    private func add(_ line: ArraySlice<UInt8>, to output: inout [UInt8]) {
        guard let entry = try? JSONValue(parsing: line), let text = entry["log"]?.stringValue,
            let stream = entry["stream"]?.stringValue, let stamp = entry["time"]?.stringValue
        else { return }
        guard stream == "stderr" ? options.standardError : options.standardOutput else { return }
        let time = Timestamp(rfc3339: stamp) ?? .zero
        if let since = options.since, time < since { return }
        if let until = options.until, time > until { return }
        var bytes = Array(text.utf8)
        if options.timestamps { bytes = Array("\(time.fixedNano) ".utf8) + bytes }
        if isTerminal { output += bytes } else { output += (stream == "stderr" ? StandardStream.error : .output).frame(bytes) }
    }

    /// Moves to where the last `lines` lines begin, reading backwards.
    private func seek(lines: Int) {
        var position = lseek(fd, 0, Int32(SEEK_END))
        guard lines > 0 else { return }
        var found = 0
        var buffer = [UInt8](repeating: 0, count: 16 * 1024)
        let end = position
        while position > 0 {
            let length = min(Int(position), buffer.count)
            position -= off_t(length)
            let count = pread(fd, &buffer, length, position)
            guard count == length else { break }
            for index in (0..<length).reversed() where buffer[index] == 0x0a && position + off_t(index) != end - 1 {
                found += 1
                if found == lines {
                    _ = lseek(fd, position + off_t(index) + 1, Int32(SEEK_SET))
                    return
                }
            }
        }
        _ = lseek(fd, 0, Int32(SEEK_SET))
    }
}
