import Basics
import CArchive
import Glibc
import OCI
import Synchronization

/// How images were built, a file for each: it goes with its image. Nothing depends on it, so it is not synced; one that a fall of the
/// machine has left empty says nothing.
extension ImageStore {
    /// How an image was built.
    public struct Story: Sendable {
        public let bytes: [UInt8]
        /// When it was kept last.
        public let time: Timestamp
    }

    /// Keeps how an image was built, in the place of what was kept before. The same once more only gets a new time: a build that
    /// finds all in the cache need not wait for a file to be replaced.
    /// - Parameter isFailed: The build has ended with an error; the image is the last that it made. What is kept of one that went well stays.
    /// - Throws: `DrydockError.notFound` when there is no such image.
    public func setStory(_ bytes: [UInt8], of id: ImageID, isFailed: Bool) throws {
        let path = isFailed ? layout.failedStory(id) : layout.story(id)
        let isKept = state.withLock { state in
            guard state.images[id] != nil, let old = read(path), old.bytes == bytes else { return false }
            return utimensat(AT_FDCWD, path, nil, AT_SYMLINK_NOFOLLOW) == 0
        }
        if isKept { return }
        let temporary = "\(layout.stories)/.new-\(UInt32.random(in: 0...UInt32.max))"
        do {
            let file = try OwnedDescriptor(temporary, O_WRONLY | O_CREAT | O_EXCL, mode: 0o644)
            try writeAll(file.raw, bytes)
            // Under the lock: the image's removal takes its story along, and must not come in between.
            try state.withLock { state in
                guard state.images[id] != nil else { throw DrydockError(.notFound, "No such image: \(id)") }
                guard rename(temporary, path) == 0 else { throw systemError("can't rename \(temporary)") }
            }
        } catch {
            unlink(temporary)
            throw error
        }
    }

    /// - Returns: nil where nothing was kept.
    public func story(of id: ImageID) -> Story? { read(layout.story(id)) ?? read(layout.failedStory(id)) }

    /// What the last build has left, whether it went well or not.
    public func latestStory() -> Story? {
        let names = (try? Files.names(in: layout.stories)) ?? []
        let paths = names.filter { $0.hasSuffix(".json") }.map { "\(layout.stories)/\($0)" }
        let latest = paths.compactMap { path in time(of: path).map { (path: path, time: $0) } }.max { $0.time < $1.time }
        return latest.flatMap { read($0.path) }
    }

    private func time(of path: String) -> Timestamp? {
        var status = stat()
        guard lstat(path, &status) == 0 else { return nil }
        return Timestamp(nanoseconds: Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec))
    }

    private func read(_ path: String) -> Story? {
        guard let time = time(of: path), let bytes = (try? Files.read(path, limit: 16 << 20)) ?? nil else { return nil }
        return Story(bytes: bytes, time: time)
    }

    func forgetStory(of id: ImageID) {
        unlink(layout.story(id))
        unlink(layout.failedStory(id))
    }

    /// Removes what belongs to no image, and what was left half written.
    static func sweepStories(_ layout: StoreLayout, keeping images: some Sequence<ImageID>) throws {
        let known = Set(images.map(\.hex))
        for name in try Files.names(in: layout.stories) where !known.contains(String(name.prefix { $0 != "." })) {
            unlink("\(layout.stories)/\(name)")
        }
    }
}
