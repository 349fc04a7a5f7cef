import Basics
import Hashing
import OCI

extension RegistryClient {
    /// What a blob is to the image, for the sentence that says it is wrong.
    enum BlobKind {
        case config, layer

        /// Docker's words.
        func verificationFailed(_ digest: Digest) -> String {
            switch self {
            case .config: "image config verification failed for digest \(digest)"
            case .layer: "filesystem layer verification failed for digest \(digest)"
            }
        }
    }

    /// Streams a layer, and verifies size and digest on the way.
    ///
    /// The sink gets bytes before they are verified: what it makes of them must stay hidden until this returns.
    ///
    /// - Parameters:
    ///   - sink: takes the bytes in order; what it throws ends the transfer.
    ///   - progress: told how many bytes have come, with each piece and about once a second while nothing comes; what it throws
    ///     ends the transfer, which is how to abort one.
    /// - Throws: what `sink` and `progress` throw; `DrydockError` (`unavailable`) if the registry sends too much, too little or
    ///   something else, or stops sending.
    public func fetchBlob(
        _ reference: Reference,
        _ descriptor: Descriptor,
        to sink: (UnsafeRawBufferPointer) throws -> Void,
        progress: (Int64) throws -> Void = { _ in }
    ) throws {
        try fetchBlob(reference, descriptor, what: .layer, to: sink, progress: progress)
    }

    func fetchBlob(
        _ reference: Reference,
        _ descriptor: Descriptor,
        what kind: BlobKind,
        to sink: (UnsafeRawBufferPointer) throws -> Void,
        progress: (Int64) throws -> Void
    ) throws {
        let hasher = ContentHasher(descriptor.digest.algorithm)
        let wait = { try progress(hasher.count) }
        try patiently(wait: wait) {
            try fetchRest(reference, descriptor, kind, hasher, sink, progress)
        }
        guard hasher.finish() == descriptor.digest else {
            throw DrydockError(.unavailable, kind.verificationFailed(descriptor.digest))
        }
    }

    /// Asks for what is missing: all, or the rest after a transfer that broke off.
    private func fetchRest(
        _ reference: Reference, _ descriptor: Descriptor, _ kind: BlobKind, _ hasher: ContentHasher,
        _ sink: (UnsafeRawBufferPointer) throws -> Void, _ progress: (Int64) throws -> Void
    ) throws {
        let start = hasher.count
        // A registry that doesn't know ranges sends all of it again: what has been taken is passed over.
        var surplus: Int64 = 0
        func take(_ bytes: UnsafeRawBufferPointer) throws {
            let skipped = min(surplus, Int64(bytes.count))
            surplus -= skipped
            let news = UnsafeRawBufferPointer(rebasing: bytes[Int(skipped)...])
            guard hasher.count + Int64(news.count) <= descriptor.size else {
                throw DrydockError(
                    .unavailable,
                    kind.verificationFailed(descriptor.digest),
                    cause: "the registry sends more than its \(descriptor.size) bytes"
                )
            }
            hasher.update(news)
            try sink(news)
            try progress(hasher.count)
        }
        let (answer, body) = try authorized(
            url("\(reference.path)/blobs/\(descriptor.digest)"), headers: start > 0 ? ["Range: bytes=\(start)-"] : [], reference
        ) { request in
            do {
                var isFirst = true
                let answer = try http.get(request, tick: { _ in try progress(hasher.count) }) { bytes, answered in
                    if isFirst, answered == 200 { surplus = hasher.count }
                    isFirst = false
                    try take(bytes)
                }
                return (answer, answer.body)
            } catch let failure as TransferFailure where hasher.count > 0 {
                throw Passing(error: broken(descriptor, after: hasher.count, failure.reason), hasMoved: hasher.count > start)
            }
        }
        if answer.mayPass { throw Passing(error: refusal(answer, body: body, for: reference), wish: answer.retryAfter) }
        guard answer.status == 200 || answer.status == 206 && isRest(answer, from: start) else {
            throw refusal(answer, body: body, for: reference)
        }
        guard hasher.count == descriptor.size else {
            throw Passing(error: broken(descriptor, after: hasher.count, "unexpected EOF"), hasMoved: hasher.count > start)
        }
    }

    /// RFC 9110, section 14.4: `Content-Range: bytes 100-199/200`.
    private func isRest(_ answer: HTTPAnswer, from start: Int64) -> Bool {
        start > 0 && answer.values("content-range").first?.hasPrefix("bytes \(start)-") ?? false
    }

    private func broken(_ descriptor: Descriptor, after count: Int64, _ reason: String) -> DrydockError {
        DrydockError(
            .unavailable,
            "download of \(descriptor.digest) from \(endpoint) broke off after \(count) of \(descriptor.size) bytes: \(reason)"
        )
    }
}
