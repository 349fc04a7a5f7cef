/// One line of `docker diff`.
public struct ContainerChange: GoValue, Sendable {
    /// 0 modified, 1 added, 2 deleted.
    @Field public var kind: Int = 0
    @Field public var path: String = ""

    enum CodingKeys: String, CodingKey {
        case kind = "Kind"
        case path = "Path"
    }

    public static var goZero: ContainerChange { ContainerChange() }

    public init(kind: Int = 0, path: String = "") {
        self.kind = kind
        self.path = path
    }
}

/// What `docker commit` made.
public struct CommitResponse: GoValue, Sendable {
    @Field public var id: String = ""

    enum CodingKeys: String, CodingKey {
        case id = "Id"
    }

    public static var goZero: CommitResponse { CommitResponse() }

    public init(id: String = "") { self.id = id }
}
