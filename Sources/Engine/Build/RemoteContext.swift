import Basics
import CDrydock
import DockerAPI
import Dockerfile
import EngineInterface
import Glibc
import Registry
import Steps
import Store

/// A context that is fetched from a web server: an archive, or a Dockerfile alone.
/// Source: moby 20.10, `builder/remotecontext/remote.go`, `detect.go`.
struct RemoteContext {
    let engine: ContainerEngine
    let request: BuildRequest
    let call: CallContext
    let lease: StoreLease
    let sink: MessageSink

    /// Bytes that are taken of a stranger: packed, a context has less.
    private static let limit: Int64 = 16 << 30

    private enum Form { case archive, dockerfile }

    /// - Throws: `DrydockError` for what is no address that this engine fetches.
    static func check(_ address: String) throws {
        let isURL = address.hasPrefix("http://") || address.hasPrefix("https://")
        let path = address.prefix { $0 != "#" }
        if isURL && path.hasSuffix(".git") || ["git://", "git@", "github.com/"].contains(where: address.hasPrefix) {
            throw DrydockError(
                .unsupported, "drydock's engine clones no repositories, so remote=\(address.prefix(200)) can't be a context",
                advice: "docker build \(address.prefix(200)) clones it on the client's side and sends it.")
        }
        guard isURL else { throw DrydockError(.failed, "remoteURL (\(address.prefix(200))) could not be recognized as URL") }
    }

    /// - Returns: The files, if there are any, and the Dockerfile, if the address was that of one.
    func fetch() throws -> (SourceTree?, [UInt8]?) {
        try engine.operate("build", call) { operation in
            try operation.step("build.fetch") { step in
                let file = try DownloadedFile(lease.temporaryPath("remote"))
                let head = try download(to: file, step)
                lseek(file.fd, 0, Int32(SEEK_SET))
                switch try form(of: file, head) {
                case .archive:
                    let context = try lease.unpackContext(from: file.read) { step.progress(current: $0, total: 0, label: "context") }
                    step.fact("files", "\(context.members)")
                    step.fact("bytes", "\(context.size)")
                    return (context.tree, nil)
                case .dockerfile:
                    let bytes: [UInt8]
                    do throws(Errno) { bytes = try readAll(file.fd, limit: ParsedDockerfile.limit) } catch {
                        throw DrydockError(
                            .invalid,
                            "\(request.remote) is no archive, and too long for a Dockerfile: more than \(ParsedDockerfile.limit) bytes")
                    }
                    step.fact("Dockerfile", "\(bytes.count) bytes")
                    return (try request.fetchesForClient ? folder(with: bytes) : nil, bytes)
                }
            }
        }
    }

    private func download(to file: DownloadedFile, _ step: Step) throws -> DownloadHead {
        var progress = DownloadProgress(isQuiet: request.isQuiet || request.explains, sink: sink)
        (progress.status, progress.id, progress.tellsTotal) = (request.remote, "Downloading context", request.fetchesForClient)
        let exchanges = Monitored([HTTPExchange]())
        defer { for exchange in exchanges.read({ $0 }) { step.fact("http", exchange.line) } }
        // What stands behind a # is the client's own.
        let address = String(request.remote.prefix { $0 != "#" })
        let download = Download(address) { exchange in exchanges.update { $0.append(exchange) } }
        let head: DownloadHead
        do {
            let write = { (bytes: UnsafeRawBufferPointer) in try writeAll(file.fd, bytes) }
            head = try download.fetch(to: write) { count, total in
                if call.isCancelled { throw DrydockError(.unavailable, "the build was cancelled") }
                guard max(count, total) <= Self.limit else {
                    throw DrydockError(.invalid, "it has more than \(Self.limit) bytes")
                }
                step.progress(current: count, total: max(0, total), label: "context")
                try progress.tell(count, of: total)
            }
        } catch let error as DrydockError {
            throw DrydockError(
                error.code, "error downloading remote context \(request.remote): \(error.sentence)", cause: error.cause,
                advice: error.advice)
        }
        try progress.end(isDone: request.fetchesForClient)
        return head
    }

    /// What it is: for Docker's client by its content, for Docker's engine by what the server says, if that says anything.
    private func form(of file: DownloadedFile, _ head: DownloadHead) throws -> Form {
        var begin = [UInt8](repeating: 0, count: 512)
        let count = pread(file.fd, &begin, begin.count, 0)
        let refused = "error detecting content type for remote \(request.remote): "
        if !request.fetchesForClient {
            guard count > 0 else { throw DrydockError(.failed, "\(refused)empty response") }
            let type = head.type.lowercased()
            if type.contains("text/plain") { return .dockerfile }
            let archives = ["tar", "x-tar", "gzip", "x-gzip", "bzip", "bzip2", "x-bzip", "x-bzip2", "xz", "x-xz"]
            if archives.contains(where: { type.contains("application/\($0)") }) { return .archive }
            guard type.isEmpty || type.contains("application/octet-stream") else {
                throw DrydockError(.failed, "\(refused)unsupported Content-Type \"\(head.type.prefix(100))\"")
            }
        }
        let isPacked = [[0x1f, 0x8b], [0x42, 0x5a, 0x68], [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0]].contains { begin.starts(with: $0) }
        return isPacked || count == 512 && Self.isTar(begin) ? .archive : .dockerfile
    }

    /// A tar's first header, by its checksum.
    private static func isTar(_ head: [UInt8]) -> Bool {
        let digits = head[148..<156].drop { $0 == 0x20 }.prefix { (0x30...0x37).contains($0) }
        guard let wanted = Int(String(decoding: digits, as: UTF8.self), radix: 8) else { return false }
        return wanted == head.enumerated().reduce(0) { $0 + ((148..<156).contains($1.offset) ? 32 : Int($1.element)) }
    }

    /// The context that Docker's client would send.
    private func folder(with bytes: [UInt8]) throws -> SourceTree {
        let folder = try lease.makeFolder("context")
        let file = dd_open("\(folder)/Dockerfile", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw DrydockError(.failed, "can't create the Dockerfile", errno: Errno(code: errno)) }
        defer { close(file) }
        try writeAll(file, bytes)
        return try SourceTree(folder)
    }
}
