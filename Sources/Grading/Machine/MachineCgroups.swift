import Basics
import Glibc

/// A machine's cgroups: one in each hierarchy, with the limits of the machine as a whole. Containers get theirs below.
struct MachineCgroups: Sendable {
    /// One mounted hierarchy, and the cgroup in it below which machines come.
    private struct Hierarchy {
        let controllers: Set<String>
        let isV2: Bool
        let parent: String
    }

    private static let prefix = "drydock-replay-"
    private let name: String
    private let hierarchies: [Hierarchy]

    /// - Throws: `DrydockError` where no hierarchy is mounted.
    init(slot: Int) throws {
        // By whom it was made can be told from its name, also when that one is dead.
        name = "\(Self.prefix)\(getpid())-\(Self.start(of: getpid()) ?? 0)-\(slot)"
        hierarchies = Self.mounted()
        guard !hierarchies.isEmpty else { throw DrydockError(.unsupported, "no cgroup hierarchy is mounted on this machine") }
    }

    /// The files into which a process writes 0 to enter.
    var entrances: [String] { hierarchies.map { "\($0.parent)/\(name)/cgroup.procs" } }

    private func directory(_ hierarchy: Hierarchy) -> String { "\(hierarchy.parent)/\(name)" }
    private var isUnified: Bool { hierarchies.allSatisfy(\.isV2) }

    /// - Throws: `DrydockError` where a limit can't be set: without limits no stranger's program is run.
    func create(memoryBytes: Int64, processes: Int) throws {
        for hierarchy in hierarchies {
            let path = directory(hierarchy)
            guard mkdir(path, 0o755) == 0 else { throw DrydockError(.failed, "cannot make the cgroup \(path)", errno: .current) }
            if hierarchy.isV2 {
                guard isUnified else { continue }
                try set("memory.max", "\(memoryBytes)", path)
                try? set("memory.swap.max", "0", path)
                try set("pids.max", "\(processes)", path)
                continue
            }
            if hierarchy.controllers.contains("memory") {
                try set("memory.limit_in_bytes", "\(memoryBytes)", path)
                // Only a kernel that counts swap has it.
                try? set("memory.memsw.limit_in_bytes", "\(memoryBytes)", path)
            }
            if hierarchy.controllers.contains("pids") { try set("pids.max", "\(processes)", path) }
            if hierarchy.controllers.contains("cpuset") {
                for file in ["cpuset.cpus", "cpuset.mems"] {
                    try set(file, String(decoding: (try? readFile("\(hierarchy.parent)/\(file)")) ?? [], as: UTF8.self), path)
                }
            }
            if hierarchy.controllers.contains("devices") {
                try set("devices.deny", "a", path)
                for line in Self.devices { try set("devices.allow", line, path) }
            }
        }
        let limited = Set(hierarchies.flatMap(\.controllers))
        guard isUnified || limited.isSuperset(of: ["memory", "pids"]) else {
            throw DrydockError(.unsupported, "replays need limits on memory and processes, and this kernel's cgroups have none")
        }
    }

    /// What containers may have at most (Docker's list): making nodes, and opening those that are no device of the host.
    private static let devices = [
        "c *:* m", "b *:* m", "c 1:3 rwm", "c 1:5 rwm", "c 1:7 rwm", "c 1:8 rwm", "c 1:9 rwm", "c 5:0 rwm", "c 5:1 rwm", "c 5:2 rwm",
        "c 136:* rwm", "c 10:200 rwm",
    ]

    /// On cgroup v2 alone, the process that holds the machine goes to the leaf in which the machine's own are.
    func moveAside(_ pid: pid_t) throws {
        for hierarchy in hierarchies where isUnified { try set("cgroup.procs", "\(pid)", "\(directory(hierarchy))/drydock-engine") }
    }

    /// Removes them; their processes have ended.
    func remove() {
        for hierarchy in hierarchies { Self.remove(directory(hierarchy)) }
    }

    /// Removes those whose maker is dead. What still runs in them, if the kernel has not come so far yet, is killed.
    static func sweep() {
        for hierarchy in mounted() {
            for entry in entries(hierarchy.parent) where entry.hasPrefix(prefix) {
                let parts = entry.dropFirst(prefix.count).split(separator: "-")
                guard parts.count == 3, let pid = Int32(parts[0]), let began = UInt64(parts[1]), start(of: pid) != began else { continue }
                remove("\(hierarchy.parent)/\(entry)")
            }
        }
    }

    // MARK: Pieces

    private func set(_ file: String, _ value: String, _ directory: String) throws {
        let descriptor = open("\(directory)/\(file)", O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw DrydockError(.unsupported, "the replay machine's limit \(file) can't be set in \(directory)", errno: .current)
        }
        defer { close(descriptor) }
        guard write(descriptor, value, value.utf8.count) == value.utf8.count else {
            throw DrydockError(.failed, "cannot write \(value) to \(directory)/\(file)", errno: .current)
        }
    }

    private static func remove(_ path: String) {
        for entry in entries(path) where isDirectory("\(path)/\(entry)") { remove("\(path)/\(entry)") }
        for _ in 0..<200 {
            if rmdir(path) == 0 || errno != EBUSY { return }
            for line in String(decoding: (try? readFile("\(path)/cgroup.procs")) ?? [], as: UTF8.self).split(separator: "\n") {
                if let pid = Int32(line), pid > 1, pid != getpid() { kill(pid, SIGKILL) }
            }
            usleep(10_000)
        }
    }

    private static func entries(_ path: String) -> [String] { (try? folderNames(path)) ?? [] }

    private static func isDirectory(_ path: String) -> Bool {
        var what = stat()
        return lstat(path, &what) == 0 && what.st_mode & S_IFMT == S_IFDIR
    }

    /// When a process began, which with its number no other shares: proc(5), `/proc/PID/stat`, field 22.
    private static func start(of pid: pid_t) -> UInt64? {
        let text = String(decoding: (try? readFile("/proc/\(pid)/stat")) ?? [], as: UTF8.self)
        guard let end = text.lastIndex(of: ")") else { return nil }
        let fields = text[text.index(after: end)...].split(separator: " ")
        return fields.count > 19 ? UInt64(fields[19]) : nil
    }

    /// cgroups(7): the mounts of /proc/self/mountinfo joined with the lines of /proc/self/cgroup. As in the engine's own `CgroupTree`, but
    /// a client links none of the engine. On cgroup v2 alone machines come below the root, which alone hands controllers down while it
    /// holds processes.
    private static func mounted() -> [Hierarchy] {
        let lines = { (path: String) in
            String(decoding: (try? readFile(path)) ?? [], as: UTF8.self).split(separator: "\n").map(String.init)
        }
        var paths: [String: String] = [:]
        for line in lines("/proc/self/cgroup") {
            let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            if parts.count == 3 { paths[String(parts[1])] = parts[2] == "/" ? "" : String(parts[2]) }
        }
        var found: [(point: String, controllers: Set<String>?, path: String)] = []
        for line in lines("/proc/self/mountinfo") {
            let halves = line.components(separatedBy: " - ")
            let (fields, type) = (halves[0].split(separator: " "), halves.count == 2 ? halves[1].split(separator: " ") : [])
            guard fields.count > 4, let kind = type.first, !found.contains(where: { $0.point == fields[4] }) else { continue }
            let options = Set((type.last ?? "").split(separator: ",").map(String.init))
            if kind == "cgroup2" { found.append((String(fields[4]), nil, paths[""] ?? "")) }
            if kind == "cgroup",
                let key = paths.keys.first(where: { !$0.isEmpty && options.isSuperset(of: $0.split(separator: ",").map(String.init)) })
            {
                found.append((String(fields[4]), Set(key.split(separator: ",").map(String.init)), paths[key] ?? ""))
            }
        }
        let isUnified = found.allSatisfy { $0.controllers == nil }
        return found.map {
            Hierarchy(controllers: $0.controllers ?? [], isV2: $0.controllers == nil, parent: isUnified ? $0.point : $0.point + $0.path)
        }
    }
}

extension String {
    /// The text before and after the first occurrence of a separator; the whole where there is none.
    fileprivate func components(separatedBy separator: String) -> [String] {
        guard let range = firstRange(of: separator) else { return [self] }
        return [String(self[..<range.lowerBound]), String(self[range.upperBound...])]
    }

    private func firstRange(of text: String) -> Range<String.Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(text) { return start..<index(start, offsetBy: text.count) }
            start = index(after: start)
        }
        return nil
    }
}
