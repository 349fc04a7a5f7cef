/// The body of `POST /containers/{id}/exec`.
public struct ExecCreateRequest: GoValue, Sendable {
    @Field public var user: String = ""
    @Field public var privileged: Bool = false
    @Field public var tty: Bool = false
    @Field public var attachStdin: Bool = false
    @Field public var attachStderr: Bool = false
    @Field public var attachStdout: Bool = false
    @Field public var detach: Bool = false
    @Field public var detachKeys: String = ""
    @Field public var env: [String]? = nil
    @Field public var workingDir: String = ""
    @Field public var cmd: [String]? = nil

    enum CodingKeys: String, CodingKey {
        case user = "User"
        case privileged = "Privileged"
        case tty = "Tty"
        case attachStdin = "AttachStdin"
        case attachStderr = "AttachStderr"
        case attachStdout = "AttachStdout"
        case detach = "Detach"
        case detachKeys = "DetachKeys"
        case env = "Env"
        case workingDir = "WorkingDir"
        case cmd = "Cmd"
    }

    public static var goZero: ExecCreateRequest { ExecCreateRequest() }

    public init() {}
}

/// The answer to `POST /containers/{id}/exec`.
public struct ExecCreateResponse: GoValue, Sendable {
    @Field public var id: String = ""

    enum CodingKeys: String, CodingKey {
        case id = "Id"
    }

    public static var goZero: ExecCreateResponse { ExecCreateResponse() }

    public init(id: String = "") { self.id = id }
}

/// The body of `POST /exec/{id}/start`.
public struct ExecStartRequest: GoValue, Sendable {
    @Field public var detach: Bool = false
    @Field public var tty: Bool = false

    enum CodingKeys: String, CodingKey {
        case detach = "Detach"
        case tty = "Tty"
    }

    public static var goZero: ExecStartRequest { ExecStartRequest() }

    public init(detach: Bool = false, tty: Bool = false) {
        self.detach = detach
        self.tty = tty
    }
}

/// What a process in a container was asked to be.
public struct ExecProcessConfig: GoValue, Sendable {
    @Field public var tty: Bool = false
    @Field public var entrypoint: String = ""
    @Field public var arguments: [String] = []
    @OmitEmpty public var privileged: Bool? = nil
    @OmitEmpty public var user: String = ""

    enum CodingKeys: String, CodingKey {
        case tty
        case entrypoint
        case arguments
        case privileged
        case user
    }

    public static var goZero: ExecProcessConfig { ExecProcessConfig() }

    public init(tty: Bool = false, entrypoint: String = "", arguments: [String] = [], privileged: Bool = false, user: String = "") {
        self.tty = tty
        self.entrypoint = entrypoint
        self.arguments = arguments
        self.privileged = privileged
        self.user = user
    }
}

/// The answer to `GET /exec/{id}/json`.
public struct ExecInspect: GoValue, Sendable {
    @Field public var id: String = ""
    @Field public var running: Bool = false
    @Field public var exitCode: Int? = nil
    @Field public var processConfig: ExecProcessConfig = ExecProcessConfig()
    @Field public var openStdin: Bool = false
    @Field public var openStderr: Bool = false
    @Field public var openStdout: Bool = false
    @Field public var canRemove: Bool = false
    @Field public var containerID: String = ""
    /// The keys' bytes in base64.
    @Field public var detachKeys: String = ""
    @Field public var pid: Int = 0

    enum CodingKeys: String, CodingKey {
        case id = "ID"
        case running = "Running"
        case exitCode = "ExitCode"
        case processConfig = "ProcessConfig"
        case openStdin = "OpenStdin"
        case openStderr = "OpenStderr"
        case openStdout = "OpenStdout"
        case canRemove = "CanRemove"
        case containerID = "ContainerID"
        case detachKeys = "DetachKeys"
        case pid = "Pid"
    }

    public static var goZero: ExecInspect { ExecInspect() }

    public init() {}
}
