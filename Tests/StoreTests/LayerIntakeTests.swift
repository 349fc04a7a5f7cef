import Basics
import CArchive
import Foundation
import Glibc
import Hashing
import OCI
import Testing

@testable import Store

@Suite("A layer that is unpacked as it comes", .enabled(if: geteuid() == 0, "owners need root"))
struct LayerIntakeTests {
    private let fixture: Fixture

    init() throws { fixture = try Fixture() }

    /// Hands a layer over in pieces of an awkward size, then asks for it.
    private func take(_ archive: [UInt8], _ lease: StoreLease, digest: Digest? = nil, diffID: Digest) throws -> LayerRecord {
        let intake = try lease.layerIntake(digest: digest ?? Digest.sha256(of: archive), size: Int64(archive.count))
        for start in stride(from: 0, to: archive.count, by: 99_991) {
            let piece = archive[start..<min(start + 99_991, archive.count)]
            try piece.withUnsafeBytes { try intake.write($0) }
        }
        try intake.commit()
        let blob = Descriptor(mediaType: MediaType.ociLayer, digest: Digest.sha256(of: archive), size: Int64(archive.count))
        return try lease.unpackLayer(blob: blob, diffID: diffID, parent: nil)
    }

    /// Data with pages of zeros in them, some of which begin within a page, and no two pages alike.
    private func content(_ count: Int) -> [UInt8] {
        var bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 11) }
        for hole in [0..<8192, 50_000..<70_000, 1_048_576..<1_052_672] where hole.upperBound <= count {
            bytes.replaceSubrange(hole, with: [UInt8](repeating: 0, count: hole.count))
        }
        return bytes
    }

    @Test("has the same files, whether large or small, plain or packed", arguments: ["cat", "gzip", "zstd"])
    func sameFiles(tool: String) throws {
        let sizes = [0, 1, 4096, 70_001, 1 << 20, (2 << 20) - 1, 2 << 20, (5 << 20) + 777]
        var tar = Tar()
        for size in sizes { tar.add("of-\(size)", bytes: content(size)) }
        let lease = try fixture.store.lease(operation: "take")
        defer { lease.end() }
        let archive = try compressed(tar.finished, tool)
        let record = try take(archive, lease, diffID: Digest.sha256(of: tar.finished))
        #expect(record.members == sizes.count)
        let folder = fixture.store.filesFolder(of: record.chainID)
        for size in sizes { #expect(try readFile("\(folder)/of-\(size)") == content(size), "\(size)") }
        // What is kept is what came.
        #expect(try readFile(fixture.store.blobPath(Digest.sha256(of: archive))) == archive)
        // Pages of zeros have no place on the disk.
        let large = try #require(status("\(folder)/of-\((5 << 20) + 777)"))
        #expect(Int64(large.st_blocks) * 512 < Int64(large.st_size))
    }

    @Test("that is another than announced says so first, though it could not be unpacked either") func wrongDigest() throws {
        var garbage = Array("\u{1f}\u{8b}".utf8)
        garbage = [0x1f, 0x8b, 8, 0] + (0..<9_000_000).map { UInt8(truncatingIfNeeded: $0 &* 7) } + garbage
        let lease = try fixture.store.lease(operation: "take")
        let error = #expect(throws: DrydockError.self) {
            try take(garbage, lease, digest: Digest.sha256(of: [1]), diffID: Digest.sha256(of: [2]))
        }
        #expect(error?.sentence.hasPrefix("filesystem layer verification failed for digest") == true, "\(error?.description ?? "")")
        lease.end()
        try fixture.expectClean()
    }

    @Test("that can't be unpacked is taken to its end, and refused when it is asked for") func broken() throws {
        var tar = Tar()
        tar.add("good", data: "x")
        // More than what may lie between the threads.
        let broken = tar.bytes + [UInt8](repeating: 7, count: 9 << 20)
        let lease = try fixture.store.lease(operation: "take")
        let error = #expect(throws: DrydockError.self) { try take(broken, lease, diffID: Digest.sha256(of: broken)) }
        #expect(error?.sentence.hasPrefix("layer sha256:") == true, "\(error?.description ?? "")")
        lease.end()
        #expect(try Files.names(in: fixture.store.stagingFolder) == [])
        #expect(try Files.names(in: fixture.store.layersFolder) == ["l"])
    }

    @Test("and is given up in the middle leaves nothing, at once") func cancelled() throws {
        let lease = try fixture.store.lease(operation: "take")
        let intake = try lease.layerIntake(digest: nil)
        var tar = Tar()
        tar.add("file", bytes: content(3 << 20))
        try tar.bytes.withUnsafeBytes { try intake.write($0) }
        intake.cancel()
        #expect(try Files.names(in: lease.staging) == [])
        lease.end()
        try fixture.expectClean()
    }

    @Test("and is never asked for goes with its operation") func forgotten() throws {
        let lease = try fixture.store.lease(operation: "take")
        let intake = try lease.layerIntake(digest: nil)
        var tar = Tar()
        tar.add("file", bytes: content(3 << 20))
        try tar.finished.withUnsafeBytes { try intake.write($0) }
        _ = try intake.finish()
        lease.end()
        try fixture.expectClean()
    }
}

@Suite("Inflating")
struct InflateSourceTests {
    /// Gives its bytes in pieces of one size.
    private final class Pieces: ByteSource {
        let bytes: [UInt8]
        let size: Int
        var place = 0
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
        init(_ bytes: [UInt8], _ size: Int) {
            self.bytes = bytes
            self.size = size
        }
        deinit { buffer.deallocate() }
        func next() -> UnsafeRawBufferPointer {
            let piece = bytes[place..<min(place + size, bytes.count)]
            place += piece.count
            buffer.copyBytes(from: piece)
            return UnsafeRawBufferPointer(rebasing: buffer[..<piece.count])
        }
    }

    private func inflated(_ bytes: [UInt8], by size: Int) throws -> [UInt8] {
        let source = try InflateSource(Pieces(bytes, size))
        var all: [UInt8] = []
        while case let piece = try source.next(), !piece.isEmpty { all += piece }
        return all
    }

    private let plain = (0..<2_000_000).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 7) }

    @Test("gives back what was packed, one member or several, in whatever pieces it comes", arguments: [1, 3, 4096, 1 << 20])
    func whole(size: Int) throws {
        let count = size == 1 ? 20_000 : plain.count
        let first = try compressed(Array(plain[..<count]), "gzip")
        let second = try compressed(Array(plain[1000..<3000]), "gzip")
        let empty = try compressed([], "gzip")
        #expect(try inflated(first, by: size) == Array(plain[..<count]))
        #expect(try inflated(first + empty + second + first, by: size) == Array(plain[..<count] + plain[1000..<3000] + plain[..<count]))
    }

    @Test("passes over what follows the last member") func padding() throws {
        let packed = try compressed(Array(plain[..<5000]), "gzip")
        #expect(try inflated(packed + [UInt8](repeating: 0, count: 3000), by: 777) == Array(plain[..<5000]))
    }

    @Test("refuses what is cut short, at each place") func truncated() throws {
        let packed = try compressed(Array(plain[..<5000]), "gzip")
        for length in stride(from: 2, to: packed.count, by: 41) + [packed.count - 1] {
            #expect(throws: DrydockError.self, "\(length)") { try inflated(Array(packed[..<length]), by: 512) }
        }
    }

    @Test("refuses what has changed: content, checksum, length, head") func changed() throws {
        let packed = try compressed(Array(plain[..<50_000]), "gzip")
        for place in [2, packed.count / 2, packed.count - 6, packed.count - 2] {
            var wrong = packed
            wrong[place] ^= 0x55
            #expect(throws: DrydockError.self, "\(place)") { try inflated(wrong, by: 4096) }
        }
    }
}
