import CArchive
import Glibc

/// Finds a path in a folder as if that were the root of everything: the kernel resolves it, and no link leads out.
/// - Parameters:
///   - root: A descriptor of the folder.
///   - path: Need not be a plain one: `..` at the root stays there.
/// - Returns: A descriptor that stands for the place and can't be read, -1 with errno where there is none. The caller closes it.
public func openInRoot(_ root: Int32, _ path: String) -> Int32 {
    while true {
        let place = dd_openat2(root, path, UInt64(UInt32(bitPattern: dd_o_path | O_CLOEXEC)), 0, dd_resolve_in_root)
        if place >= 0 || errno != EAGAIN && errno != EINTR { return Int32(place) }
    }
}
