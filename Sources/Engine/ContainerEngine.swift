import Basics
import DockerAPI
import EngineInterface
import Glibc
import Kernel
import OCI
import Registry
import Runtime
import Steps
import Store
import Synchronization

/// The engine: everything that drydock can do, as operations made of steps. One per state root, the only writer of its state.
public final class ContainerEngine: Sendable {
    public let paths: EnginePaths
    let kernel: any Kernel
    let containers = ContainerTable()
    let images: ImageStore
    let volumes: VolumeTable
    let contexts: KeptContexts
    let network: BridgeNetwork
    let cgroups: CgroupTree
    let hub: EventHub
    let journal: OperationJournal
    let endings = EndingLog()
    let started = Timestamp.now()
    let sessions = Monitored([String: SteppingSession]())
    /// What operations under way are working on, for those who look.
    let subjects = Monitored([String: OperationSubject]())
    /// Entries of the making folder that operations under way own.
    let busy = Monitored(Set<String>())
    /// The layers of containers that are being created, by the container's id: no removal takes them.
    let beingCreated = Monitored([String: [String]]())
    let seccomp: SeccompFilters
    let shimProgram: ShimProgram
    /// Processes that were asked for in containers besides their first.
    let execs = ExecTable()
    /// The registry that stands in for the world's: where images come from without a network.
    let labHub: any LabRegistry
    let dockerHub: DockerHub
    /// `host` or `host:port` of registries that are believed without a certificate.
    let insecureRegistries: Set<String>
    private let operationCount = Atomic<Int>(0)

    /// Opens the state below a root, takes up the containers that run, and sweeps what was left half done.
    /// - Parameters:
    ///   - usesDockerHub: False leads names without a registry to the lab hub always.
    ///   - insecureRegistries: `host` or `host:port` of registries that are believed without a certificate, or asked without TLS.
    ///   - keptOperations: How many operations that have ended can be looked at; nil for a hundred, 0 for none.
    /// - Throws: `DrydockError` in one sentence when this machine or this state can't be used.
    public init(
        paths: EnginePaths, shimProgram: String, labHub: any LabRegistry, usesDockerHub: Bool = false,
        insecureRegistries: Set<String> = [], keptOperations: Int? = nil, kernel: any Kernel = LiveKernel()
    ) throws {
        self.paths = paths
        self.kernel = kernel
        self.shimProgram = ShimProgram(file: shimProgram)
        self.labHub = labHub
        dockerHub = DockerHub(isWanted: usesDockerHub)
        self.insecureRegistries = insecureRegistries
        try paths.prepare()
        hub = EventHub()
        journal = OperationJournal(most: keptOperations ?? OperationJournal.usual)
        cgroups = try CgroupPlace(paths).tree()
        images = try ImageStore(root: paths.root)
        volumes = VolumeTable(folder: paths.volumes)
        contexts = KeptContexts(folder: paths.keptContexts)
        network = try BridgeNetwork(root: paths.root, suffix: paths.suffix, kernel: kernel, tables: NFTables())
        seccomp = SeccompFilters(profile: try .dockerDefault(), directory: paths.seccompCache)
        try InitLayer(paths.initLayer).prepare()
        try loadContainers()
        try loadVolumes()
        try adoptRunningContainers()
        removeEndedContainers()
        removeBuildSteps()
        sweep()
    }

    /// Runs a verb for a client: with its observers, its gate, its rollback.
    func operate<T>(_ verb: String, _ call: CallContext, _ body: (Operation) throws -> T) throws -> T {
        try operate(verb, session: call.session, command: call.command, asked: call.asked, body)
    }

    /// How a stepping user may meet an operation.
    enum Stepping {
        /// Stops at its steps, and may be rolled back from there.
        case full
        /// Stops at its steps and then goes on: it cleans up after what has happened.
        case final
        /// Doesn't stop: it takes back what the user aborted.
        case none
    }

    func operate<T>(
        _ verb: String, session: String?, command: String?, asked: String? = nil, stepping: Stepping = .full,
        level: PausePoint.Level = .verb,
        subject: String? = nil, _ body: (Operation) throws -> T
    ) throws -> T {
        let gate =
            stepping == .none
            ? nil
            // Who doesn't step may be held by one who watches.
            : sessions.read { all in session.flatMap { all[$0] } ?? all.values.first { $0.holdsOthers } }
        let number = operationCount.add(1, ordering: .relaxed).newValue
        let observer = hub.observer(session: session)
        let notes = journal.notes("\(number)", verb: verb, command: command, asked: asked, isObserved: observer != nil || gate != nil)
        let operation = Operation(
            id: "\(number)", verb: verb, command: command, observer: observer, gate: gate,
            isFinal: stepping == .final, level: level, subject: subject, journal: notes, witness: StepWitness())
        hub.began(session: session)
        defer {
            if gate != nil { subjects.update { $0[operation.id] = nil } }
            hub.finished(session: session)
        }
        do {
            return try operation.run { try body(operation) }
        } catch let error as SystemCallFailure {
            throw DrydockError(.failed, error.description)
        }
    }

    /// Runs a verb that is part of what the user typed as one command: when it is aborted, the verbs before it that ended well are
    /// taken back too. To be called with no container's lock held, since that takes them.
    func partOfCommand<T>(_ call: CallContext, _ body: () throws -> T) throws -> T {
        let session = steppingSession(call)
        do {
            return try body()
        } catch let error as DrydockError where error.code == .aborted {
            session?.compensate()
            throw error
        }
    }

    /// The gate of a stepping session, to which a verb that ended well tells how it can be taken back.
    func steppingSession(_ call: CallContext) -> SteppingSession? {
        call.session.flatMap { token in sessions.read { $0[token] } }
    }

    /// True while an operation changes this container: what looks left over then may only be half done.
    func isChanging(_ id: String) -> Bool {
        if busy.read({ $0.contains(id) || $0.contains("rm-\(id)") }) { return true }
        return (try? containers.find(id))?.lifecycle.isTaken ?? false
    }

    func isStaging(_ name: String) -> Bool { busy.read { $0.contains(name) } }

    func recorder(_ step: Step) -> Recorder { Recorder(kernel, step) }

    /// CLONE_NEW* of the namespaces that a container has for itself.
    func namespaces(of record: ContainerRecord) -> UInt64 {
        // CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWIPC, CLONE_NEWPID
        var flags: UInt64 = 0x0002_0000 | 0x0400_0000 | 0x0800_0000 | 0x2000_0000
        if record.hostConfig.networkMode != "host" { flags |= 0x4000_0000 }
        if cgroups.isUnified { flags |= 0x0200_0000 }
        return flags
    }
}

/// The lab hub as the engine sees it.
public protocol LabRegistry: Sendable {
    /// Fills the hub if need be, and says where it listens.
    /// - Throws: `DrydockError` when a host file that its recipes need is missing.
    func address() throws -> (host: String, port: Int)
    /// Fills the hub from its recipes.
    /// - Returns: the names of its images.
    func fill() throws -> [String]
    /// Names of the images that are in it now.
    func imageNames() -> [String]
}
