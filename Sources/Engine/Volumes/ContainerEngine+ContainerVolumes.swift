import Basics
import DockerAPI
import Glibc
import Kernel
import Steps
import Store

/// What the creation of a container has done to volumes.
struct VolumeChanges: Sendable {
    var made: [String] = []
    var filled: [String] = []

    /// Each once.
    var all: [String] { made + filled.filter { !made.contains($0) } }
}

extension ContainerEngine {
    /// Makes the volumes that a container wants and that are not there, and gives the empty ones what the image has in their place.
    /// - Parameter directory: the container's own folder, so far.
    func makeVolumes(
        _ wishes: [VolumeWish], for record: ContainerRecord, directory: String, _ operation: Steps.Operation
    ) throws -> VolumeChanges {
        var changes = VolumeChanges()
        for wish in wishes {
            try operation.step("create.volume") { step in
                try volumes.hold(wish.name) {
                    let work = work(on: wish.name, for: record, step)
                    let isSynced = work.isDurable
                    let fill: VolumeWork.Fill = { [self] target in
                        guard wish.isFilled else { return nil }
                        let view = MergedView(engine: self, layers: record.layers, directory: directory)
                        do {
                            return try view.read(step) { root in
                                try TreeCopy.copy(wish.destination, beneath: root, to: target, isSynced: isSynced)
                            }
                        } catch let error as DrydockError where error.code == .invalid {
                            guard wish.isAnonymous else { throw error }
                            // In Docker's words.
                            throw DrydockError(
                                .failed, "cannot mount volume over existing file, file exists \(wish.destination)")
                        }
                    }
                    try make(wish, work, fill, &changes)
                }
            }
        }
        return changes
    }

    private func make(_ wish: VolumeWish, _ work: VolumeWork, _ fill: VolumeWork.Fill, _ changes: inout VolumeChanges) throws {
        let (name, step) = (wish.name, work.step)
        var copied: TreeCopy.Result?
        step.fact("volume", name)
        step.fact("mounted at", wish.destination)
        if volumes.find(name) == nil, wish.isMade {
            copied = try work.make(VolumeRecord(name: name, created: .now(), labels: wish.labels), fill: fill)
            changes.made.append(name)
            step.fact("made", volumes.data(name))
        } else {
            let record = try volumes.get(name)
            if let system = VolumeFileSystem(record.options) {
                if wish.isFilled { copied = try fillFileSystem(name, system, work, fill) }
                step.fact("was there", "a file system of its own")
                return tell(copied, step)
            }
            let isEmpty = try TreeCopy.isEmpty(volumes.data(name))
            if wish.isFilled && isEmpty {
                copied = try work.fill(name, fill)
                if copied != nil { changes.filled.append(name) }
            }
            step.fact("was there", isEmpty ? "empty" : "with content, which stays as it is")
        }
        tell(copied, step)
    }

    private func tell(_ copied: TreeCopy.Result?, _ step: Step) {
        guard let copied else { return }
        step.fact("files", "\(copied.files) copied from the image")
        step.fact("bytes", "\(copied.bytes)")
    }

    private func work(on name: String, for record: ContainerRecord, _ step: Step) -> VolumeWork {
        // A volume without a name goes with a container that removes itself: it has nothing to survive.
        let isPassing = record.hostConfig.autoRemove && record.anonymousVolumes?.contains(name) == true
        return VolumeWork(engine: self, step: step, owner: record.id, isDurable: !isPassing)
    }

    /// The container is there: what was made for it stays.
    func settle(_ changes: VolumeChanges, for record: ContainerRecord, _ step: Step) throws {
        for name in changes.all { try work(on: name, for: record, step).settle(name) }
    }

    /// Takes back what the creation of a container, which has gone since, had done.
    func takeBack(_ changes: VolumeChanges, _ operation: Steps.Operation) throws {
        guard !changes.all.isEmpty else { return }
        try operation.step("rm.volumes") { step in
            let work = VolumeWork(engine: self, step: step)
            for name in changes.made where try volumes.hold(name, { try work.removeUnused(name) }) { step.fact("removed", name) }
            for name in changes.filled { try work.takeBackFilling(name) }
        }
    }

    // MARK: Removal

    /// Lies in a container's folder from just before its removal on: its volumes without a name go, too.
    private static let mark = "remove-volumes"

    func markVolumes(of container: Container, _ step: Step) throws {
        guard let names = container.record.anonymousVolumes, !names.isEmpty, !container.record.hostConfig.autoRemove else { return }
        let path = "\(container.directory)/\(Self.mark)"
        try DurableFile.create(path, [], isSynced: false, recorder(step))
        step.undo { [self] in try recorder($0).perform(.unlink(path: path), tolerating: [ENOENT]) }
    }

    /// Removes the volumes without a name of a container that has gone, as far as no other container has them. One that can't be removed
    /// stays, and is none the less a volume.
    func removeVolumes(of record: ContainerRecord, _ operation: Steps.Operation) throws {
        guard let names = record.anonymousVolumes, !names.isEmpty else { return }
        try operation.step("rm.volumes") { step in
            let work = VolumeWork(engine: self, step: step)
            for name in names {
                do {
                    let isGone = try volumes.hold(name) { try work.removeUnused(name) }
                    step.fact(isGone ? "removed" : "kept, for another container has it", name)
                } catch let error as DrydockError where error.code != .aborted {
                    log("removing volume \(name): \(error)")
                } catch let error as SystemCallFailure { log("removing volume \(name): \(error)") }
            }
        }
    }

    // MARK: The engine's start

    /// Reads the volumes from disk, and takes back what an engine that was killed had begun.
    /// - Throws: `DrydockError` for a volume that can't be read.
    func loadVolumes() throws {
        // Passing through is all that anybody needs here: as in Docker.
        chmod(volumes.folder, 0o701)
        try takeUpVolumeMounts()
        for name in try directoryEntries(volumes.folder) {
            if name.hasPrefix(".") {
                log("swept \(volumes.directory(name)), left by an operation that did not end")
                try FileTree.remove(volumes.directory(name))
            } else {
                try loadVolume(name)
            }
        }
        finishRemovals()
    }

    private func loadVolume(_ name: String) throws {
        let isUsed = containers.all.contains { $0.record.volumeNames.contains(name) }
        let pending = (try? readFile(volumes.pendingFile(name), limit: 64)).flatMap {
            VolumeWork.Pending(rawValue: String(decoding: $0, as: UTF8.self))
        }
        let bytes = try? readFile(volumes.recordFile(name))
        // Only a record that was not synced can be empty: that of a container's that was to remove itself.
        if !isUsed && (pending == .new || bytes?.isEmpty == true) { return try discard(name) }
        guard let bytes, let record = try? JSONDecoder().decode(VolumeRecord.self, from: bytes), record.name == name else {
            throw DrydockError(
                .failed, "the volume in \(volumes.directory(name)) cannot be read",
                advice: "Move that directory away and start the engine again.")
        }
        if pending == .filled && !isUsed { try VolumeWork.empty(volumes.data(name)) }
        for path in [volumes.pendingFile(name), volumes.pendingFile(name) + ".new"] { unlink(path) }
        volumes.add(record)
    }

    private func discard(_ name: String) throws {
        log("swept volume \(name), made for a container that was not created")
        try FileTree.remove(volumes.directory(name))
    }

    /// Containers whose removal was under way: their volumes without a name were to go, too. Their files go with the sweep.
    private func finishRemovals() {
        for entry in (try? directoryEntries(paths.staging)) ?? [] where entry.hasPrefix("rm-") {
            let directory = "\(paths.staging)/\(entry)"
            guard let bytes = try? readFile("\(directory)/config.json"),
                let record = try? JSONDecoder().decode(ContainerRecord.self, from: bytes),
                record.hostConfig.autoRemove || access("\(directory)/\(Self.mark)", F_OK) == 0
            else { continue }
            do { try operate("rm", session: nil, command: nil) { try removeVolumes(of: record, $0) } } catch {
                log("removing the volumes of container \(record.id.prefix(12)): \(error)")
            }
        }
    }
}
