import Basics
import DockerAPI
import OCI
import Store

/// `--cache-from` of images that came without those they were built on: pulled or loaded ones. Their history tells the steps.
///
/// Source: moby, `image/cache/cache.go`, `GetCache`, `isValidParent`, `restoreCachedImage`.
extension BuildCache {
    /// A step that a source's history has behind the image so far.
    struct Restorable {
        let source: StoredImage
        /// The step's place in the history.
        let place: Int

        var isLast: Bool { place == source.config.history.count - 1 }
        /// Layers of the source up to this step.
        var layers: Int { source.config.history[...place].count { !$0.isEmptyLayer } }

        /// The configuration of the image as it was after that step.
        func document(_ config: ContainerConfig) throws -> [UInt8] {
            let from = try source.config.json()
            let history = (from["history"]?.arrayValue ?? []).prefix(place + 1)
            var json = JSONObject()
            json["architecture"] = .string(source.config.architecture)
            if !source.config.author.isEmpty { json["author"] = .string(source.config.author) }
            json["config"] = try JSONEncoder().value(config)
            json["created"] = history.last?["created"] ?? .string(Timestamp.zero.description)
            json["docker_version"] = .string("20.10.24")
            json["history"] = .array(Array(history))
            json["os"] = .string(source.config.os)
            if let version = from["os.version"] { json["os.version"] = version }
            json["rootfs"] = [
                "type": "layers", "diff_ids": .array(source.config.diffIDs.prefix(layers).map { .string($0.description) }),
            ]
            return JSONValue.object(json).bytes()
        }
    }

    /// - Parameters:
    ///   - parent: The image so far.
    ///   - depth: How far into its history the stage has come; nil for all of it.
    func restorable(_ config: ContainerConfig, on parent: StoredImage?, depth: Int? = nil) -> Restorable? {
        let command = (config.cmd ?? []).joined(separator: " ")
        let history = parent?.config.history.prefix(depth ?? .max) ?? []
        for source in sources ?? [] {
            let steps = source.config.history
            // An archive may claim more steps with layers than it has layers.
            guard steps.count(where: { !$0.isEmptyLayer }) == source.config.diffIDs.count, history.count < steps.count,
                steps.starts(with: history), steps[history.count].createdBy == command
            else { continue }
            let layers = depth == nil ? parent?.config.diffIDs ?? [] : []
            guard source.config.diffIDs.starts(with: layers) else { continue }
            return Restorable(source: source, place: history.count)
        }
        return nil
    }
}
