import Basics
import DockerAPI
import EngineInterface
import OCI
import Store

extension ContainerEngine {
    /// `drydock stages`: how an image was built.
    /// - Parameter reference: nil means the last build, whether it went well or not.
    /// - Throws: `DrydockError.notFound` when nothing was built, or there is no such image.
    public func buildStory(of reference: String?) throws -> BuildStory {
        guard let reference else {
            guard let story = images.latestStory().flatMap(Self.story) else {
                throw DrydockError(.notFound, "nothing has been built yet", advice: "docker build PATH, or drydock stages IMAGE.")
            }
            return named(story)
        }
        let image = try images.lookup(reference)
        // Nobody may remove a layer that is being counted.
        let lease = try images.lease(operation: "stages")
        defer { lease.end() }
        return named(try images.story(of: image.id).flatMap(Self.story) ?? storyByHistory(of: image, reference, lease))
    }

    private static func story(_ kept: ImageStore.Story) -> BuildStory? {
        var story = (try? JSONValue(parsing: kept.bytes)).flatMap { try? JSONDecoder().decode(BuildStory.self, from: $0) }
        story?.built = kept.time.description
        return story
    }

    private func named(_ story: BuildStory) -> BuildStory {
        var story = story
        story.names = (try? ImageID(story.image)).flatMap { images.image($0)?.repoTags } ?? []
        return story
    }

    /// An image that came from elsewhere: its history names the steps, and nothing is known of other stages.
    private func storyByHistory(of image: StoredImage, _ reference: String, _ lease: StoreLease) throws -> BuildStory {
        for chain in image.chain where lease.claim(layer: chain) == nil {
            throw DrydockError(.notFound, "the image \(reference) has just been removed")
        }
        var story = BuildStory()
        (story.image, story.size, story.isFromHistory) = (image.id.description, image.size, true)
        story.built = image.created.description
        var stage = BuildStory.Stage()
        (stage.image, stage.size, stage.keptBytes) = (story.image, image.size, image.size)
        let history = image.config.history
        let isWhole = history.filter { !$0.isEmptyLayer }.count == image.chain.count
        let counts = LayerCounts(images: images, chain: image.chain)
        var layers = image.chain[...]
        for (index, entry) in history.enumerated() where isWhole {
            var step = BuildStory.Step()
            (step.number, step.instruction) = (index + 1, entry.createdBy)
            if !entry.isEmptyLayer, let layer = layers.popFirst() { step.layer = counts.counts(of: layer) }
            stage.steps.append(step)
        }
        // A history that does not fit says nothing of any layer.
        for (index, layer) in layers.enumerated() {
            var step = BuildStory.Step()
            step.number = index + 1
            step.layer = counts.counts(of: layer)
            stage.steps.append(step)
        }
        story.stages = [stage]
        return story
    }
}
