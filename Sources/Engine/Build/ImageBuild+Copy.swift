import Basics
import CDrydock
import DockerAPI
import Dockerfile
import EngineInterface
import Glibc
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
        if request.explains, hasMissed, !transfer.from.isEmpty, origin == nil { throw Unknown(why: "after-miss", detail: transfer.from) }
        if !transfer.from.isEmpty, origin == nil {
            throw DrydockError(.notFound, "COPY failed: stat \(paths.first ?? ""): file does not exist")
        }
        // A hit needs no folder, unless it is another image that is looked at.
        let lookedAt = try origin.map { _ in try copyFolder() }
        let sources = try find(paths, transfer, origin, lookedAt) + inlineSources(transfer.files, expansion)
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
        let folder = try lookedAt ?? copyFolder()
        try engine.operate("build", call) { operation in
            place(operation, .written("\(folder)/upper"))
            try operation.step("build.copy") { step in
                var root = WritableRoot(engine: engine, layers: state.chain, folder: folder, empty: try emptyFolder())
                root.source = origin?.chain
                let keepsOwner = !transfer.from.isEmpty && owner.isEmpty
                let limits = engine.images.limits
                let isAdd = transfer.isAdd
                let result = try root.use(step) { merged, other in
                    let given =
                        try owner.isEmpty ? (keepsOwner ? nil : RootCopy.Owner.root) : CopyOwner(tree: SourceTree(merged)).owner(owner)
                    let copy = try RootCopy(into: merged, limits: limits)
                    let unpacked = try sources.map { source in
                        let tree = try SourceTree(source.folder ?? other)
                        return try Self.copy(source, of: tree, to: target, by: copy, given, unpacks: isAdd && source.mayUnpack)
                    }
                    try copy.finish()
                    return (copy.files, copy.size, given, unpacked)
                }
                step.fact("from", self.places(of: sources, origin))
                step.fact("to", destination)
                step.fact("files", "\(result.0)")
                step.fact("bytes", "\(result.1)")
                try step.detail("copied", try copied(sources, to: target, result.2, unpacked: result.3))
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

    /// For programs: what went where, and how.
    private func copied(_ sources: [CopySource], to target: String, _ owner: RootCopy.Owner?, unpacked: [Bool]) throws -> JSONValue {
        var copied: [JSONValue] = []
        for (source, isUnpacked) in zip(sources, unpacked) {
            var one = JSONObject()
            one["path"] = .string(source.item.text)
            one["name"] = .string(source.name)
            if let folder = source.folder {
                one[folder == context?.folder ? "context" : "folder"] = .string(folder)
                if source.isInline { one["content"] = .string(String(decoding: try readFile("\(folder)/\(source.name)"), as: UTF8.self)) }
            }
            one["isFolder"] = .bool(source.item.isFolder)
            one["isUnpacked"] = .bool(isUnpacked)
            copied.append(.object(one))
        }
        var json: JSONObject = ["sources": .array(copied), "target": .string(target)]
        if let owner { json["owner"] = .string("\(owner.user):\(owner.group)") }
        return .object(json)
    }

    private func places(of sources: [CopySource], _ image: StoredImage?) -> String {
        var places: [String] = []
        for source in sources {
            let place =
                source.folder == nil
                ? "image \(image?.id.short ?? "")"
                : source.folder == context?.folder ? "the context" : source.isInline ? "the Dockerfile" : "the network"
            if !places.contains(place) { places.append(place) }
        }
        return places.joined(separator: ", ")
    }

    private func find(_ paths: [String], _ transfer: BuildCommand.Transfer, _ origin: StoredImage?, _ folder: String?) throws
        -> [CopySource]
    {
        let keyword = transfer.keyword
        if paths.isEmpty { return [] }
        if let origin, let folder {
            var root = WritableRoot(engine: engine, layers: [], folder: folder, empty: try emptyFolder())
            root.source = origin.chain
            root.isWritten = false
            return try engine.operate("build", call) { operation in
                self.place(operation, .image)
                return try operation.step("build.source") { step in
                    step.fact("image", origin.id.short)
                    return try root.use(step) { _, other in
                        let finder = CopySources(tree: try SourceTree(other, hasNamedOwners: true), keyword: keyword, isImage: true)
                        return try paths.flatMap(finder.find)
                    }
                }
            }
        }
        var found: [CopySource] = []
        for path in paths {
            if path.hasPrefix("http://") || path.hasPrefix("https://") {
                guard transfer.isAdd else { throw DrydockError(.invalid, "COPY failed: source can't be a URL for COPY") }
                if request.explains { throw Unknown(why: "address", detail: path) }
                found.append(try download(path, to: transfer.destination))
                continue
            }
            guard let context else { throw DrydockError(.invalid, "\(keyword) failed: missing build context") }
            found += try CopySources(tree: context, keyword: keyword, isImage: false).find(path)
        }
        return found
    }

    /// Makes files of what stands in the Dockerfile.
    private func inlineSources(_ files: [BuildCommand.InlineFile], _ expansion: WordExpansion) throws -> [CopySource] {
        try files.map { file in
            // Docker's frontend reads heredocs with the backslash, whatever `# escape=` says.
            let raw = WordExpansion(escape: "\\", keepsQuotes: true, value: expansion.value)
            let content = file.isExpanded ? try raw.expand(file.content) : file.content
            let folder = try lease.makeFolder("heredoc")
            let descriptor = dd_open("\(folder)/\(file.name)", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
            guard descriptor >= 0 else { throw DrydockError(.failed, "can't create \(file.name)", errno: Errno(code: errno)) }
            defer { close(descriptor) }
            guard fchmod(descriptor, 0o644) == 0 else {
                throw DrydockError(.failed, "can't set the mode of \(file.name)", errno: Errno(code: errno))
            }
            try writeAll(descriptor, content)
            let tree = try SourceTree(folder)
            guard let item = try tree.find(file.name) else { throw DrydockError(.failed, "COPY failed: \(file.name) is gone") }
            let (sum, sums) = try tree.sum(of: item)
            return CopySource(
                name: file.name, item: item, folder: folder, sum: sum, files: sums, mayUnpack: false, isInline: true)
        }
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

    /// - Returns: true for an archive that was unpacked.
    private static func copy(
        _ source: CopySource, of tree: SourceTree, to target: String, by copy: RootCopy, _ owner: RootCopy.Owner?, unpacks: Bool
    ) throws -> Bool {
        if source.item.isFolder {
            try copy.copyFolder(source.item, of: tree, to: target, owner: owner)
            return false
        }
        if unpacks, try RootCopy.isArchive(source.item, of: tree) {
            try copy.extract(source.item, of: tree, into: target)
            return true
        }
        let isFolder = try target.hasSuffix("/") || copy.isFolder(target)
        try copy.copyFile(source.item, of: tree, to: isFolder ? "\(target)/\(source.name)" : target, asked: target, owner: owner)
        return false
    }
}
