import EngineInterface
import NIOCore
import NIOHTTP1

/// One request and its answer, on the event loop.
struct Exchange {
    /// What happens with the body and at its end.
    enum Purpose {
        case run(Route, parameters: [String], query: Query)
        /// The answer is known already and goes out when the body is over.
        case refuse(ResponseHead, body: [UInt8])
    }

    let head: HTTPRequestHead
    var purpose: Purpose
    /// Collected for routes that take JSON.
    var body = ByteBuffer()
    var bodyBytes = 0
    var stream: BodyStream?
    var writer: ResponseWriter?
    let cancellation = Cancellation()
    var isKeptAlive: Bool
    var requestIsComplete = false
    /// The answer's last byte is written, if not yet out.
    var isAnswered = false
    var isReadingPaused = false
    /// In the log of requests, once the answer has begun.
    var number: Int?
    /// HTTP/1.0 knows no chunks: such an answer ends with the connection.
    var usesChunks: Bool { head.version != .http1_0 }
    /// Without the query and the leading slash.
    var path: String { String(head.uri.drop { $0 == "/" }.prefix { $0 != "?" }) }
    var isHead: Bool { head.method == .HEAD }

    init(head: HTTPRequestHead, purpose: Purpose) {
        self.head = head
        self.purpose = purpose
        // After a request for an upgrade the decoder reads no further one, whatever the answer.
        isKeptAlive = head.isKeepAlive && !head.headers.contains(name: "Upgrade")
    }
}

/// The bounds of what a client may send.
enum RequestLimits {
    /// Bytes of a body that is read as a whole.
    static let body = 4 << 20
    /// Connections at a time.
    static let connections = 1024
    /// Seconds that a client whose request was refused half-way may take to notice.
    static let lingering: Int64 = 2
}
