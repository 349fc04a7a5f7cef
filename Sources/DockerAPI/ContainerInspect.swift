/// One probe of a container's health.
public struct HealthResult: GoValue, Sendable {
    @Field public var start: String = ""
    @Field public var end: String = ""
    @Field public var exitCode: Int = 0
    @Field public var output: String = ""

    enum CodingKeys: String, CodingKey {
        case start = "Start"
        case end = "End"
        case exitCode = "ExitCode"
        case output = "Output"
    }

    public static var goZero: HealthResult { HealthResult() }

    public init(start: String = "", end: String = "", exitCode: Int = 0, output: String = "") {
        self.start = start
        self.end = end
        self.exitCode = exitCode
        self.output = output
    }
}

/// A container's health.
public struct Health: GoValue, Sendable {
    @Field public var status: String = ""
    @Field public var failingStreak: Int = 0
    @Field public var log: [HealthResult]? = nil

    enum CodingKeys: String, CodingKey {
        case status = "Status"
        case failingStreak = "FailingStreak"
        case log = "Log"
    }

    public static var goZero: Health { Health() }

    public init(status: String = "", failingStreak: Int = 0, log: [HealthResult]? = nil) {
        self.status = status
        self.failingStreak = failingStreak
        self.log = log
    }
}

/// What a container is doing; times are RFC 3339 texts, Docker's zero time when it has not happened.
public struct ContainerState: GoValue, Sendable {
    /// `created`, `running`, `paused`, `restarting`, `removing`, `exited` or `dead`.
    @Field public var status: String = "created"
    @Field public var running: Bool = false
    @Field public var paused: Bool = false
    @Field public var restarting: Bool = false
    @Field public var oomKilled: Bool = false
    @Field public var dead: Bool = false
    @Field public var pid: Int = 0
    @Field public var exitCode: Int = 0
    @Field public var error: String = ""
    @Field public var startedAt: String = "0001-01-01T00:00:00Z"
    @Field public var finishedAt: String = "0001-01-01T00:00:00Z"
    @OmitEmpty public var health: Health? = nil

    enum CodingKeys: String, CodingKey {
        case status = "Status"
        case running = "Running"
        case paused = "Paused"
        case restarting = "Restarting"
        case oomKilled = "OOMKilled"
        case dead = "Dead"
        case pid = "Pid"
        case exitCode = "ExitCode"
        case error = "Error"
        case startedAt = "StartedAt"
        case finishedAt = "FinishedAt"
        case health = "Health"
    }

    public static var goZero: ContainerState { ContainerState() }

    public init(
        status: String = "created", running: Bool = false, paused: Bool = false, restarting: Bool = false, oomKilled: Bool = false,
        dead: Bool = false, pid: Int = 0, exitCode: Int = 0, error: String = "", startedAt: String = "0001-01-01T00:00:00Z",
        finishedAt: String = "0001-01-01T00:00:00Z", health: Health? = nil
    ) {
        self.status = status
        self.running = running
        self.paused = paused
        self.restarting = restarting
        self.oomKilled = oomKilled
        self.dead = dead
        self.pid = pid
        self.exitCode = exitCode
        self.error = error
        self.startedAt = startedAt
        self.finishedAt = finishedAt
        self.health = health
    }
}

/// Where the layers lie.
public struct GraphDriverData: GoValue, Sendable {
    @Field public var data: [String: String]? = nil
    @Field public var name: String = "overlay2"

    enum CodingKeys: String, CodingKey {
        case data = "Data"
        case name = "Name"
    }

    public static var goZero: GraphDriverData { GraphDriverData() }

    public init(data: [String: String]? = nil, name: String = "overlay2") {
        self.data = data
        self.name = name
    }
}

/// All that the engine knows of a container.
public struct ContainerInspect: GoValue, Sendable {
    @Field public var id: String = ""
    @Field public var created: String = ""
    @Field public var path: String = ""
    @Field public var args: [String] = []
    @Field public var state: ContainerState = ContainerState()
    /// The image's id.
    @Field public var image: String = ""
    @Field public var resolvConfPath: String = ""
    @Field public var hostnamePath: String = ""
    @Field public var hostsPath: String = ""
    @Field public var logPath: String = ""
    /// With its leading slash.
    @Field public var name: String = ""
    @Field public var restartCount: Int = 0
    @Field public var driver: String = "overlay2"
    @Field public var platform: String = "linux"
    @Field public var mountLabel: String = ""
    @Field public var processLabel: String = ""
    @Field public var appArmorProfile: String = ""
    @Field public var execIDs: [String]? = nil
    @Field public var hostConfig: HostConfig = HostConfig()
    @Field public var graphDriver: GraphDriverData = GraphDriverData()
    @OmitEmpty public var sizeRw: Int64? = nil
    @OmitEmpty public var sizeRootFs: Int64? = nil
    @Field public var mounts: [MountPoint] = []
    @Field public var config: ContainerConfig = ContainerConfig()
    @Field public var networkSettings: NetworkSettings = NetworkSettings()

    enum CodingKeys: String, CodingKey {
        case id = "Id"
        case created = "Created"
        case path = "Path"
        case args = "Args"
        case state = "State"
        case image = "Image"
        case resolvConfPath = "ResolvConfPath"
        case hostnamePath = "HostnamePath"
        case hostsPath = "HostsPath"
        case logPath = "LogPath"
        case name = "Name"
        case restartCount = "RestartCount"
        case driver = "Driver"
        case platform = "Platform"
        case mountLabel = "MountLabel"
        case processLabel = "ProcessLabel"
        case appArmorProfile = "AppArmorProfile"
        case execIDs = "ExecIDs"
        case hostConfig = "HostConfig"
        case graphDriver = "GraphDriver"
        case sizeRw = "SizeRw"
        case sizeRootFs = "SizeRootFs"
        case mounts = "Mounts"
        case config = "Config"
        case networkSettings = "NetworkSettings"
    }

    public static var goZero: ContainerInspect { ContainerInspect() }

    public init(
        id: String = "", created: String = "", path: String = "", args: [String] = [], state: ContainerState = ContainerState(),
        image: String = "", resolvConfPath: String = "", hostnamePath: String = "", hostsPath: String = "", logPath: String = "",
        name: String = "", restartCount: Int = 0, driver: String = "overlay2", platform: String = "linux", mountLabel: String = "",
        processLabel: String = "", appArmorProfile: String = "", execIDs: [String]? = nil, hostConfig: HostConfig = HostConfig(),
        graphDriver: GraphDriverData = GraphDriverData(), sizeRw: Int64? = nil, sizeRootFs: Int64? = nil, mounts: [MountPoint] = [],
        config: ContainerConfig = ContainerConfig(), networkSettings: NetworkSettings = NetworkSettings()
    ) {
        self.id = id
        self.created = created
        self.path = path
        self.args = args
        self.state = state
        self.image = image
        self.resolvConfPath = resolvConfPath
        self.hostnamePath = hostnamePath
        self.hostsPath = hostsPath
        self.logPath = logPath
        self.name = name
        self.restartCount = restartCount
        self.driver = driver
        self.platform = platform
        self.mountLabel = mountLabel
        self.processLabel = processLabel
        self.appArmorProfile = appArmorProfile
        self.execIDs = execIDs
        self.hostConfig = hostConfig
        self.graphDriver = graphDriver
        self.sizeRw = sizeRw
        self.sizeRootFs = sizeRootFs
        self.mounts = mounts
        self.config = config
        self.networkSettings = networkSettings
    }
}
