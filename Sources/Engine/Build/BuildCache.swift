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
        case miss(CacheMiss)
    }

    private let images: ImageStore
    /// `--cache-from`: only these images' own history counts; nil for everything that is here.
    private(set) var sources: [StoredImage]?
    /// False where the cache is only asked, and nothing to be made.
    private let makesImages: Bool
    /// Where nothing is made: how far into the image so far, which is a source, the stage has come.
    private var depth: Int?
    private let isWanted: Bool
    /// Once an instruction was not found, none after it is looked for.
    private(set) var isBusted = false

    init(images: ImageStore, isWanted: Bool, sources: [StoredImage]?, makesImages: Bool) {
        self.makesImages = makesImages
        self.images = images
        self.isWanted = isWanted
        self.sources = sources
    }

    /// A stage begins.
    mutating func reset() {
        isBusted = false
        depth = nil
    }

    /// - Parameters:
    ///   - config: That of the container in which the step would be done.
    ///   - parent: The image so far; nil on `scratch`.
    ///   - files: What would be copied.
    ///   - restore: Makes the image of a step of which only a later one is here.
    mutating func look(
        for config: ContainerConfig, on parent: StoredImage?, files: [SourceTree.FileSum] = [],
        restore: (Restorable) throws -> StoredImage
    ) throws -> Finding {
        guard isWanted else { return .miss(.notWanted) }
        guard !isBusted else { return .miss(.afterMiss) }
        let candidates = try candidates(on: parent)
        for candidate in candidates.sorted(by: { $0.created > $1.created }) {
            guard let other = try Self.containerConfig(of: candidate) else { continue }
            if depth == nil, Self.isSame(other, config) { return .hit(candidate) }
        }
        if let restorable = restorable(config, on: parent, depth: depth) {
            // From now on it is the only source, as in Docker.
            sources = [restorable.source]
            guard !makesImages else { return .hit(try restore(restorable)) }
            depth = restorable.place + 1
            return .hit(restorable.source)
        }
        isBusted = true
        return .miss(try reason(config, candidates, parent, files))
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
    private func reason(
        _ config: ContainerConfig, _ candidates: [StoredImage], _ parent: StoredImage?, _ files: [SourceTree.FileSum]
    ) throws -> CacheMiss {
        let others = try candidates.compactMap { image in try Self.containerConfig(of: image).map { (image, $0) } }
            .sorted { $0.0.created > $1.0.created }
        guard !others.isEmpty else { return .nothingBuilt(on: parent?.id.short ?? "scratch") }
        let command = config.cmd ?? []
        if let sum = Self.sum(in: command.last ?? ""),
            let old = others.first(where: { Self.sum(in: $0.1.cmd?.last ?? "")?.rest == sum.rest })
        {
            let before = Self.sum(in: old.1.cmd?.last ?? "")?.sum ?? ""
            return .filesChanged(from: before, to: sum.sum, changes(files, since: old.0))
        }
        if let old = others.first(where: { $0.1.cmd == command }) { return .configurationChanged(Self.difference(old.1, config)) }
        if command.first?.hasPrefix("|") == true,
            let old = others.first(where: { $0.1.cmd?.first?.hasPrefix("|") == true && $0.1.cmd?.last == command.last })
        {
            let (before, now) = (Set(Self.arguments(old.1.cmd ?? [])), Set(Self.arguments(command)))
            return .argumentChanged(
                from: before.subtracting(now).sorted().joined(separator: " "), to: now.subtracting(before).sorted().joined(separator: " "))
        }
        return .otherInstruction(on: parent?.id.short ?? "scratch", (others[0].1.cmd ?? []).joined(separator: " "))
    }

    /// `|2 a=b c=d /bin/sh -c …`: the arguments.
    private static func arguments(_ command: [String]) -> [String] {
        guard let count = command.first.flatMap({ Int($0.dropFirst()) }), count < command.count else { return [] }
        return Array(command[1...count])
    }

    private static func difference(_ old: ContainerConfig, _ new: ContainerConfig) -> String {
        let pairs: [(String, Bool)] = [
            ("ENV", (old.env ?? []) != (new.env ?? [])), ("LABEL", (old.labels ?? [:]) != (new.labels ?? [:])),
            ("USER", old.user != new.user), ("EXPOSE", Set(old.exposedPorts.keys) != Set(new.exposedPorts.keys)),
            ("ENTRYPOINT", (old.entrypoint ?? []) != (new.entrypoint ?? [])),
            ("VOLUME", Set((old.volumes ?? [:]).keys) != Set((new.volumes ?? [:]).keys)),
        ]
        return pairs.filter(\.1).map(\.0).joined(separator: ", ")
    }

    /// Which files are others than those that went into an image.
    private func changes(_ files: [SourceTree.FileSum], since image: StoredImage) -> [CacheMiss.FileChange] {
        guard let top = image.chain.last, let bytes = images.note(of: top), let note = (try? JSONValue(parsing: bytes))?.objectValue else {
            return []
        }
        var before: [String: String] = [:]
        for (path, hash) in note { before[path] = hash.stringValue }
        var changes: [CacheMiss.FileChange] = []
        for file in files {
            let old = before.removeValue(forKey: file.path)
            if old != file.hash { changes.append(CacheMiss.FileChange(path: file.path, before: old, now: file.hash)) }
        }
        changes += before.sorted { $0.key < $1.key }.map { CacheMiss.FileChange(path: $0.key, before: $0.value, now: nil) }
        return changes
    }

    private static func sum(in command: String) -> (sum: String, rest: String)? {
        guard command.hasPrefix("#(nop) COPY ") || command.hasPrefix("#(nop) ADD ") else { return nil }
        // Docker writes it between blanks: "#(nop) COPY file:0123… in /target ". (A Regex would be compiled anew at each call.)
        var words = command.split(separator: " ", omittingEmptySubsequences: false)
        guard let place = words.firstIndex(where: { isSum($0) }) else { return nil }
        let sum = String(words[place])
        words[place] = "*"
        return (sum, words.joined(separator: " "))
    }

    private static func isSum(_ word: Substring) -> Bool {
        let parts = word.split(separator: ":", maxSplits: 1)
        return parts.count == 2 && ["file", "dir", "multi"].contains(parts[0]) && parts[1].utf8.count == 64 && isHex(parts[1].utf8)
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
