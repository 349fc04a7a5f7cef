import Basics
import DockerAPI
import Dockerfile
import EngineInterface
import Glibc
import OCI
import Steps
import Store

extension ContainerEngine {
    /// `docker build`.
    /// - Parameters:
    ///   - body: The context: a tar, compressed or not.
    ///   - sink: Takes what `docker build` prints.
    /// - Throws: `DrydockError` in Docker's words; the images of whole steps stay, as a cache.
    public func buildImage(_ request: BuildRequest, from body: any BodyReader, context call: CallContext, sink: @escaping MessageSink)
        throws
    {
        if isRemote(request) { try RemoteContext.check(request.remote) }
        let tags = try request.tags.map { text in
            let reference = try Reference(text).withDefaultTag
            if reference.digest != nil { throw DrydockError(.invalid, "build tag cannot contain a digest") }
            return reference
        }
        if let platform = request.platform {
            do { _ = try Platform(platform) } catch {
                throw DrydockError(.invalid, "\"\(platform)\": cannot parse platform specifier: invalid argument")
            }
        }
        let lease = try images.lease(operation: "build")
        defer { lease.end() }
        let build = try ImageBuild(engine: self, request: request, call: call, lease: lease, sink: sink)
        defer { if let kept = build.keptContext, let name = request.keptContext { contexts.end(name, kept) } }
        do {
            try partOfCommand(call) { try buildImage(build, tags, body) }
        } catch let error as DrydockError where error.code == .aborted {
            // While it was taken back, a container that was about to be made may have held the layers.
            lease.end()
            try images.collectGarbage(keep: heldLayers())
            throw error
        }
    }

    private func buildImage(_ build: ImageBuild, _ tags: [Reference], _ body: any BodyReader) throws {
        let (request, call, lease) = (build.request, build.call, build.lease)
        var dockerfile: [UInt8]?
        if isRemote(request) {
            let remote = RemoteContext(engine: self, request: request, call: call, lease: lease, sink: build.sink)
            (build.context, dockerfile) = try remote.fetch()
        } else if let name = request.keptContext {
            try updateContext(name, of: build, from: body)
        } else {
            build.context = try operate("build", call) { operation in
                try operation.step("build.context") { step in
                    let context = try lease.unpackContext(from: body.read) { step.progress(current: $0, total: 0, label: "context") }
                    step.fact("files", "\(context.members)")
                    step.fact("bytes", "\(context.size)")
                    return context.tree
                }
            }
        }
        let given = dockerfile
        let plan = try operate("build", call) { operation in
            try operation.step("build.dockerfile") { step in
                let plan = try self.plan(build, given, step)
                step.fact("stages", "\(plan.stages.count)")
                step.fact("instructions", "\(plan.stages.reduce(plan.arguments.count) { $0 + 1 + $1.commands.count })")
                return plan
            }
        }
        do {
            try build.run(plan, tags: tags)
        } catch let failure as BuildStepFailure {
            build.keepFailedStory(why: "exit-code", "\(failure.code)")
            try build.sayAll()
            try build.tell(
                JSONMessage(errorDetail: JSONErrorDetail(code: failure.code, message: failure.sentence), error: failure.sentence))
        } catch {
            if (error as? DrydockError)?.code != .aborted { build.keepFailedStory(why: "error", "\(error)") }
            try build.sayAll()
            throw error
        }
    }

    private func isRemote(_ request: BuildRequest) -> Bool { !request.remote.isEmpty && request.remote != "client-session" }

    /// Reads the Dockerfile, and what the command line adds to it.
    /// - Parameter given: The Dockerfile, where it is not in the context.
    private func plan(_ build: ImageBuild, _ given: [UInt8]?, _ step: Step) throws -> BuildPlan {
        let (request, context) = (build.request, build.context)
        let name = request.dockerfile.isEmpty || given != nil ? "Dockerfile" : request.dockerfile
        if given == nil, let context, try context.find(name)?.isFolder == true {
            // As Docker does, with the path in its own copy of the context.
            throw DrydockError(.failed, "unexpected error reading Dockerfile: read \(context.folder)/\(name): is a directory")
        }
        var bytes = try given ?? context?.read(name, limit: ParsedDockerfile.limit)
        if bytes == nil, name == "Dockerfile" { bytes = try context?.read("dockerfile", limit: ParsedDockerfile.limit) }
        guard let bytes else { throw DrydockError(.failed, "Cannot locate specified Dockerfile: \(name)") }
        guard !bytes.isEmpty else { throw DrydockError(.failed, "the Dockerfile (\(name)) cannot be empty") }
        var plan = try BuildPlan(parsing: String(decoding: bytes, as: UTF8.self), name: name)
        if let context {
            let names = try leaveOut([".dockerignore", name], of: context)
            for name in names { build.keptContext?.forget(name) }
            step.detail("left out", .array(names.map { .string($0) }))
        }
        try plan.cut(toTarget: request.target)
        plan.addLabels(request.labels)
        return plan
    }

    /// The client sends these two files though .dockerignore may name them: what is built is not to see them then.
    /// - Returns: those that were taken away.
    private func leaveOut(_ names: [String], of context: SourceTree) throws -> [String] {
        guard let bytes = try context.read(".dockerignore", limit: IgnorePatterns.limit) else { return [] }
        let patterns = try IgnorePatterns(try IgnorePatterns.lines(of: bytes))
        return try names.filter { name in
            // By the name as it stands: a link is removed itself, and a name with folders in it is found beneath the context.
            guard patterns.rule(leavingOut: Array(name.utf8)) != nil, let item = try context.find(name), item.text == name else {
                return false
            }
            try context.remove(name)
            return true
        }
    }

    /// The container of a step that failed stays, for the user to look at: it is one like others from now on.
    func keepBuildStep(_ container: Container, _ call: CallContext) throws {
        guard container.record.isBuildStep == true else { return }
        try container.lifecycle.with {
            var record = container.record
            record.isBuildStep = nil
            let bytes = try JSONEncoder().bytes(record, indent: "  ")
            try operate("build", call) { operation in
                try operation.step("build.kept") { step in
                    try DurableFile.write("\(container.directory)/config.json", bytes, isSynced: true, recorder(step))
                    step.fact("container", container.name)
                }
            }
            container.live.update { $0.record.isBuildStep = nil }
        }
    }

    /// Containers of builds, and of those who looked inside others, that ended with the engine that served them.
    func removeBuildSteps() {
        for container in containers.all where container.record.isBuildStep == true || container.record.visit != nil {
            do {
                try removeContainer(container.id, force: true, volumes: true, context: CallContext())
            } catch {
                log("removing the container \(container.id.prefix(12)) of an earlier engine: \(error)")
            }
        }
    }
}
