/// One address range of a network.
public struct IPAMPool: GoValue, Sendable {
    @OmitEmpty public var subnet: String = ""
    @OmitEmpty public var ipRange: String = ""
    @OmitEmpty public var gateway: String = ""
    @OmitEmpty public var auxiliaryAddresses: [String: String] = [:]

    enum CodingKeys: String, CodingKey {
        case subnet = "Subnet"
        case ipRange = "IPRange"
        case gateway = "Gateway"
        case auxiliaryAddresses = "AuxiliaryAddresses"
    }

    public static var goZero: IPAMPool { IPAMPool() }

    public init(subnet: String = "", ipRange: String = "", gateway: String = "", auxiliaryAddresses: [String: String] = [:]) {
        self.subnet = subnet
        self.ipRange = ipRange
        self.gateway = gateway
        self.auxiliaryAddresses = auxiliaryAddresses
    }
}

/// Where a network takes its addresses from.
public struct IPAM: GoValue, Sendable {
    @Field public var driver: String = "default"
    @Field public var options: [String: String]? = nil
    @Field public var config: [IPAMPool]? = []

    enum CodingKeys: String, CodingKey {
        case driver = "Driver"
        case options = "Options"
        case config = "Config"
    }

    public static var goZero: IPAM { IPAM() }

    public init(driver: String = "default", options: [String: String]? = nil, config: [IPAMPool]? = []) {
        self.driver = driver
        self.options = options
        self.config = config
    }
}

/// One container on a network, as `network inspect` shows it.
public struct NetworkEndpoint: GoValue, Sendable {
    @Field public var name: String = ""
    @Field public var endpointID: String = ""
    @Field public var macAddress: String = ""
    @Field public var ipv4Address: String = ""
    @Field public var ipv6Address: String = ""

    enum CodingKeys: String, CodingKey {
        case name = "Name"
        case endpointID = "EndpointID"
        case macAddress = "MacAddress"
        case ipv4Address = "IPv4Address"
        case ipv6Address = "IPv6Address"
    }

    public static var goZero: NetworkEndpoint { NetworkEndpoint() }

    public init(name: String = "", endpointID: String = "", macAddress: String = "", ipv4Address: String = "", ipv6Address: String = "") {
        self.name = name
        self.endpointID = endpointID
        self.macAddress = macAddress
        self.ipv4Address = ipv4Address
        self.ipv6Address = ipv6Address
    }
}

/// The network whose configuration a network borrows.
public struct ConfigReference: GoValue, Sendable {
    @Field public var network: String = ""

    enum CodingKeys: String, CodingKey {
        case network = "Network"
    }

    public static var goZero: ConfigReference { ConfigReference() }

    public init(network: String = "") {
        self.network = network
    }
}

/// A network as the API lists it.
public struct NetworkResource: GoValue, Sendable {
    @Field public var name: String = ""
    @Field public var id: String = ""
    @Field public var created: String = ""
    @Field public var scope: String = "local"
    @Field public var driver: String = ""
    @Field public var enableIPv6: Bool = false
    @Field public var ipam: IPAM = IPAM()
    @Field public var isInternal: Bool = false
    @Field public var attachable: Bool = false
    @Field public var ingress: Bool = false
    @Field public var configFrom: ConfigReference = ConfigReference()
    @Field public var configOnly: Bool = false
    /// By container id.
    @Field public var containers: [String: NetworkEndpoint] = [:]
    @Field public var options: [String: String]? = [:]
    @Field public var labels: [String: String]? = [:]

    enum CodingKeys: String, CodingKey {
        case name = "Name"
        case id = "Id"
        case created = "Created"
        case scope = "Scope"
        case driver = "Driver"
        case enableIPv6 = "EnableIPv6"
        case ipam = "IPAM"
        case isInternal = "Internal"
        case attachable = "Attachable"
        case ingress = "Ingress"
        case configFrom = "ConfigFrom"
        case configOnly = "ConfigOnly"
        case containers = "Containers"
        case options = "Options"
        case labels = "Labels"
    }

    public static var goZero: NetworkResource { NetworkResource() }

    public init(
        name: String = "", id: String = "", created: String = "", scope: String = "local", driver: String = "", enableIPv6: Bool = false,
        ipam: IPAM = IPAM(), isInternal: Bool = false, attachable: Bool = false, ingress: Bool = false,
        configFrom: ConfigReference = ConfigReference(), configOnly: Bool = false, containers: [String: NetworkEndpoint] = [:],
        options: [String: String]? = [:], labels: [String: String]? = [:]
    ) {
        self.name = name
        self.id = id
        self.created = created
        self.scope = scope
        self.driver = driver
        self.enableIPv6 = enableIPv6
        self.ipam = ipam
        self.isInternal = isInternal
        self.attachable = attachable
        self.ingress = ingress
        self.configFrom = configFrom
        self.configOnly = configOnly
        self.containers = containers
        self.options = options
        self.labels = labels
    }
}
