import Basics
import CDrydock
import DockerAPI
import EngineInterface
import Glibc

/// Reads a container's json-file log: what there is, and then what comes. A log with a limit has several files, `-json.log.1` being
/// older than `-json.log`.
final class LogReader {
    private let container: Container
    private let options: LogsOptions
    private let isTerminal: Bool
    /// The file that is read.
    private var fd: Int32 = -1
    private let older: Int
    private var partial: [UInt8] = []

    init(_ container: Container, _ options: LogsOptions) {
        self.container = container
        self.options = options
        isTerminal = container.record.config.tty
        older = ((try? LogLimits(container.record.hostConfig.logConfig))?.files ?? 1) - 1
    }

    deinit { if fd >= 0 { close(fd) } }

    /// Gives what has been logged so far.
    func replay(_ give: ([UInt8]) throws -> Void) throws {
        let files = newerFiles()
        guard !files.isEmpty else { return }
        var first = 0
        if let tail = options.tail {
            // Backwards, until there are enough.
            var missing = tail
            for place in files.indices.reversed() {
                missing -= Self.seek(files[place], lines: missing)
                first = place
                if missing <= 0 { break }
            }
        }
        for file in files[..<first] { close(file) }
        try readAll(files[first...], give)
    }

    /// Reads files to their ends, one after another; the last stays the one that is read.
    private func readAll(_ files: ArraySlice<Int32>, _ give: ([UInt8]) throws -> Void) throws {
        for (place, file) in zip(files.indices, files) {
            if fd >= 0 { close(fd) }
            fd = file
            do { try readOn(give) } catch {
                for file in files[(place + 1)...] { close(file) }
                throw error
            }
        }
    }

    /// Gives what is logged from now on, until the container has ended and all is read, or nobody wants it any more.
    func follow(_ call: CallContext, _ give: ([UInt8]) throws -> Void) throws {
        let wake = eventfd(0, Int32(EFD_CLOEXEC) | Int32(EFD_NONBLOCK))
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
        container.live.update { _ = $0.followers.insert(wake) }
        defer {
            call.cancellation.remove(token)
            container.live.update { _ = $0.followers.remove(wake) }
        }
        while !call.isCancelled {
            let wasRunning = container.live.read { $0.state.phase == .running && !$0.isRemoved }
            if fd >= 0 { try readOn(give) }
            // What was written here after the last look, and what has come in its place.
            let newer = newerFiles()
            if fd >= 0, !newer.isEmpty { try readOn(give) }
            try readAll(newer[...], give)
            if !wasRunning { return }
            var waited = [pollfd(fd: notify, events: Int16(POLLIN), revents: 0), pollfd(fd: wake, events: Int16(POLLIN), revents: 0)]
            _ = poll(&waited, 2, -1)
            var events = [UInt8](repeating: 0, count: 4096)
            while read(notify, &events, events.count) > 0 {}
            var count = eventfd_t()
            eventfd_read(wake, &count)
        }
    }

    /// The log's files that are newer than the one that is read, oldest first: opened newest first, since they may grow older meanwhile.
    private func newerFiles() -> [Int32] {
        var known = fd >= 0 ? [Self.inode(fd)] : []
        var files: [Int32] = []
        for number in 0...older {
            let file = dd_open(number == 0 ? container.logPath : "\(container.logPath).\(number)", O_RDONLY | O_CLOEXEC, 0)
            guard file >= 0 else { continue }
            let inode = Self.inode(file)
            if known.contains(inode) {
                close(file)
                // Everything older was read before.
                if fd >= 0, inode == known[0] { break }
                continue
            }
            known.append(inode)
            files.insert(file, at: 0)
        }
        return files
    }

    private static func inode(_ file: Int32) -> UInt64 {
        var status = stat()
        return fstat(file, &status) == 0 ? UInt64(status.st_ino) : 0
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

    /// Moves to where the last `lines` lines of a file begin, reading backwards.
    /// - Returns: how many of them there are.
    private static func seek(_ file: Int32, lines: Int) -> Int {
        var position = lseek(file, 0, Int32(SEEK_END))
        guard lines > 0, position > 0 else { return 0 }
        // The end of the last line begins none.
        var found = -1
        var buffer = [UInt8](repeating: 0, count: 16 * 1024)
        while position > 0 {
            let length = min(Int(position), buffer.count)
            position -= off_t(length)
            let count = pread(file, &buffer, length, position)
            guard count == length else { break }
            for index in (0..<length).reversed() where buffer[index] == 0x0a {
                found += 1
                if found == lines {
                    _ = lseek(file, position + off_t(index) + 1, Int32(SEEK_SET))
                    return lines
                }
            }
        }
        _ = lseek(file, 0, Int32(SEEK_SET))
        return found + 1
    }
}
