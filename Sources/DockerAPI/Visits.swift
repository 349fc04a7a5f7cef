/// The body of `POST /drydock/containers/ID/visit` and `POST /drydock/operations/OP/visit`: somebody wants to look inside.
public struct VisitRequest: GoValue, Sendable {
    /// There is a terminal to be at.
    @Field public var tty: Bool = false
    /// Empty for a shell.
    @Field public var cmd: [String] = []

    enum CodingKeys: String, CodingKey {
        case tty
        case cmd
    }

    public static var goZero: VisitRequest { VisitRequest() }

    public init(tty: Bool = false, cmd: [String] = []) {
        self.tty = tty
        self.cmd = cmd
    }
}

/// The first line of the answer, which then stays open for as long as the visit lasts: its end, from either side, ends the visit.
public struct VisitAnswer: GoValue, Sendable {
    /// The container to be started and attached to; empty where there is one that runs.
    @OmitEmpty public var id: String = ""
    /// What is written becomes part of the layer that is being built.
    @OmitEmpty public var keeps: Bool = false
    /// The container that runs: to be looked into by exec.
    @OmitEmpty public var exec: String = ""
    /// What is to be executed there.
    @OmitEmpty public var cmd: [String] = []

    enum CodingKeys: String, CodingKey {
        case id
        case keeps
        case exec
        case cmd
    }

    public static var goZero: VisitAnswer { VisitAnswer() }
    public init() {}
}
