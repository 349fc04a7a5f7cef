import Basics
import Glibc
import Kernel
import Steps
import Store

/// Volumes whose options ask for a file system of their own (`--opt type=…`) are mounted on the host while somebody uses them, as Docker's
/// are: so that two containers see the same tmpfs. All other mounts are in the containers' own namespaces.
extension ContainerEngine {
    /// Mounts what a container that starts needs mounted; its end takes it away again.
    func mountVolumes(of container: Container, _ operation: Steps.Operation) throws {
        for (name, system) in fileSystems(of: container.record) {
            try operation.step("start.volume") { try mount(name, system, for: container.id, $0) }
        }
    }

    /// A container has ended.
    func unmountVolumes(of container: Container, _ operation: Steps.Operation) throws {
        for (name, _) in fileSystems(of: container.record) {
            try operation.step("exit.volume") { try unmount(name, from: container.id, $0) }
        }
    }

    /// Runs `body` while the container's volumes are mounted, whether it runs or not.
    func withVolumes<T>(of record: ContainerRecord, _ step: Step, _ body: () throws -> T) throws -> T {
        let user = "files-\(randomHex(bytes: 8))"
        let systems = fileSystems(of: record)
        defer { for (name, _) in systems { try? unmount(name, from: user, step) } }
        for (name, system) in systems { try mount(name, system, for: user, step) }
        return try body()
    }

    private func fileSystems(of record: ContainerRecord) -> [(name: String, system: VolumeFileSystem)] {
        Set(record.volumeNames).sorted().compactMap { name in
            volumes.find(name).flatMap { VolumeFileSystem($0.options) }.map { (name, $0) }
        }
    }

    private func mount(_ name: String, _ system: VolumeFileSystem, for user: String, _ step: Step) throws {
        let folder = volumes.data(name)
        step.fact("volume", name)
        step.undo { [self] in try unmount(name, from: user, $0) }
        try volumes.hold(name) {
            guard volumes.mounters(of: name).isEmpty else {
                volumes.mount(name, for: user)
                return step.fact("mounted", "already, for another container")
            }
            do { try mount(system, on: folder, step) } catch let error as DrydockError where error.code == .failed {
                throw DrydockError(.failed, "error while mounting volume '\(folder)': \(error.sentence)")
            }
            volumes.mount(name, for: user)
        }
    }

    /// - Throws: `DrydockError.failed` in the words of Docker's local driver.
    private func mount(_ system: VolumeFileSystem, on folder: String, _ step: Step) throws {
        let calls = system.calls(on: folder)
        do {
            for call in calls { try recorder(step).perform(call) }
        } catch let failure as SystemCallFailure { throw system.refusal(on: folder, failure.errno) }
        step.fact("mounted", calls.isEmpty ? "nothing, for the device is \"none\"" : folder)
    }

    private func unmount(_ name: String, from user: String, _ step: Step) throws {
        try volumes.hold(name) {
            step.fact("volume", name)
            guard volumes.unmount(name, from: user) else { return step.fact("stays mounted", "for another container") }
            try VolumeWork(engine: self, step: step).unmount(name)
        }
    }

    /// Gives a file system that is empty what the image has in its place, as far as it keeps anything.
    ///
    /// Nothing in it is taken back later: it may be anybody's.
    func fillFileSystem(
        _ name: String, _ system: VolumeFileSystem, _ work: VolumeWork, _ fill: VolumeWork.Fill
    ) throws -> TreeCopy.Result? {
        let (folder, aside, step) = (volumes.data(name), volumes.aside(.fill, name), work.step)
        defer { try? FileTree.remove(aside) }
        try FileTree.remove(aside)
        try recorder(step).perform(.mkdir(path: aside, mode: 0o755))
        // As in Docker, it is mounted only where there is something to copy.
        guard try fill(aside) != nil else { return nil }
        // The caller holds the name: nobody else mounts or unmounts meanwhile, and the doctor sees that somebody has it.
        let (isFirst, user) = (volumes.mounters(of: name).isEmpty, "filling")
        volumes.mount(name, for: user)
        // Also what was mounted before a call that failed.
        defer { if volumes.unmount(name, from: user) { try? work.unmount(name) } }
        if isFirst { try mount(system, on: folder, step) }
        guard try TreeCopy.isEmpty(folder) else { return nil }
        do { return try TreeCopy.copy("/", beneath: aside, to: folder, isSynced: work.isDurable) } catch {
            try? FileTree.empty(folder)
            throw error
        }
    }

    // MARK: The engine's start

    /// What an engine that was killed has left mounted for nobody is taken away, before anything is removed from a volume's folder. Called
    /// when the containers are known.
    func takeUpVolumeMounts() throws {
        for container in containers.all where container.isRunning {
            for name in container.record.volumeNames { volumes.mount(name, for: container.id) }
        }
        for path in MountedPaths.beneath(volumes.folder).reversed() where volumes.mounters(ofPath: path).isEmpty {
            log("unmounted \(path), which no container uses")
            guard umount2(path, Int32(MNT_DETACH)) == 0 else {
                throw DrydockError(.failed, "can't unmount \(path)", errno: Errno(code: errno))
            }
        }
    }
}
