import Basics
import Glibc
import Hashing
import OCI
import Synchronization

extension ImageStore {
    /// What became of a name.
    public struct Tagging: Sendable {
        public let reference: Reference
        /// The image that had the name before; nil when none or the same had it.
        public let previous: ImageID?
    }

    /// Makes an image of parts that are already there: this is the moment at which it exists.
    ///
    /// Committing an image that exists replaces its manifest and adds names.
    /// - Parameters:
    ///   - config: The config's bytes; the image's id is their digest.
    ///   - manifest: The manifest's bytes and media type as pulled; nil writes an OCI manifest.
    ///   - layers: The layers' blobs, lowest first; ignored when there is a manifest.
    ///   - references: Names to give it.
    ///   - parent: The image it was made on, for `commit` and `build`.
    ///   - lease: Holds the parts until now.
    /// - Returns: The image as stored, and what became of the names.
    @discardableResult
    public func commitImage(
        config: [UInt8], manifest: (bytes: [UInt8], mediaType: String)? = nil, layers: [Descriptor] = [], references: [Reference] = [],
        parent: ImageID? = nil, lease: StoreLease
    ) throws -> (image: StoredImage, taggings: [Tagging]) {
        let parsed = try ImageConfig(parsing: config)
        let document: ImageManifest
        if let manifest {
            document = try ImageManifest(parsing: manifest.bytes, mediaType: manifest.mediaType)
            guard document.config.digest.matches(config) else {
                throw DrydockError(.invalid, "image config verification failed for digest \(document.config.digest)")
            }
        } else {
            let own = Descriptor(mediaType: MediaType.ociConfig, digest: parsed.id.digest, size: Int64(config.count))
            document = ImageManifest(config: own, layers: layers)
        }
        guard document.layers.count == parsed.diffIDs.count else {
            throw DrydockError(
                .invalid, "invalid manifest, layers length mismatch: expected \(document.layers.count), got \(parsed.diffIDs.count)")
        }
        let image = StoredImage(config: parsed, manifest: document)
        do {
            try lease.writeBlob(.config, config)
            try lease.writeBlob(.manifest, document.bytes)
            if document.mediaType != MediaType.ociManifest { try lease.writeBlob(.manifest, document.ociForm.bytes) }
            return try add(image, references: references, parent: parent)
        } catch {
            drop(Set(image.blobs).subtracting(image.layers.map(\.digest)), of: lease)
            throw error
        }
    }

    /// Removes what was written for an image that did not come into being, unless an image or another operation has it, too.
    private func drop(_ blobs: Set<Digest>, of lease: StoreLease) {
        state.withLock { state in
            state.leases[lease.number]?.blobs.subtract(blobs)
            for digest in blobs.subtracting(Self.neededBlobs(state)) { unlink(layout.blob(digest)) }
        }
    }

    /// Puts an image on record all of whose parts are there.
    private func add(_ new: StoredImage, references: [Reference], parent: ImageID?) throws -> (image: StoredImage, taggings: [Tagging]) {
        try state.withLock { state in
            var image = new
            for (descriptor, chain) in zip(image.layers, image.chain) {
                guard state.layers[chain] != nil, Files.exists(layout.blob(descriptor.digest)) else {
                    throw DrydockError(.failed, "layer \(descriptor.digest) is not in the store")
                }
            }
            var next = state
            let existing = state.images[image.id]
            image.references = existing?.references ?? []
            image.parent = parent ?? existing?.parent
            image.lastTagged = existing?.lastTagged
            next.images[image.id] = image
            let taggings = references.map { Self.name(image.id, $0.storageForm, in: &next) }
            next.damaged.removeAll { damaged in
                damaged.entry["digest"]?.stringValue == image.entry.digest.description
                    || references.contains { $0.storageForm.description == StoreReader.name(of: damaged.entry) }
            }
            Self.measure(&next)
            try save(next, over: state)
            if let existing { _ = discard([], Set(existing.blobs).subtracting(Self.neededBlobs(next)), in: &next) }
            state = next
            return (next.images[image.id] ?? image, taggings)
        }
    }

    /// Says upon which image one stands that came without it.
    /// - Throws: `DrydockError.notFound`.
    public func setParent(of id: ImageID, to parent: ImageID?) throws {
        try state.withLock { state in
            var next = state
            guard next.images[id] != nil, parent.map({ next.images[$0] != nil && $0 != id }) ?? true else {
                throw DrydockError(.notFound, "No such image: \(id)")
            }
            next.images[id]?.parent = parent
            try save(next, over: state)
            state = next
        }
    }

    /// Gives an image a name; another image that had it loses it, and stays without one.
    /// - Throws: `DrydockError.notFound`; `.invalid` when the reference has a digest, in Docker's words.
    @discardableResult
    public func tag(_ reference: Reference, as id: ImageID) throws -> Tagging {
        guard reference.digest == nil else { throw DrydockError(.invalid, "refusing to create a tag with a digest reference") }
        return try restore(reference, to: id)
    }

    /// Gives a name, a digest's too, back to the image that had it.
    @discardableResult
    public func restore(_ reference: Reference, to id: ImageID) throws -> Tagging {
        try state.withLock { state in
            guard state.images[id] != nil else { throw DrydockError(.notFound, "No such image: \(id)") }
            if state.names[reference.storageForm] == id {
                // All that changes is the time, which is not worth a wait for the disk: the next change takes it along, or the end.
                state.hasNewTimes = true
                return Self.name(id, reference.storageForm, in: &state)
            }
            var next = state
            let tagging = Self.name(id, reference.storageForm, in: &next)
            try save(next, over: state)
            state = next
            return tagging
        }
    }

    /// Writes when images were last given names that they already had. For the engine's end.
    public func saveTimes() throws {
        try state.withLock { state in
            guard state.hasNewTimes else { return }
            try save(state, over: state)
            state.hasNewTimes = false
        }
    }

    /// Takes a name away. The image stays, with its other names or without any.
    /// - Returns: The image that had it.
    /// - Throws: `DrydockError.notFound`.
    @discardableResult
    public func untag(_ reference: Reference) throws -> ImageID {
        let key = reference.storageForm
        return try state.withLock { state in
            guard let id = state.names[key] else { throw DrydockError(.notFound, "No such image: \(key.familiar)") }
            var next = state
            next.names[key] = nil
            next.images[id]?.references.removeAll { $0 == key }
            try save(next, over: state)
            state = next
            return id
        }
    }

    private static func name(_ id: ImageID, _ reference: Reference, in state: inout State) -> Tagging {
        let previous = state.names[reference].flatMap { $0 == id ? nil : $0 }
        if let previous { state.images[previous]?.references.removeAll { $0 == reference } }
        state.names[reference] = id
        state.images[id]?.add(reference)
        state.images[id]?.lastTagged = .now()
        return Tagging(reference: reference, previous: previous)
    }

    /// Gives up images that miss their manifest or config, so that what they leave can be collected.
    /// - Returns: What was given up.
    @discardableResult
    public func forgetDamaged() throws -> [StoreFinding] {
        try state.withLock { state in
            guard !state.damaged.isEmpty else { return [] }
            var next = state
            next.damaged = []
            try save(next, over: state)
            defer { state = next }
            return state.damaged.map { StoreFinding(kind: .image, path: layout.index, why: $0.reason) }
        }
    }

    /// Writes index.json. When that fails the file says again what `old` says: the new one may have its name already, and only not be synced.
    func save(_ next: State, over old: State) throws {
        do { try write(next) } catch {
            try? write(old)
            throw error
        }
    }

    /// An entry for each name, one without a name for an image that has none.
    private func write(_ state: State) throws {
        var entries: [JSONValue] = []
        for image in state.images.values.sorted(by: { $0.id < $1.id }) {
            var descriptor = image.entry
            if image.manifest.digest != descriptor.digest {
                descriptor.annotations[StoreReader.Annotation.manifest] = image.manifest.digest.description
            }
            descriptor.annotations[StoreReader.Annotation.parent] = image.parent?.description
            descriptor.annotations[StoreReader.Annotation.tagged] = image.lastTagged?.description
            if image.references.isEmpty { entries.append(descriptor.json) }
            for reference in image.references {
                descriptor.annotations[StoreReader.Annotation.name] = reference.description
                entries.append(descriptor.json)
            }
        }
        entries += state.damaged.map(\.entry)
        var index = JSONObject()
        index["schemaVersion"] = .integer(2)
        index["mediaType"] = .string(MediaType.ociIndex)
        index["manifests"] = .array(entries)
        try Files.write(JSONValue.object(index).bytes(indent: "  "), to: layout.index, by: layout.newIndex)
    }
}
