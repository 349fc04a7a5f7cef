/// How a container's health is probed. Times are nanoseconds.
public struct HealthConfig: GoValue, Sendable {
    @OmitEmpty public var test: [String] = []
    @OmitEmpty public var interval: Int64 = 0
    @OmitEmpty public var timeout: Int64 = 0
    @OmitEmpty public var startPeriod: Int64 = 0
    @OmitEmpty public var retries: Int = 0

    enum CodingKeys: String, CodingKey {
        case test = "Test"
        case interval = "Interval"
        case timeout = "Timeout"
        case startPeriod = "StartPeriod"
        case retries = "Retries"
    }

    public static var goZero: HealthConfig { HealthConfig() }

    public init(test: [String] = [], interval: Int64 = 0, timeout: Int64 = 0, startPeriod: Int64 = 0, retries: Int = 0) {
        self.test = test
        self.interval = interval
        self.timeout = timeout
        self.startPeriod = startPeriod
        self.retries = retries
    }
}

/// What a container runs, as far as it does not depend on the host (Docker's `container.Config`).
public struct ContainerConfig: GoValue, Sendable {
    @Field public var hostname: String = ""
    @Field public var domainname: String = ""
    @Field public var user: String = ""
    @Field public var attachStdin: Bool = false
    @Field public var attachStdout: Bool = false
    @Field public var attachStderr: Bool = false
    /// Keys look like `80/tcp`.
    @OmitEmpty public var exposedPorts: [String: EmptyObject] = [:]
    @Field public var tty: Bool = false
    @Field public var openStdin: Bool = false
    @Field public var stdinOnce: Bool = false
    @Field public var env: [String]? = nil
    @WordList public var cmd: [String]? = nil
    @OmitEmpty public var healthcheck: HealthConfig? = nil
    @OmitEmpty public var argsEscaped: Bool = false
    @Field public var image: String = ""
    @Field public var volumes: [String: EmptyObject]? = nil
    @Field public var workingDir: String = ""
    @WordList public var entrypoint: [String]? = nil
    @OmitEmpty public var networkDisabled: Bool = false
    @OmitEmpty public var macAddress: String = ""
    @Field public var onBuild: [String]? = nil
    @Field public var labels: [String: String]? = nil
    @OmitEmpty public var stopSignal: String = ""
    /// Seconds that `docker stop` waits before it kills.
    @OmitEmpty public var stopTimeout: Int? = nil
    @OmitEmpty public var shell: [String] = []

    enum CodingKeys: String, CodingKey {
        case hostname = "Hostname"
        case domainname = "Domainname"
        case user = "User"
        case attachStdin = "AttachStdin"
        case attachStdout = "AttachStdout"
        case attachStderr = "AttachStderr"
        case exposedPorts = "ExposedPorts"
        case tty = "Tty"
        case openStdin = "OpenStdin"
        case stdinOnce = "StdinOnce"
        case env = "Env"
        case cmd = "Cmd"
        case healthcheck = "Healthcheck"
        case argsEscaped = "ArgsEscaped"
        case image = "Image"
        case volumes = "Volumes"
        case workingDir = "WorkingDir"
        case entrypoint = "Entrypoint"
        case networkDisabled = "NetworkDisabled"
        case macAddress = "MacAddress"
        case onBuild = "OnBuild"
        case labels = "Labels"
        case stopSignal = "StopSignal"
        case stopTimeout = "StopTimeout"
        case shell = "Shell"
    }

    public static var goZero: ContainerConfig { ContainerConfig() }

    public init(
        hostname: String = "", domainname: String = "", user: String = "", attachStdin: Bool = false, attachStdout: Bool = false,
        attachStderr: Bool = false, exposedPorts: [String: EmptyObject] = [:], tty: Bool = false, openStdin: Bool = false,
        stdinOnce: Bool = false, env: [String]? = nil, cmd: [String]? = nil, healthcheck: HealthConfig? = nil, argsEscaped: Bool = false,
        image: String = "", volumes: [String: EmptyObject]? = nil, workingDir: String = "", entrypoint: [String]? = nil,
        networkDisabled: Bool = false, macAddress: String = "", onBuild: [String]? = nil, labels: [String: String]? = nil,
        stopSignal: String = "", stopTimeout: Int? = nil, shell: [String] = []
    ) {
        self.hostname = hostname
        self.domainname = domainname
        self.user = user
        self.attachStdin = attachStdin
        self.attachStdout = attachStdout
        self.attachStderr = attachStderr
        self.exposedPorts = exposedPorts
        self.tty = tty
        self.openStdin = openStdin
        self.stdinOnce = stdinOnce
        self.env = env
        self.cmd = cmd
        self.healthcheck = healthcheck
        self.argsEscaped = argsEscaped
        self.image = image
        self.volumes = volumes
        self.workingDir = workingDir
        self.entrypoint = entrypoint
        self.networkDisabled = networkDisabled
        self.macAddress = macAddress
        self.onBuild = onBuild
        self.labels = labels
        self.stopSignal = stopSignal
        self.stopTimeout = stopTimeout
        self.shell = shell
    }
}
