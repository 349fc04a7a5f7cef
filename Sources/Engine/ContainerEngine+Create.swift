import Basics
import DockerAPI
import EngineInterface
import Glibc
import Kernel
import OCI
import Runtime
import Steps
import Store

extension ContainerEngine {
    /// Creates a container: its name, its own layer, its files. Nothing runs yet.
    /// - Throws: `DrydockError` in Docker's words; nothing is left behind.
    public func createContainer(
        _ request: CreateContainerRequest, name: String?, platform: String?, context call: CallContext
    ) throws -> CreateContainerResponse {
        try createContainer(request, name: name, platform: platform, buildStep: nil, context: call)
    }

    /// What is special about the container of a build's step.
    struct BuildStep {
        /// See `ContainerRecord`.
        let isTransient: Bool
        /// What it runs, where that stands in the Dockerfile: name and content.
        let script: (name: String, content: String)?
    }

    /// - Parameter buildStep: nil where it is no build that creates it. A build alone may do it without an image.
    func createContainer(
        _ request: CreateContainerRequest, name: String?, platform: String?, buildStep: BuildStep?, context call: CallContext
    ) throws -> CreateContainerResponse {
        let image = buildStep != nil && request.config.image.isEmpty ? nil : try images.lookup(request.config.image)
        if let platform, let image, try Platform(platform).rank(of: image.config.platform) == nil {
            throw DrydockError(
                .notFound,
                "image with reference \(request.config.image) was found but does not match the specified platform: wanted \(platform), "
                    + "actual: \(image.config.platform)")
        }
        let definition = try ContainerDefinition(request, image: image, paths: paths)
        let mounts = try definition.mounts { try containers.find($0).record }
        var record = try definition.record(name: name, mounts: mounts, generate: freeName)
        record.isBuildStep = buildStep?.isTransient == true ? true : nil
        record.script = buildStep?.script?.name
        beingCreated.update { $0[record.id] = record.layers }
        defer { beingCreated.update { $0[record.id] = nil } }
        volumes.claim(record.volumeNames, for: record.id)
        defer { volumes.unclaim(record.id) }
        // Claimed: now the image must still be there, as in `ImageStore.remove`.
        if let image, images.image(image.id) == nil { throw DrydockError(.notFound, "No such image: \(request.config.image)") }
        let (container, changes) = try partOfCommand(call) {
            try operate("create", call) { try create(record, mounts, script: buildStep?.script?.content, $0) }
        }
        steppingSession(call)?.addCompensation { [self] in takeBack(container, changes, call) }
        return CreateContainerResponse(id: container.id, warnings: ResourceChecks(record.hostConfig).warnings)
    }

    /// Takes back a creation that went well.
    func takeBack(_ container: Container, _ changes: VolumeChanges, _ call: CallContext) {
        container.lifecycle.with {
            let isMine = container.live.update { live in
                defer { live.isRemoving = true }
                return !live.isRemoving
            }
            guard isMine else { return }
            do {
                try operate("rm", session: call.session, command: call.command, stepping: .none) {
                    try erase(container, $0)
                    try takeBack(changes, $0)
                }
            } catch {
                log("taking back the creation of container \(container.id.prefix(12)): \(error)")
            }
        }
    }

    /// Makes a container's files; what it is to be has been checked.
    /// - Parameter script: The content of the record's script, if it has one.
    func create(
        _ record: ContainerRecord, _ mounts: ContainerMounts, script: String? = nil, _ operation: Operation
    ) throws -> (Container, VolumeChanges) {
        let staging = "\(paths.staging)/\(record.id)"
        let final = paths.container(record.id)
        let isDurable = !record.hostConfig.autoRemove
        busy.update { _ = $0.insert(record.id) }
        defer { busy.update { _ = $0.remove(record.id) } }
        try operation.step("create.name") { step in
            try containers.reserve(name: record.name, id: record.id)
            step.undo { [containers] _ in containers.release(name: record.name, id: record.id) }
            step.fact("name", record.name)
            step.fact("id", record.id)
        }
        try operation.step("create.layer") { step in
            let recorder = recorder(step)
            try recorder.perform(.mkdir(path: staging, mode: 0o710))
            step.undo { _ in try FileTree.remove(staging) }
            if operation.isStepped {
                subjects.update { $0[operation.id] = OperationSubject(containerID: record.id, directory: staging) }
            }
            for part in ["upper", "work", "merged"] { try recorder.perform(.mkdir(path: "\(staging)/\(part)", mode: 0o755)) }
            step.fact("image layers (read-only)", "\(record.layers.count)")
            step.fact("the container's own layer", "\(final)/upper")
        }
        let changes = try makeVolumes(mounts.volumes, for: record, directory: staging, operation)
        try operation.step("create.files") { step in
            let recorder = recorder(step)
            let files = ContainerFiles(record)
            try DurableFile.create("\(staging)/hostname", files.hostname, isSynced: false, recorder)
            try DurableFile.create("\(staging)/resolv.conf", files.resolvConf(), isSynced: false, recorder)
            if let name = record.script, let script { try makeScript(name, script, in: staging, step) }
            step.fact("hostname", record.config.hostname)
        }
        try operation.step("create.config") { step in
            let recorder = recorder(step)
            try DurableFile.create("\(staging)/config.json", try JSONEncoder().bytes(record, indent: "  "), isSynced: isDurable, recorder)
            try DurableFile.create("\(staging)/state.json", try JSONEncoder().bytes(LifeState()), isSynced: isDurable, recorder)
            step.fact("command", ([record.path] + record.args).joined(separator: " "))
        }
        let container = Container(record: record, state: LifeState(), directory: final)
        try operation.step("create.commit") { step in
            let recorder = recorder(step)
            if isDurable { try DurableFile.syncDirectory(staging, recorder) }
            try recorder.perform(.rename(from: staging, to: final))
            step.undo { [containers] _ in
                containers.remove(container)
                try FileTree.remove(final)
            }
            if isDurable { try DurableFile.syncDirectory(paths.containers, recorder) }
            containers.add(container)
            try settle(changes, for: record, step)
            step.fact("container", final)
        }
        return (container, changes)
    }

    private func makeScript(_ name: String, _ content: String, in directory: String, _ step: Step) throws {
        let recorder = recorder(step)
        let folder = "\(directory)/\(Container.scripts)"
        try recorder.perform(.mkdir(path: folder, mode: 0o755))
        try DurableFile.create("\(folder)/\(name)", Array(content.utf8), isSynced: false, recorder)
        try recorder.perform(.chmod(path: "\(folder)/\(name)", mode: 0o755))
        step.fact("script", name)
    }

    /// A random name that nobody has.
    func freeName() -> String {
        var generator = SystemRandomNumberGenerator()
        var attempt = 0
        while true {
            let name = RandomName.make(retry: attempt, using: &generator)
            if containers.isFree(name: name) { return name }
            attempt += 1
        }
    }

    /// Reads the containers that exist from disk.
    func loadContainers() throws {
        for id in try directoryEntries(paths.containers) {
            let directory = paths.container(id)
            // A record is synced, but for a container that was to remove itself: after a power cut that one may be an empty file.
            if (try? readFile("\(directory)/config.json"))?.isEmpty == true {
                log("container \(id.prefix(12)) was to remove itself, and the machine fell before its record was written: removed")
                try FileTree.remove(directory)
                continue
            }
            do {
                let record = try JSONDecoder().decode(ContainerRecord.self, from: try readFile("\(directory)/config.json"))
                let container = Container(record: record, state: LifeState(), directory: directory)
                let state = try stateOnDisk(container)
                container.live.update { $0.state = state }
                containers.add(container)
            } catch {
                throw DrydockError(
                    .failed, "the container in \(directory) cannot be read", cause: "\(error)",
                    advice: "Move that directory away and start the engine again.")
            }
        }
    }

    /// `running.json` says that nothing ran if a power cut left it empty: it isn't synced, and nothing outlives that.
    private func stateOnDisk(_ container: Container) throws -> LifeState {
        let running = try? readFile(container.runningFile)
        if let running, !running.isEmpty { return try JSONDecoder().decode(LifeState.self, from: running) }
        unlink(container.runningFile)
        let state = try readFile(container.stateFile)
        guard !state.isEmpty else {
            // It isn't synced either. What the shim has noted counts then; as for Docker, one whose end nobody saw has ended with 255.
            log("the machine fell before the state of container \(container.id.prefix(12)) was on the disk")
            let ending = exitOnRecord(container)
            var state = LifeState()
            state.phase = .exited
            state.exitCode = ending?.code ?? 255
            state.finishedAt = ending.map { Timestamp(nanoseconds: $0.time) } ?? .now()
            return state
        }
        return try JSONDecoder().decode(LifeState.self, from: state)
    }

    func directoryEntries(_ path: String) throws -> [String] {
        do { return try folderNames(path) } catch { throw DrydockError(.failed, "cannot list \(path)", errno: error) }
    }
}
