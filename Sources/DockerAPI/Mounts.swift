/// How a path of the host is bound.
public struct BindOptions: GoValue, Sendable {
    @OmitEmpty public var propagation: String = ""
    @OmitEmpty public var nonRecursive: Bool = false

    enum CodingKeys: String, CodingKey {
        case propagation = "Propagation"
        case nonRecursive = "NonRecursive"
    }

    public static var goZero: BindOptions { BindOptions() }

    public init(propagation: String = "", nonRecursive: Bool = false) {
        self.propagation = propagation
        self.nonRecursive = nonRecursive
    }
}

/// The driver that makes a volume.
public struct VolumeDriverConfig: GoValue, Sendable {
    @OmitEmpty public var name: String = ""
    @OmitEmpty public var options: [String: String] = [:]

    enum CodingKeys: String, CodingKey {
        case name = "Name"
        case options = "Options"
    }

    public static var goZero: VolumeDriverConfig { VolumeDriverConfig() }

    public init(name: String = "", options: [String: String] = [:]) {
        self.name = name
        self.options = options
    }
}

/// How a volume is made and mounted.
public struct VolumeOptions: GoValue, Sendable {
    @OmitEmpty public var noCopy: Bool = false
    @OmitEmpty public var labels: [String: String] = [:]
    @OmitEmpty public var driverConfig: VolumeDriverConfig? = nil

    enum CodingKeys: String, CodingKey {
        case noCopy = "NoCopy"
        case labels = "Labels"
        case driverConfig = "DriverConfig"
    }

    public static var goZero: VolumeOptions { VolumeOptions() }

    public init(noCopy: Bool = false, labels: [String: String] = [:], driverConfig: VolumeDriverConfig? = nil) {
        self.noCopy = noCopy
        self.labels = labels
        self.driverConfig = driverConfig
    }
}

/// Size and mode of a tmpfs.
public struct TmpfsOptions: GoValue, Sendable {
    @OmitEmpty public var sizeBytes: Int64 = 0
    @OmitEmpty public var mode: UInt32 = 0

    enum CodingKeys: String, CodingKey {
        case sizeBytes = "SizeBytes"
        case mode = "Mode"
    }

    public static var goZero: TmpfsOptions { TmpfsOptions() }

    public init(sizeBytes: Int64 = 0, mode: UInt32 = 0) {
        self.sizeBytes = sizeBytes
        self.mode = mode
    }
}

/// A mount that a container asks for (`--mount`).
public struct Mount: GoValue, Sendable {
    /// `bind`, `volume`, `tmpfs` or `npipe`.
    @OmitEmpty public var type: String = ""
    @OmitEmpty public var source: String = ""
    @OmitEmpty public var target: String = ""
    @OmitEmpty public var readOnly: Bool = false
    @OmitEmpty public var consistency: String = ""
    @OmitEmpty public var bindOptions: BindOptions? = nil
    @OmitEmpty public var volumeOptions: VolumeOptions? = nil
    @OmitEmpty public var tmpfsOptions: TmpfsOptions? = nil

    enum CodingKeys: String, CodingKey {
        case type = "Type"
        case source = "Source"
        case target = "Target"
        case readOnly = "ReadOnly"
        case consistency = "Consistency"
        case bindOptions = "BindOptions"
        case volumeOptions = "VolumeOptions"
        case tmpfsOptions = "TmpfsOptions"
    }

    public static var goZero: Mount { Mount() }

    public init(
        type: String = "", source: String = "", target: String = "", readOnly: Bool = false, consistency: String = "",
        bindOptions: BindOptions? = nil, volumeOptions: VolumeOptions? = nil, tmpfsOptions: TmpfsOptions? = nil
    ) {
        self.type = type
        self.source = source
        self.target = target
        self.readOnly = readOnly
        self.consistency = consistency
        self.bindOptions = bindOptions
        self.volumeOptions = volumeOptions
        self.tmpfsOptions = tmpfsOptions
    }
}

/// A mount that a container has, as `inspect` shows it.
public struct MountPoint: GoValue, Sendable {
    @OmitEmpty public var type: String = ""
    @OmitEmpty public var name: String = ""
    @Field public var source: String = ""
    @Field public var destination: String = ""
    @OmitEmpty public var driver: String = ""
    @Field public var mode: String = ""
    @Field public var rw: Bool = false
    @Field public var propagation: String = ""

    enum CodingKeys: String, CodingKey {
        case type = "Type"
        case name = "Name"
        case source = "Source"
        case destination = "Destination"
        case driver = "Driver"
        case mode = "Mode"
        case rw = "RW"
        case propagation = "Propagation"
    }

    public static var goZero: MountPoint { MountPoint() }

    public init(
        type: String = "", name: String = "", source: String = "", destination: String = "", driver: String = "", mode: String = "",
        rw: Bool = false, propagation: String = ""
    ) {
        self.type = type
        self.name = name
        self.source = source
        self.destination = destination
        self.driver = driver
        self.mode = mode
        self.rw = rw
        self.propagation = propagation
    }
}

/// What a volume takes up.
public struct VolumeUsage: GoValue, Sendable {
    @Field public var size: Int64 = 0
    @Field public var refCount: Int64 = 0

    enum CodingKeys: String, CodingKey {
        case size = "Size"
        case refCount = "RefCount"
    }

    public static var goZero: VolumeUsage { VolumeUsage() }

    public init(size: Int64 = 0, refCount: Int64 = 0) {
        self.size = size
        self.refCount = refCount
    }
}

/// A volume as the API lists it.
public struct Volume: GoValue, Sendable {
    @OmitEmpty public var createdAt: String = ""
    @Field public var driver: String = "local"
    @Field public var labels: [String: String]? = nil
    @Field public var mountpoint: String = ""
    @Field public var name: String = ""
    @Field public var options: [String: String]? = nil
    @Field public var scope: String = "local"
    @OmitEmpty public var usageData: VolumeUsage? = nil

    enum CodingKeys: String, CodingKey {
        case createdAt = "CreatedAt"
        case driver = "Driver"
        case labels = "Labels"
        case mountpoint = "Mountpoint"
        case name = "Name"
        case options = "Options"
        case scope = "Scope"
        case usageData = "UsageData"
    }

    public static var goZero: Volume { Volume() }

    public init(
        createdAt: String = "", driver: String = "local", labels: [String: String]? = nil, mountpoint: String = "", name: String = "",
        options: [String: String]? = nil, scope: String = "local", usageData: VolumeUsage? = nil
    ) {
        self.createdAt = createdAt
        self.driver = driver
        self.labels = labels
        self.mountpoint = mountpoint
        self.name = name
        self.options = options
        self.scope = scope
        self.usageData = usageData
    }
}

/// The answer to `GET /volumes`.
public struct VolumeListResponse: GoValue, Sendable {
    @Field public var volumes: [Volume] = []
    @Field public var warnings: [String]? = nil

    enum CodingKeys: String, CodingKey {
        case volumes = "Volumes"
        case warnings = "Warnings"
    }

    public static var goZero: VolumeListResponse { VolumeListResponse() }

    public init(volumes: [Volume] = [], warnings: [String]? = nil) {
        self.volumes = volumes
        self.warnings = warnings
    }
}

/// The body of `POST /volumes/create`.
public struct VolumeCreateRequest: GoValue, Sendable {
    /// Empty for one that the engine makes up.
    @Field public var name: String = ""
    @Field public var driver: String = ""
    @Field public var driverOpts: [String: String]? = nil
    @Field public var labels: [String: String]? = nil

    enum CodingKeys: String, CodingKey {
        case name = "Name"
        case driver = "Driver"
        case driverOpts = "DriverOpts"
        case labels = "Labels"
    }

    public static var goZero: VolumeCreateRequest { VolumeCreateRequest() }

    public init(name: String = "", driver: String = "", driverOpts: [String: String]? = nil, labels: [String: String]? = nil) {
        self.name = name
        self.driver = driver
        self.driverOpts = driverOpts
        self.labels = labels
    }
}
