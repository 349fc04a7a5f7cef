import Basics

/// Where tokens are given out.
///
/// Source: distribution's token authentication specification.
extension HubRoutes {
    /// More scopes than this nobody asks for at once.
    private static let scopeLimit = 16

    /// Gives a token that allows what the user may do of what was asked for. Who sends a name and a password logs in by that, or
    /// signs up; who does not may still pull.
    func token(_ request: HubRequest) throws -> HubAnswer {
        let user = try login(request)
        let catalogue = storage.catalogue
        let wishes = request.query.filter { $0.key == "scope" }.flatMap { $0.value.split(separator: " ") }.prefix(Self.scopeLimit)
        let granted = wishes.compactMap { TokenMint.Scope($0) }.compactMap { wish -> TokenMint.Scope? in
            switch wish.type {
            case "repository" where HubName.isRepository(wish.name):
                let allowed = HubPolicy.actions(of: user, on: wish.name, isThere: catalogue.repository(wish.name) != nil)
                let actions = wish.actions.contains("*") ? allowed : allowed.filter(wish.actions.contains)
                return actions.isEmpty ? nil : TokenMint.Scope(type: wish.type, name: wish.name, actions: actions)
            case "registry" where wish.name == "catalog" && wish.actions.contains("*"): return .catalog
            default: return nil
            }
        }
        let token = JSONValue.string(tokens.mint(granted))
        return .json(
            [
                "token": token, "access_token": token, "expires_in": .integer(tokens.lifetime),
                "issued_at": .string(Timestamp.now().description),
            ],
            headers: [("Cache-Control", "no-store")]
        )
    }

    /// - Returns: nil for who does not log in.
    /// - Throws: `HubRefusal` for a wrong password and for credentials that cannot be read: they are a failed login, not none.
    private func login(_ request: HubRequest) throws -> String? {
        guard !request.values("authorization").isEmpty else { return nil }
        guard let text = request.credentials("basic"), let bytes = Base64.standard.bytes(text),
            let colon = bytes.firstIndex(of: UInt8(ascii: ":")),
            let name = String(validating: bytes[..<colon], as: UTF8.self),
            let password = String(validating: bytes[(colon + 1)...], as: UTF8.self)
        else { throw HubRefusal(.wrongCredentials) }
        try users.login(name, password: password)
        return name
    }
}
