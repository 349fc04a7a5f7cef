/// A port of a container in a listing; `publicPort` is 0 when it is not published.
public struct Port: GoValue, Sendable {
    @OmitEmpty public var ip: String = ""
    @Field public var privatePort: UInt16 = 0
    @OmitEmpty public var publicPort: UInt16 = 0
    @Field public var type: String = "tcp"

    enum CodingKeys: String, CodingKey {
        case ip = "IP"
        case privatePort = "PrivatePort"
        case publicPort = "PublicPort"
        case type = "Type"
    }

    public static var goZero: Port { Port() }

    public init(ip: String = "", privatePort: UInt16 = 0, publicPort: UInt16 = 0, type: String = "tcp") {
        self.ip = ip
        self.privatePort = privatePort
        self.publicPort = publicPort
        self.type = type
    }
}

/// The part of the host configuration that a listing shows.
public struct SummaryHostConfig: GoValue, Sendable {
    @OmitEmpty public var networkMode: String = ""

    enum CodingKeys: String, CodingKey {
        case networkMode = "NetworkMode"
    }

    public static var goZero: SummaryHostConfig { SummaryHostConfig() }

    public init(networkMode: String = "") {
        self.networkMode = networkMode
    }
}

/// The part of the network settings that a listing shows.
public struct SummaryNetworkSettings: GoValue, Sendable {
    @Field public var networks: [String: EndpointSettings]? = [:]

    enum CodingKeys: String, CodingKey {
        case networks = "Networks"
    }

    public static var goZero: SummaryNetworkSettings { SummaryNetworkSettings() }

    public init(networks: [String: EndpointSettings]? = [:]) {
        self.networks = networks
    }
}

/// One line of `docker ps`.
public struct ContainerSummary: GoValue, Sendable {
    @Field public var id: String = ""
    @Field public var names: [String] = []
    @Field public var image: String = ""
    @Field public var imageID: String = ""
    @Field public var command: String = ""
    /// Seconds since 1970.
    @Field public var created: Int64 = 0
    @Field public var ports: [Port] = []
    @OmitEmpty public var sizeRw: Int64 = 0
    @OmitEmpty public var sizeRootFs: Int64 = 0
    @Field public var labels: [String: String]? = [:]
    @Field public var state: String = ""
    @Field public var status: String = ""
    @Field public var hostConfig: SummaryHostConfig = SummaryHostConfig()
    @Field public var networkSettings: SummaryNetworkSettings? = nil
    @Field public var mounts: [MountPoint] = []

    enum CodingKeys: String, CodingKey {
        case id = "Id"
        case names = "Names"
        case image = "Image"
        case imageID = "ImageID"
        case command = "Command"
        case created = "Created"
        case ports = "Ports"
        case sizeRw = "SizeRw"
        case sizeRootFs = "SizeRootFs"
        case labels = "Labels"
        case state = "State"
        case status = "Status"
        case hostConfig = "HostConfig"
        case networkSettings = "NetworkSettings"
        case mounts = "Mounts"
    }

    public static var goZero: ContainerSummary { ContainerSummary() }

    public init(
        id: String = "", names: [String] = [], image: String = "", imageID: String = "", command: String = "", created: Int64 = 0,
        ports: [Port] = [], sizeRw: Int64 = 0, sizeRootFs: Int64 = 0, labels: [String: String]? = [:], state: String = "",
        status: String = "", hostConfig: SummaryHostConfig = SummaryHostConfig(), networkSettings: SummaryNetworkSettings? = nil,
        mounts: [MountPoint] = []
    ) {
        self.id = id
        self.names = names
        self.image = image
        self.imageID = imageID
        self.command = command
        self.created = created
        self.ports = ports
        self.sizeRw = sizeRw
        self.sizeRootFs = sizeRootFs
        self.labels = labels
        self.state = state
        self.status = status
        self.hostConfig = hostConfig
        self.networkSettings = networkSettings
        self.mounts = mounts
    }
}
