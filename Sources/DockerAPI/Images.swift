/// One line of `docker images`.
public struct ImageSummary: GoValue, Sendable {
    @Field public var containers: Int64 = -1
    /// Seconds since 1970.
    @Field public var created: Int64 = 0
    @Field public var id: String = ""
    @Field public var labels: [String: String]? = nil
    @Field public var parentId: String = ""
    @Field public var repoDigests: [String]? = nil
    @Field public var repoTags: [String]? = nil
    @Field public var sharedSize: Int64 = -1
    @Field public var size: Int64 = 0
    @Field public var virtualSize: Int64 = 0

    enum CodingKeys: String, CodingKey {
        case containers = "Containers"
        case created = "Created"
        case id = "Id"
        case labels = "Labels"
        case parentId = "ParentId"
        case repoDigests = "RepoDigests"
        case repoTags = "RepoTags"
        case sharedSize = "SharedSize"
        case size = "Size"
        case virtualSize = "VirtualSize"
    }

    public static var goZero: ImageSummary { ImageSummary() }

    public init(
        containers: Int64 = -1, created: Int64 = 0, id: String = "", labels: [String: String]? = nil, parentId: String = "",
        repoDigests: [String]? = nil, repoTags: [String]? = nil, sharedSize: Int64 = -1, size: Int64 = 0, virtualSize: Int64 = 0
    ) {
        self.containers = containers
        self.created = created
        self.id = id
        self.labels = labels
        self.parentId = parentId
        self.repoDigests = repoDigests
        self.repoTags = repoTags
        self.sharedSize = sharedSize
        self.size = size
        self.virtualSize = virtualSize
    }
}

/// The digests of an image's unpacked layers, lowest first.
public struct RootFS: GoValue, Sendable {
    @Field public var type: String = "layers"
    @OmitEmpty public var layers: [String] = []

    enum CodingKeys: String, CodingKey {
        case type = "Type"
        case layers = "Layers"
    }

    public static var goZero: RootFS { RootFS() }

    public init(type: String = "layers", layers: [String] = []) {
        self.type = type
        self.layers = layers
    }
}

/// What the engine notes about an image beside its content.
public struct ImageMetadata: GoValue, Sendable {
    @Field public var lastTagTime: String = "0001-01-01T00:00:00Z"

    enum CodingKeys: String, CodingKey {
        case lastTagTime = "LastTagTime"
    }

    public static var goZero: ImageMetadata { ImageMetadata() }

    public init(lastTagTime: String = "0001-01-01T00:00:00Z") {
        self.lastTagTime = lastTagTime
    }
}

/// All that the engine knows of an image.
public struct ImageInspect: GoValue, Sendable {
    @Field public var id: String = ""
    @Field public var repoTags: [String] = []
    @Field public var repoDigests: [String] = []
    @Field public var parent: String = ""
    @Field public var comment: String = ""
    @Field public var created: String = ""
    @Field public var container: String = ""
    @Field public var containerConfig: ContainerConfig? = nil
    @Field public var dockerVersion: String = ""
    @Field public var author: String = ""
    @Field public var config: ContainerConfig? = nil
    @Field public var architecture: String = ""
    @OmitEmpty public var variant: String = ""
    @Field public var os: String = "linux"
    @OmitEmpty public var osVersion: String = ""
    @Field public var size: Int64 = 0
    @Field public var virtualSize: Int64 = 0
    @Field public var graphDriver: GraphDriverData = GraphDriverData()
    @Field public var rootFS: RootFS = RootFS()
    @Field public var metadata: ImageMetadata = ImageMetadata()

    enum CodingKeys: String, CodingKey {
        case id = "Id"
        case repoTags = "RepoTags"
        case repoDigests = "RepoDigests"
        case parent = "Parent"
        case comment = "Comment"
        case created = "Created"
        case container = "Container"
        case containerConfig = "ContainerConfig"
        case dockerVersion = "DockerVersion"
        case author = "Author"
        case config = "Config"
        case architecture = "Architecture"
        case variant = "Variant"
        case os = "Os"
        case osVersion = "OsVersion"
        case size = "Size"
        case virtualSize = "VirtualSize"
        case graphDriver = "GraphDriver"
        case rootFS = "RootFS"
        case metadata = "Metadata"
    }

    public static var goZero: ImageInspect { ImageInspect() }

    public init(
        id: String = "", repoTags: [String] = [], repoDigests: [String] = [], parent: String = "", comment: String = "",
        created: String = "", container: String = "", containerConfig: ContainerConfig? = nil, dockerVersion: String = "",
        author: String = "", config: ContainerConfig? = nil, architecture: String = "", variant: String = "", os: String = "linux",
        osVersion: String = "", size: Int64 = 0, virtualSize: Int64 = 0, graphDriver: GraphDriverData = GraphDriverData(),
        rootFS: RootFS = RootFS(), metadata: ImageMetadata = ImageMetadata()
    ) {
        self.id = id
        self.repoTags = repoTags
        self.repoDigests = repoDigests
        self.parent = parent
        self.comment = comment
        self.created = created
        self.container = container
        self.containerConfig = containerConfig
        self.dockerVersion = dockerVersion
        self.author = author
        self.config = config
        self.architecture = architecture
        self.variant = variant
        self.os = os
        self.osVersion = osVersion
        self.size = size
        self.virtualSize = virtualSize
        self.graphDriver = graphDriver
        self.rootFS = rootFS
        self.metadata = metadata
    }
}

/// One line of `docker history`, newest first.
public struct HistoryItem: GoValue, Sendable {
    @Field public var comment: String = ""
    /// Seconds since 1970.
    @Field public var created: Int64 = 0
    @Field public var createdBy: String = ""
    @Field public var id: String = "<missing>"
    @Field public var size: Int64 = 0
    @Field public var tags: [String]? = nil

    enum CodingKeys: String, CodingKey {
        case comment = "Comment"
        case created = "Created"
        case createdBy = "CreatedBy"
        case id = "Id"
        case size = "Size"
        case tags = "Tags"
    }

    public static var goZero: HistoryItem { HistoryItem() }

    public init(
        comment: String = "", created: Int64 = 0, createdBy: String = "", id: String = "<missing>", size: Int64 = 0, tags: [String]? = nil
    ) {
        self.comment = comment
        self.created = created
        self.createdBy = createdBy
        self.id = id
        self.size = size
        self.tags = tags
    }
}

/// One name or one image that a removal took away.
public struct DeleteResponseItem: GoValue, Sendable {
    @OmitEmpty public var deleted: String = ""
    @OmitEmpty public var untagged: String = ""

    enum CodingKeys: String, CodingKey {
        case deleted = "Deleted"
        case untagged = "Untagged"
    }

    public static var goZero: DeleteResponseItem { DeleteResponseItem() }

    public init(deleted: String = "", untagged: String = "") {
        self.deleted = deleted
        self.untagged = untagged
    }
}
