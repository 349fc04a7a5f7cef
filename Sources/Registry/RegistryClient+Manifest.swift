import Basics
import Hashing
import OCI

/// What a name led to: evidence of the step `pull.manifest`, and what the next steps need.
public struct ResolvedImage: Sendable {
    /// What the name points at, an index or a manifest: the digest that `docker pull` prints and `RepoDigests` holds.
    public let target: Descriptor
    /// The index that the manifest was chosen from, if there was one.
    public let index: ImageIndex?
    /// The manifest for this machine.
    public let manifest: ImageManifest
    public let manifestDigest: Digest
}

extension RegistryClient {
    /// Finds the manifest that a reference stands for on a platform.
    ///
    /// - Parameters:
    ///   - reference: its digest decides, else its tag, else `latest`.
    ///   - wait: called while the registry wants to be left alone for a while; what it throws ends it all.
    /// - Throws: `DrydockError`: `notFound` with Docker's words for an unknown image, tag or platform; `unavailable` if the
    ///   registry cannot be reached or answers nonsense; `invalid` if the document is none.
    public func resolve(_ reference: Reference, platform: Platform = .host, wait: () throws -> Void = {}) throws -> ResolvedImage {
        let reference = reference.storageForm
        let (document, target) = try document(reference, digest: reference.digest, wait)
        switch document {
        case .manifest(let manifest):
            return ResolvedImage(target: target, index: nil, manifest: manifest, manifestDigest: target.digest)
        case .index(let index):
            guard let choice = platform.best(of: index.manifests) else {
                throw DrydockError(.notFound, "no matching manifest for \(platform) in the manifest list entries")
            }
            guard choice.size <= Int64(limits.manifestBytes) else { throw tooLarge(reference) }
            guard case (.manifest(let manifest), _) = try self.document(reference, digest: choice.digest, wait) else {
                throw DrydockError(.unsupported, "the manifest of \(reference.familiar) for \(platform) is an index itself")
            }
            return ResolvedImage(target: target, index: index, manifest: manifest, manifestDigest: choice.digest)
        }
    }

    /// All tags of a repository, in the registry's order. Those beyond ten thousand are left out.
    public func tags(_ reference: Reference) throws -> [String] {
        var tags: [String] = []
        var next: String? = url("\(reference.path)/tags/list")
        for _ in 0..<100 {
            guard let page = next else { break }
            let (answer, body) = try authorized(page, reference) {
                try http.get($0, limit: limits.manifestBytes, what: "the list of tags of \(reference.familiarName)")
            }
            guard answer.status == 200 else { throw refusal(answer, body: body, for: reference) }
            let names = (try? JSONValue(parsing: body))?["tags"]?.arrayValue ?? []
            tags += names.compactMap(\.stringValue)
            // `</v2/name/tags/list?last=x&n=100>; rel="next"`, RFC 8288.
            let link = answer.values("link").first.flatMap { $0.firstMatch(of: /<([^>]+)>; *rel="?next"?/) }.map { String($0.1) }
            next = link.flatMap { $0.hasPrefix("/") && tags.count < 10_000 ? "\(endpoint)\($0)" : nil }
        }
        return tags
    }

    /// Fetches the config of an image.
    ///
    /// - Returns: the bytes that the manifest names, verified.
    /// - Throws: `DrydockError`: `unavailable` if it is too large, not there, or not what its digest says.
    public func fetchConfig(_ reference: Reference, _ manifest: ImageManifest) throws -> [UInt8] {
        let config = manifest.config
        guard config.size <= Int64(limits.configBytes) else {
            throw DrydockError(.invalid, "the config of \(reference.familiar) is larger than \(limits.configBytes) bytes")
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Int(config.size))
        try fetchBlob(reference, config, what: .config, to: { bytes.append(contentsOf: $0) }, progress: { _ in })
        return bytes
    }

    /// One document, verified against the digest that was asked for or that the registry says it has.
    private func document(_ reference: Reference, digest: Digest?, _ wait: () throws -> Void) throws -> (ManifestDocument, Descriptor) {
        let name = digest?.description ?? reference.tag ?? Reference.defaultTag
        let (answer, body) = try patiently(wait: wait) {
            let result = try authorized(url("\(reference.path)/manifests/\(name)"), accept: MediaType.manifests, reference) {
                try http.get($0, limit: limits.manifestBytes, what: "the manifest of \(reference.familiar)")
            }
            if result.answer.mayPass {
                throw Passing(error: refusal(result.answer, body: result.body, for: reference), wish: result.answer.retryAfter)
            }
            return result
        }
        guard answer.status == 200 else { throw refusal(answer, body: body, for: reference) }
        let stated = try statedDigest(answer)
        guard let wanted = digest ?? stated else { return try parsed(body, answer, reference, Digest.sha256(of: body)) }
        guard wanted.matches(body), stated?.matches(body) ?? true else {
            throw DrydockError(.unavailable, "manifest verification failed for digest \(wanted)")
        }
        return try parsed(body, answer, reference, wanted)
    }

    private func parsed(
        _ body: [UInt8],
        _ answer: HTTPAnswer,
        _ reference: Reference,
        _ digest: Digest
    ) throws -> (ManifestDocument, Descriptor) {
        let type = answer.values("content-type").first.map { value in String(value.prefix { $0 != ";" && $0 != " " }) }
        do {
            let document = try ManifestDocument(parsing: body, mediaType: type)
            let mediaType =
                switch document {
                case .manifest(let manifest): manifest.mediaType
                case .index(let index): index.mediaType
                }
            return (document, Descriptor(mediaType: mediaType, digest: digest, size: Int64(body.count)))
        } catch let error as DrydockError {
            throw DrydockError(
                error.code,
                "the registry's manifest of \(reference.familiar) cannot be used",
                cause: error.description,
                advice: error.advice
            )
        }
    }

    /// The digest in the answer's own words; nonsense there is a broken registry, not a missing header.
    private func statedDigest(_ answer: HTTPAnswer) throws -> Digest? {
        guard let text = answer.values("docker-content-digest").first else { return nil }
        guard let digest = try? Digest(text) else {
            throw DrydockError(.unavailable, "Get \"\(answer.url)\": the answer's Docker-Content-Digest is no digest")
        }
        return digest
    }

    private func tooLarge(_ reference: Reference) -> DrydockError {
        DrydockError(.unavailable, "the manifest of \(reference.familiar) is larger than \(limits.manifestBytes) bytes")
    }
}
