import Basics
import Glibc

/// Binds and listens on a unix stream socket that only its owner and group may use.
///
/// - Parameters:
///   - directory: an existing directory; its path may be longer than a socket address holds.
///   - name: the socket's name in it. A socket left there is replaced; anything else is refused.
/// - Returns: a listening descriptor, close-on-exec, that the caller owns.
/// - Throws: `.failed` with the system's reason.
func listenOnUnixSocket(directory: String, name: String) throws(DrydockError) -> Int32 {
    func failure(_ what: String) -> DrydockError { DrydockError(.failed, "cannot \(what) \(directory)/\(name)", errno: .current) }
    let folder = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard folder >= 0 else { throw failure("listen on") }
    defer { close(folder) }
    try removeSocket(named: name, in: folder, directory: directory)

    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw failure("make a socket for") }
    var isBound = false
    defer { if !isBound { close(descriptor) } }
    // The mode of the file that bind(2) makes comes from the socket's own, less the umask: it is never wider than this.
    guard fchmod(descriptor, 0o660) == 0 else { throw failure("set the mode of") }

    var path = "\(directory)/\(name)"
    // sun_path holds 107 bytes and a zero, unix(7); longer ones are reached through the open directory.
    if path.utf8.count > 107 { path = "/proc/self/fd/\(folder)/\(name)" }
    guard path.utf8.count <= 107 else {
        throw DrydockError(.invalid, "the socket's name \(name) is too long")
    }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    let length = socklen_t(MemoryLayout<sockaddr_un>.size)
    let result = withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) }
    }
    guard result == 0 else { throw failure("listen on") }
    // The umask may have taken the group's rights away.
    guard fchmodat(folder, name, 0o660, 0) == 0, listen(descriptor, 256) == 0 else { throw failure("listen on") }
    isBound = true
    return descriptor
}

private func removeSocket(named name: String, in folder: Int32, directory: String) throws(DrydockError) {
    var status = stat()
    guard fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else { return }
    guard status.st_mode & S_IFMT == S_IFSOCK else {
        throw DrydockError(.conflict, "\(directory)/\(name) is in the way: it is not a socket")
    }
    guard unlinkat(folder, name, 0) == 0 else {
        throw DrydockError(.failed, "cannot remove \(directory)/\(name)", errno: .current)
    }
}

/// Takes the socket's name away; connections stay.
func removeUnixSocket(directory: String, name: String) {
    let folder = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard folder >= 0 else { return }
    unlinkat(folder, name, 0)
    close(folder)
}

/// Closes a descriptor that nothing else owns.
func closeDescriptor(_ descriptor: Int32) { close(descriptor) }
