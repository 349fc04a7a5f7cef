import Basics
import DockerAPI
import Dockerfile
import OCI
import Steps
import Store

extension ImageBuild {
    /// `COPY` and `ADD`: files from the context, a stage, an image or an address, in a layer of their own.
    func copy(_ transfer: BuildCommand.Transfer, _ expansion: WordExpansion) throws {
        guard let state else { return }
        let paths = try transfer.sources.map(expansion.expand)
        let destination = try expansion.expand(transfer.destination)
        let owner = try expansion.expand(transfer.owner)
        let origin = transfer.from.isEmpty ? nil : try source(transfer.from)
        if !transfer.from.isEmpty, origin == nil {
            throw DrydockError(.notFound, "COPY failed: stat \(paths.first ?? ""): file does not exist")
        }
        let folder = try copyFolder()
        let (tree, sources) = try find(paths, transfer, origin, folder)
        guard !sources.isEmpty else { throw DrydockError(.invalid, "\(transfer.keyword) failed: no source files were specified") }
        guard sources.count == 1 || destination.hasSuffix("/") else {
            throw DrydockError(
                .invalid,
                "When using \(transfer.keyword) with more than one source file, the destination must be a directory and end with a /")
        }
        let chown = owner.isEmpty ? "" : "--chown=\(owner)"
        let comment = "\(transfer.keyword) \(chown)\(CopySources.sum(of: sources)) in \(destination) "
        let config = state.configuration(comment: comment, isOneWord: true)
        let files = sources.flatMap(\.files)
        story.copy = origin.map { copyTold($0, transfer.from) }
        if try probe(config, files: files) { return story.recallCopy(ofLayerOn: self.state?.image) }
        let target = Self.target(destination, in: state.config.workingDir)
        try engine.operate("build", call) { operation in
            place(operation, .written("\(folder)/upper"))
            try operation.step("build.copy") { step in
                var root = WritableRoot(engine: engine, layers: state.chain, folder: folder, empty: try emptyFolder())
                root.source = origin?.chain
                let keepsOwner = !transfer.from.isEmpty && owner.isEmpty
                let place = tree
                let limits = engine.images.limits
                let isAdd = transfer.isAdd
                let result = try root.use(step) { merged, other in
                    let given =
                        try owner.isEmpty ? (keepsOwner ? nil : RootCopy.Owner.root) : CopyOwner(tree: SourceTree(merged)).owner(owner)
                    let copy = try RootCopy(into: merged, limits: limits)
                    for source in sources {
                        let tree = try SourceTree(place ?? other)
                        try Self.copy(source, of: tree, to: target, by: copy, given, unpacks: isAdd && source.mayUnpack)
                    }
                    try copy.finish()
                    return (copy.files, copy.size)
                }
                step.fact("from", origin.map { "image \($0.id.short)" } ?? (place == context?.folder ? "the context" : "the network"))
                step.fact("to", destination)
                step.fact("files", "\(result.0)")
                step.fact("bytes", "\(result.1)")
                story.copy?.files = result.0
                story.copy?.bytes = result.1
            }
            let layer = try makeLayer(operation, of: "\(folder)/upper")
            place(operation, .read("\(folder)/upper"))
            try makeImage(operation, config, container: "", layer: layer)
            if let layer {
                noteSources(files, of: layer)
                story.noteCopy(of: layer.record.chainID)
            }
        }
    }

    /// - Returns: The folder in which they are, nil where that is another image's, and what was found.
    private func find(_ paths: [String], _ transfer: BuildCommand.Transfer, _ origin: StoredImage?, _ folder: String) throws -> (
        String?, [CopySource]
    ) {
        let keyword = transfer.keyword
        if let origin {
            var root = WritableRoot(engine: engine, layers: [], folder: folder, empty: try emptyFolder())
            root.source = origin.chain
            root.isWritten = false
            let found = try engine.operate("build", call) { operation in
                self.place(operation, .image)
                return try operation.step("build.source") { step in
                    step.fact("image", origin.id.short)
                    return try root.use(step) { _, other in
                        let finder = CopySources(tree: try SourceTree(other, hasNamedOwners: true), keyword: keyword, isImage: true)
                        return try paths.flatMap(finder.find)
                    }
                }
            }
            return (nil, found)
        }
        guard let context else { throw DrydockError(.invalid, "\(keyword) failed: there is no context") }
        let finder = CopySources(tree: context, keyword: keyword, isImage: false)
        var found: [CopySource] = []
        var place = context.folder
        for path in paths {
            guard path.hasPrefix("http://") || path.hasPrefix("https://") else {
                found += try finder.find(path)
                continue
            }
            guard transfer.isAdd else { throw DrydockError(.invalid, "COPY failed: source can't be a URL for COPY") }
            let downloaded = try download(path, to: transfer.destination)
            found.append(downloaded.source)
            place = downloaded.folder
        }
        guard place == context.folder || paths.count == 1 else {
            throw DrydockError(.unsupported, "drydock can't ADD an address together with other sources yet", advice: "Use an ADD for each.")
        }
        return (place, found)
    }

    /// Keeps which files went into a layer, so that it can be told later which of them has changed.
    private func noteSources(_ files: [SourceTree.FileSum], of layer: StoreLease.CommittedLayer) {
        var note = JSONObject()
        for file in files { note[file.path] = .string(file.hash) }
        // Told less well without it, and nothing else: a full disk is not to fail a build that is done.
        try? engine.images.setNote(JSONValue.object(note).bytes(), of: layer.record.chainID)
    }

    private func copyTold(_ origin: StoredImage, _ from: String) -> BuildStory.Copy {
        var copy = BuildStory.Copy()
        copy.stage = Int(from) ?? stages.lastIndex { !$0.name.isEmpty && $0.name == from.lowercased() }
        copy.image = copy.stage == nil ? from : origin.id.description
        return copy
    }

    private func copyFolder() throws -> String {
        let folder = try lease.makeFolder("copy")
        for part in ["upper", "work", "merged", "source"] { try FileTree.makeFolder("\(folder)/\(part)") }
        return folder
    }

    /// Where files go: a trailing slash, which says that it is a folder, stays.
    private static func target(_ destination: String, in workingDirectory: String) -> String {
        let whole = destination.hasPrefix("/") ? destination : "/\(workingDirectory)/\(destination)"
        let cleaned = GoPath.clean(whole)
        let isFolder = destination.hasSuffix("/") || destination.hasSuffix("/.") || destination == "."
        return isFolder && cleaned != "/" ? cleaned + "/" : cleaned
    }

    private static func copy(
        _ source: CopySource, of tree: SourceTree, to target: String, by copy: RootCopy, _ owner: RootCopy.Owner?, unpacks: Bool
    ) throws {
        if source.item.isFolder { return try copy.copyFolder(source.item, of: tree, to: target, owner: owner) }
        if unpacks, try RootCopy.isArchive(source.item, of: tree) { return try copy.extract(source.item, of: tree, into: target) }
        let isFolder = try target.hasSuffix("/") || copy.isFolder(target)
        try copy.copyFile(source.item, of: tree, to: isFolder ? "\(target)/\(source.name)" : target, owner: owner)
    }
}
