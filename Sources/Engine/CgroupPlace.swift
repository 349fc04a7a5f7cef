import Basics
import Glibc
import Runtime

/// Where the cgroups of a state root's containers are: below the engine that made them, which may not be the one that serves now.
struct CgroupPlace {
    private let file: String
    private let parent: String

    init(_ paths: EnginePaths) {
        file = "\(paths.runtime)/cgroups"
        parent = paths.cgroupParent
    }

    /// The tree to use, which is also written down for the next engine.
    /// - Throws: `DrydockError` when no hierarchy is mounted, or it can't be written down.
    func tree() throws -> CgroupTree {
        let tree = try CgroupTree.current().staying(at: earlier(), parent: parent)
        let text = tree.hierarchies.map { "\($0.mountPoint)\t\($0.enginePath)\n" }.joined()
        do { try replaceUnsynced(file, Array(text.utf8)) } catch { throw DrydockError(.failed, "can't write \(file)", errno: error) }
        return tree
    }

    /// By mount point. After the machine's restart the directories aren't there, and so the places of no account.
    private func earlier() -> [String: String] {
        let text = String(decoding: (try? readFile(file, limit: 64 << 10)) ?? [], as: UTF8.self)
        let pairs = text.split(separator: "\n").compactMap { line -> (String, String)? in
            let parts = line.split(separator: "\t")
            return parts.count == 2 ? (String(parts[0]), String(parts[1])) : nil
        }
        return Dictionary(pairs) { first, _ in first }
    }
}
