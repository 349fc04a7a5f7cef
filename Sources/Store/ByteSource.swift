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

/// Reads an open file.
final class FileSource: ByteSource {
    private let file: Int32
    private let total: Int64
    private let progress: StoreProgress
    private var done: Int64 = 0
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 4096)

    /// - Parameter file: Stays the caller's.
    init(file: Int32, total: Int64, progress: @escaping StoreProgress) {
        self.file = file
        self.total = total
        self.progress = progress
    }

    deinit { buffer.deallocate() }

    func next() throws -> UnsafeRawBufferPointer {
        while true {
            let count = read(file, buffer.baseAddress, buffer.count)
            if count < 0 {
                if errno == EINTR { continue }
                throw systemError("can't read the archive")
            }
            done += Int64(count)
            try progress(done, total)
            return UnsafeRawBufferPointer(rebasing: buffer[..<count])
        }
    }
}

/// Decompresses another source (gzip, zstd, bzip2, xz, or nothing at all) and hashes what comes out: a layer's diff id.
final class DecompressedSource: ByteSource {
    private let archive: ArchiveReader
    private let hasher = ContentHasher()
    private let limit: Int64
    private var isOpen = false
    private var isAtEnd = false

    /// - Parameter limit: More uncompressed bytes than this are refused: a small archive can hold a disk full of zeros.
    init(_ source: any ByteSource, limit: Int64) throws {
        archive = try ArchiveReader(source, form: .compressedBytes)
        self.limit = limit
    }

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
            if block.bytes.isEmpty { continue }
            hasher.update(block.bytes)
            guard hasher.count <= limit else {
                throw DrydockError(.invalid, "its uncompressed content is larger than \(limit) bytes")
            }
            return block.bytes
        }
        return UnsafeRawBufferPointer(start: nil, count: 0)
    }

    /// Reads on to the end (padding follows an archive's last member) and gives the digest of all uncompressed bytes.
    func finish() throws -> Digest {
        while try !next().isEmpty {}
        return hasher.finish()
    }
}
