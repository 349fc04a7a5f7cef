import Basics
import CArchive
import Glibc
import Hashing
import OCI

/// Reads images from what `docker save` writes, or from an OCI layout in a tar: `docker load`.
///
/// The stream is read once: its members are kept in the operation's staging folder until the list of images is known.
public final class ArchiveLoader {
    /// An image as loaded.
    public struct Loaded: Sendable {
        public let id: ImageID
        public let references: [Reference]
    }

    /// A member of the archive.
    enum Member {
        case file(StagedBlob)
        /// A link to another member: `docker save` writes a layer that several images share only once.
        case alias(MemberPath)
    }

    let lease: StoreLease
    let say: (String) -> Void
    let progress: StoreProgress
    private(set) var members: [MemberPath: Member] = [:]

    /// - Parameters:
    ///   - lease: The operation's claim; ends it when done.
    ///   - say: Takes the lines that Docker prints: `Loaded image: ubuntu:14.04`, each with its newline.
    ///   - progress: Bytes of the stream that were read.
    public init(lease: StoreLease, say: @escaping (String) -> Void = { _ in }, progress: @escaping StoreProgress = { _, _ in }) {
        self.lease = lease
        self.say = say
        self.progress = progress
    }

    /// Loads all images of an archive; those before one that fails stay loaded, as in Docker.
    /// - Throws: `DrydockError` with one sentence; nothing is made of an archive that breaks off.
    public func load(from archive: @escaping ArchiveBytes) throws -> [Loaded] {
        do {
            try stage(ReaderSource(archive) { [progress] in try progress($0, 0) })
            if members[Self.dockerList] != nil { return try loadDockerArchive() }
            if members[Self.ociIndex] != nil { return try loadLayout() }
            throw DrydockError(
                .invalid, "it holds neither manifest.json nor index.json", advice: "docker load takes what docker save or skopeo copy wrote"
            )
        } catch let error as DrydockError where error.code != .aborted {
            throw DrydockError(error.code, "can't load the archive: \(error.sentence)", cause: error.cause, advice: error.advice)
        }
    }

    static let dockerList = MemberPath(components: [Array("manifest.json".utf8)])
    static let ociIndex = MemberPath(components: [Array("index.json".utf8)])

    // MARK: Staging

    private func stage(_ source: ReaderSource) throws {
        let archive = try ArchiveReader(source, form: .compressedTar)
        while let entry = try archive.nextEntry() {
            guard members.count < lease.store.limits.archiveMembers else {
                throw DrydockError(.invalid, "it has more than \(lease.store.limits.archiveMembers) members")
            }
            guard let name = archive_entry_pathname(entry), let path = MemberPath(name), !path.isRoot else { continue }
            if let link = archive_entry_hardlink(entry) {
                members[path] = MemberPath(link).map(Member.alias)
            } else if mode_t(archive_entry_filetype(entry)) == S_IFLNK, let link = archive_entry_symlink(entry) {
                let joined = path.parent.components + [Array(String(cString: link).utf8)]
                members[path] = MemberPath(bytes: Array(joined.joined(separator: [UInt8(ascii: "/")]))).map(Member.alias)
            } else if mode_t(archive_entry_filetype(entry)) == S_IFREG {
                members[path] = .file(try stage(archive))
            }
        }
        // Only its end tells whether a stream was whole. More padding than this is nobody's archive, and is left unread.
        var padding = 1 << 20
        while padding > 0, case let count = try source.next().count, count > 0 { padding -= count }
    }

    /// Keeps a member's bytes. What begins as a layer does is unpacked at once, though it is not known yet whose it is: waiting for the
    /// list of images, which Docker writes last, would mean to read it all again.
    private func stage(_ archive: ArchiveReader) throws -> StagedBlob {
        // What a member is shows in its first half kilobyte, which may come in several pieces.
        var head: [UInt8] = []
        var count: Int64 = 0
        let next = { () throws -> UnsafeRawBufferPointer? in
            guard let block = try archive.nextBlock() else { return nil }
            // No tool writes images with holes; bytes at other places would not be what was hashed.
            guard block.offset == count else { throw DrydockError(.invalid, "it has a sparse member") }
            count += Int64(block.bytes.count)
            return block.bytes
        }
        while head.count < LayerUnpacker.headSize, let bytes = try next() { head += bytes }
        let intake = try lease.layerIntake(digest: nil, unpacks: head.withUnsafeBytes(Self.isLayer))
        try head.withUnsafeBytes { try intake.write($0) }
        while let bytes = try next() { try intake.write(bytes) }
        return try intake.finish()
    }

    private static func isLayer(_ beginning: UnsafeRawBufferPointer) -> Bool {
        LayerUnpacker.isPlain(beginning) || beginning.starts(with: InflateSource.magic) || beginning.starts(with: [0x28, 0xb5, 0x2f, 0xfd])
    }

    // MARK: Members

    /// The file behind a name that a document in the archive gives.
    func file(_ name: String, in document: String) throws -> StagedBlob {
        var path = MemberPath(bytes: name.utf8)
        for _ in 0..<8 {
            guard let current = path, let member = members[current] else { break }
            switch member {
            case .file(let blob): return blob
            case .alias(let target): path = target
            }
        }
        throw DrydockError(.invalid, "\(document) names \"\(shown(name))\", which the archive does not hold")
    }

    func read(_ blob: StagedBlob, limit: Int, _ what: String) throws -> [UInt8] {
        guard blob.size <= Int64(limit) else {
            throw DrydockError(.invalid, "\(what) is \(blob.size) bytes long, more than the \(limit) that are allowed")
        }
        return try Files.read(blob.path, limit: limit) ?? []
    }

    // MARK: Committing

    /// Adds an image whose parts were found, and says so as Docker does.
    func add(config: [UInt8], layers: [StagedBlob], manifest: (bytes: [UInt8], mediaType: String)?, names: [Reference]) throws -> Loaded {
        let parsed = try ImageConfig(parsing: config)
        guard layers.count == parsed.diffIDs.count else {
            throw DrydockError(.invalid, "invalid manifest, layers length mismatch: expected \(layers.count), got \(parsed.diffIDs.count)")
        }
        let store = lease.store
        var taggings: [ImageStore.Tagging] = []
        let isComplete = store.image(parsed.id).map { $0.chain.allSatisfy { lease.claim(layer: $0) != nil } } ?? false
        if isComplete {
            taggings = try names.map { try store.tag($0, as: parsed.id) }
        } else {
            let descriptors = try unpack(layers, diffIDs: parsed.diffIDs, keepsBlobs: manifest != nil)
            taggings = try store.commitImage(
                config: config, manifest: manifest, layers: descriptors, references: names, lease: lease
            ).taggings
        }
        for tagging in taggings {
            if let previous = tagging.previous {
                say("The image \(tagging.reference.familiar) already exists, renaming the old one with ID \(previous) to empty string\n")
            }
            say("Loaded image: \(tagging.reference.familiar)\n")
        }
        if names.isEmpty { say("Loaded image ID: \(parsed.id)\n") }
        return Loaded(id: parsed.id, references: taggings.map(\.reference))
    }

    /// - Parameter keepsBlobs: The manifest names these very blobs; else a blob that the store has for the same layer will do.
    private func unpack(_ layers: [StagedBlob], diffIDs: [Digest], keepsBlobs: Bool) throws -> [Descriptor] {
        var descriptors: [Descriptor] = []
        var below: ChainID?
        for (layer, diffID) in zip(layers, diffIDs) {
            let parent = below
            let chain = ChainID(diffID, on: parent)
            below = chain
            if !keepsBlobs, lease.claim(layer: chain) != nil, let known = lease.store.blob(ofLayer: chain), lease.claim(blob: known.digest)
            {
                descriptors.append(known)
                continue
            }
            let isStored = lease.claim(blob: layer.digest)
            let path = isStored ? layer.layout.blob(layer.digest) : layer.path
            let type = try mediaType(of: path)
            _ = try lease.unpackLayer(path: path, digest: layer.digest, diffID: diffID, parent: parent, progress: { _, _ in })
            if !isStored { try layer.publish() }
            descriptors.append(Descriptor(mediaType: type, digest: layer.digest, size: layer.size))
        }
        return descriptors
    }

    /// What kind of layer a file is, by its first bytes.
    ///
    /// OCI's types: skopeo, umoci and dive all know them, plain tars included, where of Docker's types only gzip is common.
    private func mediaType(of path: String) throws -> String {
        let file = try OwnedDescriptor(path, O_RDONLY)
        var magic = [UInt8](repeating: 0, count: 6)
        guard Glibc.read(file.raw, &magic, magic.count) >= 0 else { throw systemError("can't read \(path)") }
        if magic.starts(with: [0x1f, 0x8b]) { return MediaType.ociLayerGzip }
        if magic.starts(with: [0x28, 0xb5, 0x2f, 0xfd]) { return MediaType.ociLayerZstd }
        if magic.starts(with: [0x42, 0x5a, 0x68]) || magic == [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0] {
            throw DrydockError(.unsupported, "a layer is compressed with bzip2 or xz, for which images have no media type")
        }
        return MediaType.ociLayer
    }
}
