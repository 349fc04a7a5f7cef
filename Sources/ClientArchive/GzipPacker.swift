import Basics
import Glibc

/// Packs a stream with gzip, a member for each piece (RFC 1952, section 2.2: members follow each other).
///
/// libdeflate is loaded when it is first needed: hardly a command needs it, and each would pay for it at its start.
public struct GzipPacker {
    private typealias Allocate = @convention(c) (Int32) -> OpaquePointer?
    private typealias Bound = @convention(c) (OpaquePointer?, Int) -> Int
    private typealias Compress = @convention(c) (OpaquePointer?, UnsafeRawPointer?, Int, UnsafeMutableRawPointer?, Int) -> Int

    private static let pieceSize = 512 << 10
    /// What gzip(1) takes, too.
    private static let level: Int32 = 6

    private let compressor: OpaquePointer
    private let bound: Bound
    private let compress: Compress

    /// - Throws: `DrydockError.unavailable` where the library is missing.
    public init() throws(DrydockError) {
        let library = dlopen("libdeflate.so.0", RTLD_NOW)
        guard let library, let allocate = dlsym(library, "libdeflate_alloc_compressor"),
            let bound = dlsym(library, "libdeflate_gzip_compress_bound"), let compress = dlsym(library, "libdeflate_gzip_compress"),
            let compressor = unsafeBitCast(allocate, to: Allocate.self)(Self.level)
        else { throw DrydockError(.unavailable, "can't compress without libdeflate", advice: "apt install libdeflate0") }
        self.compressor = compressor
        self.bound = unsafeBitCast(bound, to: Bound.self)
        self.compress = unsafeBitCast(compress, to: Compress.self)
    }

    /// Packs what a stream yields until there is enough for a piece.
    /// - Parameter next: the stream; nil at its end.
    /// - Returns: nil when the stream is at its end.
    public func next(from next: () throws -> [UInt8]?) throws -> [UInt8]? {
        var plain: [UInt8] = []
        while plain.count < Self.pieceSize, let piece = try next() { plain += piece }
        guard !plain.isEmpty else { return nil }
        let room = bound(compressor, plain.count)
        return try [UInt8](unsafeUninitializedCapacity: room) { space, count in
            count = compress(compressor, plain, plain.count, space.baseAddress, room)
            guard count > 0 else { throw DrydockError(.failed, "can't compress the build context") }
        }
    }
}
