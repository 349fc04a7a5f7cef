import Basics
import CArchive
import Glibc
import Hashing
import OCI

/// What a file or folder is to the build cache: a hash over everything that copying it would bring, its times excepted.
///
/// The same as Docker's, so that `docker history` shows the same for the same files.
/// Source: moby, `pkg/tarsum/versioning.go` (version 1), `builder/dockerfile/copy.go`.
extension SourceTree {
    /// A file's hash, by its path in the tree.
    public struct FileSum: Sendable, Hashable {
        public let path: String
        public let hash: String

        public init(path: String, hash: String) {
            self.path = path
            self.hash = hash
        }
    }

    /// - Returns: `file:<hex>` or `dir:<hex>`, and the files of which that was made.
    public func sum(of item: Item) throws -> (sum: String, files: [FileSum]) {
        guard item.isFolder else {
            let hash = try hash(item.path)
            return ("file:\(hash)", [FileSum(path: item.path.text, hash: hash)])
        }
        var files = item.path.isRoot ? [] : [FileSum(path: item.path.text, hash: try hash(item.path))]
        try TreeWalk.walk("\(folder)/\(item.path.text)") { entry in
            let path = entry.path.below(item.path)
            files.append(FileSum(path: path.text, hash: try hash(entry, path)))
            return true
        }
        return (Self.joined(files.map(\.hash).sorted(), as: "dir"), files)
    }

    /// Several sources of one instruction.
    public static func joined(_ sums: [String], as prefix: String) -> String {
        "\(prefix):\(Digest.sha256(of: Array(sums.joined(separator: ",").utf8)).hex)"
    }

    /// What an entry of a folder counts for: a link for that to which it leads.
    private func hash(_ entry: TreeWalk.Entry, _ path: MemberPath) throws -> String {
        guard entry.kind == S_IFLNK else { return try hash(path) }
        if let target = try find(path)?.path, !(target.isRoot && owners == nil) { return try hash(target) }
        // Nothing is there, or the whole of a context, which is no member of its archive. Then there is only a path to count.
        guard owners != nil else { return path.text }
        let target = String(decoding: try entry.target(), as: UTF8.self)
        return String(GoPath.clean(target.hasPrefix("/") ? target : "/\(path.parent.text)/\(target)").drop { $0 == "/" })
    }

    private func hash(_ path: MemberPath) throws -> String {
        if let known = knownSums?.sum(path) { return known }
        let sum = try newHash(path)
        if !path.isRoot { knownSums?.note(sum, path) }
        return sum
    }

    private func newHash(_ path: MemberPath) throws -> String {
        let place: Int32
        do throws(Errno) { place = try open(path, dd_o_path | O_NOFOLLOW) } catch {
            throw DrydockError(.failed, "can't look at \(shown(path.text))", errno: error)
        }
        defer { close(place) }
        let status = try status(of: place)
        let kind = status.st_mode & S_IFMT
        let hasher = ContentHasher()
        func put(_ name: String, _ value: some Collection<UInt8>) {
            hasher.update(Array(name.utf8))
            hasher.update(Array(value))
        }
        func put(_ name: String, _ number: some BinaryInteger) { put(name, String(number).utf8) }
        put("name", headers.names[path] ?? path.memberName(isFolder: kind == S_IFDIR))
        put("mode", status.st_mode)
        put("uid", status.st_uid)
        put("gid", status.st_gid)
        // The sums of a context are those of the members of its archive: another name of a file has no content there.
        let first = headers.hardLinks[path]
        put("size", kind == S_IFREG && first == nil ? status.st_size : 0)
        put("typeflag", [first == nil ? Self.type(kind) : UInt8(ascii: "1")])
        put("linkname", try first ?? (kind == S_IFLNK ? target(place) : []))
        put("uname", owners?.user(status.st_uid) ?? [])
        put("gname", owners?.group(status.st_gid) ?? [])
        let isDevice = kind == S_IFCHR || kind == S_IFBLK
        put("devmajor", isDevice ? dd_major(status.st_rdev) : 0)
        put("devminor", isDevice ? dd_minor(status.st_rdev) : 0)
        if kind == S_IFREG, first == nil { try add(path, to: hasher) }
        return hasher.finish().hex
    }

    private func add(_ path: MemberPath, to hasher: ContentHasher) throws {
        let file = try openFile(path)
        defer { close(file) }
        if let capability = ExtendedAttribute.capability(of: file) {
            hasher.update(Array(ExtendedAttribute.capability.utf8))
            hasher.update(capability)
        }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 4096)
        defer { buffer.deallocate() }
        while true {
            let count = Glibc.read(file, buffer.baseAddress, buffer.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw systemError("can't read \(shown(path.text))") }
            if count == 0 { return }
            hasher.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
    }

    private func target(_ place: Int32) throws -> [UInt8] {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlinkat(place, "", &buffer, buffer.count)
        guard count >= 0 else { throw systemError("can't read a link of \(folder)") }
        return buffer[..<count].map(UInt8.init(bitPattern:))
    }

    /// Source: tar(5).
    private static func type(_ kind: mode_t) -> UInt8 {
        switch kind {
        case S_IFLNK: UInt8(ascii: "2")
        case S_IFCHR: UInt8(ascii: "3")
        case S_IFBLK: UInt8(ascii: "4")
        case S_IFDIR: UInt8(ascii: "5")
        case S_IFIFO: UInt8(ascii: "6")
        default: UInt8(ascii: "0")
        }
    }
}

enum ExtendedAttribute {
    /// A program's capabilities: the one attribute that Docker's builder copies.
    static let capability = "security.capability"

    static func capability(of file: Int32) -> [UInt8]? {
        var value = [UInt8](repeating: 0, count: 256)
        let count = fgetxattr(file, capability, &value, value.count)
        return count > 0 ? Array(value[..<count]) : nil
    }
}
