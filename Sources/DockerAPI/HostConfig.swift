/// Which log driver a container writes to.
public struct LogConfig: GoValue, Sendable {
    @Field public var type: String = ""
    @Field public var config: [String: String]? = nil

    enum CodingKeys: String, CodingKey {
        case type = "Type"
        case config = "Config"
    }

    public static var goZero: LogConfig { LogConfig() }

    public init(type: String = "", config: [String: String]? = nil) {
        self.type = type
        self.config = config
    }
}

/// What happens when a container ends by itself.
public struct RestartPolicy: GoValue, Sendable {
    @Field public var name: String = ""
    @Field public var maximumRetryCount: Int = 0

    enum CodingKeys: String, CodingKey {
        case name = "Name"
        case maximumRetryCount = "MaximumRetryCount"
    }

    public static var goZero: RestartPolicy { RestartPolicy() }

    public init(name: String = "", maximumRetryCount: Int = 0) {
        self.name = name
        self.maximumRetryCount = maximumRetryCount
    }
}

/// One address on the host that leads to a container's port.
public struct PortBinding: GoValue, Sendable {
    @Field public var hostIp: String = ""
    @Field public var hostPort: String = ""

    enum CodingKeys: String, CodingKey {
        case hostIp = "HostIp"
        case hostPort = "HostPort"
    }

    public static var goZero: PortBinding { PortBinding() }

    public init(hostIp: String = "", hostPort: String = "") {
        self.hostIp = hostIp
        self.hostPort = hostPort
    }
}

/// A block device and its I/O weight.
public struct WeightDevice: GoValue, Sendable {
    @Field public var path: String = ""
    @Field public var weight: UInt16 = 0

    enum CodingKeys: String, CodingKey {
        case path = "Path"
        case weight = "Weight"
    }

    public static var goZero: WeightDevice { WeightDevice() }

    public init(path: String = "", weight: UInt16 = 0) {
        self.path = path
        self.weight = weight
    }
}

/// A block device and its limit.
public struct ThrottleDevice: GoValue, Sendable {
    @Field public var path: String = ""
    @Field public var rate: UInt64 = 0

    enum CodingKeys: String, CodingKey {
        case path = "Path"
        case rate = "Rate"
    }

    public static var goZero: ThrottleDevice { ThrottleDevice() }

    public init(path: String = "", rate: UInt64 = 0) {
        self.path = path
        self.rate = rate
    }
}

/// A device of the host that a container sees.
public struct DeviceMapping: GoValue, Sendable {
    @Field public var pathOnHost: String = ""
    @Field public var pathInContainer: String = ""
    @Field public var cgroupPermissions: String = ""

    enum CodingKeys: String, CodingKey {
        case pathOnHost = "PathOnHost"
        case pathInContainer = "PathInContainer"
        case cgroupPermissions = "CgroupPermissions"
    }

    public static var goZero: DeviceMapping { DeviceMapping() }

    public init(pathOnHost: String = "", pathInContainer: String = "", cgroupPermissions: String = "") {
        self.pathOnHost = pathOnHost
        self.pathInContainer = pathInContainer
        self.cgroupPermissions = cgroupPermissions
    }
}

/// Devices that a device driver is asked for.
public struct DeviceRequest: GoValue, Sendable {
    @Field public var driver: String = ""
    @Field public var count: Int = 0
    @Field public var deviceIDs: [String]? = nil
    @Field public var capabilities: [[String]]? = nil
    @Field public var options: [String: String]? = nil

    enum CodingKeys: String, CodingKey {
        case driver = "Driver"
        case count = "Count"
        case deviceIDs = "DeviceIDs"
        case capabilities = "Capabilities"
        case options = "Options"
    }

    public static var goZero: DeviceRequest { DeviceRequest() }

    public init(
        driver: String = "", count: Int = 0, deviceIDs: [String]? = nil, capabilities: [[String]]? = nil, options: [String: String]? = nil
    ) {
        self.driver = driver
        self.count = count
        self.deviceIDs = deviceIDs
        self.capabilities = capabilities
        self.options = options
    }
}

/// A resource limit.
public struct Ulimit: GoValue, Sendable {
    @Field public var name: String = ""
    @Field public var hard: Int64 = 0
    @Field public var soft: Int64 = 0

    enum CodingKeys: String, CodingKey {
        case name = "Name"
        case hard = "Hard"
        case soft = "Soft"
    }

    public static var goZero: Ulimit { Ulimit() }

    public init(name: String = "", hard: Int64 = 0, soft: Int64 = 0) {
        self.name = name
        self.hard = hard
        self.soft = soft
    }
}

/// What of a container depends on the host (Docker's `container.HostConfig`, complete for 20.10).
public struct HostConfig: GoValue, Sendable {
    @Field public var binds: [String]? = nil
    @Field public var containerIDFile: String = ""
    @Field public var logConfig: LogConfig = LogConfig()
    @Field public var networkMode: String = ""
    /// Keys look like `80/tcp`.
    @Field public var portBindings: [String: [PortBinding]?]? = nil
    @Field public var restartPolicy: RestartPolicy = RestartPolicy()
    @Field public var autoRemove: Bool = false
    @Field public var volumeDriver: String = ""
    @Field public var volumesFrom: [String]? = nil
    @WordList public var capAdd: [String]? = nil
    @WordList public var capDrop: [String]? = nil
    @Field public var cgroupnsMode: String = ""
    @Field public var dns: [String]? = nil
    @Field public var dnsOptions: [String]? = nil
    @Field public var dnsSearch: [String]? = nil
    @Field public var extraHosts: [String]? = nil
    @Field public var groupAdd: [String]? = nil
    @Field public var ipcMode: String = ""
    @Field public var cgroup: String = ""
    @Field public var links: [String]? = nil
    @Field public var oomScoreAdj: Int = 0
    @Field public var pidMode: String = ""
    @Field public var privileged: Bool = false
    @Field public var publishAllPorts: Bool = false
    @Field public var readonlyRootfs: Bool = false
    @Field public var securityOpt: [String]? = nil
    @OmitEmpty public var storageOpt: [String: String] = [:]
    @OmitEmpty public var tmpfs: [String: String] = [:]
    @Field public var utsMode: String = ""
    @Field public var usernsMode: String = ""
    @Field public var shmSize: Int64 = 0
    @OmitEmpty public var sysctls: [String: String] = [:]
    @OmitEmpty public var runtime: String = ""
    /// Height and width; only Windows uses it.
    @Field public var consoleSize: [Int] = [0, 0]
    @Field public var isolation: String = ""
    @Field public var cpuShares: Int64 = 0
    @Field public var memory: Int64 = 0
    @Field public var nanoCpus: Int64 = 0
    @Field public var cgroupParent: String = ""
    @Field public var blkioWeight: UInt16 = 0
    @Field public var blkioWeightDevice: [WeightDevice]? = nil
    @Field public var blkioDeviceReadBps: [ThrottleDevice]? = nil
    @Field public var blkioDeviceWriteBps: [ThrottleDevice]? = nil
    @Field public var blkioDeviceReadIOps: [ThrottleDevice]? = nil
    @Field public var blkioDeviceWriteIOps: [ThrottleDevice]? = nil
    @Field public var cpuPeriod: Int64 = 0
    @Field public var cpuQuota: Int64 = 0
    @Field public var cpuRealtimePeriod: Int64 = 0
    @Field public var cpuRealtimeRuntime: Int64 = 0
    @Field public var cpusetCpus: String = ""
    @Field public var cpusetMems: String = ""
    @Field public var devices: [DeviceMapping]? = nil
    @Field public var deviceCgroupRules: [String]? = nil
    @Field public var deviceRequests: [DeviceRequest]? = nil
    @Field public var kernelMemory: Int64 = 0
    @Field public var kernelMemoryTCP: Int64 = 0
    @Field public var memoryReservation: Int64 = 0
    @Field public var memorySwap: Int64 = 0
    @Field public var memorySwappiness: Int64? = nil
    @Field public var oomKillDisable: Bool? = nil
    @Field public var pidsLimit: Int64? = nil
    @Field public var ulimits: [Ulimit]? = nil
    @Field public var cpuCount: Int64 = 0
    @Field public var cpuPercent: Int64 = 0
    @Field public var ioMaximumIOps: UInt64 = 0
    @Field public var ioMaximumBandwidth: UInt64 = 0
    @OmitEmpty public var mounts: [Mount] = []
    @Field public var maskedPaths: [String]? = nil
    @Field public var readonlyPaths: [String]? = nil
    /// Whether a small init is put before the command.
    @OmitEmpty public var initProcess: Bool? = nil

    enum CodingKeys: String, CodingKey {
        case binds = "Binds"
        case containerIDFile = "ContainerIDFile"
        case logConfig = "LogConfig"
        case networkMode = "NetworkMode"
        case portBindings = "PortBindings"
        case restartPolicy = "RestartPolicy"
        case autoRemove = "AutoRemove"
        case volumeDriver = "VolumeDriver"
        case volumesFrom = "VolumesFrom"
        case capAdd = "CapAdd"
        case capDrop = "CapDrop"
        case cgroupnsMode = "CgroupnsMode"
        case dns = "Dns"
        case dnsOptions = "DnsOptions"
        case dnsSearch = "DnsSearch"
        case extraHosts = "ExtraHosts"
        case groupAdd = "GroupAdd"
        case ipcMode = "IpcMode"
        case cgroup = "Cgroup"
        case links = "Links"
        case oomScoreAdj = "OomScoreAdj"
        case pidMode = "PidMode"
        case privileged = "Privileged"
        case publishAllPorts = "PublishAllPorts"
        case readonlyRootfs = "ReadonlyRootfs"
        case securityOpt = "SecurityOpt"
        case storageOpt = "StorageOpt"
        case tmpfs = "Tmpfs"
        case utsMode = "UTSMode"
        case usernsMode = "UsernsMode"
        case shmSize = "ShmSize"
        case sysctls = "Sysctls"
        case runtime = "Runtime"
        case consoleSize = "ConsoleSize"
        case isolation = "Isolation"
        case cpuShares = "CpuShares"
        case memory = "Memory"
        case nanoCpus = "NanoCpus"
        case cgroupParent = "CgroupParent"
        case blkioWeight = "BlkioWeight"
        case blkioWeightDevice = "BlkioWeightDevice"
        case blkioDeviceReadBps = "BlkioDeviceReadBps"
        case blkioDeviceWriteBps = "BlkioDeviceWriteBps"
        case blkioDeviceReadIOps = "BlkioDeviceReadIOps"
        case blkioDeviceWriteIOps = "BlkioDeviceWriteIOps"
        case cpuPeriod = "CpuPeriod"
        case cpuQuota = "CpuQuota"
        case cpuRealtimePeriod = "CpuRealtimePeriod"
        case cpuRealtimeRuntime = "CpuRealtimeRuntime"
        case cpusetCpus = "CpusetCpus"
        case cpusetMems = "CpusetMems"
        case devices = "Devices"
        case deviceCgroupRules = "DeviceCgroupRules"
        case deviceRequests = "DeviceRequests"
        case kernelMemory = "KernelMemory"
        case kernelMemoryTCP = "KernelMemoryTCP"
        case memoryReservation = "MemoryReservation"
        case memorySwap = "MemorySwap"
        case memorySwappiness = "MemorySwappiness"
        case oomKillDisable = "OomKillDisable"
        case pidsLimit = "PidsLimit"
        case ulimits = "Ulimits"
        case cpuCount = "CpuCount"
        case cpuPercent = "CpuPercent"
        case ioMaximumIOps = "IOMaximumIOps"
        case ioMaximumBandwidth = "IOMaximumBandwidth"
        case mounts = "Mounts"
        case maskedPaths = "MaskedPaths"
        case readonlyPaths = "ReadonlyPaths"
        case initProcess = "Init"
    }

    public static var goZero: HostConfig { HostConfig() }

    public init() {}
}
