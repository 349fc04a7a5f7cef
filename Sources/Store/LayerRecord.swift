import Basics
import Hashing
import OCI

/// An unpacked layer: what stands in its `layer.json`.
public struct LayerRecord: Sendable, Hashable {
    public let chainID: ChainID
    /// Digest of the layer's uncompressed tar.
    public let diffID: Digest
    /// The layer below; nil for the lowest.
    public let parent: ChainID?
    /// Sum of the sizes of its files and symbolic links, in bytes, as Docker counts an image's size.
    public let size: Int64
    /// How many members its archive has.
    public let members: Int
    /// When it was unpacked.
    public let created: Timestamp

    public init(diffID: Digest, parent: ChainID?, size: Int64, members: Int, created: Timestamp) {
        chainID = ChainID(diffID, on: parent)
        self.diffID = diffID
        self.parent = parent
        self.size = size
        self.members = members
        self.created = created
    }

    var json: JSONValue {
        var object = JSONObject()
        object["chainId"] = .string(chainID.description)
        object["diffId"] = .string(diffID.description)
        object["parent"] = parent.map { .string($0.description) } ?? .null
        object["size"] = .integer(size)
        object["members"] = .integer(Int64(members))
        object["created"] = .string(created.description)
        return .object(object)
    }

    /// - Throws: `DrydockError.failed` when the file is not what this module writes.
    init(parsing bytes: [UInt8], path: String) throws {
        let json = try? JSONValue(parsing: bytes)
        guard let json, let diffText = json["diffId"]?.stringValue, let diffID = try? Digest(diffText),
            let chainText = json["chainId"]?.stringValue, let size = json["size"]?.intValue, size >= 0
        else { throw DrydockError(.failed, "\(path) is damaged") }
        let parent = try json["parent"]?.stringValue.map { try ChainID($0) }
        self.init(
            diffID: diffID, parent: parent, size: Int64(size), members: json["members"]?.intValue ?? 0,
            created: json["created"]?.stringValue.flatMap { Timestamp(rfc3339: $0) } ?? .zero)
        guard chainID.description == chainText else {
            throw DrydockError(.failed, "\(path) is damaged: its chain id does not fit its diff id")
        }
    }
}
