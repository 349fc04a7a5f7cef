import Basics
import CDrydock
import ClientArchive
import Dockerfile
import Glibc

/// A build context as a tar, produced piece by piece while it is sent.
///
/// Members are root's, whoever has the files: an image must not depend on who builds it. Times are cut to seconds; hard links stay links.
/// Source: moby 20.10, `pkg/archive/archive.go`, TarWithOptions.
final class ContextArchive {
    /// Bytes that are collected before they are sent.
    private static let pieceSize = 64 << 10

    private let root: [UInt8]
    private let nextStep: () -> ContextWalk.Step?
    private let extra: ExtraDockerfile?
    /// Told what is left out because it can't be read.
    private let complain: (String) -> Void
    private var out: [UInt8] = []
    private var file: OpenFile?
    private var firstLinks: [LinkKey: [UInt8]] = [:]
    private var names = OwnerNames()
    private var hasIgnoreFile = false
    private var isDone = false

    private struct LinkKey: Hashable {
        let device: dev_t
        let inode: ino_t
    }

    private struct OpenFile {
        let descriptor: Int32
        let size: Int64
        var left: Int64
        let path: [UInt8]
    }

    convenience init(_ folder: ContextFolder, extra: ExtraDockerfile? = nil, complain: @escaping (String) -> Void) {
        var walk = ContextWalk(folder)
        self.init(root: folder.path, next: { walk.next() }, extra: extra, complain: complain)
    }

    /// - Parameters:
    ///   - root: the context's folder.
    ///   - next: what is sent, one after the other, nil at the end.
    init(
        root: [UInt8], next: @escaping () -> ContextWalk.Step?, extra: ExtraDockerfile? = nil, complain: @escaping (String) -> Void
    ) {
        self.root = root
        nextStep = next
        self.extra = extra
        self.complain = complain
    }

    deinit { if let file { close(file.descriptor) } }

    /// - Returns: nil after the last piece.
    func next() throws -> [UInt8]? {
        out.removeAll(keepingCapacity: true)
        while out.count < Self.pieceSize, !isDone {
            if file != nil { try copy() } else { advance() }
        }
        return out.isEmpty ? nil : out
    }

    private func advance() {
        switch nextStep() {
        case nil: finish()
        case .failure(let path, let errno, _)?:
            complain("Tar: Can't stat file \(HostPath.text(path)) to tar: \(errno.text)")
        case .entry(let entry)?:
            guard entry.leftOutBy == nil else { return }
            do { try add(entry) } catch {
                complain(
                    "Can't add file \(HostPath.text(HostPath.join(root, entry.path))) to tar: \((error as? ValueError)?.text ?? "\(error)")"
                )
            }
        }
    }

    // MARK: Members

    private func add(_ entry: ContextEntry) throws {
        let path = HostPath.join(root, entry.path)
        let status = entry.status
        guard entry.kind != S_IFSOCK else { throw ValueError("archive/tar: sockets not supported") }
        var member = TarMember(
            name: entry.path + (entry.isFolder ? [HostPath.slash] : []), kind: entry.kind, mode: status.st_mode & 0o7777,
            size: entry.kind == S_IFREG ? Int64(status.st_size) : 0, modified: Int64(status.st_mtim.tv_sec))
        member.ownerName = names.user(status.st_uid)
        member.groupName = names.group(status.st_gid)
        if entry.kind == S_IFLNK {
            do { member.target = try HostPath.target(ofLink: path) } catch {
                throw ValueError("readlink \(HostPath.text(path)): \(error.text)")
            }
        }
        if entry.kind == S_IFCHR || entry.kind == S_IFBLK {
            member.deviceMajor = Self.major(status.st_rdev)
            member.deviceMinor = Self.minor(status.st_rdev)
        }
        member.extended = Self.capability(path)
        if !entry.isFolder, status.st_nlink > 1 {
            let key = LinkKey(device: status.st_dev, inode: status.st_ino)
            if let first = firstLinks[key] { member.hardLink = first } else { firstLinks[key] = entry.path }
        }
        if let extra, entry.kind == S_IFREG, member.hardLink == nil, entry.path == ExtraDockerfile.ignoreFile {
            return try addIgnoreFile(member, path, extra)
        }
        guard entry.kind == S_IFREG, member.hardLink == nil, member.size > 0 else {
            out += TarWriter.header(member)
            return
        }
        // Opened before the header is written, so that a file that can't be read leaves no header without content.
        let descriptor = HostPath.withCString(path) { open($0, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC) }
        guard descriptor >= 0 else {
            firstLinks = firstLinks.filter { $0.value != entry.path }
            throw ValueError("open \(HostPath.text(path)): \(Errno.current.text)")
        }
        out += TarWriter.header(member)
        file = OpenFile(descriptor: descriptor, size: member.size, left: member.size, path: path)
    }

    /// The patterns must leave out the extra Dockerfile, which is no part of the context.
    private func addIgnoreFile(_ member: TarMember, _ path: [UInt8], _ extra: ExtraDockerfile) throws {
        let content: [UInt8]
        do { content = try HostPath.contents(path, limit: IgnorePatterns.limit) } catch {
            throw ValueError("open \(HostPath.text(path)): \(error.text)")
        }
        hasIgnoreFile = true
        var member = member
        let bytes = content + [10] + Array(extra.name.utf8) + [10]
        member.size = Int64(bytes.count)
        out += TarWriter.header(member) + bytes + TarWriter.padding(after: member.size)
    }

    /// Copies as much as the header promised: a file that shrinks meanwhile is filled with zeros, one that grows is cut.
    private func copy() throws {
        guard var open = file else { return }
        var wanted = Int(min(open.left, Int64(Self.pieceSize)))
        let piece = [UInt8](unsafeUninitializedCapacity: wanted) { space, count in
            count = max(0, read(open.descriptor, space.baseAddress, wanted))
        }
        wanted = piece.isEmpty ? wanted : piece.count
        out += piece.isEmpty ? [UInt8](repeating: 0, count: wanted) : piece
        open.left -= Int64(wanted)
        file = open
        guard open.left == 0 else { return }
        close(open.descriptor)
        file = nil
        out += TarWriter.padding(after: open.size)
    }

    /// With an extra Dockerfile, Docker's archive ends right behind the last content: what is shown to the user as its size depends on it.
    private func finish() {
        isDone = true
        guard let extra else {
            out += TarWriter.end
            return
        }
        let members = [(extra.name, extra.content)] + (hasIgnoreFile ? [] : [(".dockerignore", extra.newIgnoreFile)])
        for (index, (name, content)) in members.enumerated() {
            var member = TarMember(name: Array(name.utf8), kind: S_IFREG, mode: 0o600, size: Int64(content.count))
            member.modified = Int64(Timestamp.now().nanoseconds / 1_000_000_000)
            out += TarWriter.header(member, keepsKind: false) + content
            if index < members.count - 1 { out += TarWriter.padding(after: member.size) }
        }
    }

    // MARK: What only some files have

    /// `security.capability`, the one extended attribute that Docker's client sends.
    private static func capability(_ path: [UInt8]) -> [(name: String, value: [UInt8])] {
        var value = [UInt8](repeating: 0, count: 64)
        let count = HostPath.withCString(path) { lgetxattr($0, "security.capability", &value, value.count) }
        return count > 0 ? [("security.capability", Array(value[..<count]))] : []
    }

    private static func major(_ device: dev_t) -> UInt32 { UInt32((device >> 8) & 0xFFF | (device >> 32) & ~0xFFF) }
    private static func minor(_ device: dev_t) -> UInt32 { UInt32(device & 0xFF | (device >> 12) & 0xFFFF_FF00) }
}

/// A Dockerfile that is not in the context's folder, sent in it under a name that nothing else has.
struct ExtraDockerfile {
    static let ignoreFile = Array(".dockerignore".utf8)

    let name: String
    let content: [UInt8]

    init(content: [UInt8]) {
        name = ".dockerfile." + randomHex(bytes: 10)
        self.content = content
    }

    /// For a context that has none.
    var newIgnoreFile: [UInt8] { Array(".dockerignore\n\(name)\n".utf8) }
}

/// Names of users and groups, each asked for once.
private struct OwnerNames {
    private var users: [uid_t: String] = [:]
    private var groups: [gid_t: String] = [:]

    mutating func user(_ id: uid_t) -> String {
        if let known = users[id] { return known }
        let name = getpwuid(id).map { String(cString: $0.pointee.pw_name) } ?? ""
        users[id] = name
        return name
    }

    mutating func group(_ id: gid_t) -> String {
        if let known = groups[id] { return known }
        let name = getgrgid(id).map { String(cString: $0.pointee.gr_name) } ?? ""
        groups[id] = name
        return name
    }
}
