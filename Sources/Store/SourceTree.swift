import Basics
import CArchive
import Glibc

/// A folder that is read as if it were the root of everything: a build's context, or an image's files.
///
/// Paths are resolved by the kernel beneath it, links and all: nothing outside can be reached.
public final class SourceTree {
    /// Something in it, by its real path: no link stands in that.
    public struct Item: Sendable {
        let path: MemberPath
        public let isFolder: Bool
        /// Relative to the root, for sentences and for names.
        public var text: String { path.text }
        public var name: String { String(decoding: path.name, as: UTF8.self) }
    }

    public let folder: String
    let root: SharedDescriptor
    /// Of a context.
    let headers: MemberHeaders
    /// Of an image: the names of owners on this host, which count for Docker's sums.
    let owners: OwnerNames?
    /// Of a context that is kept: what is known already.
    let knownSums: KnownSums?

    /// - Parameter hasNamedOwners: Whether the sums are those that Docker makes of an image's files, and not of a context's.
    /// - Throws: `DrydockError` when there is no such folder.
    public convenience init(_ folder: String, hasNamedOwners: Bool = false) throws {
        try self.init(folder, headers: MemberHeaders(), owners: hasNamedOwners ? OwnerNames() : nil)
    }

    init(_ folder: String, headers: MemberHeaders, owners: OwnerNames? = nil, sums: KnownSums? = nil) throws {
        self.folder = folder
        knownSums = sums
        self.headers = headers
        self.owners = owners
        root = try SharedDescriptor(folder, dd_o_path | O_DIRECTORY)
    }

    /// What a path leads to, links followed.
    /// - Returns: nil where nothing is.
    /// - Throws: `DrydockError` for what can't be looked at.
    public func find(_ path: String) throws -> Item? {
        guard let name = MemberPath(bytes: path.utf8) else { return nil }
        return try find(name)
    }

    func find(_ path: MemberPath) throws -> Item? {
        let place: Int32
        do throws(Errno) { place = try open(path, dd_o_path) } catch {
            guard [ENOENT, ENOTDIR, ELOOP].contains(error.code) else {
                throw DrydockError(.failed, "can't look at \(shown(path.text))", errno: error)
            }
            return nil
        }
        defer { close(place) }
        return Item(path: try realPath(of: place), isFolder: try status(of: place).st_mode & S_IFMT == S_IFDIR)
    }

    /// What has a path that fits a pattern of the shell's kind, a star never matching a slash, in the order of names. Links that lead to
    /// nothing are an error, as they are when named.
    /// - Returns: Under which path each was found, and what that leads to.
    public func matches(_ pattern: String) throws -> [(asked: String, item: Item)] {
        var paths: [MemberPath] = []
        try TreeWalk.walk(folder) { entry in
            if fnmatch(pattern, entry.path.text, FNM_PATHNAME) == 0 { paths.append(entry.path) }
            return true
        }
        return try paths.map { path in
            guard let item = try find(path) else {
                throw DrydockError(.notFound, "stat \(shown(path.text)): file does not exist")
            }
            return (path.text, item)
        }
    }

    /// Reads a small file whole.
    /// - Returns: nil where it is missing, or no regular file.
    /// - Throws: `DrydockError` when it is longer than `limit`.
    public func read(_ path: String, limit: Int) throws -> [UInt8]? {
        guard let item = try find(path), try isFile(item.path) else { return nil }
        let file = try openFile(item.path)
        defer { close(file) }
        do throws(Errno) { return try readAll(file, limit: limit) } catch {
            throw DrydockError(.invalid, "\(shown(path)) can't be read", errno: error)
        }
    }

    /// Takes a file away, if it is there.
    public func remove(_ path: String) throws { try FileTree.remove("\(folder)/\(path)") }

    /// A regular file, open for reading; the caller closes it. Nothing else is ever opened: a stranger's tree may hold the host's devices.
    func openFile(_ path: MemberPath) throws -> Int32 {
        let place: Int32
        do throws(Errno) { place = try open(path, dd_o_path | O_NOFOLLOW) } catch {
            throw DrydockError(.failed, "can't read \(shown(path.text))", errno: error)
        }
        defer { close(place) }
        guard try status(of: place).st_mode & S_IFMT == S_IFREG else {
            throw DrydockError(.invalid, "\(shown(path.text)) is no regular file")
        }
        // What has been looked at is what is opened.
        let file = Glibc.open("/proc/self/fd/\(place)", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw systemError("can't read \(shown(path.text))") }
        return file
    }

    /// Whether there is a regular file.
    func isFile(_ path: MemberPath) throws -> Bool {
        guard let place = try? open(path, dd_o_path | O_NOFOLLOW) else { return false }
        defer { close(place) }
        return try status(of: place).st_mode & S_IFMT == S_IFREG
    }

    func open(_ path: MemberPath, _ flags: Int32) throws(Errno) -> Int32 {
        while true {
            let result = dd_openat2(root.raw, path.cString, UInt64(UInt32(bitPattern: flags | O_CLOEXEC)), 0, dd_resolve_in_root)
            if result >= 0 { return Int32(result) }
            guard errno == EAGAIN || errno == EINTR else { throw Errno.current }
        }
    }

    func status(of file: Int32) throws -> stat {
        var status = stat()
        guard fstat(file, &status) == 0 else { throw systemError("can't look at a file of \(folder)") }
        return status
    }

    /// Where the kernel has come to, relative to the root.
    func realPath(of place: Int32) throws -> MemberPath {
        let whole = try Self.link("/proc/self/fd/\(place)")
        let base = try Self.link("/proc/self/fd/\(root.raw)")
        guard whole == base || whole.starts(with: base + (base.last == 0x2f ? [] : [0x2f])),
            let path = MemberPath(bytes: whole.dropFirst(base.count))
        else { throw DrydockError(.failed, "a path leads out of \(folder)") }
        return path
    }

    private static func link(_ path: String) throws -> [UInt8] {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink(path, &buffer, buffer.count)
        guard count >= 0 else { throw systemError("can't read \(path)") }
        return buffer[..<count].map(UInt8.init(bitPattern:))
    }
}
