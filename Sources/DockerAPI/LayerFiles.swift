/// One line of the answer to `GET /drydock/images/NAME/files`: a layer, or a file of the layer told of last.
public struct LayerFilesLine: GoValue, Sendable {
    @OmitEmpty public var layer: LayerFilesLayer? = nil
    @OmitEmpty public var file: LayerFilesFile? = nil

    enum CodingKeys: String, CodingKey {
        case layer
        case file
    }

    public static var goZero: LayerFilesLine { LayerFilesLine() }

    public init(layer: LayerFilesLayer? = nil, file: LayerFilesFile? = nil) {
        self.layer = layer
        self.file = file
    }
}

/// A layer of an image, before its files.
public struct LayerFilesLayer: GoValue, Sendable {
    @Field public var chainID: String = ""
    /// 1 for the lowest.
    @Field public var number: Int = 0
    /// How many layers the image has.
    @Field public var of: Int = 0
    /// Bytes of its files.
    @Field public var size: Int64 = 0
    /// What made it, as the image's history says.
    @Field public var createdBy: String = ""
    /// How many things it adds, changes and deletes, whether or not they are all listed.
    @Field public var added: Int = 0
    @Field public var changed: Int = 0
    @Field public var deleted: Int = 0

    enum CodingKeys: String, CodingKey {
        case chainID = "chainId"
        case number
        case of
        case size
        case createdBy
        case added
        case changed
        case deleted
    }

    public static var goZero: LayerFilesLayer { LayerFilesLayer() }
    public init() {}
}

/// Something that a layer adds, changes or deletes, or a folder on the way to such a thing.
public struct LayerFilesFile: GoValue, Sendable {
    /// From the image's root: `/etc/hosts`.
    @Field public var path: String = ""
    /// How many folders lead to it.
    @Field public var depth: Int = 0
    /// `A`, `C`, `D`; empty for a folder that only leads to what is marked.
    @OmitEmpty public var mark: String = ""
    /// What it is now; absent where it is deleted.
    @OmitEmpty public var now: LayerFilesLook? = nil
    /// What the layers below have there; absent where it is added.
    @OmitEmpty public var before: LayerFilesLook? = nil
    /// Where a symbolic link leads.
    @OmitEmpty public var target: String? = nil
    /// The folder hides all that the layers below have in it.
    @OmitEmpty public var opaque: Bool = false
    /// How many marked things are in a folder whose contents are not listed, and their bytes.
    @OmitEmpty public var inside: Int? = nil
    @OmitEmpty public var insideSize: Int64? = nil

    enum CodingKeys: String, CodingKey {
        case path
        case depth
        case mark
        case now
        case before
        case target
        case opaque
        case inside
        case insideSize
    }

    public static var goZero: LayerFilesFile { LayerFilesFile() }
    public init() {}
}

/// What a file is, seen from one layer.
public struct LayerFilesLook: GoValue, Sendable {
    /// `file`, `folder`, `link`, `pipe`, `socket`, `character` or `block`.
    @Field public var kind: String = ""
    @Field public var size: Int64 = 0
    /// Octal with four digits: `0755`.
    @Field public var mode: String = ""
    /// User and group by number: `0:0`.
    @Field public var owner: String = ""

    enum CodingKeys: String, CodingKey {
        case kind
        case size
        case mode
        case owner
    }

    public static var goZero: LayerFilesLook { LayerFilesLook() }

    public init(kind: String = "", size: Int64 = 0, mode: String = "", owner: String = "") {
        self.kind = kind
        self.size = size
        self.mode = mode
        self.owner = owner
    }
}
