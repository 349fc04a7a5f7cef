import Basics
import Glibc
import Hashing
import OCI

/// Somewhere bytes come from, piece by piece.
protocol ByteSource: AnyObject {
    /// The next piece, valid until the next call; empty at the end.
    func next() throws -> UnsafeRawBufferPointer
}

/// How far long work is: bytes done, bytes in all (0 when that is not known). Throwing ends the work.
public typealias StoreProgress = (_ current: Int64, _ total: Int64) throws -> Void

/// An archive as others hand it in: fills the memory with its next bytes and says how many there were; 0 at the end. Throws where it breaks off.
public typealias ArchiveBytes = (UnsafeMutableRawBufferPointer) throws -> Int

/// Reads an archive that is handed in.
final class ReaderSource: ByteSource {
    private let read: ArchiveBytes
    private let progress: (Int64) throws -> Void
    private var done: Int64 = 0
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 512 << 10, alignment: 4096)

    init(_ read: @escaping ArchiveBytes, progress: @escaping (Int64) throws -> Void) {
        self.read = read
        self.progress = progress
    }

    deinit { buffer.deallocate() }

    func next() throws -> UnsafeRawBufferPointer {
        let count = try read(buffer)
        done += Int64(count)
        try progress(done)
        return UnsafeRawBufferPointer(rebasing: buffer[..<count])
    }
}

/// Reads a blob, past the page cache where that can be: it is hardly ever read again.
final class BlobSource: ByteSource {
    private let file: SharedDescriptor
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 4096)
    private var isUncached: Bool

    init(_ path: String) throws {
        file = try SharedDescriptor(path, O_RDONLY)
        isUncached = setUncached(file.raw, true)
    }

    deinit { buffer.deallocate() }

    func next() throws -> UnsafeRawBufferPointer {
        while true {
            let count = read(file.raw, buffer.baseAddress, buffer.count)
            if count < 0 {
                if errno == EINTR { continue }
                // A file system that knows the flag, but can't do it.
                if errno == EINVAL, isUncached, setUncached(file.raw, false) {
                    isUncached = false
                    continue
                }
                throw systemError("can't read the layer")
            }
            // The place after a short last piece is no whole page.
            if count < buffer.count, isUncached { isUncached = !setUncached(file.raw, false) }
            return UnsafeRawBufferPointer(rebasing: buffer[..<count])
        }
    }
}

/// Another source, up to a bound.
final class LimitedSource: ByteSource {
    private let source: any ByteSource
    private let limit: Int64
    private var count: Int64 = 0

    init(_ source: any ByteSource, limit: Int64) {
        self.source = source
        self.limit = limit
    }

    func next() throws -> UnsafeRawBufferPointer {
        let bytes = try source.next()
        count += Int64(bytes.count)
        guard count <= limit else { throw DrydockError(.invalid, "its uncompressed content is larger than \(limit) bytes") }
        return bytes
    }
}

/// Decompresses another source (gzip, zstd, bzip2, xz, or nothing at all) and hashes what comes out: a layer's diff id.
final class DecompressedSource: ByteSource {
    private let plain: any ByteSource
    private let hasher = ContentHasher()
    private let limit: Int64

    /// - Parameter limit: More uncompressed bytes than this are refused: a small archive can hold a disk full of zeros.
    init(_ source: any ByteSource, limit: Int64) throws {
        let peeked = try PeekedSource(source)
        plain = peeked.first.starts(with: InflateSource.magic) ? try InflateSource(peeked) : try FilteredSource(peeked)
        self.limit = limit
    }

    func next() throws -> UnsafeRawBufferPointer {
        let bytes = try plain.next()
        guard !bytes.isEmpty else { return bytes }
        hasher.update(bytes)
        guard hasher.count <= limit else { throw DrydockError(.invalid, "its uncompressed content is larger than \(limit) bytes") }
        return bytes
    }

    /// Reads on to the end (padding follows an archive's last member) and gives the digest of all uncompressed bytes.
    func finish() throws -> Digest {
        while try !next().isEmpty {}
        return hasher.finish()
    }
}

/// Undoes what compression libarchive finds, or none.
private final class FilteredSource: ByteSource {
    private let archive: ArchiveReader
    private var isOpen = false
    private var isAtEnd = false

    init(_ source: any ByteSource) throws { archive = try ArchiveReader(source, form: .compressedBytes) }

    func next() throws -> UnsafeRawBufferPointer {
        if !isOpen {
            isOpen = true
            isAtEnd = try archive.nextEntry() == nil
        }
        while !isAtEnd {
            guard let block = try archive.nextBlock() else {
                isAtEnd = true
                break
            }
            if !block.bytes.isEmpty { return block.bytes }
        }
        return UnsafeRawBufferPointer(start: nil, count: 0)
    }
}
