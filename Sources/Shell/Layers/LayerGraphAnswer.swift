import Basics

/// The engine's answer to `GET /drydock/layers`, as what draws it needs it.
struct LayerGraphAnswer {
    struct Layer {
        /// Chain id: this layer and all below it.
        var id: String
        var parent: String
        var size: Int
        /// What made it; empty where nobody knows.
        var maker: String
        /// How many images have it, those among them that are not shown.
        var users: Int
        /// Labels of the images that end with it.
        var imageLabels: [String]
        var containers: [Container]
    }

    struct Container {
        var name: String
        var isRunning: Bool
        var size: Int
        /// Id of its image.
        var image: String
    }

    struct Image {
        var id: String
        var names: [String]
        /// Chain id of its topmost layer.
        var top: String
        var size: Int
        var frees: Int
    }

    var layers: [Layer]
    var images: [Image]
    /// What each image would free, by its first name or id.
    var frees: [(image: String, bytes: Int)]

    /// Bytes of all layers.
    var total: Int { layers.reduce(0) { $0 + $1.size } }
    /// What they would take if images shared none.
    var totalUnshared: Int { layers.reduce(0) { $0 + $1.size * max(1, $1.users) } }

    init(_ answer: JSONValue) {
        layers = Self.list(answer["layers"]).map { json in
            Layer(
                id: Self.text(json["chainId"]), parent: Self.text(json["parent"]), size: Self.number(json["size"]),
                maker: Self.text(json["createdBy"]), users: Self.number(json["users"]),
                imageLabels: Self.list(json["images"]).compactMap(\.stringValue),
                containers: Self.list(json["containers"]).map {
                    Container(
                        name: $0["name"]?.stringValue ?? "?", isRunning: $0["running"]?.boolValue ?? false, size: Self.number($0["size"]),
                        image: Self.text($0["image"]))
                })
        }
        images = Self.list(answer["images"]).map { json in
            Image(
                id: Self.text(json["id"]), names: Self.list(json["names"]).compactMap(\.stringValue), top: Self.text(json["top"]),
                size: Self.number(json["size"]), frees: Self.number(json["frees"]))
        }
        frees = (answer["frees"]?.objectValue ?? JSONObject()).map { ($0.key, Self.number($0.value)) }.sorted { $0.0 < $1.0 }
    }

    private static func list(_ json: JSONValue?) -> [JSONValue] { json?.arrayValue ?? [] }
    private static func text(_ json: JSONValue?) -> String { json?.stringValue ?? "" }
    private static func number(_ json: JSONValue?) -> Int { json?.intValue ?? 0 }

    /// An id as people quote it: twelve digits, without the algorithm.
    static func short(_ id: String) -> String { String((id.split(separator: ":").last ?? "").prefix(12)) }
}
