import Basics
import OCI

/// What there is: manifests, blobs and lists.
///
/// Source: OCI distribution specification 1.1, "Pull" and "Content Discovery".
extension HubRoutes {
    func manifest(_ request: HubRequest, _ reference: String, in repository: HubCatalogue.Repository) -> HubAnswer {
        let wanted: Descriptor?
        if reference.contains(":") {
            guard let digest = try? Digest(reference) else { return HubProblem.digestInvalid.answer(.string(reference)) }
            wanted = repository.manifests[digest]
        } else {
            wanted = repository.tags[reference].flatMap { negotiated($0, request, in: repository) }
        }
        guard let wanted else { return HubProblem.manifestUnknown.answer(["Tag": .string(reference)]) }
        return file(wanted, request, headers: [("Content-Type", wanted.mediaType)])
    }

    /// A client that names the types it can read, but no index, gets the manifest for this hub's platform. By digest there is
    /// nothing to choose.
    private func negotiated(_ tagged: Descriptor, _ request: HubRequest, in repository: HubCatalogue.Repository) -> Descriptor? {
        let accepted = request.accepted
        guard MediaType.isIndex(tagged.mediaType), !accepted.isEmpty, !accepted.contains("*/*"),
            !accepted.contains("application/*"), !accepted.contains(tagged.mediaType)
        else { return tagged }
        let choices = repository.choices[tagged.digest] ?? []
        return platform.best(of: choices.filter { accepted.contains($0.mediaType) })
    }

    func blob(_ request: HubRequest, _ reference: String, in repository: String) -> HubAnswer {
        guard let digest = try? Digest(reference) else { return HubProblem.digestInvalid.answer(.string(reference)) }
        guard let blob = storage.blob(digest, in: repository) else {
            return HubProblem.blobUnknown.answer(["digest": .string(reference)])
        }
        return file(blob, request, headers: [("Content-Type", "application/octet-stream"), ("Cache-Control", "max-age=31536000")])
    }

    private func file(_ descriptor: Descriptor, _ request: HubRequest, headers: [(name: String, value: String)]) -> HubAnswer {
        let etag = "\"\(descriptor.digest)\""
        let common = headers + [("Docker-Content-Digest", descriptor.digest.description), ("ETag", etag), ("Accept-Ranges", "bytes")]
        if request.values("if-none-match").contains(etag) { return HubAnswer(status: 304, headers: common, body: .bytes([])) }
        let path = storage.path(of: descriptor.digest)
        switch ByteRange.parse(request.values("range"), size: descriptor.size) {
        case .whole:
            return HubAnswer(status: 200, headers: common, body: .file(path: path, range: 0..<descriptor.size))
        case .part(let range):
            let place = ("Content-Range", "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(descriptor.size)")
            return HubAnswer(status: 206, headers: common + [place], body: .file(path: path, range: range))
        case .outside:
            return HubProblem.rangeInvalid.answer(headers: [("Content-Range", "bytes */\(descriptor.size)")])
        }
    }

    /// One page of a list of names: `?n=` at most so many, `?last=` after that one, and a Link to the next page.
    func page(_ names: [String], _ request: HubRequest, _ document: (JSONValue) -> JSONValue) -> HubAnswer {
        // More names than this are not sent in one answer.
        var limit = 1000
        if let wish = request.parameter("n") {
            guard let number = Int(wish), number >= 0 else { return HubProblem.paginationInvalid.answer(["n": .string(wish)]) }
            limit = min(number, limit)
        }
        let rest = request.parameter("last").map { last in names.filter { goOrdered(last, $0) } } ?? names
        let shown = rest.prefix(limit)
        var headers: [(name: String, value: String)] = []
        if let last = shown.last, shown.count < rest.count {
            headers.append(("Link", "<\(request.path)?last=\(last)&n=\(limit)>; rel=\"next\""))
        }
        return .json(document(.array(shown.map { .string($0) })), headers: headers)
    }
}
