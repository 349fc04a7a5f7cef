import DockerAPI

/// `POST /build`.
public struct BuildRequest: Sendable {
    /// `-t`, in order.
    public var tags: [String] = []
    /// `-f`, within the context.
    public var dockerfile = ""
    /// A URL that the context is fetched from; empty for the body.
    public var remote = ""
    /// The address is fetched as Docker's client would: what it is its content tells, and it is kept under its name (drydock's own).
    public var fetchesForClient = false
    /// What the client calls a context of which only what has changed comes, behind its list (drydock's own).
    public var keptContext: String?
    /// `--build-arg`; no value where only the name was given and the client knows none.
    public var arguments: [String: String?] = [:]
    public var labels: [String: String] = [:]
    public var target = ""
    public var platform: String?
    public var cacheFrom: [String] = []
    public var usesCache = true
    public var pulls = false
    public var isQuiet = false
    /// `--rm`, on by default.
    public var removesContainers = true
    /// `--force-rm`.
    public var removesAlways = false
    /// `--network`, `--memory` and friends.
    public var host = HostConfig()
    /// Told, not done: what would each step find in the cache, and why (drydock's own).
    public var explains = false
    /// `X-Registry-Config` as it came: base64url of a JSON object, by registry.
    public var registryConfig: String?

    public init() {}
}
