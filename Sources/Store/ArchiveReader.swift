import Basics
import CArchive
import Glibc

/// libarchive, reading from a `ByteSource`.
///
/// Every result below ARCHIVE_OK ends the reading, with one exception that `accept` explains.
final class ArchiveReader {
    enum Form {
        /// Any bytes: only the compression is undone.
        case compressedBytes
        /// A tar without compression.
        case tar
        /// A tar that may be compressed.
        case compressedTar
    }

    /// What libarchive's callback gets: the source, and the error that made it stop.
    fileprivate final class Feed {
        let source: any ByteSource
        var failure: (any Error)?
        init(_ source: any ByteSource) { self.source = source }
    }

    /// The sentence for what libarchive refuses.
    static let unreadable = "it can't be read"

    private let archive: OpaquePointer
    private let feed: Feed

    /// - Throws: `DrydockError` when the data are no such archive.
    init(_ source: any ByteSource, form: Form) throws {
        guard let archive = archive_read_new() else { throw DrydockError(.failed, "out of memory for an archive") }
        self.archive = archive
        feed = Feed(source)
        if form != .tar {
            try configure(archive_read_support_filter_gzip(archive), "gzip")
            try configure(archive_read_support_filter_zstd(archive), "zstd")
            try configure(archive_read_support_filter_bzip2(archive), "bzip2")
            try configure(archive_read_support_filter_xz(archive), "xz")
        }
        if form == .compressedBytes {
            try configure(archive_read_support_format_raw(archive), "raw")
        } else {
            try configure(archive_read_support_format_tar(archive), "tar")
            // Apple's "._name" members are files like others, as in Docker.
            try configure(archive_read_set_format_option(archive, "tar", "mac-ext", nil), "mac-ext")
        }
        // No bytes at all are an archive without members.
        try configure(archive_read_support_format_empty(archive), "empty")
        try withBinaryNames {
            let context = Unmanaged.passUnretained(feed).toOpaque()
            try check(archive_read_open2(archive, context, nil, readFromFeed, nil, nil))
        }
    }

    deinit { archive_read_free(archive) }

    /// A filter that libarchive was built without gives ARCHIVE_WARN: it would start a program to do the work.
    private func configure(_ result: Int32, _ what: String) throws {
        guard result == ARCHIVE_OK else { throw DrydockError(.unsupported, "this libarchive was built without \(what)") }
    }

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

    /// The next piece of the member's data and its place in the file, holes being left out; nil at the end.
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
        if result == ARCHIVE_WARN && accept(text) { return }
        throw DrydockError(.invalid, Self.unreadable, cause: text)
    }

    /// The one harmless warning: in the C locale, which keeps names byte for byte, libarchive says of each name beyond ASCII that it
    /// could not be converted to that locale, and gives the bytes as they are.
    private func accept(_ warning: String) -> Bool { warning.hasSuffix("can't be converted from UTF-8 to current locale.") }
}

/// The C locale: under a UTF-8 locale libarchive normalises names (`é` of two code points becomes one), and files get other names.
private nonisolated(unsafe) let binaryLocale = newlocale(1 << LC_CTYPE, "C", nil)

func withBinaryNames<T>(_ body: () throws -> T) rethrows -> T {
    let previous = uselocale(binaryLocale)
    defer { _ = uselocale(previous) }
    return try body()
}

/// libarchive's callback for more bytes.
private func readFromFeed(_: OpaquePointer?, context: UnsafeMutableRawPointer?, buffer: UnsafeMutablePointer<UnsafeRawPointer?>?) -> Int {
    guard let context, let buffer else { return -1 }
    let feed = Unmanaged<ArchiveReader.Feed>.fromOpaque(context).takeUnretainedValue()
    do {
        let bytes = try feed.source.next()
        buffer.pointee = bytes.baseAddress
        return bytes.count
    } catch {
        feed.failure = error
        return -1
    }
}
