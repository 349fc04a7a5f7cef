import Basics

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
    /// - Throws: `DrydockError` in Docker's words.
    public func fetch(to sink: (UnsafeRawBufferPointer) throws -> Void, progress: (Int64) throws -> Void) throws {
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
        } catch let failure as TransferFailure {
            throw failure.error
        }
    }
}
