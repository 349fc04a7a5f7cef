import Basics
import Glibc

/// Where an engine keeps what it owns, on disk and in the kernel. Two engines with different roots never meet.
public struct EnginePaths: Sendable {
    /// The state root, absolute.
    public let root: String
    /// Sockets, locks and the log.
    public let runtime: String
    /// Empty for the default root; six hexadecimal digits of its hash for another.
    public let suffix: String

    public static let defaultRoot = "/var/lib/drydock"

    public init(root: String) {
        self.root = root
        let isDefault = root == Self.defaultRoot
        runtime = isDefault ? "/run/drydock" : "\(root)/run"
        suffix = isDefault ? "" : Self.shortHash(root)
    }

    public var containers: String { "\(root)/containers" }
    /// Containers that are being made or removed; the store has a staging folder of its own.
    public var staging: String { "\(root)/making" }
    /// The layer between an image and each container's own: mount points and placeholder files, so that a container's changes are its own.
    public var initLayer: String { "\(root)/init" }
    public var networks: String { "\(root)/networks" }
    public var volumes: String { "\(root)/volumes" }
    public var hub: String { "\(root)/hub" }
    public var seccompCache: String { "\(root)/cache/seccomp" }
    /// Files of builds' contexts, for the next build of the same folder.
    public var keptContexts: String { "\(root)/cache/contexts" }
    public var shims: String { "\(runtime)/shims" }
    /// Name of the directory that holds the containers' cgroups.
    public var cgroupParent: String { suffix.isEmpty ? "drydock" : "drydock-\(suffix)" }

    public func container(_ id: String) -> String { "\(containers)/\(id)" }

    /// Makes the directories that are missing.
    /// - Throws: `DrydockError` that names the one that can't be made.
    public func prepare() throws {
        for path in [
            root, containers, staging, networks, volumes, "\(root)/cache",
            seccompCache, runtime, shims,
        ] {
            if mkdir(path, 0o711) != 0 && errno != EEXIST {
                throw DrydockError(
                    .failed, "cannot make the directory \(path)", errno: Errno(code: errno),
                    advice: "Use another state root: drydock --root DIR …")
            }
        }
    }

    /// FNV-1a, 24 bits of it: a name, not a secret.
    private static func shortHash(_ text: String) -> String {
        let hash = fnv1a(text.utf8)
        let hex = String((hash >> 40) & 0xff_ffff, radix: 16)
        return String(repeating: "0", count: 6 - hex.count) + hex
    }
}
