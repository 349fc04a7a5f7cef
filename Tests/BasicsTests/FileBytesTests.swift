import Glibc
import Testing

@testable import Basics

/// Whole files are read whole, or not at all.
struct FileBytesTests {
    /// The bytes as they are read back from a file.
    private func stored(_ bytes: [UInt8], limit: Int) throws -> [UInt8] {
        var path = Array("/tmp/drydock-bytes-XXXXXX".utf8CString)
        let descriptor = mkstemp(&path)
        try #require(descriptor >= 0)
        defer { close(descriptor) }
        unlink(path)
        try writeAll(descriptor, bytes)
        lseek(descriptor, 0, SEEK_SET)
        return try readAll(descriptor, limit: limit)
    }

    @Test(arguments: [0, 1, 4095, 4096, 4097, 70_000, 300_000])
    func allOfItComes(_ count: Int) throws {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        #expect(try stored(bytes, limit: count) == bytes)
    }

    @Test(arguments: [1, 4096, 5000, 70_000])
    func aLongerOneIsRefused(_ limit: Int) throws {
        let error = #expect(throws: Errno.self) { try stored([UInt8](repeating: 1, count: limit + 1), limit: limit) }
        #expect(error?.code == EFBIG)
    }

    @Test func filesOfTheKernelAreReadToTheirEnd() throws {
        #expect(try readFile("/proc/self/maps").count > 4096)
        let error = #expect(throws: Errno.self) { try readFile("/proc/no-such-file") }
        #expect(error?.code == ENOENT)
    }
}
