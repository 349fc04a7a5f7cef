import CDrydock
import Glibc
import Kernel

/// The container's mounts, in the order in which they are safe.
///
/// What comes from the host is opened before pivot_root, when it can still be named; everything is put in its place after it, when
/// no symbolic link in the image can lead out of the container.
struct MountPlan {
    private(set) var beforePivot: [ChildOperation] = []
    private(set) var pivot: [ChildOperation] = []
    private(set) var afterPivot: [ChildOperation] = []
    private(set) var devices: [ChildOperation] = []
    private(set) var masks: [ChildOperation] = []
    private var slot = 0
    /// False when the user brings a /dev of their own: as with runc, nothing is made in it then.
    private let makesDevices: Bool

    private static let nosuid: UInt = 2
    private static let nodev: UInt = 4
    private static let noexec: UInt = 8
    private static let readOnly: UInt = 1
    private static let remount: UInt = 32
    private static let bind: UInt = 4096
    private static let recursive: UInt = 16384
    private static let privately: UInt = 1 << 18
    private static let strictAtime: UInt = 1 << 24

    init(_ spec: ContainerSpec) {
        makesDevices = !spec.mounts.contains { $0.destination == "/dev" }
        // Nothing that is mounted in here may appear on the host.
        beforePivot.append(.mount("none", "/", nil, Self.recursive | Self.privately))
        overlay(spec)
        kernelFilesystems(spec)
        cgroups(spec)
        for mount in spec.mounts { add(mount) }
        mkdirs(spec.workingDirectory)
        makeDevices(spec)
        maskPaths(spec)
        if spec.isRootReadOnly { masks.append(.mount("none", "/", nil, Self.remount | Self.bind | Self.readOnly)) }
    }

    private mutating func overlay(_ spec: ContainerSpec) {
        // Short names relative to this directory: mount's options are one page, and an image may have over a hundred layers.
        beforePivot.append(.chdir(spec.layersDirectory))
        // Whatever the kernel's defaults: a renamed folder or a changed mode is to be in the upper layer as it is, or a commit would miss it.
        let options =
            "lowerdir=\(spec.lowerLayers.joined(separator: ":")),upperdir=\(spec.upperDirectory),workdir=\(spec.workDirectory)"
            + ",index=off,redirect_dir=off,metacopy=off"
        beforePivot.append(.mount("overlay", spec.mountPoint, "overlay", 0, options))
        pivot = [
            .chdir(spec.mountPoint),
            // The old root lies on top of the new one, and is taken away at once.
            .pivotRoot(".", "."),
            .umount(".", 2),
            .chdir("/"),
        ]
    }

    private mutating func kernelFilesystems(_ spec: ContainerSpec) {
        let noneAllowed = Self.nosuid | Self.nodev | Self.noexec
        afterPivot += [.mkdir("/proc"), .mount("proc", "/proc", "proc", noneAllowed)]
        if makesDevices {
            afterPivot += [
                .mkdir("/dev"), .mount("tmpfs", "/dev", "tmpfs", Self.nosuid | Self.strictAtime, "mode=755,size=65536k"),
                .mkdir("/dev/pts"),
                .mount("devpts", "/dev/pts", "devpts", Self.nosuid | Self.noexec, "newinstance,ptmxmode=0666,mode=0620,gid=5"),
            ]
        }
        afterPivot += [.mkdir("/sys"), .mount("sysfs", "/sys", "sysfs", noneAllowed | Self.readOnly)]
        if makesDevices {
            afterPivot += [
                .mkdir("/dev/mqueue"), .mount("mqueue", "/dev/mqueue", "mqueue", noneAllowed),
                .mkdir("/dev/shm"), .mount("shm", "/dev/shm", "tmpfs", noneAllowed, "mode=1777,size=\(spec.sharedMemoryBytes / 1024)k"),
            ]
        }
    }

    private mutating func cgroups(_ spec: ContainerSpec) {
        guard !spec.cgroupMounts.isEmpty else { return }
        let flags = Self.nosuid | Self.nodev | Self.noexec
        if spec.cgroupMounts.count == 1, spec.cgroupMounts[0].name.isEmpty {
            // cgroup v2: in the container's own cgroup namespace its cgroup is the root.
            afterPivot.append(.mount("cgroup", "/sys/fs/cgroup", "cgroup2", flags | Self.readOnly))
            return
        }
        afterPivot.append(.mount("tmpfs", "/sys/fs/cgroup", "tmpfs", flags, "mode=755"))
        for (name, source) in spec.cgroupMounts {
            let target = "/sys/fs/cgroup/\(name)"
            afterPivot.append(.mkdir(target))
            place(source, at: target, recursive: false)
            afterPivot.append(.mount("none", target, nil, Self.remount | Self.bind | Self.readOnly | flags))
        }
    }

    private mutating func add(_ mount: ContainerSpec.Mount) {
        switch mount {
        case .bind(let source, let destination, let isReadOnly, let isDirectory):
            mkdirs(isDirectory ? destination : parent(of: destination))
            if !isDirectory { afterPivot.append(.touch(destination)) }
            place(source, at: destination, recursive: isDirectory)
            if isReadOnly { afterPivot.append(.mount("none", destination, nil, Self.remount | Self.bind | Self.readOnly)) }
        case .temporary(let filesystem, let destination):
            mkdirs(destination)
            afterPivot.append(.mount("tmpfs", destination, "tmpfs", filesystem.flags, filesystem.data.isEmpty ? nil : filesystem.data))
        }
    }

    private mutating func place(_ source: String, at target: String, recursive: Bool) {
        beforePivot.append(.openTree(source, slot: slot, recursive: recursive))
        afterPivot.append(.moveMount(slot: slot, source: source, to: target))
        slot += 1
    }

    /// The directory and what is missing above it.
    private mutating func mkdirs(_ path: String) {
        var prefix = ""
        for part in path.split(separator: "/") {
            prefix += "/\(part)"
            afterPivot.append(.mkdir(prefix))
        }
    }

    private func parent(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
    }

    private mutating func makeDevices(_ spec: ContainerSpec) {
        devices = makesDevices ? Self.deviceNodes : []
        devices += [.umask(0o022), .setsid]
        if spec.isTerminal {
            // By its descriptor: in a /dev of the host's it has another number than 0.
            devices += [
                .terminal, .controllingTerminal, .touch("/dev/console"), .mount("/proc/self/fd/0", "/dev/console", nil, Self.bind),
            ]
        } else if makesDevices && !spec.hasInput {
            devices.append(.emptyInput)
        }
    }

    private static let deviceNodes: [ChildOperation] = [
        .umask(0),
        .mknod("/dev/null", major: 1, minor: 3), .mknod("/dev/zero", major: 1, minor: 5), .mknod("/dev/full", major: 1, minor: 7),
        .mknod("/dev/random", major: 1, minor: 8), .mknod("/dev/urandom", major: 1, minor: 9),
        .mknod("/dev/tty", major: 5, minor: 0),
        .symlink("pts/ptmx", "/dev/ptmx"), .symlink("/proc/self/fd", "/dev/fd"), .symlink("/proc/self/fd/0", "/dev/stdin"),
        .symlink("/proc/self/fd/1", "/dev/stdout"), .symlink("/proc/self/fd/2", "/dev/stderr"),
    ]

    /// Docker's masked and read-only paths, as far as this kernel has them: what the host's /proc lacks, the container's lacks too.
    private mutating func maskPaths(_ spec: ContainerSpec) {
        for path in spec.readOnlyPaths where exists(path) {
            masks.append(.mount(path, path, nil, Self.bind | Self.recursive))
            masks.append(
                .mount("none", path, nil, Self.remount | Self.bind | Self.readOnly | Self.nosuid | Self.nodev | Self.noexec))
        }
        for path in spec.maskedPaths where exists(path) {
            if isDirectory(path) {
                masks.append(.mount("tmpfs", path, "tmpfs", Self.readOnly))
            } else {
                masks.append(.mount("/dev/null", path, nil, Self.bind))
            }
        }
    }

    private func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    private func isDirectory(_ path: String) -> Bool {
        var what = stat()
        return stat(path, &what) == 0 && what.st_mode & S_IFMT == S_IFDIR
    }
}
