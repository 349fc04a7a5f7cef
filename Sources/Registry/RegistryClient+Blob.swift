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
        let url = url("\(reference.path)/blobs/\(descriptor.digest)")
        let (answer, body) = try authorized(url, reference) { request in
            do {
                let answer = try http.get(request, tick: { try progress(hasher.count) }) { bytes in
                    guard hasher.count + Int64(bytes.count) <= descriptor.size else {
                        throw DrydockError(
                            .unavailable,
                            kind.verificationFailed(descriptor.digest),
                            cause: "the registry sends more than its \(descriptor.size) bytes"
                        )
                    }
                    hasher.update(bytes)
                    try sink(bytes)
                    try progress(hasher.count)
                }
                return (answer, answer.body)
            } catch let failure as TransferFailure where hasher.count > 0 {
                throw broken(descriptor, after: hasher.count, failure.reason)
            }
        }
        guard answer.status == 200 else { throw refusal(answer, body: body, for: reference) }
        guard hasher.count == descriptor.size else { throw broken(descriptor, after: hasher.count, "unexpected EOF") }
        guard hasher.finish() == descriptor.digest else {
            throw DrydockError(.unavailable, kind.verificationFailed(descriptor.digest))
        }
    }

    private func broken(_ descriptor: Descriptor, after count: Int64, _ reason: String) -> DrydockError {
        DrydockError(
            .unavailable,
            "download of \(descriptor.digest) from \(endpoint) broke off after \(count) of \(descriptor.size) bytes: \(reason)"
        )
    }
}
