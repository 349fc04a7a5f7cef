import Basics
import CDrydock
import Glibc

/// One read-only layer that lies between every image and its containers' own layers: mount points and placeholders.
///
/// Without it each container's own layer would begin with /proc, /dev and an empty /etc/hosts, and a commit would contain them.
struct InitLayer {
    private let path: String

    init(_ path: String) { self.path = path }

    /// Makes what is missing.
    /// - Throws: `DrydockError` with what can't be made.
    func prepare() throws {
        for folder in ["", "/dev", "/dev/pts", "/dev/shm", "/etc", "/proc", "/sys"] {
            if mkdir(path + folder, 0o755) != 0 && errno != EEXIST { throw failure(path + folder) }
        }
        for file in ["/.dockerenv", "/dev/console", "/etc/hostname", "/etc/hosts", "/etc/resolv.conf"] {
            let fd = dd_open(path + file, O_WRONLY | O_CREAT | O_CLOEXEC, 0o755)
            guard fd >= 0 else { throw failure(path + file) }
            close(fd)
        }
        if symlink("/proc/mounts", "\(path)/etc/mtab") != 0 && errno != EEXIST { throw failure("\(path)/etc/mtab") }
    }

    private func failure(_ what: String) -> DrydockError { DrydockError(.failed, "cannot make \(what)", errno: Errno(code: errno)) }
}
