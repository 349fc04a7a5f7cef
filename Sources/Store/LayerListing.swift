import Basics
import CArchive
import Glibc

/// What one layer does to those below it, as a tree: each thing that it adds, changes or deletes.
///
/// The marks are `docker diff`'s, with one thing more: what an opaque folder hides is told as deleted, name by name, since that is what
/// happens to it.
public struct LayerListing {
    /// How many things have which mark, in the whole layer.
    public private(set) var added = 0
    public private(set) var changed = 0
    public private(set) var deleted = 0
    private let root: LayerListingNode

    /// Reads a layer.
    /// - Parameters:
    ///   - folder: The layer's files.
    ///   - lower: The folders of the layers below, the topmost first.
    ///   - check: Called for each file; what it throws ends the reading.
    public init(of folder: String, on lower: [String], check: () throws -> Void = {}) throws {
        root = LayerListingNode(path: MemberPath(components: []))
        let comparison = try LayerComparison(lower: lower)
        // The nodes from the root down to where the walk is.
        var trail = [root]
        try TreeWalk.walk(folder) { entry in
            try check()
            trail.removeSubrange(entry.path.components.count...)
            let parent = trail[trail.count - 1]
            let node = LayerListingNode(path: entry.path)
            // What can have nothing below it needs no look into each layer below.
            let below = parent.isNew ? nil : comparison.status(of: entry.path)
            node.before = below.map(LayerFile.Look.init)
            if entry.isWhiteout {
                guard below != nil else { return false }
                node.mark = .deleted
                parent.add(node)
                return false
            }
            node.now = LayerFile.Look(entry.status)
            if entry.kind == S_IFLNK { node.target = String(decoding: try entry.target(), as: UTF8.self) }
            let isFolder = entry.kind == S_IFDIR
            let staysFolder = isFolder && node.before?.kind == .folder
            node.isNew = !staysFolder
            // The root's own marks don't count: nothing is below it that it could hide.
            node.isOpaque = staysFolder && entry.isOpaque
            node.hides = staysFolder && (node.isOpaque || parent.hides)
            if let below {
                if !staysFolder || !comparison.isSame(entry.status, below) || node.isOpaque { node.mark = .changed }
            } else {
                node.mark = .added
            }
            parent.add(node)
            guard isFolder else { return false }
            if node.hides { node.hidden = try Self.hidden(in: entry.path, comparison) }
            trail.append(node)
            return true
        }
        root.finish()
        count(root)
    }

    /// What the layers below have in a folder.
    private static func hidden(in path: MemberPath, _ comparison: LayerComparison) throws -> [LayerListingNode] {
        try comparison.names(in: path).compactMap { name in
            let node = LayerListingNode(path: MemberPath(components: path.components + [name]))
            guard let below = comparison.status(of: node.path) else { return nil }
            node.before = LayerFile.Look(below)
            node.mark = .deleted
            return node
        }
    }

    private mutating func count(_ node: LayerListingNode) {
        switch node.mark {
        case .added: added += 1
        case .changed: changed += 1
        case .deleted: deleted += 1
        case nil: break
        }
        for child in node.children { count(child) }
    }

    /// The lines, parents before what is in them.
    /// - Parameter limit: So many at most; folders are then left closed, with how much they hold. nil shows everything.
    public func lines(limit: Int? = nil) -> [LayerFile] {
        let open = opened(limit)
        var lines: [LayerFile] = []
        // More in the root alone than may be shown.
        guard open.contains(ObjectIdentifier(root)) else { return [root.line(isOpen: false)] }
        func add(_ node: LayerListingNode) {
            let isOpen = node.children.isEmpty || open.contains(ObjectIdentifier(node))
            lines.append(node.line(isOpen: isOpen))
            if isOpen { node.children.forEach(add) }
        }
        root.children.forEach(add)
        return lines
    }

    /// The folders whose contents are shown: those nearest to the root first, and new folders after those that were there before, in
    /// which every single change is of interest.
    private func opened(_ limit: Int?) -> Set<ObjectIdentifier> {
        var open: Set<ObjectIdentifier> = []
        var room = limit ?? Int.max
        var waiting = [root]
        var newOnes: [LayerListingNode] = []
        func openWhatFits(keepsNewOnes: Bool) {
            var next = 0
            while next < waiting.count {
                let folder = waiting[next]
                next += 1
                guard folder.children.count <= room else { continue }
                room -= folder.children.count
                open.insert(ObjectIdentifier(folder))
                for child in folder.children where !child.children.isEmpty {
                    if keepsNewOnes && child.mark == .added { newOnes.append(child) } else { waiting.append(child) }
                }
            }
        }
        openWhatFits(keepsNewOnes: true)
        waiting = newOnes
        openWhatFits(keepsNewOnes: false)
        return open
    }
}

/// Something in a layer that is being read.
private final class LayerListingNode {
    let path: MemberPath
    var mark: LayerFile.Mark?
    var now: LayerFile.Look?
    var before: LayerFile.Look?
    var target: String?
    var isOpaque = false
    /// Nothing of the layers below is in this folder.
    var isNew = false
    /// All that the layers below have in this folder is hidden: it is opaque, or one above it is.
    var hides = false
    var hidden: [LayerListingNode] = []
    private(set) var children: [LayerListingNode] = []

    init(path: MemberPath) { self.path = path }

    /// As Docker tells it, a folder in which something came, went or was replaced has changed itself.
    func add(_ child: LayerListingNode) {
        children.append(child)
        let isReplaced = child.mark != nil && !(child.now?.kind == .folder && child.before?.kind == .folder)
        if isReplaced, mark == nil, !path.isRoot { mark = .changed }
    }

    /// Takes in what is hidden, and out what leads to no mark.
    func finish() {
        for child in children { child.finish() }
        if !hidden.isEmpty {
            let present = Set(children.map(\.path.name))
            let gone = hidden.filter { !present.contains($0.path.name) }
            for entry in gone { add(entry) }
            children.sort { $0.path.name.lexicographicallyPrecedes($1.path.name) }
            hidden = []
        }
        children.removeAll { $0.mark == nil && $0.children.isEmpty }
    }

    /// How much is marked below this.
    var contents: LayerFile.Contents {
        children.reduce(into: LayerFile.Contents()) { sum, child in
            let inner = child.contents
            sum.count += inner.count + (child.mark == nil ? 0 : 1)
            sum.size += inner.size + (child.now?.size ?? 0)
        }
    }

    func line(isOpen: Bool) -> LayerFile {
        LayerFile(
            path: "/" + path.text, depth: max(0, path.components.count - 1), mark: mark, now: now, before: before, target: target,
            isOpaque: isOpaque, contents: isOpen ? nil : contents)
    }
}
