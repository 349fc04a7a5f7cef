import Basics
import Glibc
import Hashing
import OCI
import Synchronization

/// Images, their layers and names, below a state root.
///
/// The engine's process is the only writer; within it any thread may call. All state is in memory, the disk follows each change
/// before anybody sees it: `index.json` is replaced as a whole, blobs and layers come into being by rename.
public final class ImageStore: Sendable {
    struct State {
        var images: [ImageID: StoredImage] = [:]
        var names: [Reference: ImageID] = [:]
        var layers: [ChainID: LayerRecord] = [:]
        /// Entries of index.json that can't be used, kept as they are.
        var damaged: [(entry: JSONValue, reason: String)] = []
        var leases: [Int: Claims] = [:]
        var nextLease = 1
        /// Images were given names that they already had, and the disk does not know when.
        var hasNewTimes = false
    }

    /// What a lease protects.
    struct Claims {
        let staging: String
        var layers: Set<ChainID> = []
        var blobs: Set<Digest> = []
    }

    let layout: StoreLayout
    /// What is refused of strangers' archives.
    public let limits: StoreLimits
    let state: Mutex<State>

    /// Where operations may put unfinished things; same file system as the store.
    public var stagingFolder: String { layout.staging }

    /// Opens the store below a state root, or makes a new one.
    /// - Parameter root: An absolute path; created when it is missing.
    /// - Throws: `DrydockError` when a folder can't be made or `index.json` is damaged.
    public init(root: String, limits: StoreLimits = StoreLimits()) throws {
        layout = StoreLayout(root: root)
        self.limits = limits
        try Self.makeFolders(layout)
        let reader = StoreReader(layout: layout)
        var state = State()
        state.layers = try reader.layers()
        let entries = try reader.index()
        for entry in entries {
            do {
                Self.insert(try reader.image(of: entry), into: &state)
            } catch {
                // One damaged image must not cost the others: it is left alone, and `findings` tells of it.
                state.damaged.append((entry, "\(error)"))
            }
        }
        Self.measure(&state)
        try Self.sweepStories(layout, keeping: state.images.keys)
        self.state = Mutex(state)
    }

    private static func makeFolders(_ layout: StoreLayout) throws {
        try Files.makeFolders(layout.root, mode: 0o711)
        try Files.makeFolder(layout.images, mode: 0o755)
        try Files.makeFolder(layout.blobs, mode: 0o755)
        try Files.makeFolder(layout.blobs(.sha256), mode: 0o755)
        // Layers hold set-user-id programs of strangers: nobody else may reach them on the host.
        try Files.makeFolder(layout.layers, mode: 0o700)
        try Files.makeFolder(layout.links, mode: 0o700)
        try Files.makeFolder(layout.staging, mode: 0o700)
        try Files.makeFolder(layout.stories, mode: 0o700)
        if let bytes = try Files.read(layout.layoutFile, limit: 4096) {
            let version = (try? JSONValue(parsing: bytes))?["imageLayoutVersion"]?.stringValue
            guard version == "1.0.0" else {
                throw DrydockError(.failed, "\(layout.layoutFile) does not say that this is an OCI image layout of version 1.0.0")
            }
        } else {
            try Files.write(Array(#"{"imageLayoutVersion":"1.0.0"}"#.utf8), to: layout.layoutFile, by: layout.newIndex)
        }
    }

    /// Adds an image as read from one entry of the index; entries of the same image are its several names.
    private static func insert(_ image: StoredImage, into state: inout State) {
        var merged = state.images[image.id] ?? image
        for reference in image.references where state.names[reference] == nil {
            merged.add(reference)
            state.names[reference] = image.id
        }
        state.images[image.id] = merged
    }

    static func measure(_ state: inout State) {
        for (id, image) in state.images {
            state.images[id]?.size = image.chain.reduce(0) { $0 + (state.layers[$1]?.size ?? 0) }
        }
    }

    // MARK: Reading

    /// All images, the youngest first.
    public func images() -> [StoredImage] {
        state.withLock { state in
            // Not the images themselves: each exchange in a sort would copy all of their parts' references.
            let order = state.images.values.map { (created: $0.created, id: $0.id) }.sorted { ($1.created, $0.id) < ($0.created, $1.id) }
            return order.compactMap { state.images[$0.id] }
        }
    }

    public func image(_ id: ImageID) -> StoredImage? { state.withLock { $0.images[id] } }

    /// The image that has a name; `latest` where the name has neither tag nor digest.
    public func image(named reference: Reference) -> StoredImage? {
        state.withLock { state in state.names[reference.storageForm].flatMap { state.images[$0] } }
    }

    /// The image that a user means: by name, by id, by the beginning of an id.
    /// - Throws: `DrydockError.invalid` when the text is no name; `.notFound` with Docker's `No such image: …`.
    public func lookup(_ text: String) throws -> StoredImage {
        let name = try ImageName(text)
        return try state.withLock { state in
            switch name {
            case .id(let id):
                if let image = state.images[id] { return image }
            case .reference(let reference):
                if let image = state.names[reference.storageForm].flatMap({ state.images[$0] }) { return image }
            }
            let candidates = Self.search(text, in: state)
            if let image = candidates.first, candidates.count == 1 { return image }
            // Docker gives the same message for none and for several; several deserve a hint.
            let ids = candidates.map(\.id.short).sorted().prefix(8).joined(separator: ", ")
            throw DrydockError(
                .notFound, "No such image: \(name.familiar)",
                advice: candidates.isEmpty ? nil : "several ids begin with \(text): \(ids)")
        }
    }

    private static func search(_ text: String, in state: State) -> [StoredImage] {
        let prefix = text.hasPrefix("sha256:") ? String(text.dropFirst(7)) : text
        guard !prefix.isEmpty else { return [] }
        return state.images.values.filter { $0.id.hex.hasPrefix(prefix) }
    }

    public func layer(_ chain: ChainID) -> LayerRecord? { state.withLock { $0.layers[chain] } }

    /// The images that were made on this one.
    public func children(of id: ImageID) -> [ImageID] {
        state.withLock { $0.images.values.filter { $0.parent == id }.map(\.id).sorted() }
    }

    /// The folder with a layer's files.
    public func filesFolder(of chain: ChainID) -> String { layout.layerFiles(chain) }

    /// The bytes of a small blob.
    /// - Throws: `DrydockError.notFound`; `.failed` when it is longer than `limit`.
    public func readBlob(_ digest: Digest, limit: Int = ImageLimits.configBytes) throws -> [UInt8] {
        try StoreReader(layout: layout).blob(digest, limit: limit)
    }

    public func hasBlob(_ digest: Digest) -> Bool { Files.exists(layout.blob(digest)) }

    /// Where a blob lies, for reading.
    public func blobPath(_ digest: Digest) -> String { layout.blob(digest) }

    /// The stored blob of an unpacked layer, from any image that has it.
    func blob(ofLayer chain: ChainID) -> Descriptor? {
        state.withLock { state in
            for image in state.images.values {
                if let index = image.chain.firstIndex(of: chain), index < image.layers.count { return image.layers[index] }
            }
            return nil
        }
    }

    // MARK: Leases

    /// Begins a claim on the store for one operation.
    /// - Parameter operation: Names the staging folder.
    public func lease(operation: String) throws -> StoreLease {
        guard !operation.isEmpty, !operation.hasPrefix("."), operation.utf8.allSatisfy({ $0 != UInt8(ascii: "/") && $0 != 0 }) else {
            throw DrydockError(.invalid, "\"\(operation)\" can't name a staging folder")
        }
        return try state.withLock { state in
            let number = state.nextLease
            var folder = "\(layout.staging)/\(operation)"
            // An earlier operation of that name may have left something that could not be removed.
            if mkdir(folder, 0o700) != 0, errno == EEXIST {
                folder += ".\(number)"
                try FileTree.remove(folder)
                errno = 0
                if mkdir(folder, 0o700) != 0 { throw systemError("can't create \(folder)") }
            }
            guard Files.exists(folder) else { throw systemError("can't create \(folder)") }
            state.nextLease += 1
            state.leases[number] = Claims(staging: folder)
            return StoreLease(store: self, number: number, staging: folder)
        }
    }

    func claim(layer chain: ChainID, for lease: Int) -> LayerRecord? {
        state.withLock { state in
            state.leases[lease]?.layers.insert(chain)
            return state.layers[chain]
        }
    }

    func claim(blob digest: Digest, for lease: Int) -> Bool {
        state.withLock { state in
            _ = state.leases[lease]?.blobs.insert(digest)
            return Files.exists(layout.blob(digest))
        }
    }

    func release(_ lease: Int) { state.withLock { _ = $0.leases.removeValue(forKey: lease) } }
}

/// Bounds of what the store takes from strangers.
public struct StoreLimits: Sendable {
    /// Bytes of one layer: of its uncompressed tar, and of the files it makes.
    public var layerBytes: Int64 = 64 << 30
    /// Members of one layer's archive.
    public var layerMembers = 4_000_000
    /// Members of an archive given to `docker load`.
    public var archiveMembers = 200_000

    public init() {}
}
