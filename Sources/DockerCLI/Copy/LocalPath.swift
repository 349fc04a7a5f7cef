import Basics
import ClientArchive
import Glibc

/// Paths of this machine as `docker cp` reads them, with Go's sentences for what is wrong with them.
enum LocalPath {
    /// The path from the root; `/` or `/.` at its end stay.
    static func absolute(_ path: String) -> String {
        let folder = path.hasPrefix("/") ? "" : workingDirectory
        return GoPath.keepingEnd(of: path, on: GoPath.clean(folder + "/" + path))
    }

    private static var workingDirectory: String {
        guard let name = getcwd(nil, 0) else { return "" }
        defer { free(name) }
        return String(cString: name)
    }

    /// Whether something may be written there. Source: docker/cli, command/utils.go: ValidateOutputPath.
    static func checkOutput(_ path: String) throws(CommandFailure) {
        let folder = GoPath.folder(GoPath.clean(path))
        if folder != ".", access(folder, F_OK) != 0, errno == ENOENT {
            throw CommandFailure("invalid output path: directory \"\(folder)\" does not exist")
        }
        var status = stat()
        guard stat(path, &status) == 0 else {
            if errno == ENOENT { return }
            throw CommandFailure("stat \(path): \(Errno.current.text)")
        }
        if let problem = GoFileMode(status.st_mode).outputProblem {
            throw CommandFailure("invalid output path: \"\(path)\" must be a directory or a regular file: \(problem)")
        }
    }

    /// What is copied: links are followed in its folder, and in its last part with `-L` or a slash after it.
    /// Source: moby, pkg/archive/copy.go: CopyInfoSourcePath.
    static func source(_ path: String, followsLink: Bool) throws(CommandFailure) -> CopyInfo {
        var info = CopyInfo(path: path, exists: true)
        if followsLink {
            (info.path, info.rebased) = CopyRules.rebase(path, resolved: try withoutLinks(path))
        } else {
            let (folder, name) = GoPath.split(path)
            info.path = try withoutLinks(folder) + "/" + name
            if GoPath.endsInSlash(path), GoPath.base(path) != GoPath.base(info.path) { info.rebased = GoPath.base(path) }
        }
        info.isFolder = try look(info.path).st_mode & S_IFMT == S_IFDIR
        return info
    }

    /// Where the copy goes: unlike a source, a link is followed to its end, which need not exist.
    /// Source: moby, pkg/archive/copy.go: CopyInfoDestinationPath.
    static func destination(_ path: String) throws(CommandFailure) -> CopyInfo {
        var info = CopyInfo(path: path)
        var status = stat()
        var followed = 0
        while true {
            guard lstat(info.path, &status) == 0 else {
                guard errno == ENOENT else { throw CommandFailure("lstat \(info.path): \(Errno.current.text)") }
                return try missing(info)
            }
            guard status.st_mode & S_IFMT == S_IFLNK else { break }
            guard followed <= 10 else { throw CommandFailure("too many symlinks in \(path)") }
            followed += 1
            let target = try linkTarget(info.path)
            info.path = target.hasPrefix("/") ? target : GoPath.join(GoPath.entry(info.path).folder, target)
        }
        (info.exists, info.isFolder) = (true, status.st_mode & S_IFMT == S_IFDIR)
        return info
    }

    /// What does not exist can be made where its folder does.
    private static func missing(_ info: CopyInfo) throws(CommandFailure) -> CopyInfo {
        let folder = GoPath.entry(info.path).folder
        var status = stat()
        guard stat(folder, &status) == 0 else { throw CommandFailure("stat \(folder): \(Errno.current.text)") }
        guard status.st_mode & S_IFMT == S_IFDIR else { throw CommandFailure("not a directory") }
        return info
    }

    private static func look(_ path: String) throws(CommandFailure) -> stat {
        var status = stat()
        guard lstat(path, &status) == 0 else { throw CommandFailure("lstat \(path): \(Errno.current.text)") }
        return status
    }

    private static func linkTarget(_ path: String) throws(CommandFailure) -> String {
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = readlink(path, &buffer, buffer.count)
        guard count >= 0 else { throw CommandFailure("readlink \(path): \(Errno.current.text)") }
        return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// An absolute path with no link in it. Source: Go, path/filepath: EvalSymlinks.
    private static func withoutLinks(_ path: String) throws(CommandFailure) -> String {
        var rest = path
        var resolved = ""
        var followed = 0
        while let start = rest.firstIndex(where: { $0 != "/" }) {
            let part = rest[start...].prefix { $0 != "/" }
            let after = String(rest[part.endIndex...])
            if part == "." {
                rest = after
                continue
            }
            if part == ".." {
                resolved = resolved.isEmpty ? "" : String(GoPath.split(resolved).folder.dropLast())
                rest = after
                continue
            }
            let place = "\(resolved)/\(part)"
            let kind = try look(place).st_mode & S_IFMT
            if kind == S_IFLNK {
                followed += 1
                guard followed <= 255 else { throw CommandFailure("EvalSymlinks: too many links") }
                let target = try linkTarget(place)
                if target.hasPrefix("/") { resolved = "" }
                rest = target + after
                continue
            }
            if kind != S_IFDIR, !after.isEmpty { throw CommandFailure("not a directory") }
            (resolved, rest) = (place, after)
        }
        return resolved.isEmpty ? "/" : resolved
    }
}
