import Basics
import CArchive
import Glibc

/// A system call on a path in a container that failed: the errno says what the engine answers.
public struct RootedPathFailure: Error, Sendable {
    public let errno: Errno
    /// `lstat /etc/passwd/x: not a directory`, as Go says it.
    public let sentence: String

    init(_ call: String, _ path: String, _ errno: Errno) {
        self.errno = errno
        sentence = "\(call) \(path): \(errno.text)"
    }
}

/// A folder as the root of all paths: the kernel resolves each beneath it (openat2(2), RESOLVE_IN_ROOT), so that no symbolic link in it
/// leads out, however often a container that runs changes it meanwhile.
public final class RootFolder: Sendable {
    let raw: Int32

    /// - Throws: `DrydockError` when the folder can't be opened.
    public init(_ path: String) throws { raw = try OwnedDescriptor(path, dd_o_path | O_DIRECTORY).release() }

    deinit { close(raw) }

    /// Opens a path; symbolic links are followed, as in the container.
    func open(_ path: String, _ flags: Int32) throws(Errno) -> Int32 {
        while true {
            let result = dd_openat2(raw, path, UInt64(UInt32(bitPattern: flags | O_CLOEXEC)), 0, dd_resolve_in_root)
            if result >= 0 { return Int32(result) }
            // EAGAIN: the kernel could not rule out a race with a rename elsewhere on the system.
            guard errno == EAGAIN || errno == EINTR else { throw Errno.current }
        }
    }

    /// Where an open file lies, as a path from this root. Text to be shown and given back; nothing is opened by it but beneath the root.
    func path(of descriptor: Int32) throws(Errno) -> String {
        func name(_ descriptor: Int32) throws(Errno) -> String {
            var buffer = [CChar](repeating: 0, count: 8192)
            let count = readlink("/proc/self/fd/\(descriptor)", &buffer, buffer.count)
            guard count >= 0 else { throw Errno.current }
            return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
        let (root, place) = (try name(raw), try name(descriptor))
        guard root != "/", place.hasPrefix(root) else { return place }
        let rest = place.dropFirst(root.count)
        return rest.isEmpty ? "/" : String(rest)
    }

    /// Where a path leads when every symbolic link is followed; what is not there yet counts as a name.
    ///
    /// Source: moby, pkg/symlink: FollowSymlinkInScope, which Docker's `linkTarget` is made with.
    func destination(of path: String, depth: Int = 0) throws(Errno) -> String {
        guard depth < 64 else { throw Errno(code: ELOOP) }
        do throws(Errno) {
            let place = try open(path, dd_o_path)
            defer { close(place) }
            return try self.path(of: place)
        } catch  where error.code == ENOENT {
            let (folder, name) = GoPath.entry(path)
            guard folder != path, name != "/" else { return "/" }
            let parent = try destination(of: folder, depth: depth + 1)
            let holder: Int32
            do throws(Errno) { holder = try open(parent, dd_o_path | O_DIRECTORY) } catch { return GoPath.join(parent, name) }
            defer { close(holder) }
            guard let target = linkTarget(name, in: holder) else { return GoPath.join(parent, name) }
            return try destination(of: target.hasPrefix("/") ? GoPath.clean(target) : GoPath.join(parent, target), depth: depth + 1)
        }
    }

    private func linkTarget(_ name: String, in folder: Int32) -> String? {
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = readlinkat(folder, name, &buffer, buffer.count)
        return count < 0 ? nil : String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    // MARK: Mounting

    /// Runs `body` with a place to mount on, open by O_PATH: that very file or folder, wherever its path leads by then. It is made when
    /// missing.
    /// - Throws: `RootedPathFailure`; what `body` throws.
    public func withPlace<T>(_ path: String, isFolder: Bool, _ body: (_ place: Int32) throws -> T) throws -> T {
        let place: Int32
        do throws(Errno) {
            place = try openOrMake(path, isFolder: isFolder)
        } catch { throw RootedPathFailure("open", path, error) }
        defer { close(place) }
        return try body(place)
    }

    private func openOrMake(_ path: String, isFolder: Bool) throws(Errno) -> Int32 {
        do throws(Errno) { return try open(path, dd_o_path) } catch  where error.code == ENOENT {
            let (folder, name) = GoPath.entry(path)
            let parent = try openOrMake(folder, isFolder: true)
            defer { close(parent) }
            if isFolder {
                if mkdirat(parent, name, 0o755) != 0, errno != EEXIST { throw Errno.current }
            } else {
                let file = openat(parent, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o644)
                if file < 0, errno != EEXIST { throw Errno.current }
                if file >= 0 { close(file) }
            }
            return try open(path, dd_o_path)
        }
    }
}
