import Basics
import CCrypto
import OCI

/// Hashes bytes as they stream by, with OpenSSL (its SHA instructions reach more than 1 GB/s).
///
/// Belongs to one thread at a time.
public final class ContentHasher {
    private let context: OpaquePointer
    private let algorithm: Digest.Algorithm
    /// How many bytes were hashed so far.
    public private(set) var count: Int64 = 0

    public init(_ algorithm: Digest.Algorithm = .sha256) {
        guard let context = EVP_MD_CTX_new() else { preconditionFailure("out of memory for a hash context") }
        self.context = context
        self.algorithm = algorithm
        reset()
    }

    deinit { EVP_MD_CTX_free(context) }

    public func update(_ bytes: UnsafeRawBufferPointer) {
        guard let start = bytes.baseAddress, !bytes.isEmpty else { return }
        // Fails only on a context that was not initialised, which `reset` rules out.
        let result = EVP_DigestUpdate(context, start, bytes.count)
        precondition(result == 1, "EVP_DigestUpdate failed")
        count += Int64(bytes.count)
    }

    public func update(_ bytes: some Collection<UInt8>) {
        if bytes.withContiguousStorageIfAvailable({ update(UnsafeRawBufferPointer($0)) }) == nil {
            Array(bytes).withUnsafeBytes { update($0) }
        }
    }

    /// The digest of all bytes since the start; the hasher begins anew.
    public func finish() -> Digest {
        var hash = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        var length: UInt32 = 0
        let result = EVP_DigestFinal_ex(context, &hash, &length)
        precondition(result == 1, "EVP_DigestFinal_ex failed")
        guard let digest = Digest(algorithm, hash: hash.prefix(Int(length))) else { preconditionFailure("a hash of \(length) bytes") }
        reset()
        return digest
    }

    private func reset() {
        let kind = algorithm == .sha256 ? EVP_sha256() : EVP_sha512()
        let result = EVP_DigestInit_ex(context, kind, nil)
        precondition(result == 1, "EVP_DigestInit_ex failed")
        count = 0
    }
}

/// The hasher with its usual algorithm.
public typealias SHA256Hasher = ContentHasher

extension Digest {
    /// The digest of some bytes.
    public static func sha256(of bytes: some Collection<UInt8>) -> Digest { compute(.sha256, of: bytes) }

    /// The digest of some bytes by a given algorithm.
    public static func compute(_ algorithm: Algorithm, of bytes: some Collection<UInt8>) -> Digest {
        let hasher = ContentHasher(algorithm)
        hasher.update(bytes)
        return hasher.finish()
    }

    /// True when `bytes` are what this digest names.
    public func matches(_ bytes: some Collection<UInt8>) -> Bool { Self.compute(algorithm, of: bytes) == self }
}

extension ChainID {
    /// The chain id of each layer with all those below it.
    /// Source: OCI image spec, config.md: ChainID(A|B) = Digest(ChainID(A) + " " + DiffID(B)).
    /// - Parameter diffIDs: Lowest layer first.
    public static func chain(of diffIDs: [Digest]) -> [ChainID] {
        var chain: [ChainID] = []
        for diffID in diffIDs { chain.append(ChainID(diffID, on: chain.last)) }
        return chain
    }

    /// The chain id of one layer on what is below it; of the lowest layer when `parent` is nil.
    public init(_ diffID: Digest, on parent: ChainID?) {
        self.init(parent.map { Digest.sha256(of: "\($0) \(diffID)".utf8) } ?? diffID)
    }
}

extension ImageID {
    /// The id of the image with this config: the digest of its bytes.
    public init(config bytes: some Collection<UInt8>) { self.init(Digest.sha256(of: bytes)) }
}

extension ImageConfig {
    /// The image's id.
    public var id: ImageID { ImageID(config: bytes) }
}
