import Basics
import EngineClient
import Glibc
import OCI
import TextTools

/// Creates a container, pulling its image first where it is missing. Shared by `run` and `create`.
struct ContainerCreator {
    let invocation: Invocation
    let client: EngineClient
    private var flags: FlagValues { invocation.flags }

    init(_ invocation: Invocation) throws {
        self.invocation = invocation
        client = try invocation.client()
    }

    /// - Returns: the new container's id.
    /// - Throws: what is to be told, in Docker's words.
    func create(_ request: ContainerRequest) throws -> String {
        warn(request)
        let idFile = try IDFile(request.idFile)
        defer { idFile.close() }
        let reference: Reference?
        switch try ImageName(request.image) {
        case .id: reference = nil
        case .reference(let named): reference = named.withDefaultTag
        }
        var platform = flags.string("platform")
        do { if !platform.isEmpty { platform = try PlatformSpec.parse(platform) } } catch let error as ValueError {
            throw ValueError("error parsing specified platform: \(error.text)")
        }
        let pulling = flags.isSet("pull") ? flags.string("pull") : "missing"
        if pulling == "always", let reference { try pull(reference, platform: platform) }
        let response: JSONValue
        do {
            response = try post(request, platform: platform)
        } catch let error as EngineClientError where error.apiError?.status == 404 && pulling == "missing" {
            guard let reference else { throw error }
            // Standard output is for the container's id alone.
            invocation.complain("Unable to find image '\(reference.familiar)' locally")
            try pull(reference, platform: platform)
            response = try post(request, platform: platform)
        }
        for warning in response["Warnings"]?.arrayValue ?? [] { invocation.complain("WARNING: \(warning.stringValue ?? "")") }
        guard let id = response["Id"]?.stringValue else { throw EngineClientError.malformed("the engine's answer has no container id") }
        try idFile.write(id)
        return id
    }

    private func warn(_ request: ContainerRequest) {
        if request.oomKillDisabled, request.memory == 0 {
            invocation.complain(
                "WARNING: Disabling the OOM killer on containers without setting a '-m/--memory' limit may be dangerous.")
        }
        if let local = request.dns.first(where: { $0.hasPrefix("127.") || $0 == "::1" }) {
            invocation.complain("WARNING: Localhost DNS setting (--dns=\(local)) may fail in containers.")
        }
    }

    private func post(_ request: ContainerRequest, platform: String) throws -> JSONValue {
        var query: [(String, String)] = []
        if flags.isSet("name"), !flags.string("name").isEmpty { query.append(("name", flags.string("name"))) }
        if !platform.isEmpty { query.append(("platform", platform)) }
        return try client.request("POST", "/containers/create", query: query, body: request.json.bytes()).json()
    }

    private func pull(_ reference: Reference, platform: String) throws {
        let puller = try ImagePuller(invocation)
        try puller.pull(reference, platform: platform, to: invocation.context.error, isTerminal: invocation.context.errorIsTerminal)
    }
}

/// The file that `--cidfile` names; removed again if nothing came of it.
private final class IDFile {
    private let path: String
    private var descriptor: Int32 = -1
    private var isWritten = false

    init(_ path: String) throws {
        self.path = path
        guard !path.isEmpty else { return }
        guard access(path, F_OK) != 0 else {
            throw ValueError("container ID file found, make sure the other container isn't running or delete \(path)")
        }
        descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else {
            throw ValueError("failed to create the container ID file: open \(path): \(Errno.current.text)")
        }
    }

    func write(_ id: String) throws {
        guard descriptor >= 0 else { return }
        do { try writeAll(descriptor, id) } catch { throw ValueError("failed to write the container ID to the file: \(error.text)") }
        isWritten = true
    }

    func close() {
        guard descriptor >= 0 else { return }
        Glibc.close(descriptor)
        if !isWritten { unlink(path) }
    }
}

/// The request of `run` or `create`, and how its mistakes are told.
extension Invocation {
    func containerRequest(_ verb: String) throws -> ContainerRequest {
        do { return try ContainerRequest(flags: flags, arguments: arguments) } catch let error as ValueError {
            throw CommandFailure(status: 125, dockerReport(verb, error.text, withHelp: true))
        }
    }

    /// `docker: what happened.` and where help is.
    func dockerReport(_ verb: String, _ text: String, withHelp: Bool) -> String {
        "docker: \(text.hasSuffix(".") ? String(text.dropLast()) : text)." + (withHelp ? "\nSee 'docker \(verb) --help'." : "")
    }

    /// What the engine says about an operation that its user had taken back, and nothing around it.
    /// - Returns: nil for any other error.
    func abortSentence(_ error: any Error) -> String? {
        guard let answer = (error as? EngineClientError)?.apiError, answer.isAborted else { return nil }
        return (context.language == .korean ? koreanAbort(answer.message) : nil) ?? answer.message
    }

    /// At a terminal, what was probably meant: `ubuntu:14:04` → ubuntu:14.04.
    func tellAdvice(_ error: any Error) {
        guard context.errorIsTerminal else { return }
        let advice = (error as? DrydockError)?.advice ?? (error as? EngineClientError)?.apiError?.advice
        guard let advice else { return }
        if context.language == .korean, advice.hasPrefix("did you mean ") {
            complain("혹시 \(advice.dropFirst(13))")
        } else {
            complain(advice)
        }
    }
}

/// `docker create`
@Sendable func createCommand(_ invocation: Invocation) throws -> Int32 {
    let request = try invocation.containerRequest("create")
    do {
        let id = try ContainerCreator(invocation).create(request)
        invocation.print(id)
        return 0
    } catch EngineClientError.interrupted { throw EngineClientError.interrupted } catch {
        invocation.complain(plainText(error))
        invocation.tellAdvice(error)
        return 1
    }
}

/// An error's sentence, whatever its type.
func plainText(_ error: any Error) -> String {
    switch error {
    case let error as ValueError: error.text
    case let error as DrydockError: error.sentence
    case let error as CommandFailure: error.text
    default: "\(error)"
    }
}
