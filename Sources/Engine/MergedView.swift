import Basics
import Glibc
import Kernel
import OCI
import Steps
import Store

/// A container's files as the container sees them, whether it runs or not: its layers, stacked by overlayfs, read only.
struct MergedView {
    private let engine: ContainerEngine
    /// Chain ids of the image's layers, the lowest first.
    private let layers: [String]
    /// Holds the container's own layer, and the folder on which all is shown.
    private let directory: String

    init(engine: ContainerEngine, container: Container) {
        self.init(engine: engine, layers: container.record.layers, directory: container.directory)
    }

    /// - Parameter directory: of a container that is still being created.
    init(engine: ContainerEngine, layers: [String], directory: String) {
        self.engine = engine
        self.layers = layers
        self.directory = directory
    }

    /// Runs `body` where the files are shown.
    /// - Parameter body: Gets the folder's path, on another thread.
    /// - Throws: `SystemCallFailure`; what `body` throws.
    func read<T: Sendable>(_ step: Step, _ body: @escaping @Sendable (String) throws -> T) throws -> T {
        let layers = try layers.reversed().map { try engine.images.shortLink(of: ChainID($0)) }
        let options = "lowerdir=" + (["\(directory)/upper", engine.paths.initLayer] + layers).joined(separator: ":")
        let (folder, point) = (engine.images.layersFolder, "\(directory)/merged")
        return try PrivateMounts(kernel: engine.kernel).run(step) { calls in
            try calls.perform("chdir", [folder]) { chdir(folder) }
            try calls.mount("overlay", at: point, type: "overlay", flags: MountFlags.readOnly, data: options)
            return try body(point)
        }
    }
}
