import Basics
import OCI
import Steps
import Store

/// An image as a step keeps it for programs: what one needs to make the same by hand. Narrators leave it out (docs/decisions/0022).
extension Step {
    /// - Parameter parent: An image that an earlier step has told of: only what comes on top of it is kept then.
    func detail(image: StoredImage, since parent: StoredImage? = nil) throws {
        try detail("image", try .object(ImageDetails(image: image, parent: parent).json()))
    }
}

/// The parts of an image by which it differs from another; all of them where there is none.
struct ImageDetails {
    let image: StoredImage
    var parent: StoredImage?
    /// Names that are meant, where that matters.
    var names: [String] = []

    func json() throws -> JSONObject {
        let (document, old) = (try image.config.json(), try parent?.config.json())
        var json = JSONObject()
        json["id"] = .string(image.id.hex)
        json["layers"] = .array(layers)
        json["config"] = .object(changes(document["config"]?.objectValue, old?["config"]?.objectValue))
        json["history"] = .array(Array((document["history"]?.arrayValue ?? []).dropFirst(old?["history"]?.arrayValue?.count ?? 0)))
        for key in ["author", "architecture", "os", "os.version", "variant"] where document[key] != old?[key] {
            json[key] = document[key]
        }
        if !names.isEmpty { json["names"] = .array(names.map { .string($0) }) }
        return json
    }

    /// The folder of each, its archive's digest, the blob that it came in.
    private var layers: [JSONValue] {
        zip(zip(image.chain, image.config.diffIDs), image.layers).dropFirst(parent?.chain.count ?? 0).map { layer, blob in
            ["chain": .string(layer.0.hex), "diff": .string(layer.1.hex), "blob": .string(blob.digest.hex)]
        }
    }

    private func changes(_ new: JSONObject?, _ old: JSONObject?) -> JSONObject {
        var changes = JSONObject()
        let unset: [JSONValue] = [.null, .string(""), .bool(false)]
        for (key, value) in new ?? JSONObject() where value != (old?[key] ?? .null) {
            // The classic builder notes the step's own image and container here, which are others each time.
            if ["Image", "Hostname"].contains(key) || old?[key] == nil && unset.contains(value) { continue }
            changes[key] = value
        }
        return changes
    }
}
