import Basics

extension JSONValue: GoValue {
    public static var goZero: JSONValue { .null }
    public var isGoEmpty: Bool { self == .null }
}

extension JSONMessage {
    /// A change of state, as `docker pull` shows it for a layer: `{"status":"Pulling fs layer","progressDetail":{},"id":"…"}`.
    public static func layer(_ id: String, _ status: String) -> JSONMessage {
        JSONMessage(status: status, progressDetail: JSONProgress(), id: id)
    }

    /// The line that ends a stream which failed after its first byte.
    public static func failure(_ sentence: String) -> JSONMessage {
        JSONMessage(errorDetail: JSONErrorDetail(message: sentence), error: sentence)
    }
}
