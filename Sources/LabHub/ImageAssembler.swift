import Basics
import OCI

/// Turns a recipe into blobs: layers, config, manifest and index by platform.
struct ImageAssembler {
    let recipe: Recipe
    let storage: HubStorage
    let platform: Platform
    /// The applets of a binary, as paths without a leading slash.
    let applets: (String) throws -> [String]

    /// - Returns: the descriptor of the image's index.
    func assemble() throws -> Descriptor {
        var modes: [String: UInt32] = [:]
        let layers = try recipe.layers.map { try assemble($0, modes: &modes) }
        let config = try storage.store(configuration(layers), mediaType: MediaType.ociConfig)
        let manifest: JSONValue = [
            "schemaVersion": 2, "mediaType": .string(MediaType.ociManifest), "config": config.json,
            "layers": .array(layers.map { Descriptor(mediaType: MediaType.ociLayerGzip, digest: $0.blob, size: $0.size).json }),
            "annotations": annotations,
        ]
        var choice = try storage.store(manifest, mediaType: MediaType.ociManifest)
        choice.platform = platform
        let index: JSONValue = [
            "schemaVersion": 2, "mediaType": .string(MediaType.ociIndex), "manifests": [choice.json], "annotations": annotations,
        ]
        return try storage.store(index, mediaType: MediaType.ociIndex)
    }

    // MARK: Layers

    private func assemble(_ layer: RecipeLayer, modes: inout [String: UInt32]) throws -> LayerWriter.Layer {
        let members = try Members(layer, modes: &modes, applets: applets)
        let file = try PendingFile(in: storage.staging)
        let writer = try LayerWriter(file: file, created: recipe.created)
        for entry in members.sorted {
            switch entry.kind {
            case .directory: try writer.directory(entry.path, mode: entry.mode)
            case .text(let text): try writer.text(entry.path, text, mode: entry.mode)
            case .symlink(let target): try writer.symlink(entry.path, target: target)
            case .hostFile(let source): try writer.hostFile(entry.path, from: source.path, mode: entry.mode)
            case .applets: break
            }
        }
        let result = try writer.finish()
        try file.commit(as: storage.path(of: result.blob))
        return result
    }

    // MARK: Config

    private var annotations: JSONValue {
        [
            "org.drydock.stand-in": "true", "org.drydock.note": .string(recipe.note),
            "org.opencontainers.image.created": .string(recipe.created.description),
        ]
    }

    private func configuration(_ layers: [LayerWriter.Layer]) -> JSONValue {
        let created = JSONValue.string(recipe.created.description)
        var config = recipe.config
        var labels = JSONObject(recipe.labels.map { ($0.key, .string($0.value)) })
        labels["org.drydock.stand-in"] = "true"
        labels["org.drydock.note"] = .string(recipe.note)
        config["Labels"] = .object(labels)
        var history: [JSONValue] = recipe.layers.map { ["created": created, "created_by": .string($0.createdBy)] }
        if let command = recipe.config["Cmd"] {
            // What Docker's builder writes for a CMD line, so that `docker history` reads the same.
            history.append([
                "created": created, "created_by": .string("/bin/sh -c #(nop)  CMD \(command.text())"), "empty_layer": true,
            ])
        }
        return [
            "architecture": .string(platform.architecture), "os": .string(platform.os), "created": created,
            "config": .object(config),
            "rootfs": ["type": "layers", "diff_ids": .array(layers.map { .string($0.diffID.description) })],
            "history": .array(history),
        ]
    }
}

/// The members of one layer: what the recipe lists, applets spread out, and every folder above them.
private struct Members {
    private var byPath: [String: RecipeEntry] = [:]

    /// - Parameter modes: the folders of the layers so far; a folder repeated above a later member keeps its mode, since the
    ///   topmost layer's member decides what a container sees.
    init(_ layer: RecipeLayer, modes: inout [String: UInt32], applets: (String) throws -> [String]) throws {
        for entry in layer.entries {
            if case .applets = entry.kind { continue }
            guard byPath.updateValue(entry, forKey: entry.path) == nil else {
                throw DrydockError(.invalid, "the recipe's layer \"\(layer.createdBy)\" has \(entry.path) twice")
            }
        }
        for entry in layer.entries {
            guard case .applets(let source, let except) = entry.kind else { continue }
            for applet in try applets(source.path) {
                let path = "/" + applet
                // What the recipe lists itself comes before the applet of that name, and the binary never links to itself.
                guard byPath[path] == nil, !except.contains(path) else { continue }
                byPath[path] = RecipeEntry(kind: .symlink(target: entry.path), path: path, mode: 0o777)
            }
        }
        for entry in byPath.values where entry.isDirectory { modes[entry.path] = entry.mode }
        for path in byPath.keys.sorted() { addParents(of: path, modes: &modes) }
    }

    /// By path, so that a folder comes before what is in it.
    var sorted: [RecipeEntry] { byPath.values.sorted { goOrdered($0.path, $1.path) } }

    private mutating func addParents(of path: String, modes: inout [String: UInt32]) {
        var rest = path[...]
        while let slash = rest.lastIndex(of: "/"), slash > rest.startIndex {
            rest = rest[..<slash]
            let parent = String(rest)
            guard byPath[parent] == nil else { continue }
            let mode = modes[parent] ?? 0o755
            modes[parent] = mode
            byPath[parent] = RecipeEntry(kind: .directory, path: parent, mode: mode)
        }
    }
}

extension RecipeEntry {
    fileprivate var isDirectory: Bool {
        if case .directory = kind { true } else { false }
    }
}
