import Basics
import Hashing
import OCI

/// Pushing and deleting.
///
/// Source: OCI distribution specification 1.1, "Push" and "Content Management".
extension HubRoutes {
    // MARK: Uploads

    /// `POST <name>/blobs/uploads/`: begins an upload, or takes a whole blob at once, or one that another repository has.
    func newUpload(_ request: HubRequest, in name: String) -> HubPlan {
        only(["POST"], request) {
            guarded(request, .repository(name, "pull", "push")) {
                if let text = request.parameter("digest") { return wholeBlob(request, text, in: name) }
                return .attempt {
                    if let text = request.parameter("mount"), let source = request.parameter("from"), let digest = try? Digest(text),
                        // Who may pull from there? Everybody may pull everything, see `HubPolicy`.
                        HubName.isRepository(source), try storage.mount(digest, from: source, to: name)
                    {
                        return created(blob: digest, in: name)
                    }
                    return accepted(try uploads.begin(in: name))
                }
            }
        }
    }

    private func wholeBlob(_ request: HubRequest, _ text: String, in name: String) -> HubPlan {
        do {
            let digest = try digest(text)
            let upload = try uploads.begin(in: name)
            do {
                let body = try UploadBody(request, into: upload, of: uploads, isWhole: true)
                return .stream(body) { finish(body, as: digest, in: name) }
            } catch {
                uploads.end(upload)
                throw error
            }
        } catch {
            return .refuse(HubRefusal.answer(error))
        }
    }

    /// `<name>/blobs/uploads/<id>`: goes on with an upload, ends it, tells of it, gives it up.
    func upload(_ request: HubRequest, _ id: String, in name: String) -> HubPlan {
        only(["GET", "PATCH", "PUT", "DELETE"], request) {
            guarded(request, .repository(name, "pull", "push")) {
                do {
                    let upload = try uploads.find(id, in: name)
                    switch request.method {
                    case "GET": return .answer { .empty(204, headers(of: upload)) }
                    case "DELETE":
                        return .answer {
                            uploads.end(upload)
                            return .empty(204, [("Docker-Upload-UUID", upload.id)])
                        }
                    case "PATCH":
                        let body = try UploadBody(request, into: upload, of: uploads)
                        return .stream(body) {
                            HubAnswer.attempt {
                                try body.finish()
                                return accepted(upload)
                            }
                        }
                    default:
                        let digest = try digest(request.parameter("digest") ?? "")
                        let body = try UploadBody(request, into: upload, of: uploads)
                        return .stream(body) { finish(body, as: digest, in: name) }
                    }
                } catch {
                    return .refuse(HubRefusal.answer(error))
                }
            }
        }
    }

    /// The last of a blob is here.
    private func finish(_ body: UploadBody, as digest: Digest, in name: String) -> HubAnswer {
        HubAnswer.attempt {
            try body.commit(as: digest, to: storage)
            return created(blob: digest, in: name)
        }
    }

    private func headers(of upload: Upload) -> [(name: String, value: String)] {
        [("Location", upload.location), ("Range", upload.range), ("Docker-Upload-UUID", upload.id)]
    }

    private func accepted(_ upload: Upload) -> HubAnswer { .empty(202, headers(of: upload)) }

    private func created(blob digest: Digest, in name: String) -> HubAnswer {
        .empty(201, [("Location", "/v2/\(name)/blobs/\(digest)"), ("Docker-Content-Digest", digest.description)])
    }

    /// The only algorithm by which the hub stores what it is sent: uploads are hashed as they come, before their name is known.
    private func digest(_ text: String) throws -> Digest {
        guard let digest = try? Digest(text), digest.algorithm == .sha256 else { throw HubRefusal(.digestInvalid, .string(text)) }
        return digest
    }

    // MARK: Manifests

    func put(_ request: HubRequest, _ reference: String, in name: String) -> HubPlan {
        .collect(limit: ImageLimits.manifestBytes, tooLarge: HubProblem.manifestTooLarge.answer()) { bytes in
            HubAnswer.attempt {
                let digest = Digest.sha256(of: bytes)
                let isTag = !reference.contains(":")
                guard isTag ? HubName.isTag(reference) : try self.digest(reference) == digest else {
                    throw HubRefusal(isTag ? .tagInvalid : .digestInvalid, .string(reference))
                }
                let type = (request.values("content-type").first ?? "").prefix { $0 != ";" && $0 != " " }
                guard MediaType.isManifest(String(type)) || MediaType.isIndex(String(type)) else {
                    throw HubRefusal(.manifestInvalid, "the Content-Type is of no manifest that is known here")
                }
                _ = try storage.push(bytes, type: String(type), to: name, tag: isTag ? reference : nil)
                let place = "/v2/\(name)/manifests/\(digest)"
                return .empty(201, [("Location", place), ("Docker-Content-Digest", digest.description)])
            }
        }
    }

    func delete(manifest reference: String, in name: String) throws -> HubAnswer {
        if reference.contains(":") {
            try storage.deleteManifest(try digest(reference), in: name)
        } else {
            try storage.untag(reference, in: name)
        }
        return .empty(202, [])
    }

    func delete(blob reference: String, in name: String) throws -> HubAnswer {
        let digest = try digest(reference)
        try storage.deleteBlob(digest, in: name)
        return .empty(202, [("Docker-Content-Digest", digest.description)])
    }
}
