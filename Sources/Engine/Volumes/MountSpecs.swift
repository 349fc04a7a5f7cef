import Basics
import DockerAPI
import Glibc

/// What one `-v` or `--mount` asks for, checked: source: moby, volume/mounts/linux_parser.go.
struct MountRequest {
    var point: MountPoint
    /// nil for what is no volume.
    var wish: VolumeWish?

    /// A volume's mount.
    /// - Parameter mode: as inspect shows it.
    init(volume wish: VolumeWish, folder: String, mode: String, isReadOnly: Bool) {
        self.wish = wish
        point = MountPoint(
            type: "volume", name: wish.name, source: "\(folder)/\(wish.name)/_data", destination: wish.destination, driver: "local",
            mode: mode, rw: !isReadOnly, propagation: "")
    }

    /// `SOURCE:/container/path[:mode]`, where the source is a path of the host or the name of a volume.
    /// - Throws: `DrydockError` in Docker's words.
    init(bind text: String, driver: String, folder: String) throws {
        let invalid = DrydockError(.invalid, "invalid volume specification: '\(text)'")
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard (2...3).contains(parts.count), !parts[0].isEmpty, parts.count == 3 || !MountMode.isValid(parts[1]) else { throw invalid }
        let mode = try MountMode(parts.count == 3 ? parts[2] : "")
        let isVolume = !parts[0].hasPrefix("/")
        do {
            try Self.check(target: parts[1])
            if isVolume && mode.propagation != nil { throw DrydockError(.invalid, "field BindOptions must not be specified") }
            if !isVolume && !mode.copies { throw DrydockError(.invalid, "field VolumeOptions must not be specified") }
        } catch let error as DrydockError {
            let type = isVolume ? "volume" : "bind"
            throw DrydockError(error.code, "\(invalid.sentence): invalid mount config for type \"\(type)\": \(error.sentence)")
        }
        let destination = GoPath.clean(parts[1])
        guard isVolume else {
            self = try Self(source: parts[0], destination: destination, mode: mode)
            return
        }
        try VolumeRecord.check(name: parts[0], driver: driver, options: nil)
        let wish = VolumeWish(name: parts[0], destination: destination, isFilled: mode.copies)
        self.init(volume: wish, folder: folder, mode: mode.text.isEmpty ? "z" : mode.text, isReadOnly: mode.isReadOnly)
    }

    private init(source: String, destination: String, mode: MountMode) throws {
        if let propagation = mode.propagation, !propagation.hasSuffix("private") {
            throw DrydockError(.unsupported, "drydock can't do the mount propagation \(propagation) yet", advice: "Leave it out.")
        }
        point = MountPoint(
            type: "bind", source: source, destination: destination, mode: mode.text, rw: !mode.isReadOnly, propagation: "rprivate")
    }

    /// One `--mount`.
    /// - Throws: `DrydockError` in Docker's words.
    init(_ mount: Mount, folder: String) throws {
        do {
            switch mount.type {
            case "bind": self = try Self(bind: mount)
            case "volume": self = try Self(volume: mount, folder: folder)
            case "tmpfs":
                throw DrydockError(.unsupported, "drydock can't do --mount type=tmpfs yet", advice: "Use --tmpfs.")
            default: throw DrydockError(.invalid, "mount type unknown")
            }
        } catch let error as DrydockError where error.code == .invalid && !error.sentence.hasPrefix("create ") {
            throw DrydockError(.invalid, "invalid mount config for type \"\(mount.type)\": \(error.sentence)")
        }
    }

    private init(bind mount: Mount) throws {
        try Self.check(target: mount.target)
        guard !mount.source.isEmpty else { throw DrydockError(.invalid, "field Source must not be empty") }
        guard mount.volumeOptions == nil else { throw DrydockError(.invalid, "field VolumeOptions must not be specified") }
        guard mount.source.hasPrefix("/") else {
            throw DrydockError(.invalid, "invalid mount path: '\(mount.source)' mount path must be absolute")
        }
        guard access(mount.source, F_OK) == 0 else {
            throw DrydockError(.invalid, "bind source path does not exist: \(mount.source)")
        }
        point = MountPoint(
            type: "bind", source: mount.source, destination: GoPath.clean(mount.target), mode: "", rw: !mount.readOnly,
            propagation: "rprivate")
    }

    private init(volume mount: Mount, folder: String) throws {
        try Self.check(target: mount.target)
        guard mount.bindOptions == nil else { throw DrydockError(.invalid, "field BindOptions must not be specified") }
        guard !mount.source.isEmpty || !mount.readOnly else {
            throw DrydockError(.invalid, "must not set ReadOnly mode when using anonymous volumes")
        }
        let name = mount.source.isEmpty ? VolumeRecord.newName() : mount.source
        let driver = mount.volumeOptions?.driverConfig
        try VolumeRecord.check(name: name, driver: driver?.name ?? "", options: driver?.options)
        let labels = mount.volumeOptions?.labels ?? [:]
        let wish = VolumeWish(
            name: name, labels: labels.isEmpty ? nil : labels, destination: GoPath.clean(mount.target),
            isFilled: mount.volumeOptions?.noCopy != true, isAnonymous: mount.source.isEmpty)
        self.init(volume: wish, folder: folder, mode: "z", isReadOnly: mount.readOnly)
    }

    private static func check(target: String) throws {
        guard !target.isEmpty else { throw DrydockError(.invalid, "field Target must not be empty") }
        guard GoPath.clean(target) != "/" else { throw DrydockError(.invalid, "invalid specification: destination can't be '/'") }
        guard target.hasPrefix("/") else {
            throw DrydockError(.invalid, "invalid mount path: '\(target)' mount path must be absolute")
        }
    }
}
