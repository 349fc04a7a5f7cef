import Basics
import Glibc
import Kernel
import OCI
import Steps
import Store

/// An image's files with a layer of one's own on them, stacked by overlayfs in a mount namespace of one thread's own.
///
/// The host never sees the mounts, and the kernel takes them away with the thread, however that ends (docs/decisions/0005).
struct WritableRoot {
    let engine: ContainerEngine
    /// Chain ids of the image's layers, the lowest first.
    let layers: [ChainID]
    /// Has `upper`, `work` and `merged`.
    let folder: String
    /// A folder that is empty, and stays so: what a stage has that begins with nothing.
    let empty: String
    /// Another image's layers, shown for reading in `source` of the folder.
    var source: [ChainID]?
    /// False where only the other image is looked at.
    var isWritten = true

    /// Runs `body` where the files are shown, on another thread.
    /// - Parameter body: Gets the folder with the merged files, and that of the other image's.
    func use<T: Sendable>(_ step: Step, _ body: @escaping @Sendable (_ root: String, _ source: String) throws -> T) throws -> T {
        let (links, folder, isWritten) = (engine.images.layersFolder, folder, isWritten)
        let lower = try stack(layers)
        let other = try source.map(stack)
        return try PrivateMounts(kernel: engine.kernel).run(step) { calls in
            try calls.perform("chdir", [links]) { chdir(links) }
            if let other {
                // Without an upper folder two lower ones are needed.
                let target = "\(folder)/source"
                try calls.mount(
                    "overlay", at: target, type: "overlay", flags: MountFlags.readOnly, data: "lowerdir=\(other):\(target)")
            }
            if isWritten {
                let options = "lowerdir=\(lower),upperdir=\(folder)/upper,workdir=\(folder)/work"
                try calls.mount("overlay", at: "\(folder)/merged", type: "overlay", flags: 0, data: options)
            }
            return try body("\(folder)/merged", "\(folder)/source")
        }
    }

    private func stack(_ layers: [ChainID]) throws -> String {
        // overlayfs wants a lower folder: of no image at all, an empty one.
        let links = try layers.reversed().map { try engine.images.shortLink(of: $0) }
        return links.isEmpty ? empty : links.joined(separator: ":")
    }
}
