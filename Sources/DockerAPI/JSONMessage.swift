import Basics

/// How far a transfer is. Left out altogether where the message is only a change of state.
public struct JSONProgress: GoValue, Sendable {
    @OmitEmpty public var current: Int64 = 0
    @OmitEmpty public var total: Int64 = 0
    @OmitEmpty public var start: Int64 = 0
    @OmitEmpty public var hidecounts: Bool = false
    @OmitEmpty public var units: String = ""

    enum CodingKeys: String, CodingKey {
        case current
        case total
        case start
        case hidecounts
        case units
    }

    public static var goZero: JSONProgress { JSONProgress() }

    public init(current: Int64 = 0, total: Int64 = 0, start: Int64 = 0, hidecounts: Bool = false, units: String = "") {
        self.current = current
        self.total = total
        self.start = start
        self.hidecounts = hidecounts
        self.units = units
    }
}

/// An error in the middle of a stream.
public struct JSONErrorDetail: GoValue, Sendable {
    @OmitEmpty public var code: Int = 0
    @OmitEmpty public var message: String = ""

    enum CodingKeys: String, CodingKey {
        case code
        case message
    }

    public static var goZero: JSONErrorDetail { JSONErrorDetail() }

    public init(code: Int = 0, message: String = "") {
        self.code = code
        self.message = message
    }
}

/// One line of a stream of progress (pull, load).
public struct JSONMessage: GoValue, Sendable {
    @OmitEmpty public var stream: String = ""
    @OmitEmpty public var status: String = ""
    @OmitEmpty public var progressDetail: JSONProgress? = nil
    /// Docker's own rendering of the bar, for clients that do not draw one.
    @OmitEmpty public var progress: String = ""
    @OmitEmpty public var id: String = ""
    @OmitEmpty public var from: String = ""
    @OmitEmpty public var time: Int64 = 0
    @OmitEmpty public var timeNano: Int64 = 0
    @OmitEmpty public var errorDetail: JSONErrorDetail? = nil
    @OmitEmpty public var error: String = ""
    @OmitEmpty public var aux: JSONValue? = nil

    enum CodingKeys: String, CodingKey {
        case stream
        case status
        case progressDetail
        case progress
        case id
        case from
        case time
        case timeNano
        case errorDetail
        case error
        case aux
    }

    public static var goZero: JSONMessage { JSONMessage() }

    public init(
        stream: String = "", status: String = "", progressDetail: JSONProgress? = nil, progress: String = "", id: String = "",
        from: String = "", time: Int64 = 0, timeNano: Int64 = 0, errorDetail: JSONErrorDetail? = nil, error: String = "",
        aux: JSONValue? = nil
    ) {
        self.stream = stream
        self.status = status
        self.progressDetail = progressDetail
        self.progress = progress
        self.id = id
        self.from = from
        self.time = time
        self.timeNano = timeNano
        self.errorDetail = errorDetail
        self.error = error
        self.aux = aux
    }
}
