import Basics
import OCI
import Synchronization

/// Where a registry is.
public struct RegistryEndpoint: Sendable, Hashable, CustomStringConvertible {
    /// `http` or `https`.
    public let scheme: String
    /// A name or an address; IPv6 without brackets.
    public let host: String
    public let port: Int
    /// A file with certificates that are trusted besides the system's; nil for none.
    public let authorities: String?
    /// False: whoever answers is taken for the registry. Only ever asked for by name.
    public let verifiesCertificate: Bool

    public init(scheme: String, host: String, port: Int, authorities: String? = nil, verifiesCertificate: Bool = true) {
        self.verifiesCertificate = verifiesCertificate
        self.scheme = scheme
        self.host = host
        self.port = port
        self.authorities = authorities
    }

    /// True for names and addresses that never leave this machine. `127.example.org` is none of them.
    public static func isLoopback(_ host: String) -> Bool {
        if ["localhost", "::1", "[::1]"].contains(host) { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }

    /// `http://127.0.0.1:5000`.
    public var description: String { "\(scheme)://\(host.contains(":") ? "[\(host)]" : host):\(port)" }
}

/// Pulls images from a registry that speaks the OCI distribution API. Calls block; several threads may share a client.
///
/// Nothing that a registry says is believed: sizes are bounded while they stream, and what has a digest is hashed.
///
/// Source: OCI distribution specification 1.1; distribution's token authentication specification.
public final class RegistryClient: Sendable {
    public let endpoint: RegistryEndpoint
    public let limits: RegistryLimits
    let http: HTTPClient
    let authority: Authority
    let credentials: RegistryCredentials?
    private let userAgent: String

    /// - Parameter observer: told of each HTTP request when it is over, on the thread that made it.
    public convenience init(
        endpoint: RegistryEndpoint,
        credentials: RegistryCredentials? = nil,
        userAgent: String = "drydock",
        limits: RegistryLimits = RegistryLimits(),
        observer: (@Sendable (HTTPExchange) -> Void)? = nil
    ) {
        self.init(
            endpoint: endpoint,
            credentials: credentials,
            userAgent: userAgent,
            limits: limits,
            pool: HandlePool(),
            authority: Authority(),
            observer: observer
        )
    }

    private init(
        endpoint: RegistryEndpoint,
        credentials: RegistryCredentials?,
        userAgent: String,
        limits: RegistryLimits,
        pool: HandlePool,
        authority: Authority,
        observer: (@Sendable (HTTPExchange) -> Void)?
    ) {
        self.endpoint = endpoint
        self.limits = limits
        self.credentials = credentials
        self.userAgent = userAgent
        self.authority = authority
        http = HTTPClient(pool: pool, userAgent: userAgent, endpoint: endpoint, limits: limits, observer: observer)
    }

    /// The same client (connections, tokens) with another observer: several layers at once each report to a step of their own.
    public func observed(by observer: @escaping @Sendable (HTTPExchange) -> Void) -> RegistryClient {
        RegistryClient(
            endpoint: endpoint,
            credentials: credentials,
            userAgent: userAgent,
            limits: limits,
            pool: http.pool,
            authority: authority,
            observer: observer
        )
    }

    func url(_ path: String) -> String { "\(endpoint)/v2/\(path)" }

    // MARK: Answers that are errors

    /// What an answer that is no success means, in Docker's words.
    ///
    /// Source: Docker Engine, `distribution/errors.go`; distribution specification, "Error codes".
    func refusal(_ answer: HTTPAnswer, body: [UInt8], for reference: Reference) -> DrydockError {
        let challenge = answer.values("www-authenticate").compactMap { AuthChallenge.parse($0) }.joined().first { $0.scheme == "bearer" }
        if answer.status == 401, challenge?.parameters["error"] == "insufficient_scope" {
            return Self.denied(reference, "denied: requested access to the resource is denied")
        }
        let first = (try? JSONValue(parsing: body))?["errors"]?[0]
        guard let code = first?["code"]?.stringValue else {
            return DrydockError(.unavailable, "Get \"\(answer.url)\": received unexpected HTTP status: \(answer.status)")
        }
        let message = Self.plain(first?["message"]?.stringValue ?? "")
        let words = Self.plain(code).lowercased().replacing("_", with: " ") + ": " + message
        return switch code {
        case "DENIED": Self.denied(reference, words)
        case "MANIFEST_UNKNOWN": DrydockError(.notFound, "manifest for \(reference.familiar) not found: \(words)")
        case "NAME_UNKNOWN": DrydockError(.notFound, "repository \(reference.familiarName) not found: \(words)")
        case "UNAUTHORIZED": DrydockError(.unauthorized, words)
        case "TOOMANYREQUESTS": DrydockError(.unavailable, words)
        default: DrydockError(answer.status == 404 ? .notFound : .unavailable, words)
        }
    }

    private static func denied(_ reference: Reference, _ words: String) -> DrydockError {
        let name = reference.familiarName
        return DrydockError(
            .notFound,
            "pull access denied for \(name), repository does not exist or may require 'docker login': \(words)"
        )
    }

    /// A registry's words as they may stand in one sentence on a terminal: no control characters, not endless.
    static func plain(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.filter { $0.value >= 0x20 && !(0x7f...0x9f).contains($0.value) }.prefix(300)))
    }
}
