import Basics
import Glibc
import OCI
import Synchronization

extension ImageStore {
    /// Puts a layer that was prepared in staging under its name, with its record and its short link.
    /// - Parameter prepared: A folder with `fs` and `layer.json`.
    /// - Returns: The record of the layer that is there now; another operation may have been first.
    func publishLayer(_ record: LayerRecord, prepared: String, lease: Int) throws -> LayerRecord {
        try state.withLock { state in
            state.leases[lease]?.layers.insert(record.chainID)
            if let existing = state.layers[record.chainID] { return existing }
            let target = layout.layer(record.chainID)
            // What lies there without being known is a damaged remainder.
            if Files.exists(target) { try FileTree.remove(target) }
            try Files.move(prepared, to: target)
            state.layers[record.chainID] = record
            return record
        }
    }

    /// A short path to a layer's files, relative to the folder `layers`: `l/<12 hex>`.
    ///
    /// The lowerdir option of an overlay mount must fit into one page, and full paths of many layers do not.
    /// - Throws: `DrydockError` when the layer is missing or its link can't be made.
    public func shortLink(of chain: ChainID) throws -> String {
        try state.withLock { state in
            guard state.layers[chain] != nil else { throw DrydockError(.notFound, "there is no layer \(chain)") }
            let target = "../\(chain.hex)/fs"
            // A stranger can make two layers whose ids begin alike: a link is only taken when it leads to this very layer.
            for length in stride(from: 12, through: chain.hex.utf8.count, by: 4) {
                let name = String(chain.hex.prefix(length))
                let link = layout.link(name)
                if let existing = Self.linkTarget(link) {
                    if existing == target { return "l/\(name)" }
                    continue
                }
                if symlink(target, link) == 0 { return "l/\(name)" }
                throw systemError("can't create the link \(link)")
            }
            throw DrydockError(.failed, "there is no free link for layer \(chain)")
        }
    }

    /// The folder that short links are relative to.
    public var layersFolder: String { layout.layers }

    static func linkTarget(_ path: String) -> String? {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink(path, &buffer, buffer.count)
        return count < 0 ? nil : String(decoding: buffer[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// What is kept beside a layer's files.
    public enum Note: String, Sendable {
        /// The sum of each file that a `COPY` has brought.
        case sources
        /// How much the layer adds, changes and deletes.
        case changes
        /// How many files a `COPY` has brought, and their bytes.
        case copied
    }

    /// Keeps a text beside a layer's files, for as long as the layer is there. Nothing depends on it: it is not synced.
    public func setNote(_ bytes: [UInt8], _ note: Note = .sources, of chain: ChainID) throws {
        let folder = layout.layer(chain)
        let temporary = "\(folder)/.\(note.rawValue).\(UInt32.random(in: 0...UInt32.max))"
        do {
            let file = try OwnedDescriptor(temporary, O_WRONLY | O_CREAT | O_EXCL, mode: 0o644)
            try writeAll(file.raw, bytes)
            guard rename(temporary, "\(folder)/\(note.rawValue).json") == 0 else { throw systemError("can't rename \(temporary)") }
        } catch {
            unlink(temporary)
            throw error
        }
    }

    /// - Returns: nil where nothing was kept.
    public func note(_ note: Note = .sources, of chain: ChainID) -> [UInt8]? {
        try? Files.read("\(layout.layer(chain))/\(note.rawValue).json", limit: 64 << 20)
    }
}
