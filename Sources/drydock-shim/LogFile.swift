import CDrydock
import Glibc

/// The container's log in Docker's json-file format: one object a line, with the stream and the time.
final class LogFile {
    private var fd: Int32
    private let directory: Int32
    private let name: String
    /// From so many bytes on it begins anew (`--log-opt max-size`); 0 for never.
    private let limit: Int
    /// How many files are kept, this one included (`--log-opt max-file`).
    private let files: Int
    private var size = 0
    private var partial: [UInt8: [UInt8]] = [:]
    /// Docker cuts lines longer than this into several entries; so long a line without an end also bounds our memory.
    private let longestLine = 16 * 1024

    init(directory: Int32, name: String, limit: Int, files: Int) {
        self.directory = directory
        self.name = name
        self.limit = limit
        self.files = files
        fd = Self.open(directory, name)
        var status = stat()
        if fd >= 0, fstat(fd, &status) == 0 { size = Int(status.st_size) }
    }

    private static func open(_ directory: Int32, _ name: String) -> Int32 {
        dd_openat(directory, name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o640)
    }

    /// Logs what came on stream 1 (stdout) or 2 (stderr). A line is written when it is whole.
    func append(_ bytes: ArraySlice<UInt8>, stream: UInt8) {
        var entries: [UInt8] = []
        let time = timestampBytes()
        var line = partial[stream] ?? []
        for byte in bytes {
            line.append(byte)
            if byte == 0x0a || line.count == longestLine {
                addEntry(line, stream, time, to: &entries)
                line.removeAll(keepingCapacity: true)
            }
        }
        partial[stream] = line
        write(entries)
    }

    /// Writes what has no end of line yet: the stream is over.
    func finish() {
        var entries: [UInt8] = []
        let time = timestampBytes()
        for (stream, line) in partial where !line.isEmpty { addEntry(line, stream, time, to: &entries) }
        partial.removeAll()
        write(entries)
    }

    /// The full file makes room: for the one before it, or for good. Who reads it keeps it until the end, since it is never cut.
    private func beginAnew() {
        if files > 1 {
            for number in stride(from: files - 1, to: 0, by: -1) {
                renameat(directory, number == 1 ? name : "\(name).\(number - 1)", directory, "\(name).\(number)")
            }
        } else {
            unlinkat(directory, name, 0)
        }
        if fd >= 0 { close(fd) }
        fd = Self.open(directory, name)
        size = 0
    }

    private func write(_ entries: [UInt8]) {
        guard fd >= 0 else { return }
        size += entries.count
        var rest = entries[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(fd, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            // A full disk loses log lines, not the container.
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }

    private func addEntry(_ line: [UInt8], _ stream: UInt8, _ time: [UInt8], to entries: inout [UInt8]) {
        // Docker, too, looks at the size before an entry: the last one may reach beyond the limit.
        if limit > 0, size + entries.count >= limit {
            write(entries)
            entries.removeAll(keepingCapacity: true)
            beginAnew()
        }
        entries += #"{"log":""#.utf8
        escape(line, to: &entries)
        entries += (stream == 2 ? #"","stream":"stderr","time":""# : #"","stream":"stdout","time":""#).utf8
        entries += time
        entries += "\"}\n".utf8
    }

    /// JSON's escapes; what is not UTF-8 becomes U+FFFD, as in Docker's log.
    private func escape(_ line: [UInt8], to output: inout [UInt8]) {
        let hex = Array("0123456789abcdef".utf8)
        var index = 0
        while index < line.count {
            let byte = line[index]
            switch byte {
            case 0x22, 0x5c: output += [0x5c, byte]
            case 0x0a: output += #"\n"#.utf8
            case 0x0d: output += #"\r"#.utf8
            case 0x09: output += #"\t"#.utf8
            case 0..<0x20, 0x3c, 0x3e, 0x26:
                output += #"\u00"#.utf8
                output += [hex[Int(byte >> 4)], hex[Int(byte & 15)]]
            case 0x80...:
                let length = sequenceLength(line, at: index)
                if length == 0 {
                    output += #"\ufffd"#.utf8
                } else {
                    output += line[index..<index + length]
                    index += length - 1
                }
            default: output.append(byte)
            }
            index += 1
        }
    }

    /// How many bytes the UTF-8 sequence at `index` has; 0 when it is none.
    private func sequenceLength(_ line: [UInt8], at index: Int) -> Int {
        let first = line[index]
        let length = first >= 0xf0 && first < 0xf5 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 0
        guard length > 0, first < 0xf5, index + length <= line.count else { return 0 }
        for offset in 1..<length where line[index + offset] & 0xc0 != 0x80 { return 0 }
        let second = line[index + 1]
        // Overlong forms, surrogates and what lies beyond U+10FFFF.
        if first == 0xe0 && second < 0xa0 || first == 0xed && second > 0x9f || first == 0xf0 && second < 0x90
            || first == 0xf4 && second > 0x8f
        {
            return 0
        }
        return length
    }

    /// Now, as RFC 3339 with nanoseconds.
    private func timestampBytes() -> [UInt8] {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        var parts = tm()
        var seconds = now.tv_sec
        gmtime_r(&seconds, &parts)
        var text: [UInt8] = []
        func add(_ value: Int, _ width: Int, _ separator: Character) {
            var digits: [UInt8] = []
            var rest = value
            for _ in 0..<width {
                digits.append(UInt8(0x30 + rest % 10))
                rest /= 10
            }
            text += digits.reversed()
            text.append(separator.asciiValue ?? 0)
        }
        add(Int(parts.tm_year) + 1900, 4, "-")
        add(Int(parts.tm_mon) + 1, 2, "-")
        add(Int(parts.tm_mday), 2, "T")
        add(Int(parts.tm_hour), 2, ":")
        add(Int(parts.tm_min), 2, ":")
        add(Int(parts.tm_sec), 2, ".")
        add(now.tv_nsec, 9, "Z")
        return text
    }
}
