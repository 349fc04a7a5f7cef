import Basics
import CArchive
import Glibc
import Synchronization

/// What the build cache knows of a context's entries from earlier builds, so that only what has changed is read and hashed again.
public final class KnownSums: Sendable {
    private struct State {
        var sums: [[UInt8]: String]
        var hasNews = false
    }

    private let state: Mutex<State>

    /// - Parameter sums: by path.
    public init(_ sums: [[UInt8]: String]) { state = Mutex(State(sums: sums)) }

    /// All of them, and whether there are more than at first.
    public var all: (sums: [[UInt8]: String], hasNews: Bool) { state.withLock { ($0.sums, $0.hasNews) } }

    func sum(_ path: MemberPath) -> String? { state.withLock { $0.sums[Self.key(path)] } }

    func note(_ sum: String, _ path: MemberPath) {
        state.withLock {
            $0.sums[Self.key(path)] = sum
            $0.hasNews = true
        }
    }

    private static func key(_ path: MemberPath) -> [UInt8] { Array(path.components.joined(separator: [0x2f])) }
}

/// A context's files that stay after a build, for the next one of the same folder, and the list of them.
public struct KeptTree {
    /// Where the files are.
    public var folder: String { "\(path)/files" }
    private let path: String
    private let root: RootFolder
    private var listFile: String { "\(path)/list" }

    /// - Parameter path: a folder for the files and the list; made if it is missing.
    /// - Throws: `DrydockError`.
    public init(_ path: String) throws {
        self.path = path
        if access("\(path)/files", F_OK) != 0 { try Files.makeFolders("\(path)/files", mode: 0o755) }
        root = try RootFolder("\(path)/files")
    }

    /// The list as it was kept; nil without one: then nobody knows what the files are.
    public static func list(_ path: String, limit: Int) -> [UInt8]? { try? Files.read("\(path)/list", limit: limit) }

    /// The trees of a folder, the one that was used last first, and whether they have a list.
    public static func all(in folder: String) -> [(path: String, isWhole: Bool)] {
        ((try? Files.names(in: folder)) ?? []).map { name in
            var status = stat()
            let isWhole = lstat("\(folder)/\(name)/list", &status) == 0
            return (path: "\(folder)/\(name)", isWhole: isWhole, used: (status.st_mtim.tv_sec, status.st_mtim.tv_nsec))
        }.sorted { $0.used > $1.used }.map { ($0.path, $0.isWhole) }
    }

    /// Keeps a list, whole or not at all. It isn't synced, nor are the files: it is for this run of the machine.
    /// - Throws: `DrydockError`.
    public func setList(_ bytes: [UInt8]) throws {
        do { try replaceUnsynced(listFile, bytes) } catch { throw DrydockError(.failed, "can't write \(listFile)", errno: error) }
    }

    /// Before the files are changed: should that be broken off, nobody trusts them.
    public func forgetList() throws {
        guard unlink(listFile) == 0 || errno == ENOENT else { throw systemError("can't remove \(listFile)") }
    }

    /// Removes a file, a link or an empty folder. Nothing beyond the tree can be reached, whatever is in it.
    /// - Throws: `DrydockError` also for a folder that isn't empty.
    public func remove(_ path: [UInt8], isFolder: Bool) throws {
        guard let member = MemberPath(bytes: path), !member.isRoot else { return }
        do throws(Errno) {
            let parent = try open(member.parent, dd_o_path | O_DIRECTORY)
            defer { close(parent) }
            guard unlinkat(parent, member.nameCString, isFolder ? AT_REMOVEDIR : 0) == 0 || errno == ENOENT else { throw Errno.current }
        } catch {
            throw DrydockError(.failed, "can't remove \(shown(member.text)) from the kept context", errno: error)
        }
    }

    /// The kind of what is there: the type bits of `st_mode`; nil for nothing.
    public func kind(_ path: [UInt8]) -> UInt32? {
        guard let member = MemberPath(bytes: path) else { return nil }
        guard let place = try? open(member, dd_o_path | O_NOFOLLOW) else { return nil }
        defer { close(place) }
        var status = stat()
        return fstat(place, &status) == 0 ? status.st_mode & S_IFMT : nil
    }

    /// Names need not be text, so that `RootFolder`'s own won't do.
    private func open(_ path: MemberPath, _ flags: Int32) throws(Errno) -> Int32 {
        while true {
            let result = dd_openat2(root.raw, path.cString, UInt64(UInt32(bitPattern: flags | O_CLOEXEC)), 0, dd_resolve_in_root)
            if result >= 0 { return Int32(result) }
            guard errno == EAGAIN || errno == EINTR else { throw Errno.current }
        }
    }
}

extension StoreLease {
    /// Unpacks a context's archive into a folder that has files of it already; the folder stays when the lease ends.
    /// - Parameters:
    ///   - sums: what is known of the files that are there.
    ///   - progress: Called with the bytes read.
    /// - Throws: `DrydockError`; the folder may then hold anything.
    public func unpackContext(
        from archive: @escaping ArchiveBytes, into tree: KeptTree, sums: KnownSums, progress: @escaping (Int64) throws -> Void
    ) throws -> (tree: SourceTree, members: Int, size: Int64) {
        let result = try unpackContext(from: archive, into: tree.folder, progress: progress)
        guard result.headers.hardLinks.isEmpty else { throw DrydockError(.invalid, "a kept context can't have hard links") }
        return (try SourceTree(tree.folder, headers: result.headers, sums: sums), result.members, result.size)
    }
}
