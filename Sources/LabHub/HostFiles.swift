import Basics
import Glibc
import Synchronization

/// The few operations on files that the hub needs, each of which says what failed and where.
enum HostFiles {
    /// What tells whether a file is still the same: its size and when it was last written.
    struct Stamp: Sendable, Hashable {
        let size: Int64
        let modified: Int64
    }

    static func failure(_ what: String, _ path: String, _ errno: Errno = .current) -> DrydockError {
        DrydockError(.failed, "cannot \(what) \(path)", errno: errno)
    }

    /// Whether one of these operations failed because nothing more fits on the disk or in a quota.
    static func isDiskFull(_ error: any Error) -> Bool {
        let cause = (error as? DrydockError)?.cause
        return cause == Errno(ENOSPC).text || cause == Errno(EDQUOT).text
    }

    /// - Throws: `DrydockError` (`failed`) if the file is not there or is larger than `limit` bytes.
    static func read(_ path: String, limit: Int) throws -> [UInt8] {
        do {
            return try readFile(path, limit: limit)
        } catch {
            throw DrydockError(.failed, "cannot read \(path)", errno: error)
        }
    }

    /// Reads a file in pieces, in order.
    static func read(_ path: String, to sink: (UnsafeRawBufferPointer) throws -> Void) throws {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("open", path) }
        defer { close(descriptor) }
        try withUnsafeTemporaryAllocation(byteCount: 64 << 10, alignment: 16) { buffer in
            while true {
                let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
                if count < 0 && errno == EINTR { continue }
                guard count >= 0 else { throw failure("read", path) }
                if count == 0 { return }
                try sink(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            }
        }
    }

    /// - Returns: nil if there is no regular file at that path.
    static func stamp(_ path: String) -> Stamp? {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return Stamp(
            size: Int64(status.st_size),
            modified: Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec)
        )
    }

    static func names(in directory: String) throws -> [String] {
        do { return try folderNames(directory) } catch { throw failure("read the folder", directory, error) }
    }

    static func link(_ path: String) throws -> String {
        try withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Int(PATH_MAX)) { buffer in
            let count = buffer.withMemoryRebound(to: CChar.self) { readlink(path, $0.baseAddress!, $0.count) }
            guard count >= 0 else { throw failure("read the link", path) }
            return String(decoding: buffer[..<count], as: UTF8.self)
        }
    }

    /// Makes a folder and those above it, where they are missing.
    static func makeDirectory(_ path: String) throws {
        if mkdir(path, 0o755) == 0 || errno == EEXIST { return }
        guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash > path.startIndex else { throw failure("make the folder", path) }
        try makeDirectory(String(path[..<slash]))
        guard mkdir(path, 0o755) == 0 || errno == EEXIST else { throw failure("make the folder", path) }
    }

    /// Makes a rename in a folder last through a power cut.
    static func synchronise(directory: String) throws {
        let descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("open", directory) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw failure("sync", directory) }
    }
}

/// A new file that appears under its name only when it is whole and on the disk.
final class PendingFile {
    /// How many were begun; with the process's number it makes names that are new in a folder with one writer.
    private static let count = Atomic<Int>(0)

    private let staging: String
    private var descriptor: CInt

    /// - Parameters:
    ///   - folder: where it is written; on the same file system as its later place.
    ///   - mode: from its birth on, so that a secret can be read by nobody else at any time.
    init(in folder: String, mode: mode_t = 0o644) throws {
        let number = Self.count.wrappingAdd(1, ordering: .relaxed).newValue
        staging = "\(folder)/new-\(getpid())-\(number)"
        descriptor = open(staging, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw HostFiles.failure("make the file", staging) }
    }

    func write(_ bytes: UnsafeRawBufferPointer) throws {
        var rest = bytes
        while !rest.isEmpty {
            let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw HostFiles.failure("write", staging) }
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
    }

    /// Waits until what was written is on the disk.
    func synchronise() throws {
        guard fsync(descriptor) == 0 else { throw HostFiles.failure("sync", staging) }
    }

    /// Syncs the file and gives it its name.
    func commit(as path: String) throws {
        try synchronise()
        guard rename(staging, path) == 0 else { throw HostFiles.failure("rename \(staging) to", path) }
        close(descriptor)
        descriptor = -1
        try HostFiles.synchronise(directory: String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)]))
    }

    /// What was not committed leaves nothing behind.
    deinit {
        guard descriptor >= 0 else { return }
        close(descriptor)
        unlink(staging)
    }
}
