import Basics
import CArchive
import Glibc

/// What a container has changed, as `docker diff` tells it.
public struct LayerChange: Sendable, Hashable {
    public enum Kind: Int, Sendable {
        case modified = 0
        case added = 1
        case deleted = 2
    }

    /// From the container's root: `/etc/hosts`.
    public let path: String
    public let kind: Kind
}

/// Compares a container's own layer with those below it.
public struct LayerComparison {
    /// The folders of the layers below, the topmost first.
    private let lower: [OwnedFolder]

    private final class OwnedFolder {
        let raw: Int32
        init(_ path: String) throws {
            raw = open(path, dd_o_path | O_DIRECTORY | O_CLOEXEC)
            guard raw >= 0 else { throw systemError("can't open the layer \(path)") }
        }
        deinit { close(raw) }
    }

    /// - Parameter lower: The folders of the layers below, the topmost first.
    public init(lower: [String]) throws { self.lower = try lower.map(OwnedFolder.init) }

    /// What the layer in `upper` changes, sorted by path.
    ///
    /// As Docker does it: a folder counts as changed when something in it came or went, or when its own attributes did.
    public func changes(in upper: String) throws -> [LayerChange] {
        var found: [MemberPath: LayerChange.Kind] = [:]
        try TreeWalk.walk(upper) { entry in
            if entry.isWhiteout {
                guard self.status(of: entry.path) != nil else { return false }
                found[entry.path] = .deleted
                if !entry.path.parent.isRoot { found[entry.path.parent] = found[entry.path.parent] ?? .modified }
                return false
            }
            guard let below = self.status(of: entry.path) else {
                found[entry.path] = .added
                if !entry.path.parent.isRoot { found[entry.path.parent] = found[entry.path.parent] ?? .modified }
                return true
            }
            let isFolder = entry.kind == S_IFDIR && below.st_mode & S_IFMT == S_IFDIR
            if !isFolder || !isSame(entry.status, below) || entry.isOpaque { found[entry.path] = .modified }
            if !isFolder, !entry.path.parent.isRoot { found[entry.path.parent] = found[entry.path.parent] ?? .modified }
            return true
        }
        return found.sorted { $0.key.components.lexicographicallyPrecedes($1.key.components) { $0.lexicographicallyPrecedes($1) } }
            .map { LayerChange(path: "/" + $0.key.text, kind: $0.value) }
    }

    func isSame(_ left: stat, _ right: stat) -> Bool {
        left.st_mode == right.st_mode && left.st_uid == right.st_uid && left.st_gid == right.st_gid
            && left.st_mtim.tv_sec == right.st_mtim.tv_sec
    }

    /// What the layers below show under a path; nil for nothing.
    func status(of path: MemberPath) -> stat? {
        for layer in lower {
            switch look(path, in: layer.raw) {
            case .present(let status): return status
            case .hidden: return nil
            case .absent: continue
            }
        }
        return nil
    }

    /// The names that any of the layers below has in a folder, also such as one further up hides: `status(of:)` tells which those are.
    func names(in path: MemberPath) throws -> Set<[UInt8]> {
        var names: Set<[UInt8]> = []
        for layer in lower {
            let opened = dd_openat2(
                layer.raw, path.cString, UInt64(UInt32(bitPattern: O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)), 0,
                UInt64(RESOLVE_NO_SYMLINKS | RESOLVE_BENEATH))
            // Not there, or no folder there: nothing to name.
            guard opened >= 0 else { continue }
            let folder = OwnedDescriptor(adopting: Int32(opened))
            names.formUnion(try TreeWalk.names(in: folder.raw, path))
        }
        return names
    }

    private enum Finding {
        case present(stat)
        case absent
        /// This layer hides what those below it have.
        case hidden
    }

    private func look(_ path: MemberPath, in layer: Int32) -> Finding {
        var parts: [[UInt8]] = []
        for (index, part) in path.components.enumerated() {
            parts.append(part)
            let prefix = MemberPath(components: parts)
            guard let file = member(prefix, in: layer) else { return .absent }
            var status = stat()
            guard fstat(file.raw, &status) == 0 else { return .absent }
            if isWhiteout(status) { return .hidden }
            if index == path.components.count - 1 { return .present(status) }
            guard status.st_mode & S_IFMT == S_IFDIR else { return .hidden }
            var opaque = [UInt8](repeating: 0, count: 1)
            if lgetxattr("/proc/self/fd/\(file.raw)/.", "trusted.overlay.opaque", &opaque, 1) == 1, opaque[0] == UInt8(ascii: "y") {
                // What isn't here isn't further below either.
                return remaining(path, in: layer)
            }
        }
        return .absent
    }

    /// A path below an opaque folder: there in this layer, or nowhere.
    private func remaining(_ path: MemberPath, in layer: Int32) -> Finding {
        guard let file = member(path, in: layer) else { return .hidden }
        var status = stat()
        guard fstat(file.raw, &status) == 0, !isWhiteout(status) else { return .hidden }
        return .present(status)
    }

    /// Never through a symbolic link: what such a path names is not this layer's.
    private func member(_ path: MemberPath, in layer: Int32) -> OwnedDescriptor? {
        let opened = dd_openat2(
            layer, path.cString, UInt64(UInt32(bitPattern: dd_o_path | O_NOFOLLOW | O_CLOEXEC)), 0,
            UInt64(RESOLVE_NO_SYMLINKS | RESOLVE_BENEATH))
        return opened < 0 ? nil : OwnedDescriptor(adopting: Int32(opened))
    }

    private func isWhiteout(_ status: stat) -> Bool { status.st_mode & S_IFMT == S_IFCHR && status.st_rdev == 0 }
}
