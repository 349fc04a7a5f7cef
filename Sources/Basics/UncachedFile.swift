import Glibc

/// Writes a file past the page cache (O_DIRECT of open(2)) once it turns out to be large.
///
/// A blob is written once and hardly ever read again. In the page cache it would push out what is read, and cost, where memory has to be
/// had from a host first, four times what the disk takes to write it.
public final class UncachedFile {
    private static let pieceSize = 1 << 20

    private let file: Int32
    private let keepsHoles: Bool
    private let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: UncachedFile.pieceSize, alignment: 4096)
    /// Where in the file the piece begins.
    private var start: Int64 = 0
    private var filled = 0
    private var isDirect = false

    /// - Parameters:
    ///   - file: Open for writing, empty; stays the caller's.
    ///   - keepsHoles: Pages of zeros are not written. The caller sets the file's length at the end.
    public init(_ file: Int32, keepsHoles: Bool = false) {
        self.file = file
        self.keepsHoles = keepsHoles
    }

    deinit { piece.deallocate() }

    /// The next bytes belong to this place.
    /// - Throws: As `write`.
    public func move(to offset: Int64) throws(Errno) {
        guard offset != start + Int64(filled) else { return }
        try finish()
        start = offset
    }

    /// Appends bytes.
    /// - Throws: The `Errno` of pwrite(2).
    public func write(_ bytes: UnsafeRawBufferPointer) throws(Errno) {
        var rest = bytes
        while !rest.isEmpty {
            // Direct writes ask for memory, length and place in whole blocks of the device.
            let fitting = min(rest.count, piece.count - filled)
            UnsafeMutableRawBufferPointer(rebasing: piece[filled...]).copyMemory(from: UnsafeRawBufferPointer(rebasing: rest[..<fitting]))
            filled += fitting
            rest = UnsafeRawBufferPointer(rebasing: rest[fitting...])
            guard filled == piece.count else { continue }
            if !isDirect, start % Int64(piece.count) == 0 { isDirect = setUncached(file, true) }
            try flush()
        }
    }

    /// Writes what is left.
    /// - Throws: As `write`.
    public func finish() throws(Errno) {
        // The tail is no whole number of blocks.
        if isDirect { isDirect = !setUncached(file, false) }
        try flush()
    }

    private func flush() throws(Errno) {
        let bytes = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(piece)[..<filled])
        do throws(Errno) {
            try write(bytes, at: start)
        } catch {
            // A file system that knows the flag, but not for these blocks.
            guard error.code == EINVAL, isDirect, setUncached(file, false) else { throw error }
            isDirect = false
            try write(bytes, at: start)
        }
        start += Int64(filled)
        filled = 0
    }

    private func write(_ bytes: UnsafeRawBufferPointer, at offset: Int64) throws(Errno) {
        if keepsHoles { return try Holes.write(bytes, to: file, at: offset) }
        var (rest, offset) = (bytes, offset)
        while !rest.isEmpty {
            let count = pwrite(file, rest.baseAddress, rest.count, off_t(offset))
            if count < 0 {
                if errno == EINTR { continue }
                throw Errno.current
            }
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            offset += Int64(count)
        }
    }
}

/// Makes reads and writes of a file pass by the page cache, or no longer.
///
/// From then on the kernel asks for memory, length and place in whole pages.
/// - Returns: false when its file system can't do it.
public func setUncached(_ file: Int32, _ wish: Bool) -> Bool {
    #if arch(arm64)
        let direct: Int32 = 0o200000
    #else
        let direct: Int32 = 0o40000
    #endif
    let flags = fcntl(file, F_GETFL)
    guard flags >= 0 else { return false }
    return fcntl(file, F_SETFL, wish ? flags | direct : flags & ~direct) == 0
}
