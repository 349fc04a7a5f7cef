/// The body of `POST /drydock/sessions/TOKEN`: whether to stop, where and at which level.
public struct SessionRequest: GoValue, Sendable {
    /// Stop at each step; otherwise at breakpoints alone.
    @Field public var step: Bool = false
    /// Step ids.
    @Field public var breakpoints: [String] = []
    /// `instruction` (of a build), `verb`, `step` or `call`; empty means `step`.
    @Field public var level: String = ""
    /// Stop whatever clients do who have no session that steps: what `drydock watch` asks for.
    @Field public var others: Bool = false

    enum CodingKeys: String, CodingKey {
        case step
        case breakpoints
        case level
        case others
    }

    public static var goZero: SessionRequest { SessionRequest() }

    public init(step: Bool = false, breakpoints: [String] = [], level: String = "", others: Bool = false) {
        self.step = step
        self.breakpoints = breakpoints
        self.level = level
        self.others = others
    }
}

/// The body of `POST /drydock/operations/OP/resume`.
public struct ResumeRequest: GoValue, Sendable {
    /// `next`, `into`, `finish`, `continue` or `abort`.
    @Field public var action: String = ""
    @Field public var breakpoints: [String]? = nil

    enum CodingKeys: String, CodingKey {
        case action
        case breakpoints
    }

    public static var goZero: ResumeRequest { ResumeRequest() }

    public init(action: String = "", breakpoints: [String]? = nil) {
        self.action = action
        self.breakpoints = breakpoints
    }
}

/// One view of the kernel or the disk at this moment.
public struct LookSection: GoValue, Sendable {
    @Field public var title: String = ""
    @Field public var lines: [String] = []

    enum CodingKeys: String, CodingKey {
        case title
        case lines
    }

    public static var goZero: LookSection { LookSection() }

    public init(title: String = "", lines: [String] = []) {
        self.title = title
        self.lines = lines
    }
}

/// The answer to `GET /drydock/operations/OP/look`.
public struct LookReport: GoValue, Sendable {
    @Field public var sections: [LookSection] = []
    /// The container's init, if there is one yet.
    @OmitEmpty public var pid: Int? = nil
    /// The path of its file system, if there is one yet.
    @OmitEmpty public var rootfs: String? = nil

    enum CodingKeys: String, CodingKey {
        case sections
        case pid
        case rootfs
    }

    public static var goZero: LookReport { LookReport() }

    public init(sections: [LookSection] = [], pid: Int? = nil, rootfs: String? = nil) {
        self.sections = sections
        self.pid = pid
        self.rootfs = rootfs
    }
}

/// Something that the engine owns but its state does not know.
public struct DoctorFinding: GoValue, Sendable {
    @Field public var kind: String = ""
    @Field public var what: String = ""
    @Field public var why: String = ""
    @Field public var repaired: Bool = false

    enum CodingKeys: String, CodingKey {
        case kind
        case what
        case why
        case repaired
    }

    public static var goZero: DoctorFinding { DoctorFinding() }

    public init(kind: String = "", what: String = "", why: String = "", repaired: Bool = false) {
        self.kind = kind
        self.what = what
        self.why = why
        self.repaired = repaired
    }
}

/// How many things of a kind were looked at.
public struct DoctorCheck: GoValue, Sendable {
    @Field public var kind: String = ""
    @Field public var count: Int = 0

    enum CodingKeys: String, CodingKey {
        case kind
        case count
    }

    public static var goZero: DoctorCheck { DoctorCheck() }

    public init(kind: String = "", count: Int = 0) {
        self.kind = kind
        self.count = count
    }
}

/// The answer to `GET /drydock/doctor`.
public struct DoctorReport: GoValue, Sendable {
    @Field public var findings: [DoctorFinding] = []
    @Field public var checked: [DoctorCheck] = []

    enum CodingKeys: String, CodingKey {
        case findings
        case checked
    }

    public static var goZero: DoctorReport { DoctorReport() }

    public init(findings: [DoctorFinding] = [], checked: [DoctorCheck] = []) {
        self.findings = findings
        self.checked = checked
    }
}

/// The answer to `POST /drydock/hub/fill`.
public struct HubFillReport: GoValue, Sendable {
    @Field public var filled: [String] = []
    @Field public var address: String = ""

    enum CodingKeys: String, CodingKey {
        case filled
        case address
    }

    public static var goZero: HubFillReport { HubFillReport() }

    public init(filled: [String] = [], address: String = "") {
        self.filled = filled
        self.address = address
    }
}

/// The answer to `GET /drydock/hub`.
public struct HubReport: GoValue, Sendable {
    @Field public var address: String = ""
    @Field public var images: [String] = []

    enum CodingKeys: String, CodingKey {
        case address
        case images
    }

    public static var goZero: HubReport { HubReport() }

    public init(address: String = "", images: [String] = []) {
        self.address = address
        self.images = images
    }
}

/// The answer to `GET /drydock/ping`.
public struct DrydockPing: GoValue, Sendable {
    @Field public var pid: Int = 0
    @Field public var root: String = ""
    @Field public var version: String = ""
    /// When the engine began, as RFC 3339 has it.
    @OmitEmpty public var started: String? = nil

    enum CodingKeys: String, CodingKey {
        case pid
        case root
        case version
        case started
    }

    public static var goZero: DrydockPing { DrydockPing() }

    public init(pid: Int = 0, root: String = "", version: String = "", started: String? = nil) {
        self.pid = pid
        self.root = root
        self.version = version
        self.started = started
    }
}
