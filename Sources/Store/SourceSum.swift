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
            files.append(FileSum(path: path.text, hash: try hash(path)))
            return true
        }
        return (Self.joined(files.map(\.hash).sorted(), as: "dir"), files)
    }

    /// Several sources of one instruction.
    public static func joined(_ sums: [String], as prefix: String) -> String {
        "\(prefix):\(Digest.sha256(of: Array(sums.joined(separator: ",").utf8)).hex)"
    }

    private func hash(_ path: MemberPath) throws -> String {
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
        put("name", path.components.joined(separator: [0x2f]) + (kind == S_IFDIR ? [0x2f] : []))
        put("mode", status.st_mode)
        put("uid", status.st_uid)
        put("gid", status.st_gid)
        put("size", kind == S_IFREG ? status.st_size : 0)
        put("typeflag", [Self.type(kind)])
        put("linkname", kind == S_IFLNK ? try target(place) : [])
        put("uname", [])
        put("gname", [])
        let isDevice = kind == S_IFCHR || kind == S_IFBLK
        put("devmajor", isDevice ? dd_major(status.st_rdev) : 0)
        put("devminor", isDevice ? dd_minor(status.st_rdev) : 0)
        if kind == S_IFREG { try add(path, to: hasher) }
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
