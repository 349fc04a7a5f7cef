import Kernel

/// Everything that the container's first process needs to know, resolved: no name is looked up after the clone.
public struct ContainerSpec: Sendable {
    /// What is mounted into the container besides the kernel's own file systems.
    public enum Mount: Sendable {
        case bind(source: String, destination: String, isReadOnly: Bool, isDirectory: Bool)
        case temporary(TemporaryFilesystem, destination: String)

        public var destination: String {
            switch self {
            case .bind(_, let destination, _, _), .temporary(_, let destination): destination
            }
        }
    }

    public struct User: Sendable {
        public var uid: UInt32
        public var gid: UInt32
        public var groups: [UInt32]
        public var home: String
        public init(uid: UInt32, gid: UInt32, groups: [UInt32], home: String) {
            self.uid = uid
            self.gid = gid
            self.groups = groups
            self.home = home
        }
    }

    /// One of setrlimit(2)'s.
    public struct Limit: Sendable, Hashable {
        /// RLIMIT_*
        public let resource: UInt32
        /// `RLIMIT_NOFILE`
        public let name: String
        public let soft: UInt64
        public let hard: UInt64

        public init(resource: UInt32, name: String, soft: UInt64, hard: UInt64) {
            (self.resource, self.name, self.soft, self.hard) = (resource, name, soft, hard)
        }
    }

    /// Where the short names of the layers are resolved: `<root>/layers`.
    public var layersDirectory: String
    /// Short names, the uppermost layer first.
    public var lowerLayers: [String]
    public var upperDirectory: String
    public var workDirectory: String
    /// The empty directory that the overlay is mounted on, in the container's own mount namespace.
    public var mountPoint: String
    public var hostname: String
    public var arguments: [String]
    public var environment: [String]
    public var workingDirectory: String
    public var user: User
    public var capabilities: UInt64
    /// `tasks` files of the container's v1 cgroups, into which the first process writes itself.
    public var cgroupTasks: [String] = []
    /// Sent by the first process from inside its network namespace: addresses and routes.
    public var networkMessages: [NetlinkMessage] = []
    /// In the order in which they are made: what lies below another's destination comes after it.
    public var mounts: [Mount] = []
    /// Directories of the container's cgroups on the host, by the name that they get below /sys/fs/cgroup inside.
    public var cgroupMounts: [(name: String, source: String)] = []
    public var isTerminal: Bool
    /// Standard input is a pipe from outside; without it the program reads /dev/null.
    public var hasInput = false
    public var isRootReadOnly: Bool
    public var seccompFilter: [UInt8]
    public var limits: [Limit] = []
    public var sharedMemoryBytes: Int64 = 64 << 20
    /// Hidden, and read only, as far as this kernel has them.
    public var maskedPaths: [String] = []
    public var readOnlyPaths: [String] = []
    /// NIS domain name; empty for none.
    public var domainName = ""
    public var noNewPrivileges = false
    /// The host's network: no interface of its own.
    public var usesHostNetwork = false

    public init(
        layersDirectory: String, lowerLayers: [String], upperDirectory: String, workDirectory: String, mountPoint: String,
        hostname: String, arguments: [String], environment: [String], workingDirectory: String, user: User, capabilities: UInt64,
        isTerminal: Bool, isRootReadOnly: Bool, seccompFilter: [UInt8]
    ) {
        self.layersDirectory = layersDirectory
        self.lowerLayers = lowerLayers
        self.upperDirectory = upperDirectory
        self.workDirectory = workDirectory
        self.mountPoint = mountPoint
        self.hostname = hostname
        self.arguments = arguments
        self.environment = environment
        self.workingDirectory = workingDirectory
        self.user = user
        self.capabilities = capabilities
        self.isTerminal = isTerminal
        self.isRootReadOnly = isRootReadOnly
        self.seccompFilter = seccompFilter
    }
}
