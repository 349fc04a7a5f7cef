import Basics
import CDrydock
import EngineClient
import Glibc

/// The lab hub's images, made once, for machines to begin with: each sees them as they are, and what it pushes stays its own.
public struct PreparedImages: Sendable {
    /// Holds `hub` and `seccomp`.
    public let folder: String

    /// Takes what is prepared there already, or prepares it: an engine on a root of its own fills the hub.
    ///
    /// A hub that is older than its recipes does no harm: each machine's engine looks, and makes anew what has changed.
    /// - Parameters:
    ///   - folder: where they are to be; it appears as a whole.
    ///   - programs: the folder of drydock's programs.
    /// - Throws: `DrydockError`, `EngineClientError`.
    public init(folder: String, programs: String) throws {
        self.folder = folder
        if access(folder, F_OK) == 0 { return }
        let root = "\(folder).\(getpid())"
        defer { Self.removeTree(root) }
        setenv("DRYDOCK_REGISTRY", "lab", 1)
        let client = try EngineLauncher.connect(root: root, engine: "\(programs)/drydock-engine")
        do {
            defer {
                _ = try? client.request("POST", "/drydock/shutdown")
                EngineLauncher.awaitEnd(root: root)
            }
            _ = try client.request("POST", "/drydock/hub/fill")
        }
        let staging = "\(root)/prepared"
        guard mkdir(staging, 0o755) == 0, rename("\(root)/hub", "\(staging)/hub") == 0,
            rename("\(root)/cache/seccomp", "\(staging)/seccomp") == 0
        else { throw DrydockError(.failed, "cannot prepare \(staging)", errno: .current) }
        // Another grader may have been quicker; what it made is the same.
        guard rename(staging, folder) == 0 || errno == EEXIST || errno == ENOTEMPTY else {
            throw DrydockError(.failed, "cannot prepare \(folder)", errno: .current)
        }
    }

    /// Removes a folder with what is in it; links in it are not followed.
    private static func removeTree(_ path: String) {
        if unlink(path) == 0 || errno == ENOENT { return }
        for name in (try? folderNames(path)) ?? [] { removeTree("\(path)/\(name)") }
        rmdir(path)
    }
}
