import Basics
import Glibc
import Kernel
import Steps

/// What a container may use. Zero means no limit.
public struct ResourceLimits: Sendable {
    public var memoryBytes: Int64 = 0
    /// Memory and swap together; -1 for as much swap as there is, 0 for as much swap as memory.
    public var swapBytes: Int64 = 0
    /// What the container is pushed back to when memory is short.
    public var reservedBytes: Int64 = 0
    /// 0 to 100; nil for the machine's own.
    public var swappiness: Int64?
    /// Microseconds of processor time in each period of so many microseconds.
    public var processorQuota: Int64 = 0
    public var processorPeriod: Int64 = 0
    public var cpuShares: Int64 = 0
    public var pids: Int64 = 0
    public var cpusetCPUs = ""
    public var cpusetMemories = ""
    public init() {}
}

/// A container's cgroups: one directory in each hierarchy, below the engine's own.
public struct ContainerCgroup: Sendable {
    private let tree: CgroupTree
    /// Name of the directory that holds this engine's containers.
    private let parent: String
    private let id: String

    /// - Parameters:
    ///   - parent: `drydock`, or another name for another state root, so that two engines do not meet.
    ///   - id: The container's id.
    public init(tree: CgroupTree, parent: String, id: String) {
        self.tree = tree
        self.parent = parent
        self.id = id
    }

    var hierarchies: [CgroupTree.Hierarchy] { tree.hierarchies }

    public func directory(_ hierarchy: CgroupTree.Hierarchy) -> String { "\(hierarchy.directory)/\(parent)/\(id)" }

    /// Name inside the container and directory on the host, of each hierarchy that is shown to it.
    public var mounts: [(name: String, source: String)] {
        if tree.isUnified { return [("", directory(tree.hierarchies[0]))] }
        return tree.hierarchies.filter { !$0.isV2 }.map { ($0.name, directory($0)) }
    }

    /// The v2 directory, into which the process is cloned.
    public var v2Directory: String? { tree.v2.map(directory) }

    /// Makes the directories and writes the limits, with an undo for each directory.
    /// - Throws: `SystemCallFailure`.
    public func create(_ limits: ResourceLimits, _ recorder: Recorder) throws {
        for hierarchy in tree.hierarchies {
            let path = directory(hierarchy)
            try makeParent(hierarchy, recorder)
            try recorder.perform(.mkdir(path: path, mode: 0o755))
            let kernel = recorder.kernel
            recorder.step.undo { try Self.removeDirectory(path, Recorder(kernel, $0)) }
            for controller in controllers(of: hierarchy) { try controller.apply(limits, directory: path, recorder) }
        }
    }

    /// The processes that are in it, as the host numbers them.
    /// - Throws: `DrydockError` or `SystemCallFailure` when the kernel doesn't tell.
    public func pids() throws -> [Int32] {
        guard let hierarchy = tree.hierarchies.first else { return [] }
        return String(decoding: try readFile("\(directory(hierarchy))/cgroup.procs"), as: UTF8.self).split(separator: "\n").compactMap {
            Int32($0)
        }
    }

    /// The files into which the first process writes itself, to enter the v1 hierarchies; into v2 it is cloned.
    public var taskFiles: [String] { tree.hierarchies.filter { !$0.isV2 }.map { "\(directory($0))/tasks" } }

    /// Removes the directories. Those that are gone already are no error.
    public func remove(_ recorder: Recorder) throws {
        var failure: (any Error)?
        for hierarchy in tree.hierarchies {
            do { try Self.removeDirectory(directory(hierarchy), recorder) } catch { failure = failure ?? error }
        }
        if let failure { throw failure }
    }

    /// Removes a container's cgroup. What still lives in it, a first process whose shim was killed, is ended first.
    /// - Throws: `SystemCallFailure`.
    public static func removeDirectory(_ path: String, _ recorder: Recorder) throws {
        guard try recorder.perform(.rmdir(path: path), tolerating: [ENOENT, EBUSY]).errno == EBUSY else { return }
        for line in String(decoding: try readFile("\(path)/cgroup.procs"), as: UTF8.self).split(separator: "\n") {
            guard let pid = Int32(line) else { continue }
            let opened = try recorder.perform(.pidfdOpen(pid: pid), tolerating: [ESRCH])
            guard opened.errno == 0 else { continue }
            let pidfd = Int32(opened.value)
            defer { close(pidfd) }
            try recorder.perform(.pidfdSendSignal(pidfd: pidfd, signal: SIGKILL, pid: pid), tolerating: [ESRCH])
            var waited = pollfd(fd: pidfd, events: Int16(POLLIN), revents: 0)
            while poll(&waited, 1, 10_000) < 0 && errno == EINTR {}
        }
        try recorder.perform(.rmdir(path: path), tolerating: [ENOENT])
    }

    /// Whether the kernel killed a process of the container for want of memory.
    public var wasOutOfMemory: Bool {
        for hierarchy in tree.hierarchies where hierarchy.isV2 || hierarchy.controllers.contains("memory") {
            let file = hierarchy.isV2 ? "memory.events" : "memory.oom_control"
            guard let bytes = try? readFile("\(directory(hierarchy))/\(file)") else { continue }
            for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
                let parts = line.split(separator: " ")
                if parts.count == 2, parts[0] == "oom_kill", let count = Int(parts[1]), count > 0 { return true }
            }
        }
        return false
    }

    /// The directory that holds all of this engine's containers; it stays until the engine ends.
    private func makeParent(_ hierarchy: CgroupTree.Hierarchy, _ recorder: Recorder) throws {
        let path = "\(hierarchy.directory)/\(parent)"
        if access(path, F_OK) != 0 { try recorder.perform(.mkdir(path: path, mode: 0o755), tolerating: [EEXIST]) }
        // Looked at each time: who made the directory may have been stopped before it was made ready.
        if hierarchy.controllers.contains("cpuset") { try CpusetController().inherit(directory: path, recorder) }
        if hierarchy.isV2 { try enableControllers(hierarchy, below: path, recorder) }
    }

    /// cgroup v2: a controller has to be handed down, and only from a cgroup that holds no process of its own.
    private func enableControllers(_ hierarchy: CgroupTree.Hierarchy, below path: String, _ recorder: Recorder) throws {
        let present = words("\(hierarchy.directory)/cgroup.controllers")
        let enabled = words("\(path)/cgroup.subtree_control")
        let wanted = ["cpu", "cpuset", "memory", "pids", "io"].filter { present.contains($0) && !enabled.contains($0) }
            .map { "+\($0)" }.joined(separator: " ")
        guard !wanted.isEmpty else { return }
        try recorder.writeFile("\(hierarchy.directory)/cgroup.subtree_control", wanted, tolerating: [EBUSY])
        try recorder.writeFile("\(path)/cgroup.subtree_control", wanted, tolerating: [ENOENT, EBUSY])
    }

    private func words(_ path: String) -> [Substring] {
        guard let bytes = try? readFile(path) else { return [] }
        return String(decoding: bytes, as: UTF8.self).split(whereSeparator: { $0 == " " || $0 == "\n" })
    }

    private func controllers(of hierarchy: CgroupTree.Hierarchy) -> [any CgroupController] {
        if hierarchy.isV2 { return tree.isUnified ? [UnifiedController()] : [] }
        return hierarchy.controllers.compactMap { name in
            switch name {
            case "memory": MemoryController()
            case "cpu": CPUController()
            case "cpuset": CpusetController()
            case "pids": PidsController()
            case "devices": DevicesController()
            default: nil
            }
        }
    }
}

/// Writes a container's limits into one controller's files.
protocol CgroupController {
    func apply(_ limits: ResourceLimits, directory: String, _ recorder: Recorder) throws
}
