import Basics
import CCurl

/// Fetches a file that is no image's part from a web server: what `import` is given as an address.
public struct Download: Sendable {
    private let http: HTTPClient
    private let url: String

    /// - Parameter observer: Told of each request when it is over.
    public init(_ url: String, limits: RegistryLimits = RegistryLimits(), observer: (@Sendable (HTTPExchange) -> Void)? = nil) {
        self.url = url
        http = HTTPClient(pool: HandlePool(), userAgent: "drydock", endpoint: nil, limits: limits, observer: observer)
    }

    /// - Parameters:
    ///   - sink: Takes the bytes in order; what it throws ends the transfer.
    ///   - progress: Called with each piece and about once a second; what it throws ends the transfer.
    /// - Returns: When the file was last changed, in seconds since 1970; nil where the server doesn't say so.
    /// - Throws: `DrydockError` in Docker's words.
    @discardableResult
    public func fetch(to sink: (UnsafeRawBufferPointer) throws -> Void, progress: (Int64) throws -> Void) throws -> Int? {
        guard let parts = URLParts(url), ["http", "https"].contains(parts.scheme) else {
            throw DrydockError(.invalid, "\(url) is no address that could be fetched from", advice: "Give an http:// or https:// address.")
        }
        var count: Int64 = 0
        do {
            let tick = { (_: Int64) in try progress(count) }
            let answer = try http.get(HTTPRequest(url: url), tick: tick) { bytes, _ in
                try sink(bytes)
                count += Int64(bytes.count)
                try progress(count)
            }
            guard answer.status == 200 else { throw DrydockError(.invalid, "failed to GET \(url) with status \(answer.status)") }
            let time = answer.values("last-modified").first.map { curl_getdate($0, nil) } ?? -1
            return time >= 0 ? time : nil
        } catch let failure as TransferFailure {
            throw failure.error
        }
    }
}
