/// A layer in the store and who stands on it.
public struct LayerGraphNode: GoValue, Sendable {
    /// Chain id: this layer and all below it.
    @Field public var chainID: String = ""
    @Field public var diffID: String = ""
    /// Chain id of the layer below; empty for the lowest.
    @Field public var parent: String = ""
    /// Bytes of its files.
    @Field public var size: Int64 = 0
    /// What made it, as the history of an image says; empty where none does.
    @Field public var createdBy: String = ""
    /// Names of the images whose topmost layer this is; an id for one without a name.
    @Field public var images: [String] = []
    /// How many images have this layer.
    @Field public var users: Int = 0
    /// Names of the containers whose own layer stands on this one.
    @Field public var containers: [LayerGraphContainer] = []

    enum CodingKeys: String, CodingKey {
        case chainID = "chainId"
        case diffID = "diffId"
        case parent
        case size
        case createdBy
        case images
        case users
        case containers
    }

    public static var goZero: LayerGraphNode { LayerGraphNode() }
    public init() {}
}

/// A container in the graph of layers.
public struct LayerGraphContainer: GoValue, Sendable {
    @Field public var name: String = ""
    @Field public var isRunning: Bool = false
    /// Bytes of the files in its own layer.
    @Field public var size: Int64 = 0
    /// Id of the image that it was made of: several images may end with the same layer.
    @Field public var image: String = ""

    enum CodingKeys: String, CodingKey {
        case name
        case isRunning = "running"
        case size
        case image
    }

    public static var goZero: LayerGraphContainer { LayerGraphContainer() }

    public init(name: String = "", isRunning: Bool = false, size: Int64 = 0, image: String = "") {
        self.name = name
        self.isRunning = isRunning
        self.size = size
        self.image = image
    }
}

/// An image in the graph of layers.
public struct LayerGraphImage: GoValue, Sendable {
    @Field public var id: String = ""
    /// Its names with a tag; none for an image without one.
    @Field public var names: [String] = []
    /// Chain id of its topmost layer; empty for an image without layers.
    @Field public var top: String = ""
    /// Bytes of all its layers.
    @Field public var size: Int64 = 0
    /// What removing it would free.
    @Field public var frees: Int64 = 0

    enum CodingKeys: String, CodingKey {
        case id
        case names
        case top
        case size
        case frees
    }

    public static var goZero: LayerGraphImage { LayerGraphImage() }
    public init() {}
}

/// The answer to `GET /drydock/layers`.
public struct LayerGraph: GoValue, Sendable {
    /// Sorted so that a layer comes after the one below it.
    @Field public var layers: [LayerGraphNode] = []
    /// The images that were asked for.
    @Field public var images: [LayerGraphImage] = []
    /// What each image would free if it were removed, by its first name or id.
    @Field public var frees: [String: Int64] = [:]

    enum CodingKeys: String, CodingKey {
        case layers
        case images
        case frees
    }

    public static var goZero: LayerGraph { LayerGraph() }

    public init(layers: [LayerGraphNode] = [], images: [LayerGraphImage] = [], frees: [String: Int64] = [:]) {
        self.layers = layers
        self.images = images
        self.frees = frees
    }
}
