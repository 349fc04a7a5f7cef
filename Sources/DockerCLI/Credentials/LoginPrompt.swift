import EngineClient

/// Completes credentials by asking at the terminal, in Docker's words.
struct LoginPrompt {
    let invocation: Invocation

    private var context: CLIContext { invocation.context }

    /// - Parameters:
    ///   - username: from the command line, or empty.
    ///   - password: from the command line, or empty.
    ///   - known: the server's address, and the user name that counts if none is typed.
    ///   - isDefault: whether the server is the engine's default registry.
    /// - Throws: `CommandFailure` with Docker's text, `EngineClientError.interrupted`.
    func complete(username: String, password: String, known: RegistryCredentials, isDefault: Bool) throws -> RegistryCredentials {
        guard !password.isEmpty || context.inputIsTerminal else {
            throw CommandFailure("Error: Cannot perform an interactive login from a non TTY device")
        }
        var complete = RegistryCredentials(serverAddress: known.serverAddress)
        complete.username = trimmedSpaces(Substring(username))
        if complete.username.isEmpty { complete.username = try askUsername(known.username, isDefault: isDefault) }
        guard !complete.username.isEmpty else { throw CommandFailure("Error: Non-null Username Required") }
        complete.password = password
        if complete.password.isEmpty {
            let hidden = HiddenInput(context: context, interrupt: invocation.settings.interruptDescriptor)
            complete.password = try answer(try hidden.readLine("Password: "))
            guard !complete.password.isEmpty else { throw CommandFailure("Error: Password Required") }
        }
        return complete
    }

    private func askUsername(_ known: String, isDefault: Bool) throws -> String {
        if isDefault {
            context.print(
                "Login with your Docker ID to push and pull images from Docker Hub. "
                    + "If you don't have a Docker ID, head over to https://hub.docker.com to create one.")
        }
        let known = trimmedSpaces(Substring(known))
        context.print(known.isEmpty ? "Username: " : "Username (\(known)): ", terminator: "")
        let typed = try answer(try context.readLine(interrupt: invocation.settings.interruptDescriptor))
        let name = trimmedSpaces(Substring(typed))
        return name.isEmpty ? known : name
    }

    /// A line without its end; the end of the input ends the command, as Docker does it.
    private func answer(_ line: String?) throws -> String {
        guard var line else {
            context.print("EOF")
            throw CommandFailure()
        }
        if line.unicodeScalars.last == "\r" { line.unicodeScalars.removeLast() }
        return line
    }
}
