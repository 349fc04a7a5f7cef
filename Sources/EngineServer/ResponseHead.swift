import Glibc

/// The head of an answer, written as Docker writes it: fixed headers first, then the answer's own.
struct ResponseHead: Sendable {
    enum Body: Sendable {
        case none
        case length(Int)
        case chunked
    }

    var status: Int
    var contentType: String?
    var body: Body
    var isKeptAlive = true
    var extra: [(String, String)] = []
    /// Docker's router answers unknown paths before it adds its own headers.
    var hasEngineHeaders = true

    func bytes(server: String) -> [UInt8] {
        var text = "HTTP/1.1 \(status) \(Self.reason(status))\r\n"
        if hasEngineHeaders { text += "Api-Version: \(APIVersion.current)\r\n" }
        if let contentType { text += "Content-Type: \(contentType)\r\n" }
        if hasEngineHeaders { text += "Docker-Experimental: false\r\nOstype: linux\r\nServer: \(server)\r\n" }
        for (name, value) in extra { text += "\(name): \(value)\r\n" }
        text += "Date: \(httpDate(time(nil)))\r\n"
        switch body {
        case .none: break
        case .length(let length): text += "Content-Length: \(length)\r\n"
        case .chunked: text += "Transfer-Encoding: chunked\r\n"
        }
        if !isKeptAlive { text += "Connection: close\r\n" }
        return Array((text + "\r\n").utf8)
    }

    static func reason(_ status: Int) -> String {
        switch status {
        case 200: "OK"
        case 201: "Created"
        case 204: "No Content"
        case 304: "Not Modified"
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 409: "Conflict"
        case 413: "Request Entity Too Large"
        case 431: "Request Header Fields Too Large"
        case 501: "Not Implemented"
        case 503: "Service Unavailable"
        default: "Internal Server Error"
        }
    }
}

/// The versions of Docker's API that the engine speaks.
enum APIVersion {
    static let current = "1.41"
    static let oldest = "1.12"

    /// Docker's sentence for a version out of range, nil for one within.
    static func complaint(about version: String) -> String? {
        guard let asked = parts(version), let newest = parts(current), let least = parts(oldest) else {
            return "client version \(version.prefix(32)) is not understood. Maximum supported API version is \(current)"
        }
        if newest.lexicographicallyPrecedes(asked) {
            return "client version \(version) is too new. Maximum supported API version is \(current)"
        }
        if asked.lexicographicallyPrecedes(least) {
            return "client version \(version) is too old. Minimum supported API version is \(oldest), "
                + "please upgrade your client to a newer version"
        }
        return nil
    }

    private static func parts(_ version: String) -> [Int]? {
        let numbers = version.split(separator: ".", omittingEmptySubsequences: false).map { Int($0) }
        return numbers.count == 2 ? numbers.compactMap { $0 }.count == 2 ? numbers.compactMap { $0 } : nil : nil
    }
}

/// A moment as HTTP writes it (RFC 9110, section 5.6.7), whatever the process's locale.
func httpDate(_ moment: time_t) -> String {
    var moment = moment
    var parts = tm()
    gmtime_r(&moment, &parts)
    let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let date = "\(days[Int(parts.tm_wday)]), \(two(parts.tm_mday)) \(months[Int(parts.tm_mon)]) \(parts.tm_year + 1900)"
    return "\(date) \(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec)) GMT"
}
