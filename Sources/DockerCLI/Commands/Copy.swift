import Basics
import ClientArchive
import EngineClient
import Glibc

/// `docker cp`
@Sendable func copyCommand(_ invocation: Invocation) throws -> Int32 {
    let (from, to) = (invocation.arguments[0], invocation.arguments[1])
    guard !from.isEmpty else { throw CommandFailure("source can not be empty") }
    guard !to.isEmpty else { throw CommandFailure("destination can not be empty") }
    let (source, destination) = (CopyArgument(from), CopyArgument(to))
    do {
        switch (source.container, destination.container) {
        case (let container?, nil): try invocation.copyOut(of: container, source.path, to: destination.path)
        case (nil, let container?): try invocation.copyIn(source.path, to: container, destination.path)
        case (_?, _?): throw CommandFailure("copying between containers is not supported")
        case (nil, nil): throw CommandFailure("must specify at least one container source")
        }
    } catch let failure as LocalPathFailure {
        throw CommandFailure(failure.sentence)
    }
    return 0
}

/// What the engine says of a path. Source: Docker Engine API 1.41, the header X-Docker-Container-Path-Stat.
private struct PathStat {
    let mode: GoFileMode
    let linkTarget: String

    init?(_ head: ResponseHead) {
        guard let text = head.header("x-docker-container-path-stat"), let bytes = Base64.standard.bytes(text),
            let json = try? JSONValue(parsing: bytes), let mode = json["mode"]?.intValue
        else { return nil }
        self.mode = GoFileMode(bits: Int64(mode))
        linkTarget = json["linkTarget"]?.stringValue ?? ""
    }

    /// The target of the link at `path`, an absolute path or one beside it; nil when it is no link.
    func target(of path: String) -> String? {
        guard mode.isSymbolicLink else { return nil }
        return linkTarget.hasPrefix("/") ? linkTarget : GoPath.join(GoPath.entry(path).folder, linkTarget)
    }
}

extension Invocation {
    private func archivePath(_ container: String) -> String { "/containers/\(segment(container))/archive" }

    /// - Returns: nil when there is nothing that the engine could tell of: the copy itself will say why.
    private func look(_ container: String, _ path: String) throws -> PathStat? {
        do {
            return PathStat(try client().request("HEAD", archivePath(container), query: [("path", path)]).head)
        } catch let error as EngineClientError {
            if case .interrupted = error { throw error }
            return nil
        }
    }

    // MARK: Out of a container

    fileprivate func copyOut(of container: String, _ source: String, to destination: String) throws {
        let target = destination == "-" ? "-" : LocalPath.absolute(destination)
        try LocalPath.checkOutput(target)
        var path = source
        var rebased = ""
        if flags.bool("follow-link"), let linked = try look(container, source)?.target(of: source) {
            (path, rebased) = CopyRules.rebase(source, resolved: linked)
        }
        let stream = try naming("container:path", "\(container):\(path)") {
            try client().stream("GET", archivePath(container), query: [("path", path)])
        }
        guard let found = PathStat(stream.head) else {
            throw CommandFailure("unable to get resource stat from response: the engine sent none")
        }
        if target == "-" {
            while let bytes = try stream.next() { try? writeAll(context.output, bytes) }
            return
        }
        let info = CopyInfo(path: path, exists: true, isFolder: found.mode.isFolder, rebased: rebased)
        let plan = try CopyRules.plan(info, to: try LocalPath.destination(target))
        var renamings: [(old: String, new: String)] = []
        if !rebased.isEmpty { renamings.append((GoPath.entry(path).name, rebased)) }
        if let renaming = plan.renaming { renamings.append(renaming) }
        try LocalFolder(plan.folder).unpack(renaming: renamings) { try stream.next() }
    }

    // MARK: Into a container

    fileprivate func copyIn(_ source: String, to container: String, _ destination: String) throws {
        var target = CopyInfo(path: destination)
        var found = try look(container, destination)
        if let linked = found?.target(of: destination) {
            target.path = linked
            found = try look(container, linked)
        }
        if let problem = found?.mode.outputProblem {
            throw CommandFailure("destination \"\(container):\(destination)\" must be a directory or a regular file: \(problem)")
        }
        if let found { (target.exists, target.isFolder) = (true, found.mode.isFolder) }
        guard source == "-" else { return try copyIn(LocalPath.absolute(source), to: container, target) }
        guard target.isFolder else { throw CommandFailure("destination \"\(container):\(destination)\" must be a directory") }
        try upload(to: container, target.path) { write in
            while let piece = try nextPiece(of: context.input) { try write(piece) }
        }
    }

    private func copyIn(_ path: String, to container: String, _ target: CopyInfo) throws {
        let source = try LocalPath.source(path, followsLink: flags.bool("follow-link"))
        let plan = try CopyRules.plan(source, to: target)
        let name = plan.renaming?.new ?? (source.rebased.isEmpty ? GoPath.entry(source.path).name : source.rebased)
        try upload(to: container, plan.folder) { write in
            try LocalTree.pack(source.path, as: name == "/" ? "" : name) { try write(Array($0)) }
        }
    }

    private func upload(to container: String, _ path: String, _ produce: (@escaping ([UInt8]) throws -> Void) throws -> Void) throws {
        var query = [("path", path), ("noOverwriteDirNonDir", "true")]
        if flags.bool("archive") { query.append(("copyUIDGID", "true")) }
        let stream = try naming("container:path", "\(container):\(path)") {
            try client().upload(
                "PUT", archivePath(container), query: query, headers: [("Content-Type", "application/x-tar")], produce: produce)
        }
        _ = try stream.collect()
        guard stream.status == 200 else { throw CommandFailure("unexpected status code from daemon: \(stream.status)") }
    }
}

extension GoFileMode {
    /// Why nothing can be copied over such a file; nil when it can.
    var outputProblem: String? { isDevice ? "got a device" : isIrregular ? "got an irregular file" : nil }
}
