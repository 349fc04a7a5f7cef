/// What lies at a path of a container: the header `X-Docker-Container-Path-Stat`, base64 of JSON.
public struct ContainerPathStat: GoValue, Sendable {
    @Field public var name: String = ""
    @Field public var size: Int64 = 0
    /// As Go's `os.FileMode` has it.
    @Field public var mode: Int64 = 0
    /// RFC 3339.
    @Field public var modified: String = ""
    /// Where a symbolic link leads in the end; empty for anything else.
    @Field public var linkTarget: String = ""

    enum CodingKeys: String, CodingKey {
        case name, size, mode
        case modified = "mtime"
        case linkTarget
    }

    public static var goZero: ContainerPathStat { ContainerPathStat() }
    public static let header = "X-Docker-Container-Path-Stat"

    public init(name: String = "", size: Int64 = 0, mode: Int64 = 0, modified: String = "", linkTarget: String = "") {
        self.name = name
        self.size = size
        self.mode = mode
        self.modified = modified
        self.linkTarget = linkTarget
    }
}
