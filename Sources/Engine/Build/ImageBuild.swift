import Basics
import DockerAPI
import Dockerfile
import EngineInterface
import OCI
import Steps
import Store

/// One `docker build`, as Docker's classic builder does it: one container and one commit a step. Belongs to the thread that builds.
final class ImageBuild {
    let engine: ContainerEngine
    let request: BuildRequest
    let call: CallContext
    let lease: StoreLease
    var context: SourceTree?
    /// Where its files stay for the next build.
    var keptContext: KeptContext?
    var cache: BuildCache
    var arguments: BuildArguments
    var state: BuildState?
    /// The images of the stages that are done, and under which names.
    private(set) var stages: [(name: String, image: StoredImage?)] = []
    /// The container of this step, to be removed at its end.
    var container: Container?
    /// How it goes, for the picture of it.
    var story: StoryRecorder
    let sink: MessageSink
    private(set) var plan: BuildPlan?
    private(set) var number = 0
    private(set) var current: Instruction?
    private var unsaid = ""
    /// Of an explanation: a stage could not be followed to its end.
    private(set) var hasMissed = false
    private var count = 0

    init(engine: ContainerEngine, request: BuildRequest, call: CallContext, lease: StoreLease, sink: @escaping MessageSink) throws {
        self.engine = engine
        self.request = request
        self.call = call
        self.lease = lease
        self.sink = sink
        arguments = BuildArguments(given: request.arguments)
        let sources = request.cacheFrom.isEmpty ? nil : request.cacheFrom.compactMap { try? engine.images.lookup($0) }
        story = StoryRecorder(images: engine.images)
        cache = BuildCache(images: engine.images, isWanted: request.usesCache, sources: sources, makesImages: !request.explains)
    }

    /// Tells what is done, as `docker build` prints it.
    func say(_ text: String) throws {
        if request.explains { return }
        guard !request.isQuiet else {
            // Told after all, should the build fail. What runs on and on is cut.
            if unsaid.utf8.count < 4 << 20 { unsaid += text }
            return
        }
        try sink(JSONMessage(stream: text))
    }

    /// Tells what is no text.
    func tell(_ message: JSONMessage) throws { try sink(message) }

    /// A quiet build has failed: now it says what it did.
    func sayAll() throws {
        if !unsaid.isEmpty { try sink(JSONMessage(stream: unsaid)) }
        unsaid = ""
    }

    /// What the commands of a build may refer to.
    var escape: Character { plan?.escape ?? "\\" }

    // MARK: The course of a build

    /// - Parameters:
    ///   - plan: What to do; labels of the command line are its last instruction's.
    ///   - tags: Names for the image, checked already.
    /// - Throws: `DrydockError`; `BuildStepFailure` when a command has failed.
    func run(_ plan: BuildPlan, tags: [Reference]) throws {
        self.plan = plan
        count = plan.arguments.count + plan.stages.reduce(0) { $0 + 1 + $1.commands.count }
        for warning in plan.warnings { try say("\u{1b}[91m\(warning)\u{1b}[0m") }
        for command in plan.arguments {
            try begin(command.instruction)
            guard case .arg(let settings) = command.kind else { continue }
            for setting in settings {
                let expansion = expansion(of: command.instruction) { [arguments] in arguments.globalValue($0) }
                arguments.declareGlobally(try expansion.expand(setting.name), try setting.value.map(expansion.expand))
            }
        }
        guard !plan.stages.isEmpty else { throw DrydockError(.invalid, "unexpected EOF") }
        for stage in plan.stages { try build(stage) }
        if request.explains { return }
        guard let image = state?.image else { throw DrydockError(.invalid, "No image was generated. Is your Dockerfile empty?") }
        keepStory(of: image)
        let unused = arguments.unconsumed
        if !unused.isEmpty { try say("[Warning] One or more build-args [\(unused.joined(separator: " "))] were not consumed\n") }
        if request.isQuiet {
            try sink(JSONMessage(stream: "\(image.id)\n"))
        } else {
            try sink(JSONMessage(aux: ["ID": .string(image.id.description)]))
            try say("Successfully built \(image.id.short)\n")
        }
        for tag in tags {
            try engine.operate("build", call) { operation in
                try operation.step("build.tag") { step in
                    let tagging = try engine.images.tag(tag, as: image.id)
                    step.fact(tag.familiar, image.id.description)
                    if let previous = tagging.previous { step.fact("was", previous.description) }
                    step.undo { [engine] _ in
                        if let previous = tagging.previous {
                            try engine.images.tag(tag, as: previous)
                        } else {
                            try engine.images.untag(tag)
                        }
                    }
                }
            }
            try say("Successfully tagged \(tag.familiar)\n")
        }
    }

    private func begin(_ instruction: Instruction) throws {
        number += 1
        current = instruction
        if call.isCancelled { throw DrydockError(.unavailable, "the build was cancelled") }
        try say("Step \(number)/\(count) : \(instruction.original)")
        try say("\n")
    }

    // MARK: Explaining

    /// Ends the explanation of a stage, too: what an instruction would do can't be told without fetching something.
    struct Unknown: Error {
        let why: String
        let detail: String
    }

    /// Ends the explanation of a stage: what comes after an instruction that is not in the cache is not in it either.
    private struct ExplainedMiss: Error {}

    /// Tells of the instruction under way what the cache gave.
    /// - Throws: `ExplainedMiss` where there is nothing to go on with.
    func explain(_ finding: BuildCache.Finding) throws {
        guard let current else { return }
        switch finding {
        case .hit(let image): try tell(current, number, "HIT", image: image.id.short)
        case .miss(let reason):
            try tell(current, number, "MISS", why: reason.code, details: reason.details)
            throw ExplainedMiss()
        }
    }

    private func skip(_ commands: ArraySlice<BuildCommand>, why: String = "after-miss") throws {
        hasMissed = true
        for command in commands {
            number += 1
            try tell(command.instruction, number, "NOT RUN", why: why)
        }
        state = nil
    }

    private func tell(
        _ instruction: Instruction, _ number: Int, _ result: String, image: String = "", why: String = "", details: [String] = []
    )
        throws
    {
        var record = JSONObject()
        record["Step"] = .integer(Int64(number))
        record["Of"] = .integer(Int64(count))
        record["Instruction"] = .string(instruction.original)
        record["Result"] = .string(result)
        if !image.isEmpty { record["Image"] = .string(image) }
        if !why.isEmpty { record["Why"] = .string(why) }
        if !details.isEmpty { record["Details"] = .array(details.map { .string($0) }) }
        try sink(JSONMessage(aux: ["Explain": .object(record)]))
    }

    private func build(_ stage: BuildStage) throws {
        guard stage.name.isEmpty || !stages.contains(where: { $0.name == stage.name }) else {
            throw DrydockError(.invalid, "a stage name already used")
        }
        try begin(stage.instruction)
        arguments.beginStage()
        cache.reset()
        let expansion = expansion(of: stage.instruction) { [arguments] in arguments.globalValue($0) }
        let base = try expansion.expand(stage.base)
        guard !base.isEmpty else { throw DrydockError(.invalid, "base name (\(stage.base)) should not be blank") }
        if !stage.platform.isEmpty {
            let platform = try expansion.expand(stage.platform)
            do { _ = try Platform(platform) } catch {
                throw DrydockError(
                    .invalid, "failed to parse platform \(platform): \"\(platform)\": cannot parse platform specifier: invalid argument")
            }
        }
        if request.explains, let open = stages.last(where: { !$0.name.isEmpty && $0.name == base.lowercased() }), open.image == nil,
            hasMissed
        {
            try tell(stage.instruction, number, "NOT RUN", why: "after-miss")
            try skip(stage.commands[...])
            return stages.append((stage.name, nil))
        }
        do { state = try BuildState(from: try baseImage(base, stage)) } catch let unknown as Unknown {
            try tell(stage.instruction, number, "NOT KNOWN", why: unknown.why, details: [unknown.detail])
            try skip(stage.commands[...], why: "after-unknown")
            return stages.append((stage.name, nil))
        }
        let baseStage = stages.lastIndex { !$0.name.isEmpty && $0.name == base.lowercased() }
        story.beginStage(stage, base: base, baseStage: baseStage, image: state?.image, number: number)
        if request.explains {
            try tell(stage.instruction, number, "HIT", image: state?.shortID ?? "scratch")
        } else {
            try tellBase(of: stage)
        }
        try doTriggers()
        try say(" ---> \(state?.shortID ?? "")\n")
        for (index, command) in stage.commands.enumerated() {
            try begin(command.instruction)
            do { try performStepped(command) } catch is ExplainedMiss {
                try skip(stage.commands[(index + 1)...])
                break
            } catch let unknown as Unknown {
                try tell(command.instruction, number, "NOT KNOWN", why: unknown.why, details: [unknown.detail])
                try skip(stage.commands[(index + 1)...], why: "after-unknown")
                break
            }
            try say(" ---> \(state?.shortID ?? "")\n")
        }
        if !request.explains { try endStage(stage) }
        stages.append((stage.name, state?.image))
    }

    /// What the base image leaves to whoever builds on it.
    private func doTriggers() throws {
        guard let triggers = state?.config.onBuild, !triggers.isEmpty else { return }
        state?.config.onBuild = nil
        try say("# Executing \(triggers.count) build trigger\(triggers.count == 1 ? "" : "s")\n")
        for command in try BuildPlan.commands(ofTriggers: triggers) { try performStepped(command) }
    }

    /// Does one instruction, and removes the container in which that was done, or leaves it as Docker does.
    func perform(_ command: BuildCommand) throws {
        do {
            try dispatch(command)
        } catch let error as DrydockError where error.code == .aborted {
            // Taken back with the whole command, the container too.
            container = nil
            throw error
        } catch {
            if request.removesAlways { try removeContainer() }
            if let container { try engine.keepBuildStep(container, call) }
            container = nil
            throw error
        }
        if request.removesContainers { try removeContainer() }
        container = nil
    }

    private func removeContainer() throws {
        guard let container else { return }
        self.container = nil
        try engine.removeContainer(container.id, force: true, volumes: true, context: call)
        try say("Removing intermediate container \(container.id.prefix(12))\n")
    }

    // MARK: What instructions refer to

    func expansion(of instruction: Instruction, _ value: @escaping @Sendable (String) -> String?) -> WordExpansion {
        WordExpansion(escape: escape, value: value)
    }

    /// Expansion with the environment as it is before an instruction.
    func expansion(_ instruction: Instruction) -> WordExpansion {
        let environment = state?.config.env ?? []
        let all = arguments.added(to: environment) + environment
        return expansion(of: instruction) { name in all.last { $0.hasPrefix("\(name)=") }.map { String($0.dropFirst(name.utf8.count + 1)) }
        }
    }

    private func baseImage(_ name: String, _ stage: BuildStage) throws -> StoredImage? {
        if name == "scratch" { return nil }
        if let done = stages.last(where: { !$0.name.isEmpty && $0.name == name.lowercased() }) { return done.image }
        return try image(named: name, refreshes: request.pulls)
    }

    /// An image by its name, pulled where it is not here.
    func image(named name: String, refreshes: Bool = false) throws -> StoredImage {
        _ = try ImageName(name)
        if !refreshes || request.explains, let image = try? engine.images.lookup(name) { return image }
        // It only tells: what isn't here stays unknown.
        if request.explains { throw Unknown(why: "no-image", detail: name) }
        let reference = try Reference(name).withDefaultTag
        var pull = PullRequest(fromImage: reference.familiarName)
        pull.tag = reference.digest?.description ?? reference.tag
        pull.platform = request.platform
        pull.registryAuth = registryAuth(reference.domain)
        let sink = sink
        let isQuiet = request.isQuiet
        try engine.pullImage(pull, context: call) { message in if !isQuiet { try sink(message) } }
        return try engine.images.lookup(name)
    }

    /// What the client has sent for one of its registries, in the form that a pull takes.
    private func registryAuth(_ domain: String) -> String? {
        guard let header = request.registryConfig, header.utf8.count <= 1 << 20, let bytes = Base64.forURLs.bytes(header),
            let all = try? JSONValue(parsing: bytes)
        else { return nil }
        let key = domain == "docker.io" ? "https://index.docker.io/v1/" : domain
        return all[key].map { Base64.forURLs.text($0.bytes()) }
    }

    /// The image that `COPY --from` names: a stage by number or name, or an image.
    func source(_ from: String) throws -> StoredImage? {
        if let index = Int(from) {
            guard index >= 0, index <= stages.count else {
                throw DrydockError(.invalid, "invalid from flag value \(from): index out of bounds")
            }
            guard index < stages.count else {
                throw DrydockError(.invalid, "invalid from flag value \(from): refers to current build stage")
            }
            return stages[index].image
        }
        if let stage = stages.last(where: { !$0.name.isEmpty && $0.name == from.lowercased() }) { return stage.image }
        do { return try image(named: from) } catch let error as DrydockError {
            throw DrydockError(error.code, "invalid from flag value \(from): \(error.description)")
        }
    }
}

/// A command of a build has ended with an exit code of its own.
struct BuildStepFailure: Error, CustomStringConvertible {
    let command: String
    let code: Int
    var description: String { sentence }
    var sentence: String { "The command '\(command)' returned a non-zero code: \(code)" }
}
