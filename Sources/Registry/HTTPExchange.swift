/// One HTTP request that was made and what came back: the evidence of a pull.
public struct HTTPExchange: Sendable, Hashable {
    public let method: String
    public let url: String
    /// Of the answer; 0 when none came.
    public let status: Int
    /// Received in the answer's body, or sent in the request's, whichever is more.
    public let bytes: Int64
    /// From the request's begin to its end.
    public let microseconds: Double

    public init(method: String, url: String, status: Int, bytes: Int64, microseconds: Double) {
        self.method = method
        self.url = url
        self.status = status
        self.bytes = bytes
        self.microseconds = microseconds
    }
}

/// How long the client waits and how much it takes.
public struct RegistryLimits: Sendable, Hashable {
    /// Seconds until a connection must stand.
    public var connectSeconds = 10
    /// Seconds without a single byte after which a transfer is given up.
    public var stallSeconds = 30
    public var redirects = 5
    /// How often a request is made again that a registry can't answer now, or whose answer breaks off.
    public var retries = 5
    /// Seconds before the first of them; each time twice as long, or as long as the registry says, up to a minute.
    public var retrySeconds = 0.5
    /// Bytes of an index or a manifest; what registries themselves allow.
    public var manifestBytes = 4 << 20
    /// Bytes of an image's config.
    public var configBytes = 8 << 20
    /// Bytes of any other answer that is read: tokens, errors.
    public var answerBytes = 1 << 20

    public init() {}
}
