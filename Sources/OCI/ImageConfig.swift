import Basics

/// What an image says of itself: how to run it, of which layers it consists, how it came about.
///
/// The bytes are kept as they came: the image's id is their digest, and members that drydock does not know must survive.
/// Source: OCI image spec, config.md; Docker image specification v1.2.
public struct ImageConfig: Sendable, Hashable {
    public let bytes: [UInt8]
    public let platform: Platform
    /// The architecture as written, for `inspect`.
    public let architecture: String
    public let os: String
    public let variant: String?
    public let created: Timestamp?
    public let author: String
    public let comment: String
    public let dockerVersion: String
    /// The container that the image was committed from.
    public let container: String
    /// How to run it: the `config` member.
    public let run: RunConfig
    /// Digests of the layers' uncompressed tars, lowest first.
    public let diffIDs: [Digest]
    public let history: [History]

    /// A line of `docker history`.
    public struct History: Sendable, Hashable {
        public let created: Timestamp?
        public let createdBy: String
        public let author: String
        public let comment: String
        /// The instruction changed only the config.
        public let isEmptyLayer: Bool
    }

    /// - Throws: `DrydockError.invalid` with one sentence.
    public init(parsing bytes: [UInt8]) throws {
        let shape = try Shape(parsing: bytes, limit: ImageLimits.configBytes, place: "image config")
        self.bytes = bytes
        architecture = try shape["architecture"].string() ?? ""
        os = try shape["os"].string() ?? ""
        variant = try shape["variant"].string()
        platform = Platform(os: os.isEmpty ? "linux" : os, architecture: architecture, variant: variant)
        created = try shape["created"].timestamp()
        author = try shape["author"].string() ?? ""
        comment = try shape["comment"].string() ?? ""
        dockerVersion = try shape["docker_version"].string() ?? ""
        container = try shape["container"].string() ?? ""
        run = try RunConfig(shape["config"])
        history = try shape["history"].elements()?.map(History.init) ?? []
        let rootfs = shape["rootfs"]
        guard !rootfs.isMissing else { throw DrydockError(.invalid, "invalid image JSON, no RootFS key") }
        _ = try rootfs.object()
        let type = try rootfs["type"].string() ?? ""
        guard type == "layers" else { throw DrydockError(.unsupported, "image config: rootfs of type \"\(type)\" instead of \"layers\"") }
        let layers = try rootfs["diff_ids"].elements() ?? []
        guard layers.count <= ImageLimits.layers else {
            throw DrydockError(.invalid, "the image has \(layers.count) layers, more than the \(ImageLimits.layers) that are possible")
        }
        diffIDs = try layers.map { try $0.digest() }
    }

    /// The whole document, for `inspect` and for what has no member here; parsed anew at each call.
    public func json() throws -> JSONValue { try JSONValue(parsing: bytes) }

    public static func == (left: ImageConfig, right: ImageConfig) -> Bool { left.bytes == right.bytes }
    public func hash(into hasher: inout Hasher) { hasher.combine(bytes) }
}

extension ImageConfig.History {
    init(_ shape: Shape) throws {
        _ = try shape.object()
        created = try shape["created"].timestamp()
        createdBy = try shape["created_by"].string() ?? ""
        author = try shape["author"].string() ?? ""
        comment = try shape["comment"].string() ?? ""
        isEmptyLayer = try shape["empty_layer"].bool() ?? false
    }
}

/// How an image wants to be run. Empty and absent are the same, as in Docker.
public struct RunConfig: Sendable, Hashable {
    public let user: String
    /// `80/tcp`, in the document's order.
    public let exposedPorts: [String]
    /// `NAME=value`, in order.
    public let env: [String]
    public let entrypoint: [String]
    public let cmd: [String]
    public let volumes: [String]
    public let workingDir: String
    public let labels: [(key: String, value: String)]
    public let stopSignal: String
    public let stopTimeout: Int64?
    public let shell: [String]
    public let onBuild: [String]
    /// The `config` member as it stands, for `inspect` and for members without a property; nil when absent.
    public let json: JSONObject?

    init(_ shape: Shape) throws {
        json = try shape.optionalObject()
        user = try shape["User"].string() ?? ""
        exposedPorts = try shape["ExposedPorts"].keys() ?? []
        env = try shape["Env"].strings() ?? []
        entrypoint = try shape["Entrypoint"].strings() ?? []
        cmd = try shape["Cmd"].strings() ?? []
        volumes = try shape["Volumes"].keys() ?? []
        workingDir = try shape["WorkingDir"].string() ?? ""
        labels = try shape["Labels"].stringMap() ?? []
        stopSignal = try shape["StopSignal"].string() ?? ""
        stopTimeout = try shape["StopTimeout"].integer()
        shell = try shape["Shell"].strings() ?? []
        onBuild = try shape["OnBuild"].strings() ?? []
    }

    public static func == (left: RunConfig, right: RunConfig) -> Bool { left.json == right.json }
    public func hash(into hasher: inout Hasher) { hasher.combine(json) }
}
