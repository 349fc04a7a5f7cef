import Glibc

/// Leaves out the pages of a file's data that are nothing but zeros, and need no place on the disk.
public enum Holes {
    /// Writes the data that are not zeros where they belong. The caller sets the file's length at the end.
    public static func write(_ data: UnsafeRawBufferPointer, to file: Int32, at offset: Int64) throws(Errno) {
        var (rest, offset) = (data, offset)
        while !rest.isEmpty {
            var count = leadingZeros(rest)
            if count == 0 {
                count = pwrite(file, rest.baseAddress, lengthOfData(rest), off_t(offset))
                if count < 0 {
                    if errno == EINTR { continue }
                    throw Errno.current
                }
            }
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            offset += Int64(count)
        }
    }

    /// A hole is worth its while from here on, in bytes.
    private static let page = 4096

    /// How many bytes of whole pages the data begin with that are nothing but zeros.
    private static func leadingZeros(_ data: UnsafeRawBufferPointer) -> Int {
        var length = 0
        while length + page <= data.count, isZero(data, at: length) { length += page }
        return length
    }

    /// How many bytes come before the next page of zeros.
    private static func lengthOfData(_ data: UnsafeRawBufferPointer) -> Int {
        var length = min(page, data.count)
        while length < data.count {
            if length + page <= data.count, isZero(data, at: length) { break }
            length = min(length + page, data.count)
        }
        return length
    }

    /// Compared with itself, one byte on: the C library's fastest loop.
    private static func isZero(_ data: UnsafeRawBufferPointer, at offset: Int) -> Bool {
        guard let base = data.baseAddress, data[offset] == 0 else { return false }
        return memcmp(base + offset, base + offset + 1, page - 1) == 0
    }
}
