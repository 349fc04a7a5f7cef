import Basics
import DockerAPI
import Dockerfile
import EngineInterface
import OCI
import Steps
import Store

/// What a user who steps through a build meets besides the steps themselves, and what is kept of how it went.
extension ImageBuild {
    /// Does one instruction, all of whose verbs a user can step over at once.
    func performStepped(_ command: BuildCommand) throws {
        guard !request.explains else { return try perform(command) }
        try engine.operate(
            "instruction", session: call.session, command: call.command, level: .instruction, subject: command.instruction.original
        ) { operation in
            place(operation, .image)
            try perform(command)
            place(operation, .image)
        }
        story.add(command.instruction, number: number, image: state?.image)
    }

    /// A stage begins: what it stands on.
    func tellBase(of stage: BuildStage) throws {
        try engine.operate("build", call) { operation in
            place(operation, .image)
            try operation.step("build.from") { step in
                step.fact("instruction", stage.instruction.original)
                step.fact("image id", state?.image?.id.description ?? "none: an empty folder")
                step.fact("layers", "\(state?.chain.count ?? 0)")
                if let image = state?.image { try step.detail(image: image) }
            }
        }
    }

    /// A stage is done: what it has come to.
    func endStage(_ stage: BuildStage) throws {
        try engine.operate("build", call) { operation in
            place(operation, .image)
            try operation.step("build.stage") { step in
                step.fact("stage", "\(stages.count)" + (stage.name.isEmpty ? "" : " (\(stage.name))"))
                step.fact("image id", state?.id ?? "")
                step.fact("layers", "\(state?.chain.count ?? 0)")
                step.fact("bytes", "\(state?.image?.size ?? 0)")
            }
        }
    }

    /// Tells whoever holds an operation whose files a shell is to see.
    func place(_ operation: Operation, _ files: OperationSubject.Files) {
        guard operation.isStepped, let place = place(files) else { return }
        engine.steppingSession(call)?.place = place
        engine.subjects.update {
            var subject = $0[operation.id] ?? OperationSubject()
            subject.place = place
            $0[operation.id] = subject
        }
    }

    /// The same for operations that know nothing of a build: what happens to the step's container.
    func place(in container: Container) {
        guard let session = engine.steppingSession(call), var place = place(.written(container.upper)) else { return }
        place.containerID = container.id
        session.place = place
    }

    private func place(_ files: OperationSubject.Files) -> OperationSubject.Place? {
        guard let state, !state.chain.isEmpty else { return nil }
        var config = state.config
        config.env = (config.env ?? []) + arguments.added(to: config.env ?? [])
        return OperationSubject.Place(layers: state.chain.map(\.description), files: files, config: config, host: request.host)
    }

    /// An abort takes back the images of this build as well, unless somebody has found a use for them.
    func willTakeBack(_ image: StoredImage) {
        engine.steppingSession(call)?.addCompensation { [engine, call, lease] in
            // What the lease still protects is nobody's any more.
            lease.end()
            guard engine.images.children(of: image.id).isEmpty, engine.images.image(image.id)?.references.isEmpty == true else { return }
            do {
                try engine.operate("rmi", session: call.session, command: call.command, stepping: .none) { operation in
                    try operation.step("rmi.delete") { step in
                        try engine.images.remove(image.id, keep: engine.heldLayers())
                        try engine.images.collectGarbage(keep: engine.heldLayers())
                        step.fact("image id", image.id.description)
                    }
                }
            } catch {
                engine.log("taking back the image \(image.id.short) of a build: \(error)")
            }
        }
    }

    // MARK: The story

    /// Without it the build is less well told, and nothing else: a full disk is not to fail a build that is done.
    func keepStory(of image: StoredImage) { keep(story.finish(image), of: image) }

    /// The build has ended with an error.
    /// - Parameters:
    ///   - why: `exit-code` or `error`.
    ///   - detail: The code of the command that failed, or the sentence that says what is wrong.
    func keepFailedStory(why: String, _ detail: String) {
        guard !request.explains, let plan, let current, let image = state?.image ?? stages.last?.image else { return }
        story.fail(at: current, number: number, stage: stages.count, why: (why, detail), plan)
        keep(story.finish(image), of: image)
    }

    private func keep(_ story: BuildStory, of image: StoredImage) {
        do {
            try engine.images.setStory(try JSONEncoder().bytes(story), of: image.id, isFailed: story.isFailed)
        } catch {
            engine.log("keeping how the image \(image.id.short) was built: \(error)")
        }
    }
}
