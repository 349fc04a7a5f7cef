import Basics
import CArchive
import Glibc

/// Names of files' owners. Docker's sums of an image's files have those of the host, its archives of a container's files those that the
/// container's own files give.
final class OwnerNames {
    private let findUser: (uid_t) -> [UInt8]
    private let findGroup: (gid_t) -> [UInt8]
    private var users: [uid_t: [UInt8]] = [:]
    private var groups: [gid_t: [UInt8]] = [:]

    /// The host's.
    init() {
        findUser = Self.hostUser
        findGroup = Self.hostGroup
    }

    /// A container's, by its `/etc/passwd` and `/etc/group`; a file that can't be read has none.
    init(of root: RootFolder) {
        let (accounts, teams) = (Self.names(in: root, "etc/passwd"), Self.names(in: root, "etc/group"))
        findUser = { accounts[$0] ?? [] }
        findGroup = { teams[$0] ?? [] }
    }

    /// - Returns: Nothing where there is no name.
    func user(_ id: uid_t) -> [UInt8] { Self.cached(id, in: &users, findUser) }
    func group(_ id: gid_t) -> [UInt8] { Self.cached(id, in: &groups, findGroup) }

    private static func cached(_ id: UInt32, in names: inout [UInt32: [UInt8]], _ find: (UInt32) -> [UInt8]) -> [UInt8] {
        if let name = names[id] { return name }
        let name = find(id)
        names[id] = name
        return name
    }

    private static func hostUser(_ id: uid_t) -> [UInt8] {
        var (entry, found) = (passwd(), UnsafeMutablePointer<passwd>(nil))
        var buffer = [CChar](repeating: 0, count: 16 << 10)
        let isFound = getpwuid_r(id, &entry, &buffer, buffer.count, &found) == 0 && found != nil
        return isFound ? Array(String(cString: entry.pw_name).utf8) : []
    }

    private static func hostGroup(_ id: gid_t) -> [UInt8] {
        var (entry, found) = (Glibc.group(), UnsafeMutablePointer<Glibc.group>(nil))
        var buffer = [CChar](repeating: 0, count: 64 << 10)
        let isFound = getgrgid_r(id, &entry, &buffer, buffer.count, &found) == 0 && found != nil
        return isFound ? Array(String(cString: entry.gr_name).utf8) : []
    }

    /// The first line of a number counts.
    private static func names(in root: RootFolder, _ path: String) -> [UInt32: [UInt8]] {
        guard let bytes = root.readSmallFile(path) else { return [:] }
        var names: [UInt32: [UInt8]] = [:]
        for fields in accountLines(bytes, fields: 3) {
            // A tar's header has 32 bytes for a name.
            guard (1...31).contains(fields[0].utf8.count), let id = UInt32(fields[2]), names[id] == nil else { continue }
            names[id] = Array(fields[0].utf8)
        }
        return names
    }
}

extension RootFolder {
    /// - Returns: nil for what is missing, no regular file, or longer than 4 MB: what a container has made may be anything.
    fileprivate func readSmallFile(_ path: String) -> [UInt8]? {
        guard let place = try? OwnedDescriptor(adopting: open(path, dd_o_path)) else { return nil }
        var status = stat()
        guard fstat(place.raw, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        // What has been looked at is what is opened.
        guard let file = try? OwnedDescriptor("/proc/self/fd/\(place.raw)", O_RDONLY) else { return nil }
        return try? readAll(file.raw, limit: 4 << 20)
    }
}
