import Basics

extension Invocation {
    /// The value of `X-Registry-Config`: all credentials that the user has, since only the engine finds out which images a build pulls.
    /// What can't be had is left out, as Docker's client does.
    func registryConfig() -> String {
        let known = (try? credentialStore().all()) ?? []
        let members = JSONObject(known.map { ($0.serverAddress, $0.json) })
        return Base64.forURLs.text(JSONValue.object(members.sortedByKey()).bytes())
    }

    /// `proxies` of `config.json` for an engine: build arguments that nobody need give.
    func proxies(for host: String) -> JSONValue? {
        guard let bytes = try? readFile(settings.configDirectory + "/config.json", limit: 1 << 20),
            let all = (try? JSONValue(parsing: bytes))?["proxies"]
        else { return nil }
        return all[host] ?? all["default"]
    }
}

extension CredentialStore {
    /// What the file or its helper has for any server; a server with a helper of its own gets what that one says.
    func all() throws -> [RegistryCredentials] {
        var found: [String: RegistryCredentials] = [:]
        for server in try servers() {
            guard let credentials = try? get(server) else { continue }
            found[server] = credentials
        }
        return found.keys.sorted().compactMap { found[$0] }
    }
}
