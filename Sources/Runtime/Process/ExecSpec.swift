/// Everything that a further process in a running container needs to know, resolved: no name is looked up after the clone.
public struct ExecSpec: Sendable {
    public var arguments: [String]
    public var environment: [String]
    public var workingDirectory: String
    public var user: ContainerSpec.User
    public var capabilities: UInt64
    public var seccompFilter: [UInt8]
    public var limits: [ContainerSpec.Limit] = []
    public var noNewPrivileges = false
    public var isTerminal = false
    /// Standard input is a pipe from outside; without it the program reads /dev/null.
    public var hasInput = false
    /// `tasks` files of the container's v1 cgroups, into which the process writes itself.
    public var cgroupTasks: [String] = []
    /// CLONE_NEW* of the namespaces that the container has for itself.
    public var namespaces: UInt64

    public init(
        arguments: [String], environment: [String], workingDirectory: String, user: ContainerSpec.User, capabilities: UInt64,
        seccompFilter: [UInt8], namespaces: UInt64
    ) {
        self.arguments = arguments
        self.environment = environment
        self.workingDirectory = workingDirectory
        self.user = user
        self.capabilities = capabilities
        self.seccompFilter = seccompFilter
        self.namespaces = namespaces
    }
}
