import Basics
import Hashing
import OCI

/// Mints and checks the bearer tokens of the hub: what the bearer may do and until when, signed with a key that only this
/// process knows. Nothing is remembered, so asking for tokens costs the hub no memory.
///
/// Source: distribution's token authentication specification; RFC 2104 (HMAC).
struct TokenMint: Sendable {
    /// What a request or a token is about: `repository:me2u/app:pull,push`.
    struct Scope: Sendable, Hashable {
        let type: String
        let name: String
        let actions: [String]

        init(type: String, name: String, actions: [String]) {
            self.type = type
            self.name = name
            self.actions = actions
        }

        static func repository(_ name: String, _ actions: String...) -> Scope {
            Scope(type: "repository", name: name, actions: actions)
        }

        static let catalog = Scope(type: "registry", name: "catalog", actions: ["*"])

        /// Reads the text of a scope; nil for what is none.
        init?(_ text: some StringProtocol) {
            // The name may have a colon in its host part, so the type is the first piece and the actions are the last.
            guard let first = text.firstIndex(of: ":"), let last = text.lastIndex(of: ":"), first < last else { return nil }
            type = String(text[..<first])
            name = String(text[text.index(after: first)..<last])
            actions = String(text[text.index(after: last)...]).split(separator: ",").map(String.init)
        }

        var text: String { "\(type):\(name):\(actions.joined(separator: ","))" }
    }

    enum Verdict: Sendable, Hashable {
        case allowed
        /// Not a token of this hub, or its time is over.
        case invalid
        /// A good token, for something else.
        case insufficient
    }

    /// Seconds; short, since a client gets another without asking anyone.
    let lifetime: Int64
    private let key: [UInt8]
    private let now: @Sendable () -> Int64

    /// - Parameter now: seconds since 1970; tests have a clock of their own.
    init(lifetime: Int64 = 300, now: @escaping @Sendable () -> Int64 = { Timestamp.now().seconds }) {
        self.lifetime = lifetime
        self.now = now
        // The kernel's generator, by getrandom(2).
        var generator = SystemRandomNumberGenerator()
        key = (0..<64).map { _ in generator.next() }
    }

    /// - Parameter scopes: what the bearer may do; none is a token that opens `/v2/` alone.
    func mint(_ scopes: [Scope]) -> String {
        let payload: JSONValue = ["exp": .integer(now() + lifetime), "access": .array(scopes.map { .string($0.text) })]
        let bytes = payload.bytes()
        return "\(Base64.forURLsUnpadded.text(bytes)).\(Base64.forURLsUnpadded.text(signature(of: bytes)))"
    }

    /// - Parameter scope: what the bearer wants to do; nil asks for a good token alone.
    func judge(_ token: String, for scope: Scope?) -> Verdict {
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard token.utf8.count <= 16 << 10, parts.count == 2, let bytes = Base64.forURLsUnpadded.bytes(parts[0]),
            let signed = Base64.forURLsUnpadded.bytes(parts[1]), isEqualInConstantTime(signed, signature(of: bytes)),
            let payload = try? JSONValue(parsing: bytes), let end = payload["exp"]?.intValue, now() < end
        else { return .invalid }
        guard let scope else { return .allowed }
        let granted = (payload["access"]?.arrayValue ?? []).compactMap { $0.stringValue.flatMap { Scope($0) } }
            .filter { $0.type == scope.type && $0.name == scope.name }.flatMap(\.actions)
        return scope.actions.allSatisfy(granted.contains) ? .allowed : .insufficient
    }

    private func signature(of bytes: [UInt8]) -> [UInt8] {
        // HMAC with a key of exactly the hash's block size, which needs no shortening or padding. The digests go in as hex text.
        let inner = Digest.sha256(of: key.map { $0 ^ 0x36 } + bytes)
        return Array(Digest.sha256(of: key.map { $0 ^ 0x5c } + inner.hex.utf8).hex.utf8)
    }
}
