import Basics

/// A tmpfs as `--tmpfs /path:OPTIONS` wants it.
///
/// Which options there are, that a later one wins over an earlier, and what the defaults are is Docker's
/// (moby, pkg/mount `MergeTmpfsOptions`, and `noexec,nosuid,nodev` before the user's options).
public struct TemporaryFilesystem: Sendable {
    /// mount(2)'s flags.
    public let flags: UInt
    /// What tmpfs itself is told: `size=64k,mode=1777`.
    public let data: String

    /// Options of the kernel's tmpfs that take a value.
    private static let valueOptions: Set<String> = ["mode", "uid", "gid", "size", "nr_inodes", "nr_blocks", "mpol"]

    /// - Parameter options: Separated by commas; may be empty.
    /// - Throws: `DrydockError.invalid` in Docker's words.
    public init(options: String) throws {
        var flags: UInt = 2 | 4 | 8
        var values: [(name: String, text: String)] = []
        for option in options.split(separator: ",").map(String.init) {
            if option == "defaults" { continue }
            // Remounting is no option of a first mount.
            if let (flag, isSet) = MountWords.ordinary[option], option != "remount" {
                flags = isSet ? flags | flag : flags & ~flag
                continue
            }
            let name = String(option.prefix { $0 != "=" })
            guard option.contains("="), Self.valueOptions.contains(name) else {
                throw DrydockError(.invalid, "invalid tmpfs option [\"\(option)\"]")
            }
            values.removeAll { $0.name == name }
            values.append((name, option))
        }
        self.flags = flags
        data = values.map(\.text).joined(separator: ",")
    }
}
