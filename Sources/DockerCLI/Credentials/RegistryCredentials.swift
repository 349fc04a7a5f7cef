import Basics

/// Who someone is for a registry. Never printed: it deliberately has no description of its own parts.
struct RegistryCredentials: Sendable, Equatable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    var username = ""
    var password = ""
    /// As Docker keys it: a host with its port, or the address of Docker's index.
    var serverAddress = ""
    /// What a registry gave in place of the password.
    var identityToken = ""

    /// Even a careless `print` of a value around it tells no secret.
    var description: String { "credentials for \(serverAddress)" }
    var debugDescription: String { description }
    var customMirror: Mirror { Mirror(self, children: []) }

    var isEmpty: Bool { username.isEmpty && password.isEmpty && identityToken.isEmpty }

    /// Docker's `AuthConfig`: empty members are left out.
    var json: JSONValue {
        let members = [
            ("username", username), ("password", password), ("serveraddress", serverAddress), ("identitytoken", identityToken),
        ]
        return .object(JSONObject(members.filter { !$0.1.isEmpty }.map { ($0.0, JSONValue.string($0.1)) }))
    }

    /// The value of `X-Registry-Auth`; that of an empty object where there are no credentials, as Docker's client sends it.
    static func header(_ credentials: RegistryCredentials?) -> String {
        Base64.forURLs.text((credentials?.json ?? .object([:])).bytes())
    }
}
