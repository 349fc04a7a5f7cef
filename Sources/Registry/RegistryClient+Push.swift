import Basics
import Glibc
import Hashing
import OCI

/// Source: OCI distribution specification 1.1, "Push".
extension RegistryClient {
    /// Whether the repository has a blob already.
    public func hasBlob(_ reference: Reference, _ digest: Digest, _ access: RepositoryAccess) throws -> Bool {
        let url = url("\(reference.path)/blobs/\(digest)")
        let (answer, body) = try authorized(reference, access) { authorization in
            // A HEAD may be redirected to where blobs are stored, like the GET that it stands for.
            let answer = try http.get(HTTPRequest(method: "HEAD", url: url, authorization: authorization)) { _, _ in }
            return (answer, answer.body)
        }
        switch answer.status {
        case 200: return true
        case 404: return false
        default: throw refusal(answer, body: body, for: reference, access)
        }
    }

    /// Sends a blob, or has the registry take it over from another repository. It is in the repository when this returns.
    /// - Parameters:
    ///   - file: Read by position, from its beginning.
    ///   - source: A repository that may have the blob; nil when none is known.
    ///   - progress: Bytes sent so far; what it throws ends the upload.
    /// - Returns: true when it was taken over, and nothing was sent.
    public func pushBlob(
        _ reference: Reference, _ digest: Digest, size: Int64, file: Int32, from source: String?, _ access: RepositoryAccess,
        progress: (Int64) throws -> Void
    ) throws -> Bool {
        let wait = { try progress(0) }
        return try patiently(wait: wait) {
            guard let location = try beginUpload(reference, digest, from: source, access) else { return true }
            let url = location + (location.contains("?") ? "&" : "?") + "digest=\(Self.encoded(digest.description))"
            let answer = try send(reference, access, progress: progress) {
                HTTPRequest(
                    method: "PUT", url: url, authorization: $0, otherHeaders: ["Content-Type: application/octet-stream"],
                    body: .file(file, size: size))
            }
            guard answer.status == 201 || answer.status == 204 else { throw failure(answer, reference, access) }
            return false
        }
    }

    /// - Returns: where the bytes are to go; nil when the registry has taken the blob over.
    private func beginUpload(_ reference: Reference, _ digest: Digest, from source: String?, _ access: RepositoryAccess) throws -> String? {
        var url = url("\(reference.path)/blobs/uploads/")
        if let source { url += "?mount=\(digest)&from=\(Self.encoded(source))" }
        let answer = try send(reference, access) {
            HTTPRequest(method: "POST", url: url, authorization: $0, body: .bytes([]))
        }
        if answer.status == 201, source != nil { return nil }
        guard answer.status == 202 else { throw failure(answer, reference, access) }
        guard let location = answer.values("location").first, let target = absolute(location) else {
            throw DrydockError(.unavailable, "Post \"\(url)\": the answer doesn't say where the upload goes")
        }
        return target
    }

    private func failure(_ answer: HTTPAnswer, _ reference: Reference, _ access: RepositoryAccess) -> any Error {
        let refusal = refusal(answer, body: answer.body, for: reference, access)
        return answer.mayPass ? Passing(error: refusal, wish: answer.retryAfter) : refusal
    }

    /// Puts a manifest under its tag, or under its digest where the reference has no tag.
    /// - Parameter wait: Called while there is nothing to do but to wait; what it throws ends it all.
    /// - Returns: the manifest's digest.
    @discardableResult
    public func putManifest(
        _ reference: Reference, _ bytes: [UInt8], mediaType: String, _ access: RepositoryAccess, wait: () throws -> Void = {}
    ) throws -> Digest {
        let digest = Digest.sha256(of: bytes)
        let url = url("\(reference.path)/manifests/\(reference.tag ?? digest.description)")
        let answer = try patiently(wait: wait) {
            let answer = try send(reference, access) {
                HTTPRequest(
                    method: "PUT", url: url, authorization: $0, otherHeaders: ["Content-Type: \(mediaType)"], body: .bytes(bytes))
            }
            guard answer.status == 201 || answer.status == 200 else { throw failure(answer, reference, access) }
            return answer
        }
        if let stated = answer.values("docker-content-digest").first, stated != digest.description {
            throw DrydockError(.unavailable, "Put \"\(url)\": the registry stored \(Self.plain(stated)) instead of \(digest)")
        }
        return digest
    }

    private func send(
        _ reference: Reference, _ access: RepositoryAccess, progress: (Int64) throws -> Void = { _ in },
        _ request: (String?) -> HTTPRequest
    ) throws -> HTTPAnswer {
        try authorized(reference, access) { authorization in
            let answer = try http.send(request(authorization), progress: progress)
            return (answer, answer.body)
        }.answer
    }

    /// Where an upload goes. Not to another host: the token would go with it, and so would the image.
    private func absolute(_ location: String) -> String? {
        let target = location.hasPrefix("/") ? "\(endpoint)\(location)" : location
        guard let there = URLParts(target), let here = URLParts("\(endpoint)"),
            there.host == here.host || there.isLoopback && here.isLoopback,
            there.port == here.port, there.scheme == here.scheme
        else { return nil }
        return target
    }

    /// What an answer to a push means, in Docker's words: those of a pull speak of a pull.
    func refusal(_ answer: HTTPAnswer, body: [UInt8], for reference: Reference, _ access: RepositoryAccess) -> DrydockError {
        guard case .push = access else { return refusal(answer, body: body, for: reference) }
        let challenge = answer.values("www-authenticate").compactMap { AuthChallenge.parse($0) }.joined().first
        let first = (try? JSONValue(parsing: body))?["errors"]?[0]
        if answer.status == 403 || answer.status == 401 && challenge?.parameters["error"] == "insufficient_scope" {
            return DrydockError(.unauthorized, "denied: requested access to the resource is denied")
        }
        if answer.status == 401 { return DrydockError(.unauthorized, "unauthorized: authentication required") }
        guard let code = first?["code"]?.stringValue else {
            return DrydockError(.unavailable, "\(answer.url): received unexpected HTTP status: \(answer.status)")
        }
        let message = Self.plain(first?["message"]?.stringValue ?? "")
        return DrydockError(.unavailable, Self.plain(code).lowercased().replacing("_", with: " ") + ": " + message)
    }
}
