import Basics
import Glibc
import OCI
import Synchronization

extension ImageStore {
    /// What went when an image was removed.
    public struct Removal: Sendable {
        public let image: StoredImage
        /// Layers that nothing needs any more, the topmost first: Docker prints a `Deleted:` line for each.
        public let layers: [ChainID]
        /// Why files could not be deleted: the image is gone all the same, and the next sweep takes them.
        public internal(set) var left: [String] = []
    }

    /// Removes an image with all its names, and what no other image needs.
    ///
    /// The image is gone when the new index is on disk; if the engine dies after that, the rest is collected at its next start.
    /// - Parameter keep: Topmost layers of containers; what lies below them is kept as well. Asked under the lock, so that a container
    ///   which makes its claim first keeps its layers, and one that comes later no longer finds the image.
    /// - Throws: `DrydockError.notFound`.
    @discardableResult
    public func remove(_ id: ImageID, keep: @autoclosure () -> Set<ChainID>) throws -> Removal {
        var (removal, trash) = try state.withLock { state in
            guard let image = state.images[id] else { throw DrydockError(.notFound, "No such image: \(id)") }
            var next = state
            next.images[id] = nil
            for reference in image.references { next.names[reference] = nil }
            try save(next, over: state)
            let needed = Self.neededLayers(next, keep: keep())
            let layers = image.chain.reversed().filter { state.layers[$0] != nil && !needed.contains($0) }
            let blobs = Set(image.blobs).subtracting(Self.neededBlobs(next))
            let trash = discard(layers, blobs, in: &next)
            state = next
            forgetStory(of: id)
            return (Removal(image: image, layers: layers), trash)
        }
        // Deleting thousands of files takes time: not while others wait for the lock.
        for path in trash {
            do { try FileTree.remove(path) } catch { removal.left.append("\(error)") }
        }
        return removal
    }

    /// Removes layers, blobs and links that belong to nothing.
    /// - Parameter keep: Topmost layers of containers, asked under the lock.
    /// - Returns: What was removed.
    @discardableResult
    public func collectGarbage(keep: @autoclosure () -> Set<ChainID>) throws -> [StoreFinding] {
        let (findings, trash) = try state.withLock { state in
            let unowned = try unownedThings(state, keep: keep())
            var trash = discard(unowned.layers, unowned.blobs, in: &state)
            for path in unowned.strays {
                let place = "\(layout.staging)/.trash-\(trash.count)-\(path.split(separator: "/").last ?? "")"
                if rename(path, place) == 0 { trash.append(place) }
            }
            return (unowned.findings, trash)
        }
        for path in trash { try FileTree.remove(path) }
        return findings
    }

    /// Removes what interrupted operations left in the staging folder.
    /// - Returns: The names of what was removed.
    @discardableResult
    public func sweepStaging() throws -> [String] {
        let leftovers = try stagingLeftovers()
        for name in leftovers { try FileTree.remove("\(layout.staging)/\(name)") }
        unlink(layout.newIndex)
        return leftovers
    }

    func stagingLeftovers() throws -> [String] {
        let active = state.withLock { Set($0.leases.values.map(\.staging)) }
        return try Files.names(in: layout.staging).filter { !active.contains("\(layout.staging)/\($0)") }
    }

    /// Layers that an image, a container or a running operation needs, with all below them.
    static func neededLayers(_ state: State, keep: Set<ChainID>) -> Set<ChainID> {
        var needed = Set(state.images.values.flatMap(\.chain))
        for top in state.layers.keys where keep.contains(top) { add(top) }
        for claims in state.leases.values { claims.layers.forEach(add) }
        func add(_ chain: ChainID) {
            var next: ChainID? = chain
            while let chain = next, needed.insert(chain).inserted { next = state.layers[chain]?.parent }
        }
        return needed
    }

    static func neededBlobs(_ state: State) -> Set<Digest> {
        Set(state.images.values.flatMap(\.blobs)).union(state.leases.values.flatMap(\.blobs))
    }

    /// Takes layers and blobs out of sight at once; the caller deletes the returned folders after giving up the lock.
    func discard(_ layers: [ChainID], _ blobs: Set<Digest>, in state: inout State) -> [String] {
        for digest in blobs { unlink(layout.blob(digest)) }
        var trash: [String] = []
        for chain in layers {
            removeLinks(to: chain)
            let place = "\(layout.staging)/.layer-\(chain.hex)"
            if rename(layout.layer(chain), place) == 0 { trash.append(place) }
            state.layers[chain] = nil
        }
        return trash
    }

    private func removeLinks(to chain: ChainID) {
        for length in stride(from: 12, through: chain.hex.utf8.count, by: 4) {
            let link = layout.link(String(chain.hex.prefix(length)))
            guard let target = Self.linkTarget(link) else { return }
            if target == "../\(chain.hex)/fs" { unlink(link) }
        }
    }
}
