import Basics
import CDrydock
import DockerAPI
import EngineInterface
import Glibc
import Kernel
import Runtime
import ShimProtocol
import Steps
import Store

extension ContainerEngine {
    /// Compares what the engine owns in the kernel and on disk with what its state says.
    /// - Parameter repair: Sweeps what is left over.
    public func doctor(repair: Bool, context call: CallContext) throws -> DoctorReport {
        try operate("doctor", call) { operation in
            try operation.step("doctor.check") { step in try Doctor(engine: self, recorder: recorder(step), repair: repair).report() }
        }
    }

    /// What an engine that was killed left half done: swept when the next one begins.
    func sweep() {
        do {
            let report = try doctor(repair: true, context: CallContext())
            for finding in report.findings { log("swept \(finding.kind) \(finding.what): \(finding.why)") }
        } catch {
            log("the sweep at the start failed: \(error)")
        }
    }
}

/// One examination. Containers that are being changed meanwhile are left out: their lifecycle lock is not waited for.
private final class Doctor {
    private let engine: ContainerEngine
    private let recorder: Recorder
    private let repair: Bool
    private var findings: [DoctorFinding] = []
    private var checked: [DoctorCheck] = []
    private let running: [Container]
    private let ids: Set<String>

    init(engine: ContainerEngine, recorder: Recorder, repair: Bool) {
        self.engine = engine
        self.recorder = recorder
        self.repair = repair
        let all = engine.containers.all
        running = all.filter(\.isRunning)
        ids = Set(all.map(\.id))
    }

    func report() throws -> DoctorReport {
        checkProcesses()
        checkShims()
        try checkCgroups()
        try checkNetwork()
        checkMounts()
        try checkStaging()
        try checkVolumes()
        try checkStore()
        return DoctorReport(findings: findings, checked: checked)
    }

    /// What can't be mended from here.
    private func tell(_ kind: String, _ what: String, _ why: String) {
        findings.append(DoctorFinding(kind: kind, what: what, why: why, repaired: false))
    }

    private func add(_ kind: String, _ what: String, _ why: String, _ mend: () throws -> Void) {
        var finding = DoctorFinding(kind: kind, what: what, why: why, repaired: false)
        if repair { finding.repaired = (try? mend()) != nil }
        findings.append(finding)
    }

    /// Every container that is on record as running has its process.
    private func checkProcesses() {
        checked.append(DoctorCheck(kind: "container", count: ids.count))
        for container in running {
            let pidfd = container.live.read { $0.pidfd }
            var waited = pollfd(fd: pidfd, events: Int16(POLLIN), revents: 0)
            let hasEnded = pidfd < 0 || poll(&waited, 1, 0) > 0
            // Its monitor cleans up at this moment, unless there is none.
            guard hasEnded, container.live.read({ $0.control == nil }) else { continue }
            add("process", "container \(container.id.prefix(12))", "is on record as running, and its process has ended") {
                engine.handleExit(of: container, nil)
            }
        }
    }

    /// Shims of this root, found by the directory that each holds open.
    private func checkShims() {
        let held = Set(running.map(\.id))
        var count = 0
        for name in (try? engine.directoryEntries("/proc")) ?? [] {
            guard let pid = Int32(name), Evidence.text("/proc/\(pid)/comm") == "drydock-shim",
                let directory = Evidence.link("/proc/\(pid)/fd/\(ShimConfiguration.Descriptor.directory)"),
                directory.hasPrefix(engine.paths.root + "/")
            else { continue }
            count += 1
            let id = directory.split(separator: "/").last.map { String($0.prefix(64)) } ?? ""
            if held.contains(id) || engine.isChanging(id) || endsSoon(pid) { continue }
            add("process", "drydock-shim \(pid)", "serves no running container (\(id.prefix(12)))") { kill(pid, SIGKILL) }
        }
        checked.append(DoctorCheck(kind: "shim", count: count))
        for socket in (try? engine.directoryEntries(engine.paths.shims)) ?? [] {
            let prefix = String(socket.prefix(32))
            if running.contains(where: { $0.shimSocket == socket })
                || ids.contains(where: { $0.hasPrefix(prefix) && engine.isChanging($0) })
            {
                continue
            }
            let path = "\(engine.paths.shims)/\(socket)"
            add("socket", path, "belongs to no running container") { try recorder.perform(.unlink(path: path), tolerating: [ENOENT]) }
        }
    }

    /// The container may just have ended, and its shim be on the way out: on a busy machine that takes a while. Not waited for when things
    /// are to be mended, since ending it is what would be done.
    private func endsSoon(_ pid: Int32) -> Bool {
        let pidfd = dd_pidfd_open(pid, 0)
        guard pidfd >= 0 else { return true }
        defer { close(pidfd) }
        var waited = pollfd(fd: pidfd, events: Int16(POLLIN), revents: 0)
        return poll(&waited, 1, repair ? 0 : 3000) > 0
    }

    private func checkCgroups() throws {
        var count = 0
        let held = Set(running.map(\.id))
        for hierarchy in engine.cgroups.hierarchies {
            let parent = "\(hierarchy.directory)/\(engine.paths.cgroupParent)"
            for id in ((try? engine.directoryEntries(parent)) ?? []) where isDirectory("\(parent)/\(id)") {
                count += 1
                if held.contains(id) || engine.isChanging(id) { continue }
                let path = "\(parent)/\(id)"
                add("cgroup", path, "belongs to no running container") {
                    try ContainerCgroup.removeDirectory(path, recorder)
                }
            }
        }
        checked.append(DoctorCheck(kind: "cgroup", count: count))
    }

    private func checkNetwork() throws {
        let endpoints = engine.containers.all.compactMap { $0.state.network?.endpoint }
        let residue = try engine.network.residue(endpoints: endpoints, recorder)
        for item in residue {
            add("network", item.description, "belongs to no running container") { try engine.network.sweep([item], recorder) }
        }
        checked.append(DoctorCheck(kind: "interface", count: try engine.network.attachedLinks(recorder).count))
    }

    /// No container's mount is ever on the host: each is in the container's own namespace. Only volumes that are file systems of their own are
    /// mounted there, while a container uses them.
    private func checkMounts() {
        let volumes = engine.volumes
        let mine = MountedPaths.beneath(engine.paths.root)
        checked.append(DoctorCheck(kind: "mount", count: mine.count))
        for path in mine.reversed() {
            if path.hasPrefix(volumes.folder + "/"), !volumes.mounters(ofPath: path).isEmpty { continue }
            add("mount", path, "is mounted on the host") { try recorder.perform(.umount2(target: path, flags: 2)) }
        }
    }

    private func checkStaging() throws {
        for name in try engine.directoryEntries(engine.paths.staging) where !engine.isStaging(name) {
            let path = "\(engine.paths.staging)/\(name)"
            add("staging", path, "was left by an operation that did not end") { try FileTree.remove(path) }
        }
        for name in try engine.directoryEntries(engine.paths.containers) where !ids.contains(name) {
            tell("container", engine.paths.container(name), "is no container that the engine knows")
        }
    }

    private func checkVolumes() throws {
        let volumes = engine.volumes
        checked.append(DoctorCheck(kind: "volume", count: volumes.all.count))
        for name in try engine.directoryEntries(volumes.folder) where volumes.find(name) == nil && !volumes.isBusy(aside: name) {
            let path = volumes.directory(name)
            if name.hasPrefix(".") {
                add("volume", path, "was left by an operation that did not end") { try FileTree.remove(path) }
            } else if !engine.volumes.isBusy(aside: "-" + name) {
                tell("volume", path, "is no volume that the engine knows")
            }
        }
        for volume in volumes.all where !isDirectory(volumes.data(volume.name)) && !volumes.isBusy(aside: "-" + volume.name) {
            tell("volume", volumes.data(volume.name), "is gone: the volume \(volume.name) can't be mounted")
        }
    }

    private func checkStore() throws {
        let held = engine.heldLayers()
        let left = try engine.images.findings(keep: held)
        checked.append(DoctorCheck(kind: "image", count: engine.images.images().count))
        for finding in left {
            switch finding.kind {
            case .staging: add("store", finding.path, finding.why) { _ = try engine.images.sweepStaging() }
            case .blob, .layer, .link: add("store", finding.path, finding.why) { _ = try engine.images.collectGarbage(keep: held) }
            case .image: tell("store", finding.path, "\(finding.why): pull it again")
            }
        }
    }

    private func isDirectory(_ path: String) -> Bool {
        var what = stat()
        return lstat(path, &what) == 0 && what.st_mode & S_IFMT == S_IFDIR
    }
}
