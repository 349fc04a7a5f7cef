import Basics
import ClientArchive
import Dockerfile
import EngineClient
import Glibc

/// `docker build`
@Sendable func buildCommand(_ invocation: Invocation) throws -> Int32 {
    var command = BuildVerb(invocation)
    return try command.run()
}

/// Sends a context to the engine and shows how the build goes.
/// Source: docker/cli 20.10, `cli/command/image/build.go`, runBuild.
private struct BuildVerb {
    private let invocation: Invocation
    private let isQuiet: Bool
    private var progress: UploadProgress
    /// With -q: what would have been shown, for the case that the build fails.
    private var quietly: [UInt8] = []
    /// The engine fetches the context: until it begins to build, its errors are those of the request.
    private var isFetching = false

    private var flags: FlagValues { invocation.flags }
    private var context: CLIContext { invocation.context }

    init(_ invocation: Invocation) {
        self.invocation = invocation
        isQuiet = invocation.flags.bool("quiet")
        progress = UploadProgress(isTerminal: invocation.context.outputIsTerminal)
    }

    private static let streamIsGone = """
        DEPRECATED: The experimental --stream flag has been removed and the build context
                    will be sent non-streaming. Enable BuildKit instead with DOCKER_BUILDKIT=1
                    to stream build context, see https://docs.docker.com/go/buildkit/

        """

    mutating func run() throws -> Int32 {
        if flags.isSet("squash") {
            throw CommandFailure("\"--squash\" is only supported on a Docker daemon with experimental features enabled")
        }
        if flags.bool("stream") { context.complain(Self.streamIsGone) }
        let idFile = flags.string("iidfile")
        if !idFile.isEmpty { try ImageIDFile.removeOld(idFile) }
        if flags.bool("advise") { return try advise() }
        if flags.bool("explain") { try requireDrydock() }
        let source = try BuildContextPreparation(invocation: invocation).prepare(invocation.arguments[0], file: flags.string("file"))
        let stream: ResponseStream
        do { stream = try send(source) } catch let error as EngineClientError {
            context.write(quietly, to: context.error)
            throw error
        }
        if flags.bool("explain") { return try explain(stream) }
        let id = try show(stream)
        guard !idFile.isEmpty else { return 0 }
        guard !id.isEmpty else { throw CommandFailure("Server did not provide an image ID. Cannot write \(idFile)") }
        try ImageIDFile.write(id, to: idFile)
        return 0
    }

    // MARK: The request

    private mutating func send(_ source: BuildContext) throws -> ResponseStream {
        let client = try invocation.client()
        let query = BuildQuery(flags: flags, proxies: invocation.proxies(for: "\(client.endpoint)"))
        let headers = [("Content-Type", "application/x-tar"), ("X-Registry-Config", invocation.registryConfig())]
        let items = try query.items(for: source) + (flags.bool("explain") ? [("explain", "1")] : [])
        guard source.remote.isEmpty else {
            isFetching = true
            do {
                // As Docker's client would fetch it: by its content, and with its name.
                return try client.stream("POST", "/build", query: items + [("fetch", "client")], headers: headers)
            } catch let error as EngineClientError {
                guard let message = error.apiError?.message, message.hasPrefix("error downloading remote context ") else { throw error }
                throw CommandFailure("unable to prepare context: unable to download\(message.dropFirst("error downloading".count))")
            }
        }
        if !flags.bool("compress"), let kept = source.kept, let next = kept.changes(client) {
            do {
                return try upload(client, items + [("kept", kept.name)], headers, next)
            } catch let error as EngineClientError where error.apiError?.status == 409 {
                // Another build of the folder was quicker. Then it is sent as to any engine.
                progress = UploadProgress(isTerminal: invocation.context.outputIsTerminal)
            }
        }
        let packer = flags.bool("compress") ? try GzipPacker() : nil
        return try upload(client, items, headers) { try packer.map { try $0.next(from: source.next) } ?? source.next() }
    }

    private mutating func upload(
        _ client: EngineClient, _ items: [(String, String)], _ headers: [EngineClient.Header], _ next: () throws -> [UInt8]?
    ) throws -> ResponseStream {
        try client.upload("POST", "/build", query: items, headers: headers) {
            let piece = try next()
            tell(piece.map { progress.advance(by: $0.count, now: context.now().nanoseconds) } ?? progress.end)
            return piece
        }
    }

    // MARK: What only drydock has

    /// Docker would take no notice of the wish, and build.
    private func requireDrydock() throws {
        do {
            _ = try invocation.client().request("GET", "/drydock/ping")
        } catch let error as EngineClientError where error.apiError?.status == 404 {
            throw CommandFailure("--explain needs drydock's engine, and this is another one")
        }
    }

    private func explain(_ stream: ResponseStream) throws -> Int32 {
        let explanation = BuildExplanation(language: context.language)
        let display = ProgressDisplay(context: context, descriptor: context.output, isTerminal: context.outputIsTerminal)
        var shown = display
        try shown.show(stream) { message in
            try Self.check(message)
            guard let record = message["aux"]?["Explain"] else { return true }
            context.print(explanation.text(record), terminator: "")
            return false
        }
        return 0
    }

    private func advise() throws -> Int32 {
        let file = flags.string("file")
        let path = file.isEmpty ? "\(invocation.arguments[0])/Dockerfile" : file
        let bytes: [UInt8]
        do throws(Errno) {
            bytes = try file == "-" ? readAll(context.input, limit: ParsedDockerfile.limit) : readFile(path, limit: ParsedDockerfile.limit)
        } catch {
            throw CommandFailure("cannot read \(path): \(error.text)")
        }
        let plan: BuildPlan
        do { plan = try BuildPlan(parsing: String(decoding: bytes, as: UTF8.self), name: path) } catch {
            throw CommandFailure(error.description)
        }
        let advice = BuildAdvice(
            language: context.language, width: context.terminalWidth ?? CLIContext.size(of: context.output)?.columns)
        let found = DockerfileAdvice.of(plan)
        for one in found { context.print(advice.text(one), terminator: "") }
        if found.isEmpty { context.print(advice.nothing, terminator: "") }
        return 0
    }

    private mutating func tell(_ text: String) {
        guard !text.isEmpty else { return }
        if flags.bool("explain") { return }
        if isQuiet { quietly += Array(text.utf8) } else { context.print(text, terminator: "") }
    }

    // MARK: The answer

    /// - Returns: the image's ID, as the engine said it.
    private mutating func show(_ stream: ResponseStream) throws -> String {
        var id = ""
        var display = ProgressDisplay(context: context, descriptor: context.output, isTerminal: context.outputIsTerminal)
        if isQuiet { display.captured = [] }
        var kept = KeptContainer()
        let remote = RemoteProgress(width: display.width)
        do {
            try display.show(stream) { message in
                kept.read(message["stream"]?.stringValue ?? "")
                if let found = message["aux"]?["ID"]?.stringValue { id = found }
                if let text = remote.text(message) {
                    tell(text)
                    return false
                }
                if message["stream"] != nil { isFetching = false }
                if isFetching, let text = message["errorDetail"]?["message"]?.stringValue {
                    throw CommandFailure("Error response from daemon: \(text)")
                }
                try Self.check(message)
                return true
            }
        } catch var failure as CommandFailure {
            context.write(quietly + (display.captured ?? []), to: context.error)
            failure.hint = hint(kept)
            throw failure
        }
        guard let captured = display.captured else { return id }
        context.write(captured, to: context.output)
        return String(decoding: captured, as: UTF8.self)
    }

    /// Whoever sits at a terminal is told how to look at what the failed step has left; nobody else, since Docker says nothing of the kind.
    private func hint(_ kept: KeptContainer) -> String? {
        guard let id = kept.id, context.errorIsTerminal, (try? requireDrydock()) != nil,
            // A build that was taken back has left none.
            (try? invocation.client().request("GET", "/containers/\(id)/json")) != nil
        else { return nil }
        return context.language == .korean
            ? "실패한 단계가 남긴 것을 들여다보려면: drydock look-inside \(id)" : "To look at what the failed step has left: drydock look-inside \(id)"
    }

    /// A build that fails ends the command with the code of the program that failed.
    private static func check(_ message: JSONValue) throws {
        guard let failure = message["errorDetail"], let text = failure["message"]?.stringValue else { return }
        let code = failure["code"]?.intValue ?? 0
        if code == 401 { return }
        throw CommandFailure(status: Int32(truncatingIfNeeded: code == 0 ? 1 : code), text)
    }
}

/// The container of the step under way, as the engine tells of it: the one that stays should the step fail.
private struct KeptContainer {
    private static let running = " ---> Running in "
    private(set) var id: String?

    mutating func read(_ text: String) {
        // By hand: a Regex is compiled anew at each call, which took longer than all else the client does for a cached build.
        if text.hasPrefix(Self.running) {
            let rest = text.utf8.dropFirst(Self.running.utf8.count)
            let name = rest.prefix(12)
            let isID =
                name.count == 12 && isHex(name)
                && rest.dropFirst(12).first == UInt8(ascii: "\n")
            if isID { id = String(Substring(name)) }
        }
        if text.hasPrefix("Removing intermediate container") || text.hasPrefix("Step ") { id = nil }
    }
}

/// The file that `--iidfile` names.
private enum ImageIDFile {
    /// A build that fails must not leave the ID of an earlier one.
    static func removeOld(_ path: String) throws {
        var status = stat()
        guard lstat(path, &status) == 0, [S_IFREG, S_IFLNK].contains(status.st_mode & S_IFMT) else { return }
        guard unlink(path) == 0 || errno == ENOENT else {
            throw CommandFailure("Removing image ID file: remove \(path): \(Errno.current.text)")
        }
    }

    /// The file appears whole or not at all.
    static func write(_ id: String, to path: String) throws {
        var status = stat()
        let isSpecial = stat(path, &status) == 0 && status.st_mode & S_IFMT != S_IFREG
        let written = isSpecial ? path : path + "." + randomHex(bytes: 6)
        let file = open(written, O_WRONLY | O_CLOEXEC | (isSpecial ? 0 : O_CREAT | O_EXCL), 0o666)
        guard file >= 0 else { throw CommandFailure("open \(path): \(Errno.current.text)") }
        defer { close(file) }
        do throws(Errno) {
            try writeAll(file, id)
            if !isSpecial, fsync(file) != 0 || rename(written, path) != 0 { throw Errno.current }
        } catch {
            if !isSpecial { unlink(written) }
            throw CommandFailure("write \(path): \(error.text)")
        }
    }
}
