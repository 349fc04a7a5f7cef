import Basics
import DockerAPI
import EngineInterface
import EngineServer
import Glibc
import Synchronization

/// An engine of a few invented containers that notes what it is asked.
///
/// References with a meaning: `missing` (no such container), `stopped` (304), `forever` (wait and logs last until the
/// client goes), `echo` (attach sends back what comes in), `flood` (logs and attach give `floodBytes`).
final class FakeEngine: EngineService {
    struct State {
        var calls: [String] = []
        var loaded = 0
        var lastRequest: CreateContainerRequest?
    }

    static let floodBytes = 8 << 20

    let state = Mutex(State())
    /// Lets `forever` end.
    let gate = Mutex(false)

    var calls: [String] { state.withLock { $0.calls } }
    var lastRequest: CreateContainerRequest? { state.withLock { $0.lastRequest } }
    func note(_ call: String) { state.withLock { $0.calls.append(call) } }

    func check(_ reference: String) throws {
        if reference == "missing" { throw DrydockError(.notFound, "No such container: missing", advice: "docker ps -a") }
    }

    func version() throws -> VersionResponse {
        VersionResponse(
            components: [VersionComponent(name: "Engine", version: "20.10.24", details: ["ApiVersion": "1.41"])],
            version: "20.10.24", goVersion: "none", arch: "amd64", kernelVersion: "6.1")
    }

    func info() throws -> InfoResponse {
        var info = InfoResponse()
        (info.id, info.containers, info.serverVersion, info.name, info.ncpu) = ("FAKE", 1, "20.10.24", "fake", 2)
        return info
    }

    func listContainers(_ options: ContainerListOptions) throws -> [ContainerSummary] {
        note("ps all=\(options.all) limit=\(options.limit ?? 0) filters=\(options.filters.sorted { $0.key < $1.key })")
        return [
            ContainerSummary(
                id: String(repeating: "ab", count: 32), names: ["/web"], image: "ubuntu:14.04", imageID: "sha256:00",
                command: "/bin/bash", created: Timestamp.now().seconds - 60,
                ports: [Port(ip: "0.0.0.0", privatePort: 80, publicPort: 8080)], state: "running", status: "Up About a minute",
                hostConfig: SummaryHostConfig(networkMode: "default"), networkSettings: SummaryNetworkSettings())
        ]
    }

    func createContainer(
        _ request: CreateContainerRequest, name: String?, platform: String?, context: CallContext
    ) throws -> CreateContainerResponse {
        note("create \(name ?? "-") session=\(context.session ?? "-") command=\(context.command ?? "-")")
        state.withLock { $0.lastRequest = request }
        return CreateContainerResponse(id: String(repeating: "cd", count: 32))
    }

    func inspectContainer(_ reference: String, size: Bool) throws -> ContainerInspect {
        try check(reference)
        var inspect = ContainerInspect(id: String(repeating: "ab", count: 32), name: "/" + reference)
        inspect.config.openStdin = true
        inspect.state = ContainerState(status: "running", running: true, pid: 7)
        return inspect
    }

    func startContainer(_ reference: String, context: CallContext) throws {
        try check(reference)
        note("start \(reference)")
    }

    func stopContainer(_ reference: String, timeout: Int?, context: CallContext) throws {
        if reference == "stopped" { throw DrydockError(.notModified, "is stopped already") }
        note("stop \(reference) \(timeout ?? -1)")
    }

    func restartContainer(_ reference: String, timeout: Int?, context: CallContext) throws { note("restart \(reference)") }
    func pauseContainer(_ reference: String, context: CallContext) throws { note("pause \(reference)") }
    func unpauseContainer(_ reference: String, context: CallContext) throws { note("unpause \(reference)") }
    func killContainer(_ reference: String, signal: String?, context: CallContext) throws { note("kill \(signal ?? "-")") }

    func waitContainer(
        _ reference: String, condition: WaitCondition, context: CallContext, began: () throws -> Void
    ) throws -> WaitResponse {
        try check(reference)
        try began()
        if reference == "forever" { try blockUntilCancelled(context) }
        return WaitResponse(statusCode: 42)
    }

    private func blockUntilCancelled(_ context: CallContext) throws {
        context.onDisconnect { [self] in note("client has gone") }
        while !context.isCancelled && !gate.withLock({ $0 }) { usleep(2000) }
    }

    func removeContainer(_ reference: String, force: Bool, volumes: Bool, context: CallContext) throws {
        note("rm \(reference) force=\(force) v=\(volumes)")
    }

    func renameContainer(_ reference: String, to name: String, context: CallContext) throws { note("rename \(name)") }

    func topContainer(_ reference: String, arguments: String?, context: CallContext) throws -> TopResponse {
        TopResponse(processes: [["root", "1"]], titles: ["UID", "PID"])
    }

    func readLogs(of reference: String, options: LogsOptions, context: CallContext, sink: any ByteSink) throws {
        try check(reference)
        note("logs tail=\(options.tail ?? -1) since=\(options.since?.description ?? "-")")
        if reference == "flood" {
            let piece = [UInt8](repeating: 120, count: 1 << 16)
            for _ in 0..<(Self.floodBytes >> 16) { try sink.write(piece) }
            note("flood is out")
            return
        }
        try sink.write(StandardStream.output.frame(Array("hello\n".utf8)))
        if options.follow { try blockUntilCancelled(context) }
    }

    func attachContainer(_ reference: String, options: AttachOptions, context: CallContext) throws -> AttachStream {
        try check(reference)
        var pair: [Int32] = [0, 0]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &pair) == 0 else { throw DrydockError(.failed, "socketpair") }
        let (mine, theirs) = (pair[0], pair[1])
        onThread { [self] in
            if reference == "flood" {
                let piece = [UInt8](repeating: 121, count: 1 << 16)
                for _ in 0..<(Self.floodBytes >> 16) {
                    do { try writeAll(mine, piece) } catch { break }
                }
            }
            var buffer = [UInt8](repeating: 0, count: 65536)
            var total = 0
            while true {
                let count = read(mine, &buffer, buffer.count)
                if count <= 0 { break }
                total += count
                if reference == "echo" { try? writeAll(mine, buffer[..<count]) }
            }
            note("attach got \(total)")
            // Half-close: the end of the input may be followed by more output.
            try? writeAll(mine, "bye")
            close(mine)
        }
        return AttachStream(owning: theirs)
    }

    func createExec(_ reference: String, _ request: ExecCreateRequest) throws -> ExecCreateResponse {
        try check(reference)
        note("exec \(request.cmd ?? [])")
        return ExecCreateResponse(id: "e1")
    }

    func startExec(_ id: String, context: CallContext) throws { note("exec start \(id)") }

    func attachExec(_ id: String, context: CallContext) throws -> AttachStream {
        note("exec attach \(id)")
        return try attachContainer("echo", options: AttachOptions(), context: context)
    }

    func inspectExec(_ id: String) throws -> ExecInspect { ExecInspect() }

    func resizeExec(_ id: String, width: Int, height: Int) throws { note("exec resize \(width)x\(height)") }

    func resizeContainer(_ reference: String, width: Int, height: Int) throws { note("resize \(width)x\(height)") }
    func pruneContainers(filters: Filters, context: CallContext) throws -> ContainersPruneReport { ContainersPruneReport() }

    func listImages(all: Bool, digests: Bool, filters: Filters) throws -> [ImageSummary] {
        [
            ImageSummary(
                created: 1_795_474_957, id: "sha256:" + String(repeating: "12", count: 32), repoTags: ["ubuntu:14.04"], size: 4_324_946)
        ]
    }

    func inspectImage(_ reference: String) throws -> ImageInspect {
        note("image \(reference)")
        return ImageInspect(id: "sha256:12", repoTags: [reference], config: ContainerConfig(cmd: ["sh"]))
    }

    func imageHistory(_ reference: String) throws -> [HistoryItem] { [HistoryItem(createdBy: "sh", size: 5)] }

    func pullImage(_ request: PullRequest, context: CallContext, sink: @escaping MessageSink) throws {
        if request.fromImage == "nobody/none" { throw DrydockError(.notFound, "pull access denied for nobody/none") }
        try sink(JSONMessage(status: "Pulling from library/\(request.fromImage)", id: request.tag ?? "latest"))
        try sink(.layer("4f4fb700ef54", "Pulling fs layer"))
        if request.fromImage == "broken" { throw DrydockError(.failed, "layer 4f4fb700ef54 is truncated") }
        try sink(.layer("4f4fb700ef54", "Pull complete"))
        try sink(JSONMessage(status: "Status: Downloaded newer image for \(request.fromImage)"))
    }

    func loadImages(from archive: any BodyReader, quiet: Bool, context: CallContext, sink: @escaping MessageSink) throws {
        var total = 0
        try withUnsafeTemporaryAllocation(byteCount: 32768, alignment: 1) { buffer in
            while true {
                let count = try archive.read(into: buffer)
                if count == 0 { break }
                total += count
                if total < 1 << 20 { usleep(1000) }
            }
        }
        state.withLock { $0.loaded = total }
        try sink(JSONMessage(stream: "Loaded image: test:\(total)\n"))
    }

    func removeImage(_ reference: String, force: Bool, keepParents: Bool, context: CallContext) throws -> [DeleteResponseItem] {
        [DeleteResponseItem(untagged: reference)]
    }

    func tagImage(_ reference: String, repository: String, tag: String, context: CallContext) throws {
        note("tag \(reference) \(repository):\(tag)")
    }

    func keptContext(_ name: String) -> [UInt8] { Array("kept \(name)".utf8) }

    func buildImage(_ request: BuildRequest, from body: any BodyReader, context: CallContext, sink: @escaping MessageSink) throws {
        note("build \(request.tags) \(request.dockerfile)")
    }

    func pushImage(_ request: PushRequest, context: CallContext, sink: @escaping MessageSink) throws {
        try sink(JSONMessage(status: "The push refers to repository [docker.io/library/\(request.name)]"))
        try sink(JSONMessage(status: "\(request.tag ?? "all"): \(request.registryAuth ?? "nobody")"))
    }

    func searchImages(_ request: SearchRequest, context: CallContext) throws -> [SearchResult] {
        [SearchResult(starCount: request.limit ?? 0, name: request.term)]
    }

    func authenticate(_ request: AuthRequest, context: CallContext) throws -> AuthResponse {
        guard request.password == "right" else { throw DrydockError(.unauthorized, "unauthorized: incorrect username or password") }
        return AuthResponse(status: "Login Succeeded")
    }

    func pruneImages(filters: Filters, context: CallContext) throws -> ImagesPruneReport { ImagesPruneReport() }
    func listVolumes(filters: Filters) throws -> VolumeListResponse { VolumeListResponse(volumes: [Volume(name: "v")]) }
    func inspectVolume(_ name: String) throws -> Volume { Volume(name: name) }
    func createVolume(_ request: VolumeCreateRequest, context: CallContext) throws -> Volume {
        Volume(labels: request.labels, name: request.name.isEmpty ? "made" : request.name, options: request.driverOpts)
    }
    func removeVolume(_ name: String, force: Bool, context: CallContext) throws {
        note("volume rm \(name) force=\(force)")
        if name == "missing" && !force { throw DrydockError(.notFound, "get missing: no such volume") }
    }
    func pruneVolumes(filters: Filters, context: CallContext) throws -> VolumesPruneReport { VolumesPruneReport() }
    func listNetworks(filters: Filters) throws -> [NetworkResource] {
        [NetworkResource(name: "bridge", id: "59fb4415e12c27145eec900f4ffc9c97", created: "2026-11-23T23:02:35Z", driver: "bridge")]
    }
    func inspectNetwork(_ reference: String) throws -> NetworkResource { try listNetworks(filters: [:])[0] }
    func pruneNetworks(filters: Filters, context: CallContext) throws -> NetworksPruneReport { NetworksPruneReport() }

    func drydockPing() throws -> DrydockPing { DrydockPing(pid: Int(getpid()), root: "/fake", version: "0") }

    func streamEvents(_ selection: EventSelection, _ detail: EventDetail, context: CallContext, sink: any ByteSink) throws {
        try sink.write(Array("{\"event\":\"subscribed\"}\n".utf8))
        try blockUntilCancelled(context)
        try sink.write(Array("{\"event\":\"note\",\"text\":\"last\"}\n".utf8))
    }

    func awaitListener(_ session: String) throws { note("awaited \(session)") }

    func updateSession(_ token: String, _ request: SessionRequest) throws {
        note("session \(token) step=\(request.step) \(request.breakpoints)")
    }
    func endSession(_ token: String) throws { gate.withLock { $0 = true } }
    func resumeOperation(_ operation: String, _ request: ResumeRequest) throws { note("resume \(operation) \(request.action)") }
    func lookAtOperation(_ operation: String) throws -> LookReport {
        LookReport(sections: [LookSection(title: "mounts", lines: ["a"])], pid: 5)
    }
    func ending(of reference: String) throws -> JSONValue { .object(["name": .string(reference)]) }
    func lastOperations(_ count: Int) -> JSONValue { .array([.object(["op": .string("\(count)")])]) }
    func doctor(repair: Bool, context: CallContext) throws -> DoctorReport { DoctorReport() }
    func fillHub(context: CallContext) throws -> HubFillReport { HubFillReport() }
    func describeHub() throws -> HubReport { HubReport(address: "127.0.0.1:5000", images: ["alpine:latest"]) }
    func prepareShutdown(context: CallContext) throws { note("shutdown by \(context.remote)") }
}

/// Runs `body` on a thread of its own.
func onThread(_ body: @escaping @Sendable () -> Void) {
    final class Box {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
    var thread = pthread_t()
    pthread_create(
        &thread, nil,
        { argument in
            guard let argument else { return nil }
            Unmanaged<Box>.fromOpaque(argument).takeRetainedValue().body()
            return nil
        }, Unmanaged.passRetained(Box(body)).toOpaque())
    pthread_detach(thread)
}

extension FakeEngine {
    func buildStory(of reference: String?) throws -> BuildStory {
        if reference == "missing" { throw DrydockError(.notFound, "No such image: missing") }
        var story = BuildStory()
        story.image = reference ?? "the last"
        return story
    }

    func visitContainer(_ reference: String, _ request: VisitRequest, context: CallContext, sink: any ByteSink) throws {
        if reference == "missing" { throw DrydockError(.notFound, "No such container: missing") }
        try sink.write(Array("visitor of \(reference) \(request.tty) \(request.cmd.joined(separator: " "))\n".utf8))
    }

    func visitOperation(_ operation: String, _ request: VisitRequest, context: CallContext, sink: any ByteSink) throws {
        try sink.write(Array("visitor at \(operation)\n".utf8))
    }

    func layerGraph(of names: [String]) throws -> LayerGraph { LayerGraph(frees: Dictionary(uniqueKeysWithValues: names.map { ($0, 1) })) }

    func imageFiles(_ reference: String, limit: Int?, context: CallContext, sink: any ByteSink) throws {
        try check(reference)
        try sink.write(Array("{\"file\":{\"path\":\"\(reference)\"}} \(limit ?? -1)\n".utf8))
    }

    func containerChanges(_ reference: String) throws -> [ContainerChange] {
        reference == "web" ? [ContainerChange(kind: 1, path: "/new")] : []
    }

    func commitContainer(_ request: CommitRequest, context: CallContext) throws -> CommitResponse {
        CommitResponse(id: "\(request.container) \(request.reference ?? "-") \(request.changes.joined(separator: "|"))")
    }

    func saveImages(_ names: [String], context: CallContext, sink: any ByteSink) throws {
        try sink.write(Array(names.joined(separator: " ").utf8))
    }

    func statContainerPath(_ reference: String, path: String, context: CallContext) throws -> ContainerPathStat {
        try check(reference)
        return ContainerPathStat(name: path, size: 5, mode: 0o644)
    }

    func readContainerPath(
        _ reference: String, path: String, context: CallContext, begin: @escaping @Sendable (ContainerPathStat) -> any ByteSink
    ) throws {
        try begin(try statContainerPath(reference, path: path, context: context)).write(Array("tar of \(path)".utf8))
    }

    func writeContainerPath(_ request: CopyRequest, from archive: any BodyReader, context: CallContext) throws {
        try check(request.container)
        note("put \(request.path) keeps=\(request.keepsKinds) owner=\(request.copiesOwner)")
    }

    func exportContainer(_ reference: String, context: CallContext, sink: any ByteSink) throws { try sink.write(Array(reference.utf8)) }

    func importImage(_ request: ImportRequest, from archive: any BodyReader, context: CallContext, sink: @escaping MessageSink) throws {
        var buffer = [UInt8](repeating: 0, count: 1024)
        let count = try buffer.withUnsafeMutableBytes { try archive.read(into: $0) }
        try sink(JSONMessage(status: "\(request.source) \(request.reference ?? "-") \(count)"))
    }
}
