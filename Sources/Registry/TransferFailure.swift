import Basics
import CCurl
import Glibc

/// Why no whole answer came, in the words of Go's HTTP client, which Docker's users know.
struct TransferFailure: Error {
    /// As Go writes it: `Get`, `Put`.
    let method: String
    let url: String
    let received: Int64
    /// `dial tcp 127.0.0.1:5000: connect: connection refused`.
    let reason: String

    init(method: String, url: String, received: Int64, reason: String) {
        self.method = method.prefix(1) + method.dropFirst().lowercased()
        self.url = url
        self.received = received
        self.reason = reason
    }

    init(_ code: CURLcode, _ handle: UnsafeMutableRawPointer, _ request: HTTPRequest, received: Int64, limits: RegistryLimits) {
        let url = request.url
        let parts = URLParts(url)
        let address = parts?.address ?? url
        let reason: String
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY:
            reason = "dial tcp: lookup \(parts?.host ?? url): no such host"
        case CURLE_COULDNT_CONNECT:
            reason = "dial tcp \(address): connect: \(Self.systemReason(handle) ?? "no connection")"
        case CURLE_OPERATION_TIMEDOUT:
            var connected: curl_off_t = 0
            dd_curl_getinfo_off(handle, CURLINFO_CONNECT_TIME_T, &connected)
            reason = connected == 0 ? "dial tcp \(address): i/o timeout" : "no data for \(limits.stallSeconds) seconds"
        case CURLE_GOT_NOTHING:
            reason = "EOF"
        case CURLE_PARTIAL_FILE:
            reason = "unexpected EOF"
        case CURLE_RECV_ERROR:
            reason = "read tcp \(address): \(Self.systemReason(handle) ?? "unexpected EOF")"
        case CURLE_SEND_ERROR:
            reason = "write tcp \(address): \(Self.systemReason(handle) ?? "broken pipe")"
        case CURLE_UNSUPPORTED_PROTOCOL where parts?.scheme == "http" || parts?.scheme == "https", CURLE_WEIRD_SERVER_REPLY:
            // With a protocol that is allowed, this is curl's word for an answer without an HTTP head.
            reason = "malformed HTTP response"
        case CURLE_SSL_CONNECT_ERROR:
            reason = "TLS handshake with \(address) failed"
        default:
            reason = String(cString: curl_easy_strerror(code))
        }
        self.init(method: request.method, url: url, received: received, reason: reason)
    }

    /// As a sentence of its own.
    var error: DrydockError { DrydockError(.unavailable, "\(method) \"\(url)\": \(reason)") }

    private static func systemReason(_ handle: UnsafeMutableRawPointer) -> String? {
        var code = 0
        dd_curl_getinfo_long(handle, CURLINFO_OS_ERRNO, &code)
        return code == 0 ? nil : Errno(Int32(truncatingIfNeeded: code)).text
    }
}
