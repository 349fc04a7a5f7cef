import Basics
import Dockerfile
import EngineInterface
import Steps
import Store

extension ContainerEngine {
    /// What is kept of a build's context, for a client to compare with. See `KeptContexts`.
    public func keptContext(_ name: String) -> [UInt8] { contexts.manifest(name)?.bytes ?? [] }

    /// Brings a kept context up to date with what a client has sent: the length of a list in 16 hexadecimal digits, the list, and a tar of
    /// what has changed.
    func updateContext(_ name: String, of build: ImageBuild, from body: any BodyReader) throws {
        let length = Int(String(decoding: try Self.bytes(16, of: body), as: UTF8.self), radix: 16) ?? -1
        guard (1...ContextManifest.longest).contains(length) else { throw DrydockError(.invalid, "the context's list has no length") }
        let manifest = try ContextManifest(parsing: try Self.bytes(length, of: body))
        let kept = try contexts.take(name, generation: manifest.generation)
        build.keptContext = kept
        let isFirst = manifest.generation.isEmpty
        build.context = try operate("build", build.call) { operation in
            try operation.step(isFirst ? "build.context" : "build.context.kept") { step in
                let update = try kept.update(to: manifest, from: body.read, lease: build.lease) {
                    step.progress(current: $0, total: 0, label: "context")
                }
                step.fact("files", "\(update.brought)")
                if !isFirst {
                    step.fact("removed", "\(update.removed)")
                    step.fact("kept", "\(max(0, update.all - update.brought))")
                }
                step.fact("bytes", "\(update.size)")
                return update.tree
            }
        }
    }

    private static func bytes(_ count: Int, of body: any BodyReader) throws -> [UInt8] {
        var bytes: [UInt8] = []
        let space = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 16)
        defer { space.deallocate() }
        while bytes.count < count {
            let part = UnsafeMutableRawBufferPointer(rebasing: space[..<min(space.count, count - bytes.count)])
            let read = try body.read(into: part)
            guard read > 0 else { throw DrydockError(.invalid, "the context's list is cut off") }
            bytes += part[..<read]
        }
        return bytes
    }
}
