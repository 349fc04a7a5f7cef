import Basics

/// An argument of `docker cp`: a path here, or one in a container.
struct CopyArgument {
    let container: String?
    let path: String

    /// An absolute path, and one that begins with a dot, are never taken for a container's.
    init(_ text: String) {
        let colon = text.firstIndex(of: ":")
        guard !text.hasPrefix("/"), !text.hasPrefix("."), let colon else {
            (container, path) = (nil, text)
            return
        }
        let name = String(text[..<colon])
        // Without a name before the colon the rest is a path of this machine.
        container = name.isEmpty ? nil : name
        path = String(text[text.index(after: colon)...])
    }
}

/// One end of a copy.
struct CopyInfo {
    var path: String
    var exists = false
    var isFolder = false
    /// The name that was asked for, where a link led to another.
    var rebased = ""
}

/// What becomes of a copy, depending on what there is at both ends. Source: moby, pkg/archive/copy.go, 20.10.
enum CopyRules {
    struct Plan {
        /// Where the archive is unpacked.
        var folder: String
        /// In each member's name the first place of `old` becomes `new`.
        var renaming: (old: String, new: String)?
    }

    /// - Throws: `CommandFailure` in Docker's words.
    static func plan(_ source: CopyInfo, to destination: CopyInfo) throws(CommandFailure) -> Plan {
        if destination.exists, destination.isFolder { return Plan(folder: destination.path) }
        if destination.exists, source.isFolder { throw CommandFailure("cannot copy directory") }
        if !destination.exists, !source.isFolder, GoPath.assertsFolder(destination.path) { throw CommandFailure("no such directory") }
        let (folder, name) = GoPath.entry(destination.path)
        let old = source.rebased.isEmpty ? GoPath.entry(source.path).name : source.rebased
        return Plan(folder: folder, renaming: (old, name))
    }

    /// Gives a resolved path the end (`/`, `/.`) of the one that was asked for.
    /// - Returns: The path, and the name that was asked for when the path ends in another now; empty otherwise.
    static func rebase(_ path: String, resolved: String) -> (path: String, rebased: String) {
        var resolved = resolved
        if GoPath.meansContent(path), !GoPath.meansContent(resolved) { resolved += "/." }
        if GoPath.endsInSlash(path), !GoPath.endsInSlash(resolved) { resolved += "/" }
        return (resolved, GoPath.base(path) == GoPath.base(resolved) ? "" : GoPath.base(path))
    }
}
