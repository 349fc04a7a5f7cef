import Basics
import CDrydock
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
        let (links, kernel, folder, isWritten) = (engine.images.layersFolder, engine.kernel, folder, isWritten)
        let lower = try stack(layers)
        let other = try source.map(stack)
        let done = Monitored<Outcome<T>?>(nil)
        try EngineThread.start {
            var calls: [CallRecord] = []
            let result = Result { () throws -> T in
                try perform("unshare", ["CLONE_NEWNS"], &calls) { dd_unshare_mounts() }
                try perform(.mount(source: "none", target: "/", type: nil, flags: 0x4000 | 0x40000, data: nil), kernel, &calls)
                try perform("chdir", [links], &calls) { chdir(links) }
                if let other {
                    try perform(Self.overlay(other, on: "\(folder)/source"), kernel, &calls)
                }
                if isWritten {
                    let own = "upperdir=\(folder)/upper,workdir=\(folder)/work"
                    try perform(Self.overlay(lower, with: own, on: "\(folder)/merged"), kernel, &calls)
                }
                return try body("\(folder)/merged", "\(folder)/source")
            }
            done.update { $0 = Outcome(result: result, calls: calls) }
        }
        let outcome = done.wait { $0 }
        for call in outcome.calls { step.record(call) }
        return try outcome.result.get()
    }

    private func stack(_ layers: [ChainID]) throws -> String {
        // overlayfs wants a lower folder: of no image at all, an empty one.
        let links = try layers.reversed().map { try engine.images.shortLink(of: $0) }
        return links.isEmpty ? empty : links.joined(separator: ":")
    }

    /// Without an upper folder two lower ones are needed.
    private static func overlay(_ lower: String, with own: String? = nil, on target: String) -> SystemCall {
        let isReadOnly = own == nil
        let options = "lowerdir=\(lower)\(isReadOnly ? ":\(target)" : "")\(own.map { ",\($0)" } ?? "")"
        return .mount(source: "overlay", target: target, type: "overlay", flags: isReadOnly ? 1 : 0, data: options)
    }

    private struct Outcome<T: Sendable>: Sendable {
        let result: Result<T, any Error>
        let calls: [CallRecord]
    }
}
