/// The name of the product.
public struct VersionPlatform: GoValue, Sendable {
    @Field public var name: String = ""

    enum CodingKeys: String, CodingKey {
        case name = "Name"
    }

    public static var goZero: VersionPlatform { VersionPlatform() }

    public init(name: String = "") {
        self.name = name
    }
}

/// One part of the engine and its version.
public struct VersionComponent: GoValue, Sendable {
    @Field public var name: String = ""
    @Field public var version: String = ""
    @OmitEmpty public var details: [String: String] = [:]

    enum CodingKeys: String, CodingKey {
        case name = "Name"
        case version = "Version"
        case details = "Details"
    }

    public static var goZero: VersionComponent { VersionComponent() }

    public init(name: String = "", version: String = "", details: [String: String] = [:]) {
        self.name = name
        self.version = version
        self.details = details
    }
}

/// The answer to `GET /version`.
public struct VersionResponse: GoValue, Sendable {
    @Field public var platform: VersionPlatform = VersionPlatform()
    @Field public var components: [VersionComponent] = []
    @Field public var version: String = ""
    @Field public var apiVersion: String = "1.41"
    @Field public var minAPIVersion: String = "1.12"
    @Field public var gitCommit: String = ""
    @Field public var goVersion: String = ""
    @Field public var os: String = "linux"
    @Field public var arch: String = ""
    @Field public var kernelVersion: String = ""
    @OmitEmpty public var experimental: Bool = false
    @OmitEmpty public var buildTime: String = ""

    enum CodingKeys: String, CodingKey {
        case platform = "Platform"
        case components = "Components"
        case version = "Version"
        case apiVersion = "ApiVersion"
        case minAPIVersion = "MinAPIVersion"
        case gitCommit = "GitCommit"
        case goVersion = "GoVersion"
        case os = "Os"
        case arch = "Arch"
        case kernelVersion = "KernelVersion"
        case experimental = "Experimental"
        case buildTime = "BuildTime"
    }

    public static var goZero: VersionResponse { VersionResponse() }

    public init(
        platform: VersionPlatform = VersionPlatform(), components: [VersionComponent] = [], version: String = "",
        apiVersion: String = "1.41", minAPIVersion: String = "1.12", gitCommit: String = "", goVersion: String = "", os: String = "linux",
        arch: String = "", kernelVersion: String = "", experimental: Bool = false, buildTime: String = ""
    ) {
        self.platform = platform
        self.components = components
        self.version = version
        self.apiVersion = apiVersion
        self.minAPIVersion = minAPIVersion
        self.gitCommit = gitCommit
        self.goVersion = goVersion
        self.os = os
        self.arch = arch
        self.kernelVersion = kernelVersion
        self.experimental = experimental
        self.buildTime = buildTime
    }
}

/// The drivers that an engine brings.
public struct InfoPlugins: GoValue, Sendable {
    @Field public var volume: [String] = ["local"]
    @Field public var network: [String] = ["bridge", "host", "null"]
    @Field public var authorization: [String]? = nil
    @Field public var log: [String] = ["json-file"]

    enum CodingKeys: String, CodingKey {
        case volume = "Volume"
        case network = "Network"
        case authorization = "Authorization"
        case log = "Log"
    }

    public static var goZero: InfoPlugins { InfoPlugins() }

    public init(
        volume: [String] = ["local"], network: [String] = ["bridge", "host", "null"], authorization: [String]? = nil,
        log: [String] = ["json-file"]
    ) {
        self.volume = volume
        self.network = network
        self.authorization = authorization
        self.log = log
    }
}

/// A registry that the engine knows by name.
public struct IndexInfo: GoValue, Sendable {
    @Field public var name: String = ""
    @Field public var mirrors: [String] = []
    @Field public var secure: Bool = false
    @Field public var official: Bool = false

    enum CodingKeys: String, CodingKey {
        case name = "Name"
        case mirrors = "Mirrors"
        case secure = "Secure"
        case official = "Official"
    }

    public static var goZero: IndexInfo { IndexInfo() }

    public init(name: String = "", mirrors: [String] = [], secure: Bool = false, official: Bool = false) {
        self.name = name
        self.mirrors = mirrors
        self.secure = secure
        self.official = official
    }
}

/// How the engine reaches registries.
public struct RegistryConfig: GoValue, Sendable {
    @Field public var allowNondistributableArtifactsCIDRs: [String] = []
    @Field public var allowNondistributableArtifactsHostnames: [String] = []
    @Field public var insecureRegistryCIDRs: [String] = ["127.0.0.0/8"]
    @Field public var indexConfigs: [String: IndexInfo] = [:]
    @Field public var mirrors: [String] = []

    enum CodingKeys: String, CodingKey {
        case allowNondistributableArtifactsCIDRs = "AllowNondistributableArtifactsCIDRs"
        case allowNondistributableArtifactsHostnames = "AllowNondistributableArtifactsHostnames"
        case insecureRegistryCIDRs = "InsecureRegistryCIDRs"
        case indexConfigs = "IndexConfigs"
        case mirrors = "Mirrors"
    }

    public static var goZero: RegistryConfig { RegistryConfig() }

    public init(
        allowNondistributableArtifactsCIDRs: [String] = [], allowNondistributableArtifactsHostnames: [String] = [],
        insecureRegistryCIDRs: [String] = ["127.0.0.0/8"], indexConfigs: [String: IndexInfo] = [:], mirrors: [String] = []
    ) {
        self.allowNondistributableArtifactsCIDRs = allowNondistributableArtifactsCIDRs
        self.allowNondistributableArtifactsHostnames = allowNondistributableArtifactsHostnames
        self.insecureRegistryCIDRs = insecureRegistryCIDRs
        self.indexConfigs = indexConfigs
        self.mirrors = mirrors
    }
}

/// A low-level runtime.
public struct RuntimeInfo: GoValue, Sendable {
    @Field public var path: String = ""
    @OmitEmpty public var runtimeArgs: [String] = []

    enum CodingKeys: String, CodingKey {
        case path
        case runtimeArgs
    }

    public static var goZero: RuntimeInfo { RuntimeInfo() }

    public init(path: String = "", runtimeArgs: [String] = []) {
        self.path = path
        self.runtimeArgs = runtimeArgs
    }
}

/// Docker's clients read this even where there is no swarm.
public struct SwarmInfo: GoValue, Sendable {
    @Field public var nodeID: String = ""
    @Field public var nodeAddr: String = ""
    @Field public var localNodeState: String = "inactive"
    @Field public var controlAvailable: Bool = false
    @Field public var error: String = ""
    @Field public var remoteManagers: [String]? = nil

    enum CodingKeys: String, CodingKey {
        case nodeID = "NodeID"
        case nodeAddr = "NodeAddr"
        case localNodeState = "LocalNodeState"
        case controlAvailable = "ControlAvailable"
        case error = "Error"
        case remoteManagers = "RemoteManagers"
    }

    public static var goZero: SwarmInfo { SwarmInfo() }

    public init(
        nodeID: String = "", nodeAddr: String = "", localNodeState: String = "inactive", controlAvailable: Bool = false,
        error: String = "", remoteManagers: [String]? = nil
    ) {
        self.nodeID = nodeID
        self.nodeAddr = nodeAddr
        self.localNodeState = localNodeState
        self.controlAvailable = controlAvailable
        self.error = error
        self.remoteManagers = remoteManagers
    }
}

/// The commit that a component was built from.
public struct Commit: GoValue, Sendable {
    @Field public var id: String = ""
    @Field public var expected: String = ""

    enum CodingKeys: String, CodingKey {
        case id = "ID"
        case expected = "Expected"
    }

    public static var goZero: Commit { Commit() }

    public init(id: String = "", expected: String = "") {
        self.id = id
        self.expected = expected
    }
}

/// The answer to `GET /info`.
public struct InfoResponse: GoValue, Sendable {
    @Field public var id: String = ""
    @Field public var containers: Int = 0
    @Field public var containersRunning: Int = 0
    @Field public var containersPaused: Int = 0
    @Field public var containersStopped: Int = 0
    @Field public var images: Int = 0
    @Field public var driver: String = "overlay2"
    /// Pairs of name and value.
    @Field public var driverStatus: [[String]]? = nil
    @Field public var plugins: InfoPlugins = InfoPlugins()
    @Field public var memoryLimit: Bool = false
    @Field public var swapLimit: Bool = false
    @Field public var kernelMemory: Bool = false
    @Field public var kernelMemoryTCP: Bool = false
    @Field public var cpuCfsPeriod: Bool = false
    @Field public var cpuCfsQuota: Bool = false
    @Field public var cpuShares: Bool = false
    @Field public var cpuSet: Bool = false
    @Field public var pidsLimit: Bool = false
    @Field public var ipv4Forwarding: Bool = false
    @Field public var bridgeNfIptables: Bool = false
    @Field public var bridgeNfIp6tables: Bool = false
    @Field public var debug: Bool = false
    @Field public var nFd: Int = 0
    @Field public var oomKillDisable: Bool = false
    @Field public var nGoroutines: Int = 0
    @Field public var systemTime: String = ""
    @Field public var loggingDriver: String = "json-file"
    @Field public var cgroupDriver: String = "cgroupfs"
    @OmitEmpty public var cgroupVersion: String = ""
    @Field public var nEventsListener: Int = 0
    @Field public var kernelVersion: String = ""
    @Field public var operatingSystem: String = ""
    @Field public var osVersion: String = ""
    @Field public var osType: String = "linux"
    @Field public var architecture: String = ""
    @Field public var indexServerAddress: String = "https://index.docker.io/v1/"
    @Field public var registryConfig: RegistryConfig = RegistryConfig()
    @Field public var ncpu: Int = 0
    @Field public var memTotal: Int64 = 0
    @Field public var genericResources: [String]? = nil
    @Field public var dockerRootDir: String = ""
    @Field public var httpProxy: String = ""
    @Field public var httpsProxy: String = ""
    @Field public var noProxy: String = ""
    @Field public var name: String = ""
    @Field public var labels: [String]? = []
    @Field public var experimentalBuild: Bool = false
    @Field public var serverVersion: String = ""
    @Field public var runtimes: [String: RuntimeInfo] = [:]
    @Field public var defaultRuntime: String = ""
    @Field public var swarm: SwarmInfo = SwarmInfo()
    @Field public var liveRestoreEnabled: Bool = false
    @Field public var isolation: String = ""
    @Field public var initBinary: String = ""
    @Field public var containerdCommit: Commit = Commit()
    @Field public var runcCommit: Commit = Commit()
    @Field public var initCommit: Commit = Commit()
    @Field public var securityOptions: [String] = []
    @Field public var warnings: [String]? = nil

    enum CodingKeys: String, CodingKey {
        case id = "ID"
        case containers = "Containers"
        case containersRunning = "ContainersRunning"
        case containersPaused = "ContainersPaused"
        case containersStopped = "ContainersStopped"
        case images = "Images"
        case driver = "Driver"
        case driverStatus = "DriverStatus"
        case plugins = "Plugins"
        case memoryLimit = "MemoryLimit"
        case swapLimit = "SwapLimit"
        case kernelMemory = "KernelMemory"
        case kernelMemoryTCP = "KernelMemoryTCP"
        case cpuCfsPeriod = "CpuCfsPeriod"
        case cpuCfsQuota = "CpuCfsQuota"
        case cpuShares = "CPUShares"
        case cpuSet = "CPUSet"
        case pidsLimit = "PidsLimit"
        case ipv4Forwarding = "IPv4Forwarding"
        case bridgeNfIptables = "BridgeNfIptables"
        case bridgeNfIp6tables = "BridgeNfIp6tables"
        case debug = "Debug"
        case nFd = "NFd"
        case oomKillDisable = "OomKillDisable"
        case nGoroutines = "NGoroutines"
        case systemTime = "SystemTime"
        case loggingDriver = "LoggingDriver"
        case cgroupDriver = "CgroupDriver"
        case cgroupVersion = "CgroupVersion"
        case nEventsListener = "NEventsListener"
        case kernelVersion = "KernelVersion"
        case operatingSystem = "OperatingSystem"
        case osVersion = "OSVersion"
        case osType = "OSType"
        case architecture = "Architecture"
        case indexServerAddress = "IndexServerAddress"
        case registryConfig = "RegistryConfig"
        case ncpu = "NCPU"
        case memTotal = "MemTotal"
        case genericResources = "GenericResources"
        case dockerRootDir = "DockerRootDir"
        case httpProxy = "HttpProxy"
        case httpsProxy = "HttpsProxy"
        case noProxy = "NoProxy"
        case name = "Name"
        case labels = "Labels"
        case experimentalBuild = "ExperimentalBuild"
        case serverVersion = "ServerVersion"
        case runtimes = "Runtimes"
        case defaultRuntime = "DefaultRuntime"
        case swarm = "Swarm"
        case liveRestoreEnabled = "LiveRestoreEnabled"
        case isolation = "Isolation"
        case initBinary = "InitBinary"
        case containerdCommit = "ContainerdCommit"
        case runcCommit = "RuncCommit"
        case initCommit = "InitCommit"
        case securityOptions = "SecurityOptions"
        case warnings = "Warnings"
    }

    public static var goZero: InfoResponse { InfoResponse() }

    public init() {}
}
