/// The answer to `POST /containers/create`.
public struct CreateContainerResponse: GoValue, Sendable {
    @Field public var id: String = ""
    @Field public var warnings: [String] = []

    enum CodingKeys: String, CodingKey {
        case id = "Id"
        case warnings = "Warnings"
    }

    public static var goZero: CreateContainerResponse { CreateContainerResponse() }

    public init(id: String = "", warnings: [String] = []) {
        self.id = id
        self.warnings = warnings
    }
}

/// Why waiting failed.
public struct WaitError: GoValue, Sendable {
    @OmitEmpty public var message: String = ""

    enum CodingKeys: String, CodingKey {
        case message = "Message"
    }

    public static var goZero: WaitError { WaitError() }

    public init(message: String = "") {
        self.message = message
    }
}

/// The answer to `POST /containers/{id}/wait`.
public struct WaitResponse: GoValue, Sendable {
    @Field public var error: WaitError? = nil
    @Field public var statusCode: Int64 = 0

    enum CodingKeys: String, CodingKey {
        case error = "Error"
        case statusCode = "StatusCode"
    }

    public static var goZero: WaitResponse { WaitResponse() }

    public init(error: WaitError? = nil, statusCode: Int64 = 0) {
        self.error = error
        self.statusCode = statusCode
    }
}

/// The answer to `GET /containers/{id}/top`: one list of cells for each process.
public struct TopResponse: GoValue, Sendable {
    @Field public var processes: [[String]] = []
    @Field public var titles: [String] = []

    enum CodingKeys: String, CodingKey {
        case processes = "Processes"
        case titles = "Titles"
    }

    public static var goZero: TopResponse { TopResponse() }

    public init(processes: [[String]] = [], titles: [String] = []) {
        self.processes = processes
        self.titles = titles
    }
}

/// What `docker container prune` removed.
public struct ContainersPruneReport: GoValue, Sendable {
    @Field public var containersDeleted: [String]? = nil
    @Field public var spaceReclaimed: UInt64 = 0

    enum CodingKeys: String, CodingKey {
        case containersDeleted = "ContainersDeleted"
        case spaceReclaimed = "SpaceReclaimed"
    }

    public static var goZero: ContainersPruneReport { ContainersPruneReport() }

    public init(containersDeleted: [String]? = nil, spaceReclaimed: UInt64 = 0) {
        self.containersDeleted = containersDeleted
        self.spaceReclaimed = spaceReclaimed
    }
}

/// What `docker image prune` removed.
public struct ImagesPruneReport: GoValue, Sendable {
    @Field public var imagesDeleted: [DeleteResponseItem]? = nil
    @Field public var spaceReclaimed: UInt64 = 0

    enum CodingKeys: String, CodingKey {
        case imagesDeleted = "ImagesDeleted"
        case spaceReclaimed = "SpaceReclaimed"
    }

    public static var goZero: ImagesPruneReport { ImagesPruneReport() }

    public init(imagesDeleted: [DeleteResponseItem]? = nil, spaceReclaimed: UInt64 = 0) {
        self.imagesDeleted = imagesDeleted
        self.spaceReclaimed = spaceReclaimed
    }
}

/// What `docker volume prune` removed.
public struct VolumesPruneReport: GoValue, Sendable {
    @Field public var volumesDeleted: [String] = []
    @Field public var spaceReclaimed: UInt64 = 0

    enum CodingKeys: String, CodingKey {
        case volumesDeleted = "VolumesDeleted"
        case spaceReclaimed = "SpaceReclaimed"
    }

    public static var goZero: VolumesPruneReport { VolumesPruneReport() }

    public init(volumesDeleted: [String] = [], spaceReclaimed: UInt64 = 0) {
        self.volumesDeleted = volumesDeleted
        self.spaceReclaimed = spaceReclaimed
    }
}

/// What `docker network prune` removed.
public struct NetworksPruneReport: GoValue, Sendable {
    @Field public var networksDeleted: [String]? = nil

    enum CodingKeys: String, CodingKey {
        case networksDeleted = "NetworksDeleted"
    }

    public static var goZero: NetworksPruneReport { NetworksPruneReport() }

    public init(networksDeleted: [String]? = nil) {
        self.networksDeleted = networksDeleted
    }
}

/// What drydock's own clients learn of an error beside its sentence.
public struct ErrorDetail: GoValue, Sendable {
    @Field public var code: String = ""
    @OmitEmpty public var advice: String = ""

    enum CodingKeys: String, CodingKey {
        case code
        case advice
    }

    public static var goZero: ErrorDetail { ErrorDetail() }

    public init(code: String = "", advice: String = "") {
        self.code = code
        self.advice = advice
    }
}

/// The body of every answer that reports an error.
public struct ErrorResponse: GoValue, Sendable {
    @Field public var message: String = ""
    @OmitEmpty public var drydock: ErrorDetail? = nil

    enum CodingKeys: String, CodingKey {
        case message
        case drydock
    }

    public static var goZero: ErrorResponse { ErrorResponse() }

    public init(message: String = "", drydock: ErrorDetail? = nil) {
        self.message = message
        self.drydock = drydock
    }
}
