import Basics
import DockerAPI

/// What the server asks of an engine.
///
/// Every method blocks and runs on a thread of its own, several at a time. All throw `DrydockError`, whose code becomes
/// the answer's status; other errors become 500. Container and image references come as the client wrote them.
public protocol EngineService: Sendable {
    // MARK: The engine itself
    func version() throws -> VersionResponse
    func info() throws -> InfoResponse

    // MARK: Containers
    func listContainers(_ options: ContainerListOptions) throws -> [ContainerSummary]
    /// - Parameter request: the host configuration has Docker's defaults filled in, except `cgroupnsMode`.
    func createContainer(
        _ request: CreateContainerRequest, name: String?, platform: String?, context: CallContext
    ) throws -> CreateContainerResponse
    func inspectContainer(_ reference: String, size: Bool) throws -> ContainerInspect
    /// Throws `.notModified` where the container runs already.
    func startContainer(_ reference: String, context: CallContext) throws
    /// Throws `.notModified` where the container does not run.
    /// - Parameter timeout: seconds until it is killed; nil means the container's own.
    func stopContainer(_ reference: String, timeout: Int?, context: CallContext) throws
    func restartContainer(_ reference: String, timeout: Int?, context: CallContext) throws
    /// - Parameter signal: a name or a number as the client wrote it; nil means KILL.
    func killContainer(_ reference: String, signal: String?, context: CallContext) throws
    func pauseContainer(_ reference: String, context: CallContext) throws
    func unpauseContainer(_ reference: String, context: CallContext) throws
    /// Waits until `condition` holds or `context` is cancelled (then any error may be thrown; nobody reads it).
    /// - Parameter began: to be called as soon as nothing can be missed any more; the client goes on only then.
    func waitContainer(
        _ reference: String, condition: WaitCondition, context: CallContext, began: () throws -> Void
    ) throws -> WaitResponse
    func removeContainer(_ reference: String, force: Bool, volumes: Bool, context: CallContext) throws
    func renameContainer(_ reference: String, to name: String, context: CallContext) throws
    /// - Parameter arguments: arguments of ps(1); nil means `-ef`.
    func topContainer(_ reference: String, arguments: String?, context: CallContext) throws -> TopResponse
    /// Writes the log to `sink`: framed by `StandardStream.frame` unless the container has a terminal. With `follow` it
    /// returns when the container has ended or `context` is cancelled.
    func readLogs(of reference: String, options: LogsOptions, context: CallContext, sink: any ByteSink) throws
    /// Connects to a container's streams. The bytes on the stream are those that the client gets and sends.
    func attachContainer(_ reference: String, options: AttachOptions, context: CallContext) throws -> AttachStream
    func resizeContainer(_ reference: String, width: Int, height: Int) throws
    func pruneContainers(filters: Filters, context: CallContext) throws -> ContainersPruneReport

    // MARK: Further processes in containers
    func createExec(_ reference: String, _ request: ExecCreateRequest) throws -> ExecCreateResponse
    /// Starts one to whose streams nobody is connected.
    func startExec(_ id: String, context: CallContext) throws
    /// Starts one and connects to its streams, see `attachContainer`. A start that fails is told on the stream.
    func attachExec(_ id: String, context: CallContext) throws -> AttachStream
    func inspectExec(_ id: String) throws -> ExecInspect
    func resizeExec(_ id: String, width: Int, height: Int) throws

    func containerChanges(_ reference: String) throws -> [ContainerChange]
    func commitContainer(_ request: CommitRequest, context: CallContext) throws -> CommitResponse
    func statContainerPath(_ reference: String, path: String, context: CallContext) throws -> ContainerPathStat
    /// Writes an archive of what lies at a path.
    /// - Parameter begin: Called once, on any thread, with what was found; gives the sink for the archive.
    func readContainerPath(
        _ reference: String, path: String, context: CallContext, begin: @escaping @Sendable (ContainerPathStat) -> any ByteSink) throws
    /// - Parameter archive: the request's body as it arrives.
    func writeContainerPath(_ request: CopyRequest, from archive: any BodyReader, context: CallContext) throws

    // MARK: Images
    func listImages(all: Bool, digests: Bool, filters: Filters) throws -> [ImageSummary]
    func inspectImage(_ reference: String) throws -> ImageInspect
    func imageHistory(_ reference: String) throws -> [HistoryItem]
    /// - Parameter sink: takes messages from any thread. An error thrown before the first one becomes the answer's
    ///   status, a later one the stream's last line.
    func pullImage(_ request: PullRequest, context: CallContext, sink: @escaping MessageSink) throws
    /// - Parameter archive: the request's body as it arrives.
    func loadImages(from archive: any BodyReader, quiet: Bool, context: CallContext, sink: @escaping MessageSink) throws
    /// Writes an archive to `sink`; an error before its first byte becomes the answer's status, a later one breaks the answer off.
    func saveImages(_ names: [String], context: CallContext, sink: any ByteSink) throws
    func exportContainer(_ reference: String, context: CallContext, sink: any ByteSink) throws
    /// - Parameter archive: the request's body as it arrives.
    func importImage(_ request: ImportRequest, from archive: any BodyReader, context: CallContext, sink: @escaping MessageSink) throws
    func removeImage(_ reference: String, force: Bool, keepParents: Bool, context: CallContext) throws -> [DeleteResponseItem]
    func tagImage(_ reference: String, repository: String, tag: String, context: CallContext) throws
    func pruneImages(filters: Filters, context: CallContext) throws -> ImagesPruneReport

    /// The list of what is kept of a build's context from earlier builds (`ContextManifest`); empty while it can't be used.
    /// - Parameter name: what the client calls it.
    func keptContext(_ name: String) -> [UInt8]
    /// - Parameters:
    ///   - body: the context as it arrives.
    ///   - sink: takes messages from any thread, see `pullImage`.
    /// - Throws: `.conflict` before the first message, where a kept context isn't what the client has compared with.
    func buildImage(_ request: BuildRequest, from body: any BodyReader, context: CallContext, sink: @escaping MessageSink) throws
    /// - Parameter sink: takes messages from any thread, see `pullImage`.
    func pushImage(_ request: PushRequest, context: CallContext, sink: @escaping MessageSink) throws
    func searchImages(_ request: SearchRequest, context: CallContext) throws -> [SearchResult]
    /// Throws `.unauthorized` when the registry doesn't know the user.
    func authenticate(_ request: AuthRequest, context: CallContext) throws -> AuthResponse

    // MARK: Volumes and networks
    func listVolumes(filters: Filters) throws -> VolumeListResponse
    func inspectVolume(_ name: String) throws -> Volume
    func createVolume(_ request: VolumeCreateRequest, context: CallContext) throws -> Volume
    /// - Parameter force: one that isn't there is no error.
    func removeVolume(_ name: String, force: Bool, context: CallContext) throws
    func pruneVolumes(filters: Filters, context: CallContext) throws -> VolumesPruneReport
    func listNetworks(filters: Filters) throws -> [NetworkResource]
    func inspectNetwork(_ reference: String) throws -> NetworkResource
    func pruneNetworks(filters: Filters, context: CallContext) throws -> NetworksPruneReport

    // MARK: Drydock's own
    func drydockPing() throws -> DrydockPing
    /// Writes step events to `sink`, one JSON object and a newline per write, beginning with one of the event `subscribed`.
    /// Returns when the session is ended or `context` is cancelled.
    func streamEvents(_ selection: EventSelection, _ detail: EventDetail, context: CallContext, sink: any ByteSink) throws
    /// Returns when somebody listens to the session's events.
    func awaitListener(_ session: String) throws
    func updateSession(_ token: String, _ request: SessionRequest) throws
    func endSession(_ token: String) throws
    func resumeOperation(_ operation: String, _ request: ResumeRequest) throws
    func lookAtOperation(_ operation: String) throws -> LookReport
    func layerGraph(of names: [String]) throws -> LayerGraph
    /// Writes what each layer of an image adds, changes and deletes to `sink`, a `LayerFilesLine` and a newline per write.
    /// - Parameter limit: lines for a layer at most, beyond which folders stay closed; nil means all.
    func imageFiles(_ reference: String, limit: Int?, context: CallContext, sink: any ByteSink) throws
    /// The last operations that have ended, the latest last: an array of objects.
    func lastOperations(_ count: Int) -> JSONValue
    /// How a container ended that is there or was one of the last to go: an object.
    /// - Throws: `DrydockError.notFound` when nothing is known of it.
    func ending(of reference: String) throws -> JSONValue
    /// - Parameter reference: an image; nil means the last build.
    func buildStory(of reference: String?) throws -> BuildStory
    /// Makes a container that shows another's files, writes a `VisitAnswer` and a newline, and removes the container when the client
    /// has gone or the container has ended.
    func visitContainer(_ reference: String, _ request: VisitRequest, context: CallContext, sink: any ByteSink) throws
    /// The same of what a held operation works on.
    func visitOperation(_ operation: String, _ request: VisitRequest, context: CallContext, sink: any ByteSink) throws
    func doctor(repair: Bool, context: CallContext) throws -> DoctorReport
    func fillHub(context: CallContext) throws -> HubFillReport
    func describeHub() throws -> HubReport
    /// Called before the server ends; an error keeps it running.
    func prepareShutdown(context: CallContext) throws
}

/// Docker's filters: the values asked for, by key.
public typealias Filters = [String: [String]]

/// Takes the messages of a stream of progress, from any thread, and blocks while the client is slow.
public typealias MessageSink = @Sendable (JSONMessage) throws -> Void

/// Where a call comes from, and whether anybody still waits for its end.
public struct CallContext: Sendable {
    /// `X-Drydock-Session`: whose narration the call belongs to.
    public let session: String?
    /// `X-Drydock-Command`: the user's verb, the top of the path of its steps.
    public let command: String?
    /// `X-Drydock-Asked`: stands for one command of a client's, so that what it led to can be found again.
    public let asked: String?
    public static let askedHeader = "X-Drydock-Asked"
    /// Stands where the session's listener has only just been sent for: the call waits for it, and its client for nothing.
    public static let listenerHeader = "X-Drydock-Awaits-Listener"
    /// Who calls, in words: `pid 123, uid 0`.
    public let remote: String
    /// Cancelled when the client has gone or the engine ends.
    public let cancellation: Cancellation

    public init(
        session: String? = nil, command: String? = nil, asked: String? = nil, remote: String = "",
        cancellation: Cancellation = Cancellation()
    ) {
        self.session = session
        self.command = command
        self.asked = asked
        self.remote = remote
        self.cancellation = cancellation
    }

    public var isCancelled: Bool { cancellation.isCancelled }

    /// Runs `hook` when the client goes away, see ``Cancellation/onCancel(_:)``.
    @discardableResult
    public func onDisconnect(_ hook: @escaping @Sendable () -> Void) -> Cancellation.Token { cancellation.onCancel(hook) }
}

/// A stream of bytes to the client. Each write is on its way when the call returns.
public protocol ByteSink: Sendable {
    /// Sends the answer's header with status 200; from then on errors cannot change the status. The first write does it too.
    func begin() throws
    /// Blocks while the client does not read. Throws `.unavailable` when it has gone.
    func write(_ bytes: [UInt8]) throws
    func write(_ bytes: UnsafeRawBufferPointer) throws
}

/// A request's body as it arrives.
public protocol BodyReader: Sendable {
    /// Blocks until there are bytes.
    /// - Returns: how many were read; 0 at the end.
    /// - Throws: `.unavailable` when the client went away before the end.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int
}
