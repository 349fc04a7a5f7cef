import Basics
import Glibc
import OCI
import Synchronization

/// What a registry asks of those who pull, and what was given: evidence of the step `pull.token`.
public struct RegistryAuthorization: Sendable, Hashable {
    /// Where tokens are given out; nil for a registry that asks for none.
    public let realm: String?
    public let service: String?
    /// `repository:library/ubuntu:pull`.
    public let scope: String
    /// Seconds for which the token is good.
    public let lifetime: Int?
}

/// What somebody wants to do with a repository.
public enum RepositoryAccess: Sendable, Hashable {
    case pull
    /// - Parameter mounting: Repositories of the same registry whose layers may be taken over.
    case push(mounting: Set<String>)

    /// The scopes of a token for it, as distribution's token specification writes them.
    func scopes(_ reference: Reference) -> [String] {
        switch self {
        case .pull: ["repository:\(reference.path):pull"]
        case .push(let others): ["repository:\(reference.path):pull,push"] + others.sorted().map { "repository:\($0):pull" }
        }
    }
}

/// What is known about getting in, shared by all threads of a client.
final class Authority: Sendable {
    struct Token {
        let text: String
        let lifetime: Int
        /// On the monotonic clock, in seconds.
        let end: Int
    }

    struct State {
        var isProbed = false
        var challenge: AuthChallenge?
        /// By scope.
        var tokens: [String: Token] = [:]
    }

    let state = Mutex(State())

    /// A token that is still good for the time of a request.
    func token(_ scope: String) -> Token? {
        state.withLock { state in state.tokens[scope].flatMap { $0.end - 5 > Self.now() ? $0 : nil } }
    }

    static func now() -> Int {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        return now.tv_sec
    }
}

extension RegistryClient {
    /// Asks whether a registry is there and what it wants of those who come; the answer is remembered.
    ///
    /// - Throws: `DrydockError`: `unavailable` if no registry answers, `unauthorized` if it wants something that is not had.
    public func ping() throws {
        if authority.state.withLock({ $0.isProbed }) { return }
        let url = url("")
        let (answer, _) = try fetched { try http.get(HTTPRequest(url: url), limit: limits.answerBytes, what: "the answer of \(url)") }
        switch answer.status {
        case 200: remember(nil)
        case 401: remember(try challenge(answer))
        default:
            throw DrydockError(
                .unavailable,
                "Get \"\(url)\": received unexpected HTTP status: \(answer.status)",
                advice: "check that \(endpoint) is a registry"
            )
        }
    }

    /// Whether anybody answers there, whatever the answer is.
    public func answers() -> Bool {
        let url = url("")
        return (try? http.get(HTTPRequest(url: url), limit: limits.answerBytes, what: "the answer of \(url)")) != nil
    }

    /// Gets leave to use the reference's repository, if the registry wants that; a token that is still good is kept.
    ///
    /// - Throws: as `ping`; `notFound` where the registry denies such a token.
    @discardableResult
    public func authorize(_ reference: Reference, _ access: RepositoryAccess = .pull) throws -> RegistryAuthorization {
        try ping()
        let scope = access.scopes(reference).joined(separator: " ")
        guard let challenge = authority.state.withLock({ $0.challenge }), challenge.scheme == "bearer" else {
            return RegistryAuthorization(realm: nil, service: nil, scope: scope, lifetime: nil)
        }
        let token = try authority.token(scope) ?? freshToken(challenge, reference, access)
        return RegistryAuthorization(
            realm: challenge.parameters["realm"],
            service: challenge.parameters["service"],
            scope: scope,
            lifetime: token.lifetime
        )
    }

    /// GET with the leave that the repository needs.
    func authorized(
        _ url: String,
        accept: [String] = [],
        headers: [String] = [],
        _ reference: Reference,
        get: (HTTPRequest) throws -> (answer: HTTPAnswer, body: [UInt8])
    ) throws -> (answer: HTTPAnswer, body: [UInt8]) {
        try authorized(reference, .pull) { authorization in
            try get(HTTPRequest(url: url, accept: accept, authorization: authorization, otherHeaders: headers))
        }
    }

    /// Makes a request with the leave that the repository needs. A token that is refused although it seemed good is replaced once.
    ///
    /// - Parameter make: Gets the Authorization header's value. May be called twice.
    func authorized(
        _ reference: Reference, _ access: RepositoryAccess, make: (String?) throws -> (answer: HTTPAnswer, body: [UInt8])
    ) throws -> (answer: HTTPAnswer, body: [UInt8]) {
        try ping()
        let challenge = authority.state.withLock { $0.challenge }
        if challenge?.scheme == "basic" { return try fetched { try make(credentials?.basic) } }
        let known = authority.token(access.scopes(reference).joined(separator: " "))
        let token = try known ?? challenge.map { try freshToken($0, reference, access) }
        let result = try fetched { try make(token.map { "Bearer \($0.text)" }) }
        guard result.answer.status == 401, known != nil || token == nil, let asked = try? self.challenge(result.answer),
            asked.parameters["error"] != "insufficient_scope"
        else { return result }
        remember(asked)
        if asked.scheme == "basic" { return try fetched { try make(credentials?.basic) } }
        let fresh = try freshToken(asked, reference, access)
        return try fetched { try make("Bearer \(fresh.text)") }
    }

    /// Turns what the transport says into a sentence.
    func fetched<T>(_ action: () throws -> T) throws -> T {
        do {
            return try action()
        } catch let failure as TransferFailure {
            throw failure.error
        }
    }

    func remember(_ challenge: AuthChallenge?) {
        authority.state.withLock { state in
            state.isProbed = true
            state.challenge = challenge
        }
    }

    /// The challenge that can be met: a token from a realm that is an http address, or a name and a password where there are some.
    func challenge(_ answer: HTTPAnswer) throws -> AuthChallenge {
        let challenges = answer.values("www-authenticate").compactMap { AuthChallenge.parse($0) }.joined()
        if let bearer = challenges.first(where: { $0.scheme == "bearer" }), let realm = bearer.parameters["realm"],
            let parts = URLParts(realm), parts.scheme == "http" || parts.scheme == "https"
        {
            return bearer
        }
        guard let basic = challenges.first(where: { $0.scheme == "basic" }) else {
            throw DrydockError(.unauthorized, "Get \"\(answer.url)\": the registry asks for a login in a way that is not understood")
        }
        guard credentials != nil else { throw DrydockError(.failed, "Get \"\(answer.url)\": no basic auth credentials") }
        return basic
    }

    private func freshToken(_ challenge: AuthChallenge, _ reference: Reference, _ access: RepositoryAccess) throws -> Authority.Token {
        let scopes = access.scopes(reference)
        let begin = Authority.now()
        let (answer, body) = try askForToken(challenge, scopes)
        guard answer.status == 200 else { throw refusal(answer, body: body, for: reference) }
        let document = try? JSONValue(parsing: body)
        let text = document?["token"]?.stringValue ?? document?["access_token"]?.stringValue
        // It becomes part of a header, so it must be one word.
        guard let text, !text.isEmpty, text.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else {
            throw DrydockError(.unavailable, "Get \"\(answer.url)\": the answer has no token")
        }
        // Docker's defaults: a minute where nothing is said, and never less.
        let lifetime = min(max(document?["expires_in"]?.intValue ?? 60, 60), 24 * 3600)
        let token = Authority.Token(text: text, lifetime: lifetime, end: begin + lifetime)
        authority.state.withLock { $0.tokens[scopes.joined(separator: " ")] = token }
        return token
    }

    /// The credentials go to the realm that the registry named, as they must, and to no host that a redirect names.
    func askForToken(_ challenge: AuthChallenge, _ scopes: [String], query: [String] = []) throws -> (answer: HTTPAnswer, body: [UInt8]) {
        let realm = challenge.parameters["realm"] ?? ""
        if credentials != nil, endpoint.scheme == "https", URLParts(realm)?.scheme != "https" {
            throw DrydockError(.unauthorized, "\(endpoint) wants the password sent to \(realm) without TLS, which is refused")
        }
        var parts = query + scopes.map { "scope=\(Self.encoded($0))" }
        if let service = challenge.parameters["service"] { parts.append("service=\(Self.encoded(service))") }
        if let credentials { parts.append("account=\(Self.encoded(credentials.username))") }
        let url = realm + (realm.contains("?") ? "&" : "?") + parts.joined(separator: "&")
        return try fetched {
            try http.get(
                HTTPRequest(url: url, authorization: credentials?.basic), limit: limits.answerBytes, what: "the token of \(realm)")
        }
    }

    /// Percent-encodes all but what RFC 3986 leaves as it is everywhere.
    static func encoded(_ text: String) -> String {
        text.utf8.map { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"):
                String(Unicode.Scalar(byte))
            default: "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }.joined()
    }
}
