import Basics
import CDrydock
import Dockerfile
import EngineClient
import Glibc

/// A context of which drydock's engine has the files of the last build: only what has changed since is sent.
///
/// What has changed is told by size, times, device and inode, as the kernel has them: `ctime` follows every change, whoever sets `mtime` back.
/// An entry that changed in the very moment in which it was looked at may change again unseen, and counts as changed the next time.
struct KeptContext {
    /// Below this an answer more costs what it saves.
    private static let fewest = (entries: 128, bytes: Int64(1 << 20))

    private let folder: ContextFolder
    private let complain: (String) -> Void
    /// For the engine: the same for each build of this folder, by this user, in this view of the file system.
    let name: String

    /// - Parameters:
    ///   - found: what the folder holds.
    ///   - complain: told what can't be sent.
    /// - Returns: nil where it is better sent whole.
    init?(_ folder: ContextFolder, _ found: ContextCheck.Result, complain: @escaping (String) -> Void) {
        guard found.isPlain, found.entries >= Self.fewest.entries || found.size >= Self.fewest.bytes,
            found.entries <= ContextManifest.mostEntries, found.size <= ContextManifest.mostKept,
            let view = try? HostPath.target(ofLink: Array("/proc/self/ns/mnt".utf8))
        else { return nil }
        self.folder = folder
        self.complain = complain
        name = "\(geteuid()) \(HostPath.text(view)) \(HostPath.text(folder.path))"
    }

    /// Asks the engine what it has, and compares.
    /// - Returns: what to send, piece by piece; nil when the engine keeps nothing: it is another's, or busy with this folder.
    func changes(_ client: EngineClient) -> (() throws -> [UInt8]?)? {
        guard let answer = try? client.request("GET", "/drydock/contexts", query: [("name", name)]), answer.status == 200,
            let old = try? ContextManifest(parsing: answer.body)
        else { return nil }
        // The clock that the kernel stamps files with. Two seconds more for file systems of other machines.
        var now = timespec()
        clock_gettime(CLOCK_REALTIME_COARSE, &now)
        let settled = Self.nanoseconds(now) - (isLocal ? 0 : 2_000_000_000)
        var steps: [ContextWalk.Step] = []
        var places: [Int] = []
        var new = ContextManifest(generation: old.generation)
        var walk = ContextWalk(folder)
        while let step = walk.next() {
            if case .entry(let entry) = step {
                guard entry.leftOutBy == nil else { continue }
                places.append(steps.count)
                new.entries.append(Self.entry(entry, settledBefore: settled))
            }
            steps.append(step)
        }
        // It has changed since it was looked through, to something that is better sent whole.
        guard (try? ContextManifest(parsing: new.bytes)) != nil else { return nil }
        let wanted = Set(new.difference(from: old).brought.map { places[$0] })
        let announced = Set(places)
        var rest = steps.indices.filter { wanted.contains($0) || !announced.contains($0) }.map { steps[$0] }[...]
        let archive = ContextArchive(root: folder.path, next: { rest.popFirst() }, complain: complain)
        let list = new.bytes
        let digits = String(list.count, radix: 16)
        var head: [UInt8]? = Array((String(repeating: "0", count: 16 - digits.utf8.count) + digits).utf8) + list
        return {
            defer { head = nil }
            return try head ?? archive.next()
        }
    }

    private static func entry(_ entry: ContextEntry, settledBefore settled: Int64) -> ContextManifest.Entry {
        let status = entry.status
        let (modified, changed) = (nanoseconds(status.st_mtim), nanoseconds(status.st_ctim))
        return ContextManifest.Entry(
            path: entry.path, mode: status.st_mode, size: entry.kind == S_IFREG ? Int64(status.st_size) : 0, modified: modified,
            changed: changed, device: UInt64(status.st_dev), inode: changed < settled ? UInt64(status.st_ino) : 0)
    }

    private static func nanoseconds(_ time: timespec) -> Int64 { Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec) }

    /// Whether the files' times come from this kernel's clock.
    private var isLocal: Bool {
        var facts = statfs()
        guard HostPath.withCString(folder.path, { statfs($0, &facts) }) == 0 else { return false }
        // ext2 to 4, XFS, btrfs, tmpfs, overlayfs. Source: statfs(2).
        return [0xEF53, 0x5846_5342, 0x9123_683E, 0x0102_1994, 0x794C_7630].contains(Int(facts.f_type))
    }
}
