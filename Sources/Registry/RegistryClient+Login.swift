import Basics
import OCI

extension RegistryClient {
    /// Asks the registry whether it knows the credentials.
    ///
    /// - Throws: `DrydockError.unauthorized` in Docker's words when it doesn't.
    /// Source: Docker Engine 20.10, `registry/auth.go`, `loginV2`.
    public func logIn() throws {
        let url = url("")
        let first = try open(url, authorization: nil)
        if first.status == 200 { return }
        guard first.status == 401 else { throw loginFailure(first) }
        let asked = try challenge(first)
        if asked.scheme == "basic" {
            let second = try open(url, authorization: credentials?.basic)
            guard second.status == 200 else { throw loginFailure(second) }
            return remember(asked)
        }
        let (answer, body) = try askForToken(asked, [], query: ["client_id=docker", "offline_token=true"])
        guard answer.status == 200 else {
            let message =
                (try? JSONValue(parsing: body))?["errors"]?[0]?["message"]?.stringValue
                ?? (try? JSONValue(parsing: body))?["details"]?.stringValue
            guard answer.status == 401, let message else { throw loginFailure(answer) }
            throw DrydockError(.unauthorized, "Get \"\(url)\": unauthorized: \(Self.plain(message))")
        }
        let document = try? JSONValue(parsing: body)
        let token = document?["token"]?.stringValue ?? document?["access_token"]?.stringValue ?? ""
        guard !token.isEmpty, token.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else {
            throw DrydockError(.unavailable, "Get \"\(answer.url)\": the answer has no token")
        }
        let second = try open(url, authorization: "Bearer \(token)")
        guard second.status == 200 else { throw loginFailure(second) }
        remember(asked)
    }

    private func open(_ url: String, authorization: String?) throws -> HTTPAnswer {
        try fetched {
            try http.get(HTTPRequest(url: url, authorization: authorization), limit: limits.answerBytes, what: "the answer of \(url)")
                .answer
        }
    }

    private func loginFailure(_ answer: HTTPAnswer) -> DrydockError {
        let words = [401: "401 Unauthorized", 403: "403 Forbidden", 404: "404 Not Found", 500: "500 Internal Server Error"]
        return DrydockError(
            answer.status == 401 ? .unauthorized : .unavailable,
            "login attempt to \(answer.url) failed with status: \(words[answer.status] ?? "\(answer.status)")")
    }
}
