import Basics
import Glibc
import Kernel

/// The cgroup hierarchies of this machine, and where the engine itself stands in each.
///
/// Containers get their cgroups below the engine's own: a limit that holds for the engine holds for its containers too.
public struct CgroupTree: Sendable {
    /// One mounted hierarchy.
    public struct Hierarchy: Sendable {
        /// Controllers of cgroup v1 (`memory`; `cpu,cpuacct`), or the name of a named hierarchy (`systemd`); empty for v2.
        public let controllers: [String]
        public let mountPoint: String
        /// The engine's own cgroup in it.
        public let enginePath: String
        public let isV2: Bool

        /// The name below /sys/fs/cgroup.
        public var name: String { isV2 ? "unified" : mountPoint.split(separator: "/").last.map(String.init) ?? "" }
        /// Directory of the engine's own cgroup.
        public var directory: String { enginePath == "/" ? mountPoint : mountPoint + enginePath }
    }

    public let hierarchies: [Hierarchy]

    /// True where every controller is v2: one hierarchy, with cgroup namespaces worth having.
    public var isUnified: Bool { hierarchies.count == 1 && hierarchies[0].isV2 }
    /// True where v2 is mounted at all.
    public var v2: Hierarchy? { hierarchies.first(where: \.isV2) }

    public init(hierarchies: [Hierarchy]) { self.hierarchies = hierarchies }

    /// Reads the tree from /proc.
    /// - Throws: `DrydockError` when no hierarchy is mounted.
    public static func current() throws -> CgroupTree {
        let mounts = try readFile("/proc/self/mountinfo")
        let own = try readFile("/proc/self/cgroup")
        let tree = parse(mountinfo: String(decoding: mounts, as: UTF8.self), cgroup: String(decoding: own, as: UTF8.self))
        guard !tree.hierarchies.isEmpty else {
            throw DrydockError(
                .unsupported, "no cgroup hierarchy is mounted on this machine",
                advice: "Mount one: mount -t cgroup2 cgroup2 /sys/fs/cgroup")
        }
        return tree
    }

    /// The same hierarchies, with an earlier engine's place in those in which its containers' directory is still there: the engine of a state
    /// root may have been started by somebody else, in another cgroup, and must find what runs.
    /// - Parameters:
    ///   - places: The earlier engine's own cgroups, by mount point.
    ///   - parent: The name of the directory that holds its containers.
    public func staying(at places: [String: String], parent: String) -> CgroupTree {
        CgroupTree(
            hierarchies: hierarchies.map { now in
                guard let place = places[now.mountPoint] else { return now }
                let old = Hierarchy(controllers: now.controllers, mountPoint: now.mountPoint, enginePath: place, isV2: now.isV2)
                return access("\(old.directory)/\(parent)", F_OK) == 0 ? old : now
            })
    }

    private static let engineLeaf = "/drydock-engine"

    /// cgroups(7): `N:controllers:/path` of /proc/self/cgroup, joined with the mounts of type cgroup and cgroup2.
    static func parse(mountinfo: String, cgroup: String) -> CgroupTree {
        var paths: [String: String] = [:]
        for line in cgroup.split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            if parts.count == 3 { paths[String(parts[1])] = String(parts[2]) }
        }
        var found: [Hierarchy] = []
        for line in mountinfo.split(separator: "\n") {
            let halves = line.split(separator: " - ", maxSplits: 1)
            guard halves.count == 2 else { continue }
            let fields = line.split(separator: " ")
            let type = halves[1].split(separator: " ")
            guard fields.count > 4, type.count == 3 || type.count == 2 else { continue }
            let point = String(fields[4])
            guard !found.contains(where: { $0.mountPoint == point }) else { continue }
            if type[0] == "cgroup2", let path = paths[""] {
                // A cgroup v2 hands controllers down only while it holds no process: an engine in a leaf of this name has its containers
                // beside it.
                let place = path.hasSuffix(engineLeaf) ? String(path.dropLast(engineLeaf.count)) : path
                found.append(Hierarchy(controllers: [], mountPoint: point, enginePath: place.isEmpty ? "/" : place, isV2: true))
            } else if type[0] == "cgroup", type.count == 3 {
                let options = Set(type[2].split(separator: ",").map(String.init))
                let key = paths.keys.first { !$0.isEmpty && Set($0.split(separator: ",").map(String.init)).isSubset(of: options) }
                if let key, let path = paths[key] {
                    let controllers = key.split(separator: ",").map { $0.hasPrefix("name=") ? String($0.dropFirst(5)) : String($0) }
                    found.append(Hierarchy(controllers: controllers, mountPoint: point, enginePath: path, isV2: false))
                }
            }
        }
        return CgroupTree(hierarchies: found)
    }

    /// Removes the directories that hold an engine's containers' cgroups. One in which something is left stays.
    /// - Throws: `SystemCallFailure`.
    public func removeParents(named parent: String, _ recorder: Recorder) throws {
        for hierarchy in hierarchies {
            try recorder.perform(.rmdir(path: "\(hierarchy.directory)/\(parent)"), tolerating: [ENOENT, EBUSY, ENOTEMPTY])
        }
    }
}
