import Basics
import CDrydock
import DockerAPI
import EngineInterface
import Glibc
import Hashing
import OCI
import Registry
import Steps
import Store

/// How images and containers travel as files: save, load, export, import.
extension ContainerEngine {
    /// `docker save`: images with all that belongs to them.
    public func saveImages(_ names: [String], context call: CallContext, sink: any ByteSink) throws {
        guard !names.isEmpty else { throw DrydockError(.invalid, "no image is named that could be saved") }
        let items = try saveItems(names)
        let lease = try images.lease(operation: "save")
        defer { lease.end() }
        for item in items { for blob in item.image.layers { _ = lease.claim(blob: blob.digest) } }
        try operate("save", call) { operation in
            try operation.step("save.archive") { step in
                try sink.begin()
                let saver = ImageSaver(lease: lease) { done in
                    if call.isCancelled { throw DrydockError(.failed, "the client has gone") }
                    step.progress(current: done, total: 0, label: "layer")
                }
                try saver.save(items) { try sink.write($0) }
                // Who has it all can't be told any more that there is nothing.
                operation.makeFinal()
                step.fact("images", items.map(\.image.id.short).joined(separator: " "))
                step.fact("layers", "\(Set(items.flatMap(\.image.chain)).count)")
                try step.detail(
                    "images",
                    .array(try items.map { .object(try ImageDetails(image: $0.image, names: $0.names.map(\.familiar)).json()) }))
            }
        }
    }

    /// An image named twice is saved once, with both names; a repository without a tag means all its tags, as in Docker.
    private func saveItems(_ names: [String]) throws -> [ImageSaver.Item] {
        var order: [ImageID] = []
        var chosen: [ImageID: [Reference]] = [:]
        func add(_ image: StoredImage, _ name: Reference?) {
            if chosen[image.id] == nil { order.append(image.id) }
            var list = chosen[image.id] ?? []
            if let name, name.tag != nil, !list.contains(name) { list.append(name) }
            chosen[image.id] = list
        }
        for text in names {
            let reference = try? Reference(text)
            let isBare = reference?.tag == nil && reference?.digest == nil
            let tags =
                isBare
                ? images.images().flatMap { image in
                    image.references.filter { $0.name == reference?.name && $0.tag != nil }.map { (image, $0) }
                } : []
            if !tags.isEmpty {
                for (image, tag) in tags { add(image, tag) }
            } else {
                let image: StoredImage
                do { image = try images.lookup(text) } catch let error where error as? DrydockError != nil {
                    throw DrydockError(.notFound, "No such image: \(text)")
                }
                add(image, image.references.first { $0.familiar == reference?.withDefaultTag.familiar })
            }
        }
        return order.compactMap { id in images.image(id).map { ImageSaver.Item(image: $0, names: chosen[id] ?? []) } }
    }

    /// `docker export`: a container's files as one archive, without layers and without configuration.
    public func exportContainer(_ reference: String, context call: CallContext, sink: any ByteSink) throws {
        let container = try containers.find(reference)
        try operate("export", call) { operation in
            try operation.step("export.archive") { step in
                try sink.begin()
                let result = try MergedView(engine: self, container: container).read(step) { root in
                    try RootExport.write(root) { bytes in
                        if call.isCancelled { throw DrydockError(.failed, "the client has gone") }
                        try sink.write(bytes)
                    }
                }
                operation.makeFinal()
                step.fact("members", "\(result.members)")
                step.fact("size", "\(result.size)")
                step.fact("layers", "\(container.record.layers.count + 1) have become one")
            }
        }
    }

    /// `docker import`: an image of one layer, made of an archive's files.
    public func importImage(_ request: ImportRequest, from archive: any BodyReader, context call: CallContext, sink: @escaping MessageSink)
        throws
    {
        let name = try request.reference.map { try Reference($0).withDefaultTag }
        if name?.digest != nil { throw DrydockError(.invalid, "cannot import digest reference") }
        let changes = try ConfigChanges(request.changes)
        let lease = try images.lease(operation: "import")
        defer { lease.end() }
        let isURL = request.source != "-"
        let url = request.source.contains("://") ? request.source : "http://\(request.source)"
        let before = ImagesBefore(self)
        let id = try operate("import", call) { operation in
            let input: ArchiveBytes
            if isURL {
                try sink(JSONMessage(status: "Downloading from \(url)"))
                let file = try operation.step("import.download") { step in try download(url, lease, call, step) }
                input = file.read
            } else {
                input = archive.read
            }
            let layer = try operation.step("import.layer") { step in
                step.undo { [self] undo in
                    lease.end()
                    for finding in try images.collectGarbage(keep: heldLayers()) { undo.fact("removed", finding.path) }
                }
                let layer = try lease.importLayer(from: input) { step.progress(current: $0, total: 0, label: "archive") }
                step.fact("layer", layer.record.diffID.description)
                step.fact("members", "\(layer.record.members)")
                step.fact("size", "\(layer.record.size)")
                return layer
            }
            return try operation.step("import.image") { step in
                let config = try importedConfig(layer.record, changes, message: request.message, source: isURL ? url : "-")
                let committed = try images.commitImage(
                    config: config, layers: [layer.blob], references: name.map { [$0] } ?? [], lease: lease)
                step.undo { try before.takeBack(committed.image.id, names: name.map { [$0] } ?? [], $0) }
                step.fact("image id", committed.image.id.description)
                if let name { step.fact("name", name.familiar) }
                return committed.image.id
            }
        }
        try sink(JSONMessage(status: id.description))
    }

    /// Fetches a whole file into the operation's folder, where it has no name and goes with its descriptor.
    private func download(_ url: String, _ lease: StoreLease, _ call: CallContext, _ step: Step) throws -> DownloadedFile {
        let file = try DownloadedFile(lease.temporaryPath("download"))
        let exchanges = Monitored([HTTPExchange]())
        defer { for exchange in exchanges.read({ $0 }) { step.fact("http", exchange.line) } }
        let download = Download(url) { exchange in exchanges.update { $0.append(exchange) } }
        let sink = { (bytes: UnsafeRawBufferPointer) in try writeAll(file.fd, bytes) }
        try download.fetch(to: sink) { count, _ in
            if call.isCancelled { throw DrydockError(.failed, "the client has gone") }
            step.progress(current: count, total: 0, label: "archive")
        }
        lseek(file.fd, 0, Int32(SEEK_SET))
        return file
    }

    /// What Docker writes for an imported image: nothing of how to run it is known.
    private func importedConfig(_ layer: LayerRecord, _ changes: ConfigChanges, message: String, source: String) throws -> [UInt8] {
        let now = Timestamp.now().description
        let comment = message.isEmpty ? "Imported from \(source)" : message
        let config = try JSONEncoder().value(changes.over(ContainerConfig()))
        var json = JSONObject()
        json["architecture"] = .string(Platform.host.architecture)
        json["comment"] = .string(comment)
        json["config"] = config
        json["container_config"] = config
        json["created"] = .string(now)
        json["docker_version"] = .string("20.10.24")
        json["history"] = [["created": .string(now), "comment": .string(comment)]]
        json["os"] = "linux"
        json["rootfs"] = ["type": "layers", "diff_ids": [.string(layer.diffID.description)]]
        return JSONValue.object(json).bytes()
    }
}
