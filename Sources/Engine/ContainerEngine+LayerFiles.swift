import Basics
import DockerAPI
import EngineInterface
import OCI
import Store

extension ContainerEngine {
    /// `drydock layers --files`: what each layer of an image adds, changes and deletes, the lowest first, one JSON object a line.
    /// - Parameter limit: So many lines for a layer at most; nil for all.
    public func imageFiles(_ reference: String, limit: Int?, context call: CallContext, sink: any ByteSink) throws {
        let image = try images.lookup(reference)
        // Nobody may remove a layer that is being read: the rest of it would look as if it had never been there.
        let lease = try images.lease(operation: "files")
        defer { lease.end() }
        let records = try image.chain.map { chain in
            guard let record = lease.claim(layer: chain) else {
                throw DrydockError(.notFound, "the image \(reference) has just been removed")
            }
            return record
        }
        var lower: [String] = []
        let makers = image.layerMakers
        func write(_ line: LayerFilesLine) throws { try sink.write(try JSONEncoder().bytes(line) + [UInt8(ascii: "\n")]) }
        for (index, record) in records.enumerated() {
            let folder = images.filesFolder(of: record.chainID)
            let listing = try LayerListing(of: folder, on: lower) {
                if call.isCancelled { throw DrydockError(.unavailable, "the client has gone") }
            }
            var layer = LayerFilesLayer()
            layer.chainID = record.chainID.description
            (layer.number, layer.of, layer.size) = (index + 1, records.count, record.size)
            layer.createdBy = makers[index]
            (layer.added, layer.changed, layer.deleted) = (listing.added, listing.changed, listing.deleted)
            try write(LayerFilesLine(layer: layer))
            for file in listing.lines(limit: limit) { try write(LayerFilesLine(file: LayerFilesFile(file))) }
            lower.insert(folder, at: 0)
        }
        try sink.begin()
    }
}

extension StoredImage {
    /// What made each layer, as its history says, the lowest first; empty where it doesn't.
    var layerMakers: [String] {
        let told = config.history.filter { !$0.isEmptyLayer }.map { $0.createdBy }
        // A history that does not fit the layers says nothing of any of them.
        return told.count == chain.count ? told : chain.map { _ in "" }
    }
}

extension LayerFilesFile {
    fileprivate init(_ file: LayerFile) {
        self.init()
        (path, depth, mark) = (file.path, file.depth, file.mark?.rawValue ?? "")
        now = file.now.map(LayerFilesLook.init)
        before = file.before.map(LayerFilesLook.init)
        target = file.target
        opaque = file.isOpaque
        inside = file.contents?.count
        insideSize = file.contents?.size
    }
}

extension LayerFilesLook {
    fileprivate init(_ look: LayerFile.Look) {
        let octal = String(look.mode, radix: 8)
        self.init(
            kind: look.kind.rawValue, size: look.size, mode: String(repeating: "0", count: max(0, 4 - octal.count)) + octal,
            owner: "\(look.user):\(look.group)")
    }
}
