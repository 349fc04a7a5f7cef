import Basics
import EngineClient
import OCI

/// `docker login`
@Sendable func loginCommand(_ invocation: Invocation) throws -> Int32 {
    let password = try givenPassword(invocation)
    let username = invocation.flags.string("username")
    let index = try invocation.defaultIndex()
    var server = invocation.arguments.first ?? ""
    if server.isEmpty || server == Reference.defaultDomain { server = index }
    let isDefault = server == index
    // Before anything is asked or sent: a file that cannot be used is told right away.
    var store = try invocation.credentialStore()
    var credentials = RegistryCredentials(serverAddress: isDefault ? server : RegistryAddress.host(server))
    var answer: JSONValue?
    if username.isEmpty, password.isEmpty {
        credentials = stored(credentials.serverAddress, in: store)
        if !credentials.username.isEmpty, !credentials.password.isEmpty { answer = try loginAgain(credentials, invocation) }
    }
    if answer == nil {
        credentials = try LoginPrompt(invocation: invocation)
            .complete(username: username, password: password, known: credentials, isDefault: isDefault)
        answer = try authenticate(credentials, invocation)
    }
    if let token = answer?["IdentityToken"]?.stringValue, !token.isEmpty {
        credentials.password = ""
        credentials.identityToken = token
    }
    if !credentials.password.isEmpty, store.keepsInFile(server) { warnOfPlainPassword(store.file.path, invocation) }
    do { try store.store(credentials, givenAs: server) } catch let failure as CommandFailure {
        throw CommandFailure("Error saving credentials: \(failure.text)")
    }
    if let status = answer?["Status"]?.stringValue, !status.isEmpty { invocation.print(status) }
    return 0
}

/// The password that came with the command line or through a pipe; empty for one that is still to be asked for.
private func givenPassword(_ invocation: Invocation) throws -> String {
    let password = invocation.flags.string("password")
    let isPiped = invocation.flags.bool("password-stdin")
    if !password.isEmpty {
        invocation.complain("WARNING! Using --password via the CLI is insecure. Use --password-stdin.")
        if isPiped { throw CommandFailure("--password and --password-stdin are mutually exclusive") }
    }
    guard isPiped else { return password }
    if invocation.flags.string("username").isEmpty { throw CommandFailure("Must provide --username with --password-stdin") }
    // More than a megabyte is no password: somebody piped the wrong file.
    let bytes: [UInt8]
    do { bytes = try readAll(invocation.context.input, limit: 1 << 20) } catch {
        throw CommandFailure("read /dev/stdin: \(error.text)")
    }
    var rest = bytes[...]
    if rest.last == 10 { rest.removeLast() }
    if rest.last == 13 { rest.removeLast() }
    return String(decoding: rest, as: UTF8.self)
}

/// What is stored for a server, without a token: a login is about the password. Trouble with a helper leads to the prompt.
private func stored(_ server: String, in store: CredentialStore) -> RegistryCredentials {
    var found = (try? store.get(server)) ?? RegistryCredentials()
    found.serverAddress = server
    found.identityToken = ""
    return found
}

/// - Returns: nil if the stored credentials did not do, which is told.
private func loginAgain(_ credentials: RegistryCredentials, _ invocation: Invocation) throws -> JSONValue? {
    invocation.print("Authenticating with existing credentials...")
    do { return try authenticate(credentials, invocation) } catch EngineClientError.interrupted {
        throw EngineClientError.interrupted
    } catch {
        let isRefused = (error as? EngineClientError)?.apiError?.status == 401
        invocation.complain(isRefused ? "Stored credentials invalid or expired" : "Login did not succeed, error: \(error)")
        return nil
    }
}

private func authenticate(_ credentials: RegistryCredentials, _ invocation: Invocation) throws -> JSONValue {
    try invocation.client().request("POST", "/auth", body: credentials.json.bytes()).json()
}

private func warnOfPlainPassword(_ path: String, _ invocation: Invocation) {
    invocation.complain(
        """
        WARNING! Your password will be stored unencrypted in \(path).
        Configure a credential helper to remove this warning. See
        https://docs.docker.com/engine/reference/commandline/login/#credentials-store

        """)
}

/// `docker logout`
@Sendable func logoutCommand(_ invocation: Invocation) throws -> Int32 {
    let given = invocation.arguments.first ?? ""
    var store = try invocation.credentialStore()
    let server = given.isEmpty ? try invocation.defaultIndex() : given
    let host = given.isEmpty ? server : RegistryAddress.host(server)
    // Older clients kept credentials under addresses with a scheme.
    let addresses = given.isEmpty ? [server] : [server, host, "http://\(host)", "https://\(host)"]
    invocation.print("Removing login credentials for \(host)")
    var failures: [(address: String, text: String)] = []
    for address in addresses {
        do { try store.erase(address) } catch let failure as CommandFailure { failures.append((address, failure.text)) }
    }
    // One place with nothing in it, or none to ask, is no reason to worry; none at all is.
    if failures.count == addresses.count {
        invocation.complain("WARNING: could not erase credentials:")
        var told: Set<String> = []
        for failure in failures where told.insert(failure.address).inserted { invocation.complain("\(failure.address): \(failure.text)") }
    }
    return 0
}
