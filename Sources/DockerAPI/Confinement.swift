/// A request that an engine for replays did not carry out.
public struct ConfinementRefusal: Codable, Sendable, Equatable {
    /// RFC 3339.
    public var time: String
    /// Method and path.
    public var request: String
    /// What the client was told.
    public var message: String

    public init(time: String, request: String, message: String) {
        self.time = time
        self.request = request
        self.message = message
    }
}

/// The answer to `GET /drydock/refusals`.
public struct ConfinementRefusals: Codable, Sendable {
    /// How many there were; of very many only the first are kept.
    public var count: Int
    public var refusals: [ConfinementRefusal]

    public init(count: Int = 0, refusals: [ConfinementRefusal] = []) {
        self.count = count
        self.refusals = refusals
    }
}
