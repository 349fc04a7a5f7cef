import Basics
import DockerAPI
import OCI
import Store

/// The configuration of an image that a build step makes: the members and their order are Docker's (moby, image/image.go, sorted by key).
struct BuildDocument {
    let state: BuildState
    /// Of the container in which the step was done.
    let containerConfig: ContainerConfig
    /// Its id; empty where there was none.
    let container: String
    /// What it has added; nil for nothing.
    let layer: LayerRecord?

    func bytes() throws -> [UInt8] {
        let now = Timestamp.now().description
        let old = try state.image?.config.json()
        var json = JSONObject()
        json["architecture"] = .string(state.image?.config.architecture ?? Platform.host.architecture)
        if !state.author.isEmpty { json["author"] = .string(state.author) }
        json["config"] = try JSONEncoder().value(state.config)
        if !container.isEmpty { json["container"] = .string(container) }
        json["container_config"] = try JSONEncoder().value(containerConfig)
        json["created"] = .string(now)
        json["docker_version"] = .string("20.10.24")
        json["history"] = .array((old?["history"]?.arrayValue ?? []) + [entry(now)])
        json["os"] = .string(state.image?.config.os ?? "linux")
        if let version = old?["os.version"] { json["os.version"] = version }
        let diffIDs = (state.image?.config.diffIDs ?? []) + (layer.map { [$0.diffID] } ?? [])
        json["rootfs"] = ["type": "layers", "diff_ids": .array(diffIDs.map { .string($0.description) })]
        if let variant = state.image?.config.variant { json["variant"] = .string(variant) }
        return JSONValue.object(json).bytes()
    }

    private func entry(_ now: String) -> JSONValue {
        var entry = JSONObject()
        entry["created"] = .string(now)
        if !state.author.isEmpty { entry["author"] = .string(state.author) }
        entry["created_by"] = .string((containerConfig.cmd ?? []).joined(separator: " "))
        if layer == nil { entry["empty_layer"] = .bool(true) }
        return .object(entry)
    }
}
