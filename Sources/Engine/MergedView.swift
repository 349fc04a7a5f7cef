import Basics
import CDrydock
import Glibc
import Kernel
import OCI
import Steps
import Store

/// A container's files as the container sees them, whether it runs or not.
///
/// Its layers are stacked by overlayfs in a mount namespace of one thread's own, read only. The host never sees the mount, and the kernel
/// takes it away with the thread, however that ends (docs/decisions/0005).
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
        let (folder, point, kernel) = (engine.images.layersFolder, "\(directory)/merged", engine.kernel)
        let done = Monitored<Outcome<T>?>(nil)
        // The thread records nothing by itself: what it did comes back with its result, in order.
        try EngineThread.start {
            var calls: [CallRecord] = []
            let result = Result { () throws -> T in
                try perform("unshare", ["CLONE_NEWNS"], &calls) { dd_unshare_mounts() }
                try perform(.mount(source: "none", target: "/", type: nil, flags: 0x4000 | 0x40000, data: nil), kernel, &calls)
                try perform("chdir", [folder], &calls) { chdir(folder) }
                try perform(.mount(source: "overlay", target: point, type: "overlay", flags: 1, data: options), kernel, &calls)
                return try body(point)
            }
            done.update { $0 = Outcome(result: result, calls: calls) }
        }
        let outcome = done.wait { $0 }
        for call in outcome.calls { step.record(call) }
        return try outcome.result.get()
    }

    private struct Outcome<T: Sendable>: Sendable {
        let result: Result<T, any Error>
        let calls: [CallRecord]
    }
}

func perform(_ call: SystemCall, _ kernel: any Kernel, _ calls: inout [CallRecord]) throws {
    let start = monotonicMicroseconds()
    let result = kernel.perform(call)
    calls.append(CallRecord(call, result, us: monotonicMicroseconds() - start))
    if result.errno != 0 { throw SystemCallFailure(name: call.name, subject: call.arguments.first ?? "", errno: Errno(code: result.errno)) }
}

func perform(_ name: String, _ arguments: [String], _ calls: inout [CallRecord], _ body: () -> Int32) throws {
    let start = monotonicMicroseconds()
    let value = body()
    let code = value < 0 ? errno : 0
    calls.append(
        CallRecord(name: name, args: arguments, result: Int64(value), errno: code, us: monotonicMicroseconds() - start, pid: dd_gettid()))
    if code != 0 { throw SystemCallFailure(name: name, subject: arguments.first ?? "", errno: Errno(code: code)) }
}
