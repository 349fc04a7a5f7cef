import Basics

/// Who somebody says they are to a registry. Never narrated, logged or shown.
public struct RegistryCredentials: Sendable, Hashable {
    public let username: String
    public let password: String

    public init(username: String, password: String) {
        self.username = username
        self.password = password
    }

    /// From the header with which Docker's clients hand credentials to the engine.
    ///
    /// Source: Docker Engine API 1.41, "Authentication": an `AuthConfig` as JSON in base64 with the alphabet for URLs.
    /// - Returns: nil when the header holds none.
    /// - Throws: `DrydockError.invalid` when it can't be read.
    public init?(header: String?) throws {
        guard let header, !header.isEmpty else { return nil }
        guard header.utf8.count <= 64 << 10, let bytes = Base64.forURLs.bytes(header), let document = try? JSONValue(parsing: bytes),
            document.objectValue != nil || document == .null
        else { throw DrydockError(.invalid, "X-Registry-Auth holds no credentials: it has to be a JSON object in base64url") }
        guard document["identitytoken"]?.stringValue?.isEmpty ?? true, document["registrytoken"]?.stringValue?.isEmpty ?? true else {
            throw DrydockError(
                .unsupported, "drydock can't use identity tokens of registries yet", advice: "Log in with a name and a password.")
        }
        let name = document["username"]?.stringValue ?? ""
        guard !name.isEmpty else { return nil }
        self.init(username: name, password: document["password"]?.stringValue ?? "")
    }

    /// The value of an Authorization header (RFC 7617).
    var basic: String { "Basic " + Base64.standard.text("\(username):\(password)".utf8) }
}
