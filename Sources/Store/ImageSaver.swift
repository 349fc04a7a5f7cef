import Basics
import CArchive
import Glibc
import Hashing
import OCI

/// Writes images as `docker save` does: an archive that `docker load` of every Docker takes, with the same image ids afterwards.
///
/// Format: Docker image specification v1.2, with the folders of v1 for readers older than `manifest.json`.
public struct ImageSaver {
    private let lease: StoreLease
    /// Called with the bytes of layers written so far; what it throws ends the work.
    private let progress: (Int64) throws -> Void

    public init(lease: StoreLease, progress: @escaping (Int64) throws -> Void = { _ in }) {
        self.lease = lease
        self.progress = progress
    }

    /// One image to save, and the names that it shall have in the archive.
    public struct Item: Sendable {
        public let image: StoredImage
        public let names: [Reference]

        public init(image: StoredImage, names: [Reference]) {
            self.image = image
            self.names = names
        }
    }

    /// - Parameter sink: Takes the archive's bytes.
    public func save(_ items: [Item], to sink: @escaping (UnsafeRawBufferPointer) throws -> Void) throws {
        let writer = try ArchiveWriter(sink)
        var written: Set<ChainID> = []
        var manifest: [JSONValue] = []
        var repositories = JSONObject()
        for item in items {
            let image = item.image
            for (index, chain) in image.chain.enumerated() where written.insert(chain).inserted {
                try addLayer(chain, image.layers[index], parent: index > 0 ? image.chain[index - 1] : nil, image, to: writer)
            }
            try addFile("\(image.id.hex).json", image.config.bytes, modified: image.created, to: writer)
            manifest.append([
                "Config": .string("\(image.id.hex).json"),
                "RepoTags": item.names.isEmpty ? .null : .array(item.names.map { .string($0.familiar) }),
                "Layers": .array(image.chain.map { .string("\($0.hex)/layer.tar") }),
            ])
            for name in item.names {
                guard let tag = name.tag, let top = image.chain.last else { continue }
                var tags = repositories[name.familiarName]?.objectValue ?? JSONObject()
                tags[tag] = .string(top.hex)
                repositories[name.familiarName] = .object(tags)
            }
        }
        try addFile("manifest.json", JSONValue.array(manifest).bytes() + [0x0a], modified: .zero, to: writer)
        if !repositories.isEmpty {
            try addFile("repositories", JSONValue.object(repositories).bytes() + [0x0a], modified: .zero, to: writer)
        }
        try writer.finish()
    }

    private func addLayer(_ chain: ChainID, _ blob: Descriptor, parent: ChainID?, _ image: StoredImage, to writer: ArchiveWriter) throws {
        let folder = MemberPath(components: [Array(chain.hex.utf8)])
        let time = image.created.nanoseconds / 1_000_000_000
        try writer.begin(ArchiveMember(path: folder, kind: S_IFDIR, mode: 0o755, modified: Int(time)))
        try addFile("\(chain.hex)/VERSION", Array("1.0".utf8), modified: image.created, to: writer)
        var legacy = JSONObject()
        legacy["id"] = .string(chain.hex)
        if let parent { legacy["parent"] = .string(parent.hex) }
        legacy["created"] = .string(image.created.description)
        legacy["os"] = .string(image.config.os)
        try addFile("\(chain.hex)/json", JSONValue.object(legacy).bytes(), modified: image.created, to: writer)
        // The header says how long the plain archive is; a compressed blob tells only when it is read to the end.
        let size = try isPlain(blob) ? blob.size : plainBytes(of: blob) { _ in }
        var member = ArchiveMember(path: MemberPath(components: folder.components + [Array("layer.tar".utf8)]), kind: S_IFREG, mode: 0o644)
        member.size = size
        member.modified = Int(time)
        try writer.begin(member)
        var done: Int64 = 0
        let write = { (piece: UnsafeRawBufferPointer) in
            try writer.write(piece)
            done += Int64(piece.count)
            try progress(done)
        }
        if isPlain(blob) { try copy(blob, write) } else { _ = try plainBytes(of: blob, write) }
    }

    /// The blob is the archive itself.
    private func isPlain(_ blob: Descriptor) -> Bool { blob.mediaType == MediaType.ociLayer || blob.mediaType == MediaType.dockerLayer }

    private func copy(_ blob: Descriptor, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        let source = try BlobSource(lease.store.blobPath(blob.digest))
        while case let piece = try source.next(), !piece.isEmpty { try body(piece) }
    }

    /// Reads a layer's blob, uncompressed.
    /// - Returns: how many bytes there were.
    private func plainBytes(of blob: Descriptor, _ body: (UnsafeRawBufferPointer) throws -> Void) throws -> Int64 {
        let source = try DecompressedSource(BlobSource(lease.store.blobPath(blob.digest)), limit: lease.store.limits.layerBytes)
        var count: Int64 = 0
        while true {
            let piece = try source.next()
            if piece.isEmpty { return count }
            count += Int64(piece.count)
            try body(piece)
        }
    }

    private func addFile(_ path: String, _ bytes: [UInt8], modified: Timestamp, to writer: ArchiveWriter) throws {
        let components = path.split(separator: "/").map { Array($0.utf8) }
        var member = ArchiveMember(path: MemberPath(components: components), kind: S_IFREG, mode: 0o644)
        member.size = Int64(bytes.count)
        member.modified = Int(max(0, modified.nanoseconds / 1_000_000_000))
        try writer.begin(member)
        try bytes.withUnsafeBytes { try writer.write($0) }
    }
}

/// Archives a whole root as `docker export` does.
public enum RootExport {
    /// - Parameters:
    ///   - root: The folder that shows the root.
    ///   - sink: Takes the archive's bytes.
    /// - Returns: How many members it has, and the size of its files.
    public static func write(_ root: String, to sink: @escaping (UnsafeRawBufferPointer) throws -> Void) throws -> (
        members: Int, size: Int64
    ) {
        let result = try TreeArchiver(form: .whole, owners: OwnerNames(of: try RootFolder(root))).archive(root, to: sink)
        return (result.members, result.size)
    }
}
