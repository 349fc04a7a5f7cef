import Basics
import OCI
import Synchronization

/// Something in the store that nothing owns, or that is damaged.
public struct StoreFinding: Sendable, Hashable {
    public enum Kind: String, Sendable {
        /// The remainder of an interrupted operation.
        case staging
        /// A blob that no image has.
        case blob
        /// An unpacked layer that neither an image nor a container has.
        case layer
        /// A short link to no layer.
        case link
        /// An image that misses a part; not repaired by collecting, it has to be pulled again.
        case image
    }

    public let kind: Kind
    public let path: String
    public let why: String
}

extension ImageStore {
    /// What is left over or damaged; changes nothing.
    /// - Parameter keep: Topmost layers of containers.
    public func findings(keep: Set<ChainID>) throws -> [StoreFinding] {
        var findings = try stagingLeftovers().map {
            StoreFinding(kind: .staging, path: "\(layout.staging)/\($0)", why: "left by an operation that was interrupted")
        }
        try state.withLock { state in
            findings += try unownedThings(state, keep: keep).findings
            findings += state.damaged.map { StoreFinding(kind: .image, path: layout.index, why: $0.reason) }
            for image in state.images.values.sorted(by: { $0.id < $1.id }) {
                for chain in image.chain where state.layers[chain] == nil {
                    findings.append(
                        StoreFinding(kind: .image, path: layout.layer(chain), why: "a layer of image \(image.id.short) is missing"))
                }
                for blob in image.layers where !Files.exists(layout.blob(blob.digest)) {
                    findings.append(
                        StoreFinding(kind: .image, path: layout.blob(blob.digest), why: "a blob of image \(image.id.short) is missing"))
                }
            }
        }
        return findings
    }

    struct Unowned {
        var layers: [ChainID] = []
        var blobs: Set<Digest> = []
        /// Paths of entries that are neither.
        var strays: [String] = []
        var findings: [StoreFinding] = []
    }

    func unownedThings(_ state: State, keep: Set<ChainID>) throws -> Unowned {
        var unowned = Unowned()
        let neededLayers = Self.neededLayers(state, keep: keep)
        for name in try Files.names(in: layout.layers) where name != "l" {
            let chain = (try? Digest(.sha256, hex: name)).map(ChainID.init)
            if let chain, neededLayers.contains(chain), state.layers[chain] != nil { continue }
            let path = "\(layout.layers)/\(name)"
            unowned.findings.append(StoreFinding(kind: .layer, path: path, why: "neither an image nor a container has this layer"))
            if let chain { unowned.layers.append(chain) } else { unowned.strays.append(path) }
        }
        let gone = Set(unowned.layers)
        for name in try Files.names(in: layout.links) {
            let path = layout.link(name)
            let parts = Self.linkTarget(path)?.split(separator: "/") ?? []
            let chain = parts.count == 3 ? (try? Digest(.sha256, hex: String(parts[1]))).map(ChainID.init) : nil
            if let chain, state.layers[chain] != nil, !gone.contains(chain) { continue }
            unowned.findings.append(StoreFinding(kind: .link, path: path, why: "the layer it points at is not there"))
            unowned.strays.append(path)
        }
        // A damaged image's blobs can't be told from unowned ones; they are left until it is gone or pulled again.
        if state.damaged.isEmpty { try findBlobs(Self.neededBlobs(state), &unowned) }
        return unowned
    }

    private func findBlobs(_ needed: Set<Digest>, _ unowned: inout Unowned) throws {
        for folder in try Files.names(in: layout.blobs) {
            for name in try Files.names(in: "\(layout.blobs)/\(folder)") {
                let path = "\(layout.blobs)/\(folder)/\(name)"
                let digest = Digest.Algorithm(rawValue: folder).flatMap { try? Digest($0, hex: name) }
                if let digest, needed.contains(digest) { continue }
                unowned.findings.append(StoreFinding(kind: .blob, path: path, why: "no image has this blob"))
                if let digest { unowned.blobs.insert(digest) } else { unowned.strays.append(path) }
            }
        }
    }
}
