import Basics
import Glibc
import Hashing
import OCI

/// What changes when somebody pushes or deletes.
extension HubStorage {
    // MARK: Blobs

    /// A config or layer that the repository has; its descriptor says the size.
    func blob(_ digest: Digest, in repository: String) -> Descriptor? { state.blob(digest, in: HubName.canonical(repository)) }

    /// Whether there is anything by that name, if only blobs that wait for their manifest.
    func holds(repository: String) -> Bool {
        let (state, name) = (state, HubName.canonical(repository))
        return state.catalogue.repositories[name] != nil || state.loose[name] != nil
    }

    /// Takes an uploaded file as a blob. The caller has checked its digest.
    func add(_ file: PendingFile, as digest: Digest, size: Int64, to repository: String) throws {
        try change { state in
            try state.addLoose(digest, size: size, to: HubName.canonical(repository), limit: limits.looseBlobs)
            try file.commit(as: path(of: digest))
        }
    }

    /// Lets a repository have a blob of another.
    ///
    /// - Returns: false if the other does not have it.
    func mount(_ digest: Digest, from source: String, to repository: String) throws -> Bool {
        var isThere = false
        try change { state in
            guard let blob = state.blob(digest, in: HubName.canonical(source)) else { return }
            isThere = true
            try state.addLoose(digest, size: blob.size, to: HubName.canonical(repository), limit: limits.looseBlobs)
        }
        return isThere
    }

    /// - Throws: `HubRefusal` when the repository does not have it or one of its manifests needs it.
    func deleteBlob(_ digest: Digest, in repository: String) throws {
        let repository = HubName.canonical(repository)
        try change { state in
            guard state.catalogue.repositories[repository]?.blobs[digest] == nil else {
                throw HubRefusal(.unsupported, "a manifest of this repository needs the blob")
            }
            guard state.loose[repository]?.removeValue(forKey: digest) != nil else {
                throw HubRefusal(.blobUnknown, ["digest": .string(digest.description)])
            }
            if state.loose[repository]?.isEmpty ?? false { state.loose[repository] = nil }
            if !state.holds(digest) { unlink(path(of: digest)) }
        }
    }

    // MARK: Manifests

    /// Takes a manifest or index whose parts the repository has.
    ///
    /// - Parameters:
    ///   - type: what the client says it is.
    ///   - tag: nil for one that is known by its digest alone.
    /// - Throws: `HubRefusal` that says what is wrong with it; `DrydockError` if the disk refuses.
    func push(_ bytes: [UInt8], type: String, to repository: String, tag: String?) throws -> Descriptor {
        let repository = HubName.canonical(repository)
        let document: ManifestDocument
        do {
            document = try ManifestDocument(parsing: bytes, mediaType: type)
        } catch {
            throw HubRefusal(.manifestInvalid, .string("\(error)"))
        }
        var pushed: Descriptor?
        try change { state in
            try state.check(document, in: repository)
            let image = try store(bytes, mediaType: type)
            let entries = state.catalogue.entries(pushing: image, to: repository, tag: tag)
            do {
                try set(entries, in: &state)
            } catch {
                if !state.holds(image.digest) { unlink(path(of: image.digest)) }
                throw error
            }
            state.tidyLoose(repository)
            pushed = image
        }
        guard let pushed else { preconditionFailure("a change that is done has pushed") }
        return pushed
    }

    /// Takes a tag away; its manifest stays.
    func untag(_ tag: String, in repository: String) throws {
        try change { state in
            guard state.catalogue.repository(repository)?.tags[tag] != nil else {
                throw HubRefusal(.manifestUnknown, ["Tag": .string(tag)])
            }
            try set(state.catalogue.entries(untagging: tag, in: repository), in: &state)
        }
    }

    /// Deletes a manifest with its tags. Its blobs stay in the repository, until they are deleted or the hub starts anew.
    ///
    /// - Throws: `HubRefusal` when the repository does not have it or one of its indexes lists it.
    func deleteManifest(_ digest: Digest, in repository: String) throws {
        let repository = HubName.canonical(repository)
        try change { state in
            guard let before = state.catalogue.repositories[repository], before.manifests[digest] != nil else {
                throw HubRefusal(.manifestUnknown, ["Digest": .string(digest.description)])
            }
            guard !before.choices.values.contains(where: { $0.contains { $0.digest == digest } }) else {
                throw HubRefusal(.unsupported, "an index of this repository lists the manifest")
            }
            try set(state.catalogue.entries(removing: digest, from: repository), in: &state)
            let after = state.catalogue.repositories[repository]
            for (digest, blob) in before.blobs where after?.blobs[digest] == nil {
                try? state.addLoose(digest, size: blob.size, to: repository, limit: limits.looseBlobs)
            }
        }
    }

    // MARK: The start

    /// Removes blobs to which nothing refers: those of pushes that did not come to their manifest, and of what was deleted.
    func sweep() throws {
        // What other tools wrote into the folder is left alone as long as it is not understood.
        guard let needed = catalogue.needed else { return }
        for name in try HostFiles.names(in: "\(directory)/blobs/sha256") {
            guard let digest = try? Digest(.sha256, hex: name), !needed.contains(digest) else { continue }
            unlink(path(of: digest))
        }
    }
}

extension HubStorage.State {
    func blob(_ digest: Digest, in repository: String) -> Descriptor? {
        if let known = catalogue.repositories[repository]?.blobs[digest] { return known }
        return loose[repository]?[digest].map { Descriptor(mediaType: "application/octet-stream", digest: digest, size: $0) }
    }

    /// Remembers a blob of a repository that no manifest of it needs.
    mutating func addLoose(_ digest: Digest, size: Int64, to repository: String, limit: Int) throws {
        guard catalogue.repositories[repository]?.blobs[digest] == nil, loose[repository]?[digest] == nil else { return }
        guard loose.values.reduce(0, { $0 + $1.count }) < limit else { throw HubRefusal(.hubFull) }
        loose[repository, default: [:]][digest] = size
    }

    /// Forgets which blobs waited, where the manifest has come.
    mutating func tidyLoose(_ repository: String) {
        let blobs = catalogue.repositories[repository]?.blobs ?? [:]
        let rest = loose[repository]?.filter { blobs[$0.key] == nil } ?? [:]
        loose[repository] = rest.isEmpty ? nil : rest
    }

    /// - Throws: `HubRefusal` when the repository lacks a part, or has it with another size or type than the document says: it
    ///   would be served wrongly.
    func check(_ document: ManifestDocument, in repository: String) throws {
        switch document {
        case .manifest(let manifest):
            for part in [manifest.config] + manifest.layers {
                guard let here = blob(part.digest, in: repository) else { throw unknown(part) }
                guard here.size == part.size else { throw wrong(part, "the size of \(part.digest) is \(here.size)") }
            }
        case .index(let index):
            for part in index.manifests {
                guard let here = catalogue.repositories[repository]?.manifests[part.digest] else { throw unknown(part) }
                guard here.size == part.size else { throw wrong(part, "the size of \(part.digest) is \(here.size)") }
                guard here.mediaType == part.mediaType else { throw wrong(part, "\(part.digest) is \(here.mediaType)") }
            }
        }
    }

    private func unknown(_ part: Descriptor) -> HubRefusal {
        HubRefusal(.manifestBlobUnknown, ["digest": .string(part.digest.description)])
    }

    private func wrong(_ part: Descriptor, _ problem: String) -> HubRefusal { HubRefusal(.manifestInvalid, .string(problem)) }
}
