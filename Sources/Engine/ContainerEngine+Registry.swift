import Basics
import DockerAPI
import EngineInterface
import OCI
import Registry
import Steps

/// What concerns registries but no image of ours: logging in, and searching.
extension ContainerEngine {
    /// `docker login`: asks the registry whether it knows this user. Nothing is kept here: the client keeps what it is told.
    public func authenticate(_ request: AuthRequest, context call: CallContext) throws -> AuthResponse {
        guard !request.username.isEmpty else { throw DrydockError(.invalid, "a login needs a username") }
        try operate("login", call) { operation in
            let client = try operation.step("login.resolve") { step in
                let place = try registry(named: request.serverAddress, step)
                step.fact("registry", "\(place)")
                return RegistryClient(
                    endpoint: place.endpoint, credentials: RegistryCredentials(username: request.username, password: request.password))
            }
            try operation.step("login.ask") { step in
                step.fact("user", request.username)
                try observed(client, step) { try $0.logIn() }
            }
        }
        return AuthResponse(status: "Login Succeeded", identityToken: "")
    }

    /// `docker search`.
    public func searchImages(_ request: SearchRequest, context call: CallContext) throws -> [SearchResult] {
        guard !request.term.isEmpty else { throw DrydockError(.invalid, "a search needs a term") }
        for key in request.filters.keys where !["is-automated", "is-official", "stars"].contains(key) {
            throw DrydockError(.invalid, "Invalid filter '\(key)'")
        }
        let (server, term) = Self.split(request.term)
        let credentials = try RegistryCredentials(header: request.registryAuth)
        let found = try operate("search", call) { operation in
            let client = try operation.step("login.resolve") { step in
                let place = try registry(named: server, searches: true, step)
                step.fact("registry", "\(place)")
                return RegistryClient(endpoint: place.endpoint, credentials: credentials)
            }
            return try operation.step("search.ask") { step in
                let found = try observed(client, step) { try $0.search(term, limit: request.limit ?? 25) }
                step.fact("found", "\(found.count)")
                return found
            }
        }
        return try found.filter { try matches($0, request.filters) }.map {
            SearchResult(
                starCount: $0.stars, isOfficial: $0.isOfficial, name: server.isEmpty ? $0.name : "\(server)/\($0.name)",
                isAutomated: $0.isAutomated, description: $0.description)
        }
    }

    /// `localhost:5000/word` asks that registry, as the name of an image would.
    private static func split(_ term: String) -> (server: String, term: String) {
        guard let slash = term.firstIndex(of: "/") else { return ("", term) }
        let first = term[..<slash]
        let isServer = first == "localhost" || first.contains(".") || first.contains(":")
        return isServer ? (String(first), String(term[term.index(after: slash)...])) : ("", term)
    }

    private func matches(_ found: FoundImage, _ filters: Filters) throws -> Bool {
        func wanted(_ key: String) throws -> Bool? {
            guard let values = filters[key], let value = values.first else { return nil }
            guard let wanted = ["true": true, "1": true, "false": false, "0": false][value] else {
                throw DrydockError(.invalid, "Invalid filter '\(key)=[\(value)]'")
            }
            return wanted
        }
        if let official = try wanted("is-official"), official != found.isOfficial { return false }
        if let automated = try wanted("is-automated"), automated != found.isAutomated { return false }
        for text in filters["stars"] ?? [] {
            guard let stars = Int(text) else { throw DrydockError(.invalid, "Invalid filter 'stars=\(text)'") }
            if found.stars < stars { return false }
        }
        return true
    }

    /// Makes HTTP requests in a step, and keeps what they were as its facts.
    func observed<T>(_ client: RegistryClient, _ step: Step, _ body: (RegistryClient) throws -> T) rethrows -> T {
        let exchanges = Monitored([HTTPExchange]())
        defer { for exchange in exchanges.read({ $0 }) { step.fact("http", exchange.line) } }
        return try body(client.observed { exchange in exchanges.update { $0.append(exchange) } })
    }
}
