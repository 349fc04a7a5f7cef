import Basics
import CArchive
import Foundation
import Glibc
import Hashing
import OCI
import Testing

@testable import Store

/// A state root of its own for one test, removed at its end.
final class Fixture {
    let root: String
    let store: ImageStore

    init(limits: StoreLimits = StoreLimits()) throws {
        root = NSTemporaryDirectory() + "/drydock-store-\(UUID().uuidString)"
        store = try ImageStore(root: root, limits: limits)
    }

    deinit { try? FileTree.remove(root) }

    /// Unpacks an archive as the lowest layer.
    /// - Returns: The folder with its files.
    @discardableResult
    func unpack(_ archive: [UInt8], diffID: Digest? = nil) throws -> String {
        let lease = try store.lease(operation: "unpack")
        defer { lease.end() }
        let digest = try lease.writeBlob(.layer, archive)
        let record = try lease.unpackLayer(
            blob: Descriptor(mediaType: MediaType.ociLayer, digest: digest, size: Int64(archive.count)),
            diffID: diffID ?? Digest.sha256(of: archive), parent: nil)
        return store.filesFolder(of: record.chainID)
    }

    /// Commits an image with these layers.
    @discardableResult
    func image(_ layers: [[UInt8]], _ names: [String] = [], cmd: String = "sh") throws -> StoredImage {
        let lease = try store.lease(operation: "image")
        defer { lease.end() }
        var descriptors: [Descriptor] = []
        var diffIDs: [Digest] = []
        for layer in layers {
            let digest = try lease.writeBlob(.layer, layer)
            let descriptor = Descriptor(mediaType: MediaType.ociLayer, digest: digest, size: Int64(layer.count))
            _ = try lease.unpackLayer(blob: descriptor, diffID: digest, parent: ChainID.chain(of: diffIDs).last)
            descriptors.append(descriptor)
            diffIDs.append(digest)
        }
        return try store.commitImage(
            config: Self.config(diffIDs, cmd: cmd), layers: descriptors, references: names.map { try Reference($0) }, lease: lease
        ).image
    }

    static func config(_ diffIDs: [Digest], cmd: String = "sh") -> [UInt8] {
        let layers = diffIDs.map { "\"\($0)\"" }.joined(separator: ",")
        let text = #"{"architecture":"amd64","os":"linux","config":{"Cmd":["\#(cmd)"]},"rootfs":{"type":"layers","diff_ids":[\#(layers)]}}"#
        return Array(text.utf8)
    }

    /// Nothing is left of what went wrong.
    func expectClean(_ location: SourceLocation = #_sourceLocation) throws {
        #expect(try Files.names(in: store.stagingFolder) == [], sourceLocation: location)
        #expect(try Files.names(in: store.layersFolder) == ["l"], sourceLocation: location)
    }
}

/// Writes tars byte by byte, also such as no tool would write.
struct Tar {
    private(set) var bytes: [UInt8] = []

    enum Kind: Character {
        case file = "0"
        case hardLink = "1"
        case symbolicLink = "2"
        case character = "3"
        case folder = "5"
        case pipe = "6"
    }

    mutating func add(
        _ name: String, _ kind: Kind = .file, data: String = "", link: String = "", mode: Int = 0o644, owner: Int = 0,
        device: (Int, Int) = (0, 0),
        mtime: Int = 1_000_000_000, pax: [(String, [UInt8])] = [], size: Int? = nil
    ) {
        if !pax.isEmpty {
            let records = pax.flatMap { Self.record($0.0, $0.1) }
            block(name: "pax", flag: "x", size: records.count, link: "", mode: 0, owner: 0, device: (0, 0), mtime: 0)
            append(records)
        }
        let content = Array(data.utf8)
        block(
            name: name, flag: kind.rawValue, size: size ?? content.count, link: link, mode: mode, owner: owner, device: device, mtime: mtime
        )
        append(content)
    }

    mutating func add(_ name: String, bytes: [UInt8]) {
        block(name: name, flag: "0", size: bytes.count, link: "", mode: 0o644, owner: 0, device: (0, 0), mtime: 0)
        append(bytes)
    }

    var finished: [UInt8] { bytes + [UInt8](repeating: 0, count: 1024) }

    private static func record(_ key: String, _ value: [UInt8]) -> [UInt8] {
        var length = key.utf8.count + value.count + 3
        while "\(length)".utf8.count + key.utf8.count + value.count + 3 != length {
            length = "\(length)".utf8.count + key.utf8.count + value.count + 3
        }
        return Array("\(length) \(key)=".utf8) + value + [10]
    }

    private mutating func append(_ content: [UInt8]) {
        bytes += content
        bytes += [UInt8](repeating: 0, count: (512 - content.count % 512) % 512)
    }

    private mutating func block(
        name: String, flag: Character, size: Int, link: String, mode: Int, owner: Int, device: (Int, Int), mtime: Int
    ) {
        var header = [UInt8](repeating: 0, count: 512)
        func put(_ text: String, at place: Int) { header.replaceSubrange(place..<place + text.utf8.count, with: Array(text.utf8)) }
        func octal(_ number: Int, _ digits: Int) -> String {
            let text = String(number, radix: 8)
            return String(repeating: "0", count: max(0, digits - text.count)) + text
        }
        put(String(name.prefix(100)), at: 0)
        put(octal(mode, 7), at: 100)
        put(octal(owner, 7), at: 108)
        put(octal(owner, 7), at: 116)
        put(octal(size, 11), at: 124)
        put(octal(mtime, 11), at: 136)
        put(String(flag), at: 156)
        put(String(link.prefix(100)), at: 157)
        put("ustar\u{0}00", at: 257)
        put(octal(device.0, 7), at: 329)
        put(octal(device.1, 7), at: 337)
        put("        ", at: 148)
        put(octal(header.reduce(0) { $0 + Int($1) }, 6) + "\u{0} ", at: 148)
        bytes += header
    }
}

func status(_ path: String) -> stat? {
    var status = stat()
    return lstat(path, &status) == 0 ? status : nil
}

func content(_ path: String) -> String? { try? String(decoding: readFile(path), as: UTF8.self) }

func attribute(_ path: String, _ name: String) -> [UInt8]? {
    var value = [UInt8](repeating: 0, count: 256)
    let count = lgetxattr(path, name, &value, value.count)
    return count < 0 ? nil : Array(value[..<count])
}

/// An open file as the store is handed archives.
func reading(_ file: Int32) -> ArchiveBytes {
    { buffer in
        let count = read(file, buffer.baseAddress, buffer.count)
        guard count >= 0 else { throw Errno.current }
        return count
    }
}
