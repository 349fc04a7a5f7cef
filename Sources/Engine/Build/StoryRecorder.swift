import Basics
import DockerAPI
import Dockerfile
import OCI
import Store

/// Takes down how a build goes, for the picture of it: told from what was done, not from what the Dockerfile says.
struct StoryRecorder {
    private let images: ImageStore
    private var story = BuildStory()
    /// The layers of each stage's image, the lowest first.
    private var chains: [[ChainID]] = []
    /// What the cache gave for the instruction under way.
    var finding: BuildCache.Finding?
    /// What the instruction under way has copied from a stage or an image.
    var copy: BuildStory.Copy?

    init(images: ImageStore) { self.images = images }

    // MARK: The course

    /// - Parameter baseStage: The number of the stage that it is based on, where it is one.
    mutating func beginStage(_ stage: BuildStage, base: String, baseStage: Int?, image: StoredImage?, number: Int) {
        var told = BuildStory.Stage()
        (told.number, told.name, told.base, told.baseStage) = (story.stages.count, stage.name, base, baseStage)
        (told.image, told.size, told.baseSize) = (image?.id.description ?? "", image?.size ?? 0, image?.size ?? 0)
        story.stages.append(told)
        chains.append(image?.chain ?? [])
        var from = BuildStory.Step()
        (from.number, from.instruction) = (number, stage.instruction.original)
        story.stages[story.stages.count - 1].steps.append(from)
    }

    /// An instruction has been done.
    /// - Parameter image: What there is after it.
    mutating func add(_ instruction: Instruction, number: Int, image: StoredImage?) {
        guard !story.stages.isEmpty else { return }
        let last = story.stages.count - 1
        var step = self.step(instruction, number)
        if let image, image.chain.count > chains[last].count, let top = image.chain.last {
            step.layer = LayerCounts(images: images, chain: image.chain).counts(of: top)
        }
        step.copy = copy
        if let image { move(to: image) }
        story.stages[last].steps.append(step)
        (finding, copy) = (nil, nil)
    }

    /// Keeps what the instruction has copied beside the layer that it made, for the day on which the cache gives that.
    func noteCopy(of layer: ChainID) {
        guard let copy, let bytes = try? JSONEncoder().bytes(copy) else { return }
        try? images.setNote(bytes, .copied, of: layer)
    }

    /// The cache had the instruction's layer: what had been copied into it.
    mutating func recallCopy(ofLayerOn image: StoredImage?) {
        guard copy != nil, let layer = image?.chain.last, let bytes = images.note(.copied, of: layer),
            let kept = (try? JSONValue(parsing: bytes)).flatMap({ try? JSONDecoder().decode(BuildStory.Copy.self, from: $0) })
        else { return }
        copy?.files = kept.files
        copy?.bytes = kept.bytes
    }

    private mutating func move(to image: StoredImage) {
        let last = story.stages.count - 1
        (story.stages[last].image, story.stages[last].size) = (image.id.description, image.size)
        chains[last] = image.chain
    }

    private func step(_ instruction: Instruction, _ number: Int) -> BuildStory.Step {
        var step = BuildStory.Step()
        (step.number, step.instruction) = (number, instruction.original)
        switch finding {
        case .hit: step.result = "HIT"
        case .miss(let reason):
            step.result = "MISS"
            step.why = reason.code
            step.details = reason.details.isEmpty ? nil : Array(reason.details.prefix(4))
        case nil: break
        }
        return step
    }

    // MARK: The end

    /// The build has ended with an error at an instruction: what comes after it was not run.
    /// - Parameters:
    ///   - stage: The number of the stage that it belongs to, which may not have begun.
    ///   - why: A code, and what it is said of.
    mutating func fail(at instruction: Instruction, number: Int, stage: Int, why: (code: String, detail: String), _ plan: BuildPlan) {
        story.isFailed = true
        var failed = step(instruction, number)
        (failed.result, failed.why, failed.details) = ("FAILED", why.code, [String(why.detail.prefix(500))])
        var next = number
        for (index, planned) in plan.stages.enumerated().dropFirst(stage) {
            if index >= story.stages.count {
                var told = BuildStory.Stage()
                (told.number, told.name, told.base) = (index, planned.name, planned.base)
                story.stages.append(told)
            }
            if index == stage {
                story.stages[index].steps.append(failed)
            } else {
                next += 1
                story.stages[index].steps.append(Self.notRun(planned.instruction, next))
            }
            // What was done or has failed stands in the list already, FROM too.
            let done = story.stages[index].steps.filter { $0.number > story.stages[index].steps[0].number }.count
            for command in planned.commands.dropFirst(done) {
                next += 1
                story.stages[index].steps.append(Self.notRun(command.instruction, next))
            }
        }
    }

    private static func notRun(_ instruction: Instruction, _ number: Int) -> BuildStory.Step {
        var step = BuildStory.Step()
        (step.number, step.instruction, step.result) = (number, instruction.original, "NOT RUN")
        return step
    }

    /// The whole, with what each stage has left behind.
    /// - Parameter image: The one that was built, or the last one that was made.
    mutating func finish(_ image: StoredImage) -> BuildStory {
        (story.image, story.size) = (image.id.description, image.size)
        let kept = Set(image.chain)
        for (index, chain) in chains.enumerated() {
            let copies = story.stages.flatMap(\.steps).compactMap(\.copy).filter { $0.stage == index }
            let copied = copies.reduce(Int64(0)) { $0 + $1.bytes }
            let shared = chain.filter(kept.contains).reduce(Int64(0)) { $0 + (images.layer($1)?.size ?? 0) }
            story.stages[index].copiedFiles = copies.reduce(0) { $0 + $1.files }
            story.stages[index].copiedBytes = copied
            story.stages[index].keptBytes = shared
            story.stages[index].leftBytes = max(0, story.stages[index].size - shared - copied)
        }
        return story
    }
}

/// How much a layer adds, changes and deletes: counted once, and kept beside the layer.
struct LayerCounts {
    let images: ImageStore
    /// The layers of an image that has it, the lowest first.
    let chain: [ChainID]

    func counts(of layer: ChainID) -> BuildStory.Layer {
        var counts = noted(layer) ?? count(layer) ?? BuildStory.Layer()
        counts.bytes = images.layer(layer)?.size ?? 0
        return counts
    }

    private func noted(_ layer: ChainID) -> BuildStory.Layer? {
        guard let bytes = images.note(.changes, of: layer), let json = try? JSONValue(parsing: bytes) else { return nil }
        return try? JSONDecoder().decode(BuildStory.Layer.self, from: json)
    }

    /// What can't be read is told as nothing: no build fails for its picture.
    private func count(_ layer: ChainID) -> BuildStory.Layer? {
        guard let index = chain.firstIndex(of: layer) else { return nil }
        let lower = chain[..<index].reversed().map { images.filesFolder(of: $0) }
        guard let listing = try? LayerListing(of: images.filesFolder(of: layer), on: lower) else { return nil }
        var counts = BuildStory.Layer()
        (counts.added, counts.changed, counts.deleted) = (listing.added, listing.changed, listing.deleted)
        if let bytes = try? JSONEncoder().bytes(counts) { try? images.setNote(bytes, .changes, of: layer) }
        return counts
    }
}
