import Basics
import DockerAPI

/// Everything that a container which is to be created has mounted, in Docker's order: what other containers have, `-v`, `--mount`, and what
/// the image and `-v /path` ask for where nothing else is. Source: moby, daemon/volumes.go, `registerMountPoints`.
struct ContainerMounts {
    private var requests: [MountRequest] = []
    private let folder: String

    var points: [MountPoint] { requests.map(\.point) }
    var volumes: [VolumeWish] { requests.compactMap(\.wish) }
    /// Names of the volumes that nobody gave a name: `rm -v` takes those along.
    var anonymous: [String] { Set(volumes.filter(\.isAnonymous).map(\.name)).sorted() }

    /// - Parameters:
    ///   - config: with the image's volumes among its own.
    ///   - folder: where volumes are.
    ///   - find: Finds a container for `--volumes-from`.
    /// - Throws: `DrydockError` in Docker's words.
    init(config: ContainerConfig, host: HostConfig, folder: String, find: (String) throws -> ContainerRecord) throws {
        self.folder = folder
        for spec in host.volumesFrom ?? [] { try take(from: spec, find) }
        var own: Set<String> = []
        let wanted =
            try (host.binds ?? []).map { try MountRequest(bind: $0, driver: host.volumeDriver, folder: folder) }
            + host.mounts.map { try MountRequest($0, folder: folder) }
        for request in wanted {
            guard own.insert(request.point.destination).inserted else {
                throw DrydockError(.invalid, "Duplicate mount point: \(request.point.destination)")
            }
            put(request)
        }
        for path in (config.volumes ?? [:]).keys.sorted() { try putAnonymous(path, host) }
    }

    /// A later mount takes an earlier one's place.
    private mutating func put(_ request: MountRequest) {
        requests.removeAll { $0.point.destination == request.point.destination }
        requests.append(request)
    }

    private mutating func putAnonymous(_ path: String, _ host: HostConfig) throws {
        let destination = GoPath.clean(path)
        // Docker creates such a container, which then can't be started.
        guard destination != "/" else {
            throw DrydockError(.invalid, "invalid volume specification: '\(path)': invalid specification: destination can't be '/'")
        }
        guard !requests.contains(where: { $0.point.destination == destination }), host.tmpfs[destination] == nil else { return }
        let wish = VolumeWish(name: VolumeRecord.newName(), destination: destination, isAnonymous: true)
        try VolumeRecord.check(name: wish.name, driver: host.volumeDriver, options: nil)
        put(MountRequest(volume: wish, folder: folder, mode: "", isReadOnly: false))
    }

    /// `CONTAINER[:ro]`: its mounts become this container's.
    private mutating func take(from spec: String, _ find: (String) throws -> ContainerRecord) throws {
        guard !spec.isEmpty else { throw DrydockError(.invalid, "volumes-from specification cannot be an empty string") }
        let parts = spec.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let mode = try MountMode(parts.count == 2 ? parts[1] : "")
        guard mode.propagation == nil, mode.copies else { throw MountMode.refusal(mode.text) }
        let other: ContainerRecord
        do { other = try find(parts[0]) } catch let error as DrydockError { throw DrydockError(.invalid, error.sentence) }
        for point in other.mounts {
            var request: MountRequest
            if point.type == "volume" {
                let wish = VolumeWish(
                    name: point.name, destination: point.destination, isMade: false, isFilled: false,
                    isAnonymous: other.anonymousVolumes?.contains(point.name) == true)
                request = MountRequest(volume: wish, folder: folder, mode: "", isReadOnly: mode.isReadOnly || !point.rw)
            } else {
                request = MountRequest(point: point)
                request.point.mode = ""
                request.point.rw = point.rw && !mode.isReadOnly
            }
            put(request)
        }
    }
}

extension MountRequest {
    /// What another container has, and is no volume.
    init(point: MountPoint) {
        self.point = point
        wish = nil
    }
}
