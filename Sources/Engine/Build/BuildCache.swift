import Basics
import DockerAPI
import OCI
import Store

/// Finds an image that an instruction has already made of the same parent.
///
/// Source: moby, `image/cache/cache.go`, `image/cache/compare.go`.
struct BuildCache {
    /// What a look into the cache gave.
    enum Finding {
        case hit(StoredImage)
        /// Nothing fits, and why not.
        case miss(String)
    }

    private let images: ImageStore
    /// `--cache-from`: only these images' own history counts; nil for everything that is here.
    private let sources: [StoredImage]?
    private let isWanted: Bool
    /// Once an instruction was not found, none after it is looked for.
    private(set) var isBusted = false

    init(images: ImageStore, isWanted: Bool, sources: [StoredImage]?) {
        self.images = images
        self.isWanted = isWanted
        self.sources = sources
    }

    /// A stage begins.
    mutating func reset() { isBusted = false }

    /// - Parameters:
    ///   - config: That of the container in which the step would be done.
    ///   - parent: The image so far; nil on `scratch`.
    mutating func look(for config: ContainerConfig, on parent: StoredImage?) throws -> Finding {
        guard isWanted else { return .miss("--no-cache") }
        guard !isBusted else { return .miss("an earlier step was not in the cache") }
        let candidates = try candidates(on: parent)
        for candidate in candidates.sorted(by: { $0.created > $1.created }) {
            guard let other = try Self.containerConfig(of: candidate) else { continue }
            if Self.isSame(other, config) { return .hit(candidate) }
        }
        isBusted = true
        return .miss(try reason(config, candidates, parent))
    }

    private func candidates(on parent: StoredImage?) throws -> [StoredImage] {
        if let sources {
            return sources.flatMap { source -> [StoredImage] in
                var (chain, next): ([StoredImage], StoredImage?) = ([], source)
                while let image = next {
                    chain.append(image)
                    next = image.parent.flatMap { images.image($0) }
                }
                return chain.filter { $0.parent == parent?.id }
            }
        }
        guard let parent else { return images.images().filter { $0.parent == nil } }
        return images.children(of: parent.id).compactMap { images.image($0) }
    }

    /// What is in the way: told from what the images that were looked at hold.
    private func reason(_ config: ContainerConfig, _ candidates: [StoredImage], _ parent: StoredImage?) throws -> String {
        guard let command = config.cmd?.last, parent != nil || !candidates.isEmpty else { return "nothing was ever built on this" }
        let word = command.drop { $0 == " " }.split(separator: " ", maxSplits: 1).first.map(String.init) ?? command
        let commands = try candidates.compactMap { try Self.containerConfig($0)?.cmd }
        guard !commands.isEmpty else { return "nothing was ever built on image \(parent?.id.short ?? "scratch")" }
        if let sum = Self.sum(in: command), let old = commands.compactMap(\.last).first(where: { Self.sum(in: $0)?.rest == sum.rest }) {
            return "the files have changed: \(Self.sum(in: old)?.sum.prefix(17) ?? "") became \(sum.sum.prefix(17))"
        }
        if commands.contains(where: { $0 == config.cmd }) { return "the same instruction was done with another environment or configuration" }
        let arguments = config.cmd?.first?.hasPrefix("|") == true
        if arguments, let old = commands.first(where: { $0.last == command }) {
            return "a build argument has another value: \(old.dropFirst().dropLast(3).joined(separator: " "))"
        }
        return "on image \(parent?.id.short ?? "scratch") another instruction was built so far than this \(word)"
    }

    private static func containerConfig(_ image: StoredImage) throws -> ContainerConfig? { try containerConfig(of: image) }

    private static func sum(in command: String) -> (sum: String, rest: String)? {
        guard command.hasPrefix("#(nop) COPY ") || command.hasPrefix("#(nop) ADD ") else { return nil }
        guard let range = command.firstRange(of: #/(file|dir|multi):[0-9a-f]{64}/#) else { return nil }
        var rest = command
        rest.removeSubrange(range)
        return (String(command[range]), rest)
    }

    static func containerConfig(of image: StoredImage) throws -> ContainerConfig? {
        guard let json = try image.config.json()["container_config"], !json.isNull else { return nil }
        return try? JSONDecoder().decode(ContainerConfig.self, from: json)
    }

    /// Whether two containers would do the same. Not all of the configuration counts.
    static func isSame(_ left: ContainerConfig, _ right: ContainerConfig) -> Bool {
        guard !left.openStdin, !right.openStdin else { return false }
        return left.attachStdout == right.attachStdout && left.attachStderr == right.attachStderr && left.user == right.user
            && left.tty == right.tty && (left.cmd ?? []) == (right.cmd ?? []) && (left.env ?? []) == (right.env ?? [])
            && (left.labels ?? [:]) == (right.labels ?? [:]) && Set(left.exposedPorts.keys) == Set(right.exposedPorts.keys)
            && (left.entrypoint ?? []) == (right.entrypoint ?? [])
            && Set((left.volumes ?? [:]).keys) == Set((right.volumes ?? [:]).keys)
    }
}
