/// Paths as text, by Go's rules (path/filepath), on which Docker's rules for copying stand.
///
/// Nothing is looked up here: where a path leads is for the kernel to say.
public enum GoPath {
    /// The shortest equal path: without `.`, doubled slashes, a slash at the end, or a `..` that has something to take away.
    public static func clean(_ path: String) -> String {
        let isRooted = path.utf8.first == slash
        var parts: [Substring] = []
        for part in path.split(separator: "/") where part != "." {
            if part != ".." {
                parts.append(part)
            } else if let last = parts.last, last != ".." {
                parts.removeLast()
            } else if !isRooted {
                parts.append(part)
            }
        }
        let joined = parts.joined(separator: "/")
        return isRooted ? "/" + joined : joined.isEmpty ? "." : joined
    }

    /// The last part, slashes at the end aside: `.` of nothing, `/` of the root.
    public static func base(_ path: String) -> String {
        if path.isEmpty { return "." }
        return path.split(separator: "/").last.map(String.init) ?? "/"
    }

    /// What stands up to the last slash, that slash included, and the rest.
    public static func split(_ path: String) -> (folder: String, name: String) {
        guard let last = path.utf8.lastIndex(of: slash) else { return ("", path) }
        return (String(path[...last]), String(path[path.utf8.index(after: last)...]))
    }

    /// Everything but the last part, cleaned.
    public static func folder(_ path: String) -> String { clean(split(path).folder) }

    /// Parts put together and cleaned; empty ones are none.
    public static func join(_ parts: String...) -> String {
        let all = parts.filter { !$0.isEmpty }
        return all.isEmpty ? "" : clean(all.joined(separator: "/"))
    }

    // MARK: What Docker adds. Source: moby, pkg/archive/copy.go, 20.10.

    /// Whether a path ends in a slash.
    public static func endsInSlash(_ path: String) -> Bool { path.utf8.last == slash }

    /// Whether a path ends in `/.`: what is in a folder, and not the folder.
    public static func meansContent(_ path: String) -> Bool { base(path) == "." }

    /// Whether a path can only be a folder's.
    public static func assertsFolder(_ path: String) -> Bool { endsInSlash(path) || meansContent(path) }

    /// A cleaned path with the `/` or `/.` at the end that cleaning took.
    public static func keepingEnd(of original: String, on cleaned: String) -> String {
        var path = cleaned
        if !meansContent(path), meansContent(original) { path += endsInSlash(path) ? "." : "/." }
        if !endsInSlash(path), endsInSlash(original) { path += "/" }
        return path
    }

    /// The folder that holds a path's entry, and the entry's name; `.` for what is in a folder.
    public static func entry(_ path: String) -> (folder: String, name: String) {
        let cleaned = clean(path)
        // Go's Dir and Base of `cleaned/.`.
        if meansContent(path) { return (cleaned, ".") }
        return (folder(cleaned), base(cleaned))
    }

    private static let slash = UInt8(ascii: "/")
}
