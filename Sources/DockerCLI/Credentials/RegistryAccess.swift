import EngineClient
import OCI

/// Gives requests to the engine what it needs to be let in by a registry.
struct RegistryAccess {
    let invocation: Invocation

    /// The credentials for a registry, nil where there are none. Trouble with finding some is told, and then there are none:
    /// most images can be had without.
    /// - Parameter domain: the registry as references name it (`docker.io`, `localhost:5000`).
    func credentials(for domain: String) throws -> RegistryCredentials? {
        do {
            let store = try invocation.credentialStore()
            // Without this, each `docker run` would ask a question for nothing.
            guard store.mayHaveCredentials else { return nil }
            let server = domain == Reference.defaultDomain ? try invocation.defaultIndex() : domain
            do { return try store.get(server) } catch let failure as CommandFailure where !store.keepsInFile(server) {
                // Of a helper that fails Docker says nothing: scripts see its text alone, a person at a terminal is told.
                if invocation.context.errorIsTerminal { invocation.complain("WARNING: \(failure.text)") }
                return nil
            }
        } catch let failure as CommandFailure {
            invocation.complain("WARNING: \(failure.text)")
            return nil
        }
    }

    /// Sends a request with the registry's credentials. If the engine says that they do not do, asks for others and sends it again.
    /// - Parameters:
    ///   - verb: what is done, for the prompt: `push`.
    ///   - send: gets the credentials, which may be none.
    func withCredentials<Answer>(for domain: String, verb: String, _ send: (RegistryCredentials?) throws -> Answer) throws -> Answer {
        let stored = try credentials(for: domain)
        do { return try send(stored) } catch let error as EngineClientError where error.apiError?.status == 401 {
            invocation.print("\nPlease login prior to \(verb):")
            let index = try invocation.defaultIndex()
            let server = domain == Reference.defaultDomain ? index : domain
            var known = stored ?? RegistryCredentials()
            known.serverAddress = server
            let typed = try LoginPrompt(invocation: invocation)
                .complete(username: "", password: "", known: known, isDefault: server == index)
            return try send(typed)
        }
    }
}

extension Invocation {
    /// The user's credentials as they are on disk now.
    func credentialStore() throws -> CredentialStore {
        try CredentialStore(
            directory: settings.configDirectory, language: context.language, interrupt: settings.interruptDescriptor,
            complaints: context.error)
    }
}
