/// `POST /auth`: who logs in where. `AuthConfig` of Docker's API.
public struct AuthRequest: Decodable, Sendable {
    @Field public var username: String = ""
    @Field public var password: String = ""
    @Field public var serverAddress: String = ""

    enum CodingKeys: String, CodingKey {
        case username
        case password
        case serverAddress = "serveraddress"
    }

    public init(username: String = "", password: String = "", serverAddress: String = "") {
        self.username = username
        self.password = password
        self.serverAddress = serverAddress
    }
}

/// The answer to a login.
public struct AuthResponse: GoValue, Sendable {
    @Field public var status: String = ""
    @Field public var identityToken: String = ""

    enum CodingKeys: String, CodingKey {
        case status = "Status"
        case identityToken = "IdentityToken"
    }

    public static var goZero: AuthResponse { AuthResponse() }

    public init(status: String = "", identityToken: String = "") {
        self.status = status
        self.identityToken = identityToken
    }
}

/// A repository that a search found.
public struct SearchResult: GoValue, Sendable {
    @Field public var starCount: Int = 0
    @Field public var isOfficial: Bool = false
    @Field public var name: String = ""
    @Field public var isAutomated: Bool = false
    @Field public var description: String = ""

    enum CodingKeys: String, CodingKey {
        case starCount = "star_count"
        case isOfficial = "is_official"
        case name
        case isAutomated = "is_automated"
        case description
    }

    public static var goZero: SearchResult { SearchResult() }

    public init(starCount: Int = 0, isOfficial: Bool = false, name: String = "", isAutomated: Bool = false, description: String = "") {
        self.starCount = starCount
        self.isOfficial = isOfficial
        self.name = name
        self.isAutomated = isAutomated
        self.description = description
    }
}
