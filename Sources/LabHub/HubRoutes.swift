import Basics
import OCI

/// The distribution API: which question gets which answer. It knows nothing of sockets.
///
/// Source: OCI distribution specification 1.1.
struct HubRoutes: Sendable {
    let storage: HubStorage
    let tokens: TokenMint
    /// The platform that a client gets which cannot read an index.
    let platform: Platform

    static let service = "drydock-lab-hub"
    /// More names than this are not sent in one answer.
    private static let pageLimit = 1000

    func answer(_ request: HubRequest) -> HubAnswer {
        var answer = request.path == "/token" ? token(request) : api(request)
        answer.headers.append(("Docker-Distribution-Api-Version", "registry/2.0"))
        answer.headers.append(("X-Content-Type-Options", "nosniff"))
        return answer
    }

    private func api(_ request: HubRequest) -> HubAnswer {
        guard request.path.hasPrefix("/v2/") || request.path == "/v2" else { return HubProblem.notFound.answer() }
        guard request.method == "GET" || request.method == "HEAD" else {
            return HubProblem.unsupported.answer(headers: [("Allow", "GET, HEAD")])
        }
        let rest = request.path.dropFirst("/v2/".count)
        if rest.isEmpty { return guarded(request, nil) { .json([:]) } }
        if rest == "_catalog" {
            return guarded(request, TokenMint.Scope(type: "registry", name: "catalog", action: "*")) {
                page(storage.catalogue.repositories.keys.sorted(by: goOrdered), request) { ["repositories": $0] }
            }
        }
        return repository(request, rest.split(separator: "/", omittingEmptySubsequences: false).map(String.init))
    }

    /// `<name>/tags/list`, `<name>/manifests/<reference>`, `<name>/blobs/<digest>`; the name has slashes itself.
    private func repository(_ request: HubRequest, _ parts: [String]) -> HubAnswer {
        guard parts.count >= 3 else { return HubProblem.notFound.answer() }
        let name = parts.dropLast(2).joined(separator: "/")
        let (kind, reference) = (parts[parts.count - 2], parts[parts.count - 1])
        guard ["tags", "manifests", "blobs"].contains(kind), kind != "tags" || reference == "list" else {
            return HubProblem.notFound.answer()
        }
        guard HubName.isRepository(name) else { return HubProblem.nameInvalid.answer(.string(name)) }
        return guarded(request, TokenMint.Scope(type: "repository", name: name, action: "pull")) {
            guard let repository = storage.catalogue.repository(name) else { return HubProblem.nameUnknown.answer(["name": .string(name)]) }
            return switch kind {
            case "tags":
                page(repository.tags.keys.sorted(by: goOrdered), request) { ["name": .string(name), "tags": $0] }
            case "manifests": manifest(request, reference, in: repository)
            default: blob(request, reference, in: repository)
            }
        }
    }

    // MARK: Who may

    private func guarded(_ request: HubRequest, _ scope: TokenMint.Scope?, _ answer: () -> HubAnswer) -> HubAnswer {
        let bearer = request.values("authorization").first.flatMap { value in
            value.lowercased().hasPrefix("bearer ") ? String(value.dropFirst("bearer ".count)) : nil
        }
        let verdict = bearer.map { tokens.judge($0, for: scope) }
        if verdict == .allowed { return answer() }
        var challenge = "Bearer realm=\"http://\(request.host)/token\",service=\"\(Self.service)\""
        if let scope { challenge += ",scope=\"\(scope.text)\"" }
        switch verdict {
        case .invalid: challenge += ",error=\"invalid_token\""
        case .insufficient: challenge += ",error=\"insufficient_scope\""
        case .allowed, nil: break
        }
        let detail: JSONValue =
            scope.map { [["Type": .string($0.type), "Class": "", "Name": .string($0.name), "Action": .string($0.action)]] } ?? nil
        return HubProblem.unauthorized.answer(detail, headers: [("WWW-Authenticate", challenge)])
    }

    /// Gives anyone who asks a token to pull what there is. For a repository that is not there the token is a good one that
    /// allows nothing, so "unknown" and "not yours" look alike, as on Docker Hub.
    private func token(_ request: HubRequest) -> HubAnswer {
        guard request.method == "GET" else { return HubProblem.unsupported.answer(headers: [("Allow", "GET")]) }
        let catalogue = storage.catalogue
        let wishes = request.query.filter { $0.key == "scope" }.flatMap { $0.value.split(separator: " ") }.prefix(16)
        let granted = wishes.compactMap { wish -> TokenMint.Scope? in
            // The name may have a colon in its host part, so the type is the first piece and the actions are the last.
            guard let first = wish.firstIndex(of: ":"), let last = wish.lastIndex(of: ":"), first < last else { return nil }
            let (type, name) = (String(wish[..<first]), String(wish[wish.index(after: first)..<last]))
            let actions = wish[wish.index(after: last)...].split(separator: ",")
            switch type {
            case "repository" where actions.contains("pull") && HubName.isRepository(name) && catalogue.repository(name) != nil:
                return TokenMint.Scope(type: type, name: name, action: "pull")
            case "registry" where name == "catalog" && actions.contains("*"):
                return TokenMint.Scope(type: type, name: name, action: "*")
            default: return nil
            }
        }
        let token = JSONValue.string(tokens.mint(granted))
        return .json(
            [
                "token": token, "access_token": token, "expires_in": .integer(tokens.lifetime),
                "issued_at": .string(Timestamp.now().description),
            ],
            headers: [("Cache-Control", "no-store")]
        )
    }

    // MARK: What there is

    private func manifest(_ request: HubRequest, _ reference: String, in repository: HubCatalogue.Repository) -> HubAnswer {
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

    private func blob(_ request: HubRequest, _ reference: String, in repository: HubCatalogue.Repository) -> HubAnswer {
        guard let digest = try? Digest(reference) else { return HubProblem.digestInvalid.answer(.string(reference)) }
        guard let blob = repository.blobs[digest] else { return HubProblem.blobUnknown.answer(["digest": .string(reference)]) }
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
    private func page(_ names: [String], _ request: HubRequest, _ document: (JSONValue) -> JSONValue) -> HubAnswer {
        var limit = Self.pageLimit
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

/// What part of a blob a Range header asks for (RFC 9110, section 14). One range; a client that asks for several gets all.
enum ByteRange: Sendable, Hashable {
    case whole
    case part(Range<Int64>)
    case outside

    static func parse(_ headers: [String], size: Int64) -> ByteRange {
        guard headers.count == 1, headers[0].hasPrefix("bytes=") else { return .whole }
        let sides = headers[0].dropFirst("bytes=".count).split(separator: "-", omittingEmptySubsequences: false)
        guard sides.count == 2, sides.allSatisfy({ $0.utf8.allSatisfy { (48...57).contains($0) } }) else { return .whole }
        switch (Int64(sides[0]), Int64(sides[1])) {
        case (nil, let last?) where sides[0].isEmpty:
            return last > 0 && size > 0 ? .part(max(0, size - last)..<size) : .outside
        case (let first?, nil) where sides[1].isEmpty:
            return first < size ? .part(first..<size) : .outside
        case (let first?, let last?):
            guard first <= last else { return .whole }
            return first < size ? .part(first..<(min(last, size - 1) + 1)) : .outside
        default:
            return .whole
        }
    }
}
