import Basics
import Dockerfile
import Glibc
import Hashing
import OCI
import Store
import Synchronization

/// Contexts whose files stay after a build, so that the next build of the same folder needs only what has changed.
///
/// They are a cache and nothing else: a build that finds none has everything sent. One build at a time uses one; a second has a copy of
/// its own sent.
final class KeptContexts: Sendable {
    /// How many are kept: the one that was used longest ago goes first.
    private static let most = 8

    private let folder: String
    private let busy = Mutex<Set<String>>([])

    /// - Parameter folder: made when the first one is kept.
    init(folder: String) { self.folder = folder }

    private func path(_ name: String) -> String { "\(folder)/\(Digest.sha256(of: Array(name.utf8)).hex)" }

    /// What is kept of a context.
    /// - Parameter name: what its client calls it: any text.
    /// - Returns: an empty list where nothing is; nil while a build uses it.
    func manifest(_ name: String) -> ContextManifest? {
        let path = path(name)
        return busy.withLock { $0.contains(path) } ? nil : Self.read(path) ?? ContextManifest()
    }

    /// Takes a kept context for a build.
    /// - Throws: `DrydockError.conflict` when it isn't what the client has compared with.
    func take(_ name: String, generation: String) throws -> KeptContext {
        let path = path(name)
        guard busy.withLock({ $0.insert(path).inserted }) else { throw Self.isAnother }
        do {
            let old = Self.read(path) ?? ContextManifest()
            guard old.generation == generation else { throw Self.isAnother }
            if generation.isEmpty { try FileTree.remove(path) }
            return try KeptContext(tree: KeptTree(path), old: old)
        } catch {
            release(path)
            throw error
        }
    }

    static let isAnother = DrydockError(.conflict, "the kept context isn't what it was; send all of it")

    /// Ends a build's use: what can't be trusted goes, and what there is too much of.
    func end(_ name: String, _ context: KeptContext) {
        let path = path(name)
        do { try context.save() } catch { try? FileTree.remove(path) }
        release(path)
        prune()
    }

    private func release(_ path: String) { busy.withLock { _ = $0.remove(path) } }

    private static func read(_ path: String) -> ContextManifest? {
        guard let bytes = KeptTree.list(path, limit: ContextManifest.longest), let manifest = try? ContextManifest(parsing: bytes),
            manifest.generation.hasPrefix(boot)
        else { return nil }
        return manifest
    }

    /// The files are not synced: what was kept before the machine's last start may have been lost with it.
    fileprivate static let boot: String = {
        let bytes = (try? readFile("/proc/sys/kernel/random/boot_id", limit: 64)) ?? []
        return String(decoding: bytes.prefix { $0 != 10 }, as: UTF8.self) + "."
    }()

    private func prune() {
        let kept = KeptTree.all(in: folder)
        for (place, (path, isWhole)) in kept.enumerated() where !isWhole || place >= Self.most {
            // Held while it is removed, so that no build begins with it.
            guard busy.withLock({ $0.insert(path).inserted }) else { continue }
            try? FileTree.remove(path)
            release(path)
        }
    }
}

/// A kept context in the hands of a build.
final class KeptContext {
    private let tree: KeptTree
    private let old: ContextManifest
    private var new: ContextManifest?
    private var sums = KnownSums([:])

    init(tree: KeptTree, old: ContextManifest) {
        self.tree = tree
        self.old = old
    }

    /// What came of bringing it up to date.
    struct Update {
        let tree: SourceTree
        /// Files and folders: brought, removed, and all that there are now.
        let (brought, removed, all): (Int, Int, Int)
        let size: Int64
    }

    /// Removes what is no more, and unpacks what is new.
    /// - Parameters:
    ///   - manifest: the context as it is now.
    ///   - archive: a tar of what has changed.
    /// - Throws: `DrydockError`; then the kept files are no longer trusted.
    func update(
        to manifest: ContextManifest, from archive: @escaping ArchiveBytes, lease: StoreLease, progress: @escaping (Int64) throws -> Void
    ) throws -> Update {
        guard manifest.size <= ContextManifest.mostKept else {
            throw DrydockError(.invalid, "a context of more than \(ContextManifest.mostKept) bytes isn't kept; send all of it")
        }
        let difference = manifest.difference(from: old)
        try tree.forgetList()
        for entry in difference.removed { try tree.remove(entry.path, isFolder: entry.isFolder) }
        // A folder of which only the time is set anew is still the same to the cache; whatever else is brought is read again.
        let before = Dictionary(old.entries.map { ($0.path, $0) }) { first, _ in first }
        let same = manifest.entries.filter { entry in before[entry.path].map { entry.isSame(as: $0) } ?? false }
        sums = KnownSums(Dictionary(same.compactMap { entry in old.sums[entry.path].map { (entry.path, $0) } }) { first, _ in first })
        let changed = Set(difference.brought.map { manifest.entries[$0].path })
        var manifest = manifest
        let context = try lease.unpackContext(from: archive, into: tree, sums: sums, progress: progress)
        // The client may have been unable to read what it had announced.
        manifest.entries.removeAll { changed.contains($0.path) && tree.kind($0.path) != $0.mode & UInt32(S_IFMT) }
        manifest.generation = KeptContexts.boot + String(UInt64.random(in: 0...UInt64.max), radix: 16)
        new = manifest
        return Update(
            tree: context.tree, brought: context.members, removed: difference.removed.count, all: manifest.entries.count,
            size: context.size)
    }

    /// Takes note that a build has removed one of the files.
    func forget(_ path: String) { new?.entries.removeAll { $0.path == Array(path.utf8) } }

    /// - Throws: also when there is nothing to be trusted.
    func save() throws {
        guard var new else { throw KeptContexts.isAnother }
        new.sums = sums.all.sums
        try tree.setList(new.bytes)
    }
}
