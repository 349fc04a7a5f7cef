import Basics
import CCurl

/// What a web server says of what it sends.
public struct DownloadHead: Sendable {
    /// In bytes; -1 where it doesn't say.
    public let length: Int64
    /// `Content-Type`, empty for none.
    public let type: String
    /// `Last-Modified` in seconds since 1970; nil where there is none, or it is no time.
    public let modified: Int?
    /// As `Content-Disposition` names it.
    public let fileName: String?

    init(_ headers: [(name: String, value: String)]) {
        let value = { (name: String) in headers.last { $0.name == name }?.value }
        length = value("content-length").flatMap { Int64($0.prefix(19)) }.map { max(-1, $0) } ?? -1
        type = value("content-type") ?? ""
        modified = value("last-modified").map { curl_getdate($0, nil) }.flatMap { $0 < 0 ? nil : $0 }
        fileName = value("content-disposition").flatMap(Self.fileName)
    }

    /// `attachment; filename="a b.txt"`
    private static func fileName(_ disposition: String) -> String? {
        var rest = disposition[...]
        while let semicolon = rest.firstIndex(of: ";") {
            rest = rest[rest.index(after: semicolon)...].drop { $0 == " " || $0 == "\t" }
            guard rest.prefix(9).lowercased() == "filename=" else { continue }
            let value = rest.dropFirst(9)
            let name = value.first == "\"" ? value.dropFirst().prefix { $0 != "\"" } : value.prefix { $0 != ";" && $0 != " " }
            return name.isEmpty ? nil : String(name)
        }
        return nil
    }
}

/// Fetches a file that is no image's part from a web server: what `import`, `ADD` and `build` are given as an address.
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
    ///   - onHead: Told what the server says of it, before the first byte; what it throws ends the transfer.
    ///   - progress: Called with each piece and about once a second, with the bytes so far and those that the server has promised (-1 for none);
    ///     what it throws ends the transfer.
    /// - Throws: `DrydockError` in Docker's words.
    @discardableResult
    public func fetch(
        to sink: (UnsafeRawBufferPointer) throws -> Void, onHead: (DownloadHead) throws -> Void = { _ in },
        progress: (_ count: Int64, _ total: Int64) throws -> Void
    ) throws -> DownloadHead {
        guard let parts = URLParts(url), ["http", "https"].contains(parts.scheme) else {
            throw DrydockError(.invalid, "\(url) is no address that could be fetched from", advice: "Give an http:// or https:// address.")
        }
        var count: Int64 = 0
        var head: DownloadHead?
        do {
            let tick = { (_: Int64) in try progress(count, head?.length ?? -1) }
            let answer = try http.get(HTTPRequest(url: url), tick: tick) { headers, status in
                guard status < 300 else { return }
                let told = DownloadHead(headers)
                head = told
                try onHead(told)
            } sink: { bytes, _ in
                try sink(bytes)
                count += Int64(bytes.count)
                try progress(count, head?.length ?? -1)
            }
            guard answer.status < 400 else { throw Self.refusal(answer, url) }
            if !answer.body.isEmpty { try answer.body.withUnsafeBytes(sink) }
            return head ?? DownloadHead(answer.headers)
        } catch let failure as TransferFailure {
            throw failure.error
        }
    }

    /// In Docker's words, with the beginning of what the server says of it.
    private static func refusal(_ answer: HTTPAnswer, _ url: String) -> DrydockError {
        let text = String(decoding: answer.body.prefix(512), as: UTF8.self).unicodeScalars.map {
            $0.value < 32 || $0.value == 127 ? " " : $0
        }
        let words = String(String.UnicodeScalarView(text)).split(separator: " ").joined(separator: " ")
        let usual = [400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 500: "Internal Server Error"]
        let reason = answer.reason.isEmpty ? usual[answer.status] ?? "" : String(answer.reason.prefix(64))
        return DrydockError(
            answer.status == 404 ? .notFound : .invalid,
            "failed to GET \(url) with status \(answer.status)\(reason.isEmpty ? "" : " \(reason)"): \(words)")
    }
}
