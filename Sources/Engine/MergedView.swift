import Basics
import Glibc
import Kernel
import OCI
import Steps
import Store

/// A container's files as the container sees them, whether it runs or not: its layers, stacked by overlayfs, read only.
struct MergedView {
    let engine: ContainerEngine
    let container: Container

    /// Runs `body` where the files are shown.
    /// - Parameter body: Gets the folder's path, on another thread.
    /// - Throws: `SystemCallFailure`; what `body` throws.
    func read<T: Sendable>(_ step: Step, _ body: @escaping @Sendable (String) throws -> T) throws -> T {
        let layers = try container.record.layers.reversed().map { try engine.images.shortLink(of: ChainID($0)) }
        let options = "lowerdir=" + ([container.upper, engine.paths.initLayer] + layers).joined(separator: ":")
        let (folder, point) = (engine.images.layersFolder, "\(container.directory)/merged")
        return try PrivateMounts(kernel: engine.kernel).run(step) { calls in
            try calls.perform("chdir", [folder]) { chdir(folder) }
            try calls.mount("overlay", at: point, type: "overlay", flags: MountFlags.readOnly, data: options)
            return try body(point)
        }
    }
}
