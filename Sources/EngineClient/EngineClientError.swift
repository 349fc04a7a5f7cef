import Basics

/// Why a call to an engine failed.
public enum EngineClientError: Error, Sendable, CustomStringConvertible {
    /// Nobody listens at the endpoint.
    case cannotConnect(endpoint: String)
    /// The endpoint exists, but this user may not open it.
    case permissionDenied(endpoint: String)
    /// The engine answered with an error status.
    case api(APIError)
    /// The engine (or whatever listens there) does not speak HTTP as expected.
    case malformed(String)
    /// A system call on the connection failed.
    case io(Errno)
    /// The interrupt descriptor became readable: the user pressed Ctrl-C.
    case interrupted
    /// An engine of our own could not be started.
    case launch(String)

    /// Docker's own text, as its command line prints it.
    public var description: String {
        switch self {
        case .cannotConnect(let endpoint):
            "Cannot connect to the Docker daemon at \(endpoint). Is the docker daemon running?"
        case .permissionDenied(let endpoint):
            "Got permission denied while trying to connect to the Docker daemon socket at \(endpoint): connect: permission denied"
        case .api(let error): error.description
        case .malformed(let why): "error during connect: \(why)"
        case .io(let errno): "error during connect: \(errno.text)"
        case .interrupted: "interrupted"
        case .launch(let why): why
        }
    }

    /// The engine's error answer, if that is what this is.
    public var apiError: APIError? {
        if case .api(let error) = self { error } else { nil }
    }
}

/// An error answer of the engine: `{"message": …, "drydock": {"code": …, "advice": …}}`.
public struct APIError: Sendable, CustomStringConvertible {
    /// HTTP status, 400 or more.
    public let status: Int
    /// The engine's sentence.
    public let message: String
    /// drydock's stable code (`DrydockError.Code`), absent with other engines.
    public let code: String?
    /// What to try next, where drydock knows.
    public let advice: String?

    /// True when the user had the operation rolled back while stepping.
    public var isAborted: Bool { code == "aborted" }

    public var description: String { "Error response from daemon: \(message)" }

    /// Reads an error body; anything that is not JSON is taken as plain text.
    init(status: Int, body: [UInt8], path: String) {
        self.status = status
        let json = try? JSONValue(parsing: body)
        code = json?["drydock"]?["code"]?.stringValue
        advice = json?["drydock"]?["advice"]?.stringValue
        if let text = json?["message"]?.stringValue {
            message = trimmed(text)
        } else if body.isEmpty {
            message =
                "request returned status \(status) for API route and version \(path), "
                + "check if the server supports the requested API version"
        } else {
            message = trimmed(String(decoding: body.prefix(4096), as: UTF8.self))
        }
    }
}

/// Cuts white space off both ends.
func trimmed(_ text: String) -> String {
    let isSpace = { (byte: UInt8) in byte == 32 || (9...13).contains(byte) }
    let bytes = text.utf8
    guard let first = bytes.firstIndex(where: { !isSpace($0) }), let last = bytes.lastIndex(where: { !isSpace($0) }) else { return "" }
    return String(text[first...last])
}
