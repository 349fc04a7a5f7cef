import Basics
import CDrydock
import Glibc
import Runtime

/// Finds a container's user in the passwd and group files of its own layers, before it is started.
struct UserLookup {
    /// The container's layers as directories, the uppermost (its own) first.
    let layers: [String]

    /// - Parameter user: `name`, `uid`, `name:group`, `uid:gid`, or empty for root.
    /// - Throws: `DrydockError` in Docker's words.
    func resolve(_ user: String, additionalGroups: [String]) throws -> ContainerSpec.User {
        let parts = user.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let wanted = parts.first ?? ""
        let accounts = lines("etc/passwd", fields: 7)
        let groups = lines("etc/group", fields: 4)
        var uid: UInt32 = 0
        var gid: UInt32 = 0
        var home = "/"
        let account = accounts.first { wanted.isEmpty ? $0[2] == "0" : $0[0] == wanted || $0[2] == wanted }
        if let account, let number = UInt32(account[2]), let group = UInt32(account[3]) {
            uid = number
            gid = group
            home = account[5].isEmpty ? "/" : account[5]
        } else if let number = UInt32(wanted), number <= UInt32(Int32.max) {
            uid = number
        } else if !wanted.isEmpty {
            if Int64(wanted) != nil { throw DrydockError(.failed, "uids and gids must be in range 0-2147483647") }
            throw DrydockError(.failed, "unable to find user \(wanted): no matching entries in passwd file")
        }
        if parts.count == 2, !parts[1].isEmpty { gid = try group(parts[1], groups) }
        var supplementary: [UInt32] = []
        if parts.count < 2, let name = account?[0] {
            supplementary = groups.filter { $0[3].split(separator: ",").contains(Substring(name)) }.compactMap { UInt32($0[2]) }
        }
        for name in additionalGroups { supplementary.append(try group(name, groups)) }
        return ContainerSpec.User(uid: uid, gid: gid, groups: [gid] + supplementary.filter { $0 != gid }, home: home)
    }

    private func group(_ wanted: String, _ groups: [[String]]) throws -> UInt32 {
        if let found = groups.first(where: { $0[0] == wanted || $0[2] == wanted }), let gid = UInt32(found[2]) { return gid }
        if let number = UInt32(wanted), number <= UInt32(Int32.max) { return number }
        throw DrydockError(.failed, "unable to find group \(wanted): no matching entries in group file")
    }

    private func lines(_ path: String, fields: Int) -> [[String]] { accountLines(content(path) ?? [], fields: fields) }

    /// True when a layer without the file hides what lower layers have of it: its folder was deleted and made anew, or is no folder.
    private func hides(_ layer: Int32, _ path: String) -> Bool {
        let folder = String(path.prefix { $0 != "/" })
        let fd = dd_openat(layer, folder, dd_o_path | O_NOFOLLOW | O_CLOEXEC, 0)
        guard fd >= 0 else { return false }
        defer { close(fd) }
        var what = stat()
        guard fstat(fd, &what) == 0, what.st_mode & S_IFMT == S_IFDIR else { return what.st_mode & S_IFMT != S_IFLNK }
        var mark: UInt8 = 0
        return lgetxattr("/proc/self/fd/\(fd)/.", "trusted.overlay.opaque", &mark, 1) == 1 && mark == UInt8(ascii: "y")
    }

    /// The uppermost layer's version of a file. The layer's own symbolic links stay beneath its root: the kernel sees to it.
    private func content(_ path: String) -> [UInt8]? {
        for layer in layers {
            let root = dd_open(layer, dd_o_path | O_DIRECTORY | O_CLOEXEC, 0)
            guard root >= 0 else { continue }
            defer { close(root) }
            let file = dd_open_beneath(root, path)
            if file < 0 {
                // No file: a whiteout, a character device 0/0 (the file was deleted in this layer), or what is never opened.
                if errno == EINVAL || hides(root, path) { return nil }
                continue
            }
            defer { close(file) }
            var what = stat()
            guard fstat(file, &what) == 0 else { continue }
            guard what.st_mode & S_IFMT == S_IFREG, what.st_size <= 1 << 20 else { return nil }
            var buffer = [UInt8](repeating: 0, count: Int(what.st_size))
            let count = pread(file, &buffer, buffer.count, 0)
            return count >= 0 ? Array(buffer[0..<count]) : nil
        }
        return nil
    }
}
