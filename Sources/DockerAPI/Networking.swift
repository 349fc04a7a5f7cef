/// The addresses that a container asks for on one network.
public struct EndpointIPAMConfig: GoValue, Sendable {
    @OmitEmpty public var ipv4Address: String = ""
    @OmitEmpty public var ipv6Address: String = ""
    @OmitEmpty public var linkLocalIPs: [String] = []

    enum CodingKeys: String, CodingKey {
        case ipv4Address = "IPv4Address"
        case ipv6Address = "IPv6Address"
        case linkLocalIPs = "LinkLocalIPs"
    }

    public static var goZero: EndpointIPAMConfig { EndpointIPAMConfig() }

    public init(ipv4Address: String = "", ipv6Address: String = "", linkLocalIPs: [String] = []) {
        self.ipv4Address = ipv4Address
        self.ipv6Address = ipv6Address
        self.linkLocalIPs = linkLocalIPs
    }
}

/// A container's place on one network.
public struct EndpointSettings: GoValue, Sendable {
    @Field public var ipamConfig: EndpointIPAMConfig? = nil
    @Field public var links: [String]? = nil
    @Field public var aliases: [String]? = nil
    @Field public var networkID: String = ""
    @Field public var endpointID: String = ""
    @Field public var gateway: String = ""
    @Field public var ipAddress: String = ""
    @Field public var ipPrefixLen: Int = 0
    @Field public var ipv6Gateway: String = ""
    @Field public var globalIPv6Address: String = ""
    @Field public var globalIPv6PrefixLen: Int = 0
    @Field public var macAddress: String = ""
    @Field public var driverOpts: [String: String]? = nil

    enum CodingKeys: String, CodingKey {
        case ipamConfig = "IPAMConfig"
        case links = "Links"
        case aliases = "Aliases"
        case networkID = "NetworkID"
        case endpointID = "EndpointID"
        case gateway = "Gateway"
        case ipAddress = "IPAddress"
        case ipPrefixLen = "IPPrefixLen"
        case ipv6Gateway = "IPv6Gateway"
        case globalIPv6Address = "GlobalIPv6Address"
        case globalIPv6PrefixLen = "GlobalIPv6PrefixLen"
        case macAddress = "MacAddress"
        case driverOpts = "DriverOpts"
    }

    public static var goZero: EndpointSettings { EndpointSettings() }

    public init(
        ipamConfig: EndpointIPAMConfig? = nil, links: [String]? = nil, aliases: [String]? = nil, networkID: String = "",
        endpointID: String = "", gateway: String = "", ipAddress: String = "", ipPrefixLen: Int = 0, ipv6Gateway: String = "",
        globalIPv6Address: String = "", globalIPv6PrefixLen: Int = 0, macAddress: String = "", driverOpts: [String: String]? = nil
    ) {
        self.ipamConfig = ipamConfig
        self.links = links
        self.aliases = aliases
        self.networkID = networkID
        self.endpointID = endpointID
        self.gateway = gateway
        self.ipAddress = ipAddress
        self.ipPrefixLen = ipPrefixLen
        self.ipv6Gateway = ipv6Gateway
        self.globalIPv6Address = globalIPv6Address
        self.globalIPv6PrefixLen = globalIPv6PrefixLen
        self.macAddress = macAddress
        self.driverOpts = driverOpts
    }
}

/// The networks that a new container shall be on.
public struct NetworkingConfig: GoValue, Sendable {
    @Field public var endpointsConfig: [String: EndpointSettings]? = nil

    enum CodingKeys: String, CodingKey {
        case endpointsConfig = "EndpointsConfig"
    }

    public static var goZero: NetworkingConfig { NetworkingConfig() }

    public init(endpointsConfig: [String: EndpointSettings]? = nil) {
        self.endpointsConfig = endpointsConfig
    }
}

/// A further address of a container.
public struct SecondaryAddress: GoValue, Sendable {
    @Field public var addr: String = ""
    @Field public var prefixLen: Int = 0

    enum CodingKeys: String, CodingKey {
        case addr = "Addr"
        case prefixLen = "PrefixLen"
    }

    public static var goZero: SecondaryAddress { SecondaryAddress() }

    public init(addr: String = "", prefixLen: Int = 0) {
        self.addr = addr
        self.prefixLen = prefixLen
    }
}

/// A container's network as `inspect` shows it; the fields from `EndpointID` on repeat the default bridge's.
public struct NetworkSettings: GoValue, Sendable {
    @Field public var bridge: String = ""
    @Field public var sandboxID: String = ""
    @Field public var hairpinMode: Bool = false
    @Field public var linkLocalIPv6Address: String = ""
    @Field public var linkLocalIPv6PrefixLen: Int = 0
    /// Keys look like `80/tcp`; nil for a port that is exposed but not published.
    @Field public var ports: [String: [PortBinding]?]? = [:]
    @Field public var sandboxKey: String = ""
    @Field public var secondaryIPAddresses: [SecondaryAddress]? = nil
    @Field public var secondaryIPv6Addresses: [SecondaryAddress]? = nil
    @Field public var endpointID: String = ""
    @Field public var gateway: String = ""
    @Field public var globalIPv6Address: String = ""
    @Field public var globalIPv6PrefixLen: Int = 0
    @Field public var ipAddress: String = ""
    @Field public var ipPrefixLen: Int = 0
    @Field public var ipv6Gateway: String = ""
    @Field public var macAddress: String = ""
    @Field public var networks: [String: EndpointSettings]? = [:]

    enum CodingKeys: String, CodingKey {
        case bridge = "Bridge"
        case sandboxID = "SandboxID"
        case hairpinMode = "HairpinMode"
        case linkLocalIPv6Address = "LinkLocalIPv6Address"
        case linkLocalIPv6PrefixLen = "LinkLocalIPv6PrefixLen"
        case ports = "Ports"
        case sandboxKey = "SandboxKey"
        case secondaryIPAddresses = "SecondaryIPAddresses"
        case secondaryIPv6Addresses = "SecondaryIPv6Addresses"
        case endpointID = "EndpointID"
        case gateway = "Gateway"
        case globalIPv6Address = "GlobalIPv6Address"
        case globalIPv6PrefixLen = "GlobalIPv6PrefixLen"
        case ipAddress = "IPAddress"
        case ipPrefixLen = "IPPrefixLen"
        case ipv6Gateway = "IPv6Gateway"
        case macAddress = "MacAddress"
        case networks = "Networks"
    }

    public static var goZero: NetworkSettings { NetworkSettings() }

    public init(
        bridge: String = "", sandboxID: String = "", hairpinMode: Bool = false, linkLocalIPv6Address: String = "",
        linkLocalIPv6PrefixLen: Int = 0, ports: [String: [PortBinding]?]? = [:], sandboxKey: String = "",
        secondaryIPAddresses: [SecondaryAddress]? = nil, secondaryIPv6Addresses: [SecondaryAddress]? = nil, endpointID: String = "",
        gateway: String = "", globalIPv6Address: String = "", globalIPv6PrefixLen: Int = 0, ipAddress: String = "", ipPrefixLen: Int = 0,
        ipv6Gateway: String = "", macAddress: String = "", networks: [String: EndpointSettings]? = [:]
    ) {
        self.bridge = bridge
        self.sandboxID = sandboxID
        self.hairpinMode = hairpinMode
        self.linkLocalIPv6Address = linkLocalIPv6Address
        self.linkLocalIPv6PrefixLen = linkLocalIPv6PrefixLen
        self.ports = ports
        self.sandboxKey = sandboxKey
        self.secondaryIPAddresses = secondaryIPAddresses
        self.secondaryIPv6Addresses = secondaryIPv6Addresses
        self.endpointID = endpointID
        self.gateway = gateway
        self.globalIPv6Address = globalIPv6Address
        self.globalIPv6PrefixLen = globalIPv6PrefixLen
        self.ipAddress = ipAddress
        self.ipPrefixLen = ipPrefixLen
        self.ipv6Gateway = ipv6Gateway
        self.macAddress = macAddress
        self.networks = networks
    }
}
