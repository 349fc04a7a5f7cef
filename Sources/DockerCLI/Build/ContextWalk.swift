import Basics
import Dockerfile
import Glibc

/// Something in a context's folder.
struct ContextEntry {
    /// Relative to the folder.
    let path: [UInt8]
    let status: stat
    /// The rule that leaves it out; nil if it is sent.
    let leftOutBy: IgnorePatterns.Rule?
    /// It stands in a folder that is left out itself, but holds exceptions.
    let isInLeftOutFolder: Bool
    /// Nothing in it is looked at either: the folder is left out, and no exception names anything in it.
    let isClosed: Bool

    var kind: mode_t { status.st_mode & S_IFMT }
    var isFolder: Bool { kind == S_IFDIR }
}

/// Walks a context's folder in Docker's order: names sorted by their bytes, a folder before what is in it. One entry at a time, so that
/// an archive can be written while it is walked.
struct ContextWalk {
    enum Step {
        case entry(ContextEntry)
        /// Something could not be looked at: its absolute path, and why.
        case failure(path: [UInt8], Errno, isInLeftOutFolder: Bool)
    }

    private struct Level {
        let path: [UInt8]
        var names: ArraySlice<[UInt8]>
        let isLeftOut: Bool
    }

    private let root: [UInt8]
    private let patterns: IgnorePatterns
    private var levels: [Level] = []
    /// A folder whose names are read when the next entry is asked for.
    private var pending: (path: [UInt8], isLeftOut: Bool)?

    init(_ folder: ContextFolder) { self.init(root: folder.path, patterns: folder.patterns) }

    init(root: [UInt8], patterns: IgnorePatterns) {
        self.root = root
        self.patterns = patterns
        pending = ([], false)
    }

    /// - Returns: nil after the last one.
    mutating func next() -> Step? {
        if let folder = pending {
            pending = nil
            let path = HostPath.join(root, folder.path)
            do throws(Errno) {
                levels.append(Level(path: folder.path, names: try HostPath.names(in: path)[...], isLeftOut: folder.isLeftOut))
            } catch { return .failure(path: path, error, isInLeftOutFolder: folder.isLeftOut) }
        }
        while let level = levels.last {
            guard let name = levels[levels.count - 1].names.popFirst() else {
                levels.removeLast()
                continue
            }
            return look(at: HostPath.join(level.path, name), isInLeftOutFolder: level.isLeftOut)
        }
        return nil
    }

    private mutating func look(at path: [UInt8], isInLeftOutFolder: Bool) -> Step {
        let status: stat
        do throws(Errno) { status = try HostPath.status(HostPath.join(root, path)) } catch {
            return .failure(path: HostPath.join(root, path), error, isInLeftOutFolder: isInLeftOutFolder)
        }
        let rule = patterns.rule(leavingOut: path)
        var isClosed = false
        if status.st_mode & S_IFMT == S_IFDIR {
            isClosed = rule != nil && !patterns.mayHoldExceptions(path)
            if !isClosed { pending = (path, isInLeftOutFolder || rule != nil) }
        }
        return .entry(
            ContextEntry(path: path, status: status, leftOutBy: rule, isInLeftOutFolder: isInLeftOutFolder, isClosed: isClosed))
    }
}
