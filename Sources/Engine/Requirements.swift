import Basics
import CDrydock
import Glibc

/// What this machine must have. Each thing that is missing gets one sentence and what to do about it.
public enum Requirements {
    /// - Throws: `DrydockError.unsupported`.
    public static func check(root: String) throws {
        guard root.hasPrefix("/") else {
            throw DrydockError(.invalid, "the state root must be an absolute path, not \(root)")
        }
        // They mean something in overlayfs's options, where the root's paths stand.
        guard !root.contains(where: { ":,\\".contains($0) }) else {
            throw DrydockError(
                .invalid, "the state root \(root) has a colon, comma or backslash in its path", advice: "Use another folder.")
        }
        guard geteuid() == 0 else {
            throw DrydockError(
                .unsupported, "the engine must run as root: it makes namespaces, mounts and cgroups", advice: "Try: sudo make run")
        }
        guard dd_has_filesystem("overlay") != 0 else {
            throw DrydockError(
                .unsupported, "this kernel has no overlayfs, on which image layers are stacked",
                advice: "Load its module (modprobe overlay), or boot a kernel with CONFIG_OVERLAY_FS.")
        }
        for (name, what) in [("mnt", "mount"), ("pid", "pid"), ("net", "network"), ("ipc", "ipc"), ("uts", "uts")]
        where access("/proc/self/ns/\(name)", F_OK) != 0 {
            throw DrydockError(.unsupported, "this kernel has no \(what) namespaces", advice: "Boot a kernel that has them.")
        }
    }
}

/// A program that lies beside this one.
/// - Throws: `DrydockError` when it isn't there.
public func siblingProgram(_ name: String) throws -> String {
    guard let own = Evidence.link("/proc/self/exe"), let slash = own.lastIndex(of: "/") else {
        throw DrydockError(.failed, "cannot tell where drydock is installed: /proc/self/exe is not readable")
    }
    let path = "\(own[..<slash])/\(name)"
    guard access(path, X_OK) == 0 else {
        throw DrydockError(.failed, "\(path) is missing", advice: "Build again: make build")
    }
    return path
}
