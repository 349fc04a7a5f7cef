import Basics
import CArchive
import Glibc
import OCI

extension StoreLease {
    /// Unpacks a build's context into the operation's folder.
    /// - Parameters:
    ///   - archive: A tar, compressed or not.
    ///   - progress: Called with the bytes read; what it throws ends the work.
    /// - Returns: The folder; it goes with the lease.
    /// - Throws: `DrydockError`.
    public func unpackContext(
        from archive: @escaping ArchiveBytes, progress: @escaping (Int64) throws -> Void = { _ in }
    ) throws -> (tree: SourceTree, members: Int, size: Int64) {
        let folder = try makeFolder("context")
        let result = try unpackContext(from: archive, into: folder, progress: progress)
        return (try SourceTree(folder, headers: result.headers), result.members, result.size)
    }

    func unpackContext(
        from archive: @escaping ArchiveBytes, into folder: String, progress: @escaping (Int64) throws -> Void
    ) throws -> (headers: MemberHeaders, members: Int, size: Int64) {
        let tree = try LayerTree(path: folder)
        let source = UnendedArchive(ReaderSource(archive, progress: progress))
        var headers = MemberHeaders()
        var unpacker = LayerUnpacker(limits: store.limits, isPlainTree: true)
        unpacker.note = { headers.note($0, name: $1, isFolder: $2, hardLink: $3) }
        let result = try unpacker.extract(source, to: tree)
        // Only its end tells whether a stream was whole.
        var padding = 1 << 20
        while padding > 0, case let count = try source.next().count, count > 0 { padding -= count }
        do { try tree.finish() } catch let error as Errno { throw DrydockError(.failed, "can't unpack the context", errno: error) }
        return (headers, result.members, result.size)
    }

    /// A folder of the operation's own.
    public func makeFolder(_ purpose: String) throws -> String {
        let folder = temporaryPath(purpose)
        try Files.makeFolder(folder, mode: 0o755)
        return folder
    }
}

/// An archive whose last block and whose end may be missing, as in what Docker's client sends where it adds a Dockerfile.
private final class UnendedArchive: ByteSource {
    private let source: any ByteSource
    private var count = 0
    private var isAtEnd = false
    private var isPacked: Bool?
    private let padding = UnsafeMutableRawBufferPointer.allocate(byteCount: 512 + 1024, alignment: 16)

    init(_ source: any ByteSource) {
        self.source = source
        padding.initializeMemory(as: UInt8.self, repeating: 0)
    }

    deinit { padding.deallocate() }

    func next() throws -> UnsafeRawBufferPointer {
        guard !isAtEnd else { return UnsafeRawBufferPointer(start: nil, count: 0) }
        let bytes = try source.next()
        if !bytes.isEmpty || count == 0 {
            count += bytes.count
            isPacked = isPacked ?? (!bytes.isEmpty && !LayerUnpacker.isPlain(bytes))
            return bytes
        }
        isAtEnd = true
        // Zeros after something compressed would be garbage.
        guard isPacked == false else { return UnsafeRawBufferPointer(start: nil, count: 0) }
        return UnsafeRawBufferPointer(rebasing: padding[..<((512 - count % 512) % 512 + 1024)])
    }
}
