import Basics
import CArchive
import Glibc

/// libarchive, reading a tar from a closure. Every result below ARCHIVE_OK ends the reading, but for one that `check` explains.
final class TarReader {
    private final class Feed {
        let next: () throws -> [UInt8]?
        var failure: (any Error)?
        private var space = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)

        init(_ next: @escaping () throws -> [UInt8]?) { self.next = next }

        deinit { space.deallocate() }

        /// The next piece, in memory that stays until the one after it; empty at the end.
        func piece() throws -> UnsafeRawBufferPointer {
            while let bytes = try next() {
                if bytes.isEmpty { continue }
                if bytes.count > space.count {
                    space.deallocate()
                    space = .allocate(byteCount: bytes.count, alignment: 16)
                }
                space.copyBytes(from: bytes)
                return UnsafeRawBufferPointer(rebasing: space[..<bytes.count])
            }
            return UnsafeRawBufferPointer(start: nil, count: 0)
        }
    }

    private let archive: OpaquePointer
    private let feed: Feed

    /// - Parameter next: The archive's next piece; nil at its end.
    init(_ next: @escaping () throws -> [UInt8]?) throws {
        guard let archive = archive_read_new() else { throw DrydockError(.failed, "out of memory for an archive") }
        self.archive = archive
        feed = Feed(next)
        try check(archive_read_support_format_tar(archive))
        // Apple's "._name" members are files like others, as in Docker.
        try check(archive_read_set_format_option(archive, "tar", "mac-ext", nil))
        try check(archive_read_support_format_empty(archive))
        try withBinaryNames {
            try check(archive_read_open2(archive, Unmanaged.passUnretained(feed).toOpaque(), nil, readFromFeed, nil, nil))
        }
    }

    deinit { archive_read_free(archive) }

    /// The next member; nil at the end. Belongs to the reader until the next call.
    func nextEntry() throws -> OpaquePointer? {
        try withBinaryNames {
            var entry: OpaquePointer?
            let result = archive_read_next_header(archive, &entry)
            if result == ARCHIVE_EOF { return nil }
            try check(result)
            return entry
        }
    }

    /// The next piece of the member's content and its place in the file; nil at the end.
    func nextBlock() throws -> (bytes: UnsafeRawBufferPointer, offset: Int64)? {
        var start: UnsafeRawPointer?
        var count = 0
        var offset: la_int64_t = 0
        let result = archive_read_data_block(archive, &start, &count, &offset)
        if result == ARCHIVE_EOF { return nil }
        try check(result)
        return (UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : count), offset)
    }

    private func check(_ result: Int32) throws {
        guard result != ARCHIVE_OK else { return }
        if let failure = feed.failure { throw failure }
        let text = archive_error_string(archive).map { String(cString: $0) } ?? "libarchive gives no reason"
        // In the C locale, which keeps names byte for byte, libarchive says of each name beyond ASCII that it could not be converted.
        if result == ARCHIVE_WARN, text.hasSuffix("can't be converted from UTF-8 to current locale.") { return }
        throw DrydockError(.invalid, "the archive can't be read", cause: text)
    }

    private let readFromFeed: @convention(c) (OpaquePointer?, UnsafeMutableRawPointer?, UnsafeMutablePointer<UnsafeRawPointer?>?) -> Int = {
        _, context, buffer in
        guard let context, let buffer else { return -1 }
        let feed = Unmanaged<Feed>.fromOpaque(context).takeUnretainedValue()
        do {
            let bytes = try feed.piece()
            buffer.pointee = bytes.baseAddress
            return bytes.count
        } catch {
            feed.failure = error
            return -1
        }
    }
}

/// The C locale: under a UTF-8 locale libarchive normalises names (`é` of two code points becomes one), and files get other names.
private nonisolated(unsafe) let binaryLocale = newlocale(1 << LC_CTYPE, "C", nil)

func withBinaryNames<T>(_ body: () throws -> T) rethrows -> T {
    let previous = uselocale(binaryLocale)
    defer { _ = uselocale(previous) }
    return try body()
}
