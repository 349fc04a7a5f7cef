import Basics
import CDrydock
import DockerAPI
import Glibc
import Kernel
import OCI
import Steps
import Store

/// A container's files as Docker shows them to `docker cp`, to be read and written: its layers with the volumes and bind mounts in them,
/// and neither its tmpfs nor what it has mounted itself.
///
/// Of a container that runs, its own overlay is borrowed: overlayfs leaves it undefined what happens when a second one writes to the same
/// layer. One that does not run gets an overlay for as long as this takes, and can't be started meanwhile.
struct ContainerView {
    let engine: ContainerEngine
    let container: Container

    /// Runs `body` on another thread, where the files are shown.
    /// - Throws: `SystemCallFailure`, `RootedPathFailure`, `DrydockError`; what `body` throws.
    func open<T: Sendable>(_ step: Step, _ body: @escaping @Sendable (RootFolder) throws -> T) throws -> T {
        if let pidfd = runningProcess() {
            defer { close(pidfd) }
            return try open(step, .running(pidfd), body)
        }
        return try container.lifecycle.with {
            if let pidfd = runningProcess() {
                defer { close(pidfd) }
                return try open(step, .running(pidfd), body)
            }
            guard !container.live.read({ $0.isRemoved }) else { throw DrydockError(.notFound, "No such container: \(container.id)") }
            return try engine.withVolumes(of: container.record, step) { try open(step, .stopped(try overlayOptions()), body) }
        }
    }

    private enum Source: Sendable {
        /// A pidfd of the first process, open until `open` returns.
        case running(Int32)
        /// The options of its overlay.
        case stopped(String)
    }

    private func runningProcess() -> Int32? {
        let pidfd = container.live.read { live in
            live.state.phase == .running && live.pidfd >= 0 ? dd_fcntl(live.pidfd, F_DUPFD_CLOEXEC, 3) : -1
        }
        return pidfd >= 0 ? pidfd : nil
    }

    /// As `MountPlan` mounts it.
    private func overlayOptions() throws -> String {
        let layers = try container.record.layers.reversed().map { try engine.images.shortLink(of: ChainID($0)) }
        return "lowerdir=\(([engine.paths.initLayer] + layers).joined(separator: ":")),upperdir=\(container.upper),"
            + "workdir=\(container.directory)/work,index=off,redirect_dir=off,metacopy=off"
    }

    private func open<T: Sendable>(_ step: Step, _ source: Source, _ body: @escaping @Sendable (RootFolder) throws -> T) throws -> T {
        let (layers, point) = (engine.images.layersFolder, "\(container.directory)/merged")
        let places = binds
        let isReadOnly = container.record.hostConfig.readonlyRootfs
        return try PrivateMounts(kernel: engine.kernel).run(step) { calls in
            switch source {
            case .running(let pidfd): try borrowRoot(of: pidfd, at: point, &calls)
            case .stopped(let options):
                try calls.perform("chdir", [layers]) { chdir(layers) }
                try calls.mount("overlay", at: point, type: "overlay", flags: 0, data: options)
            }
            let root = try RootFolder(point)
            for place in places { try place.mount(in: root, &calls) }
            // Only now: a place to mount on may have had to be made.
            let flags = MountFlags.remount | MountFlags.bind | MountFlags.inert | (isReadOnly ? MountFlags.readOnly : 0)
            try calls.mount("none", at: point, type: nil, flags: flags)
            return try body(root)
        }
    }

    /// /etc/hosts and its like, then volumes and bind mounts; one below another's place comes after it.
    private var binds: [Bind] {
        var binds = ["resolv.conf", "hostname", "hosts"].map {
            Bind(source: "\(container.directory)/\($0)", destination: "/etc/\($0)", isReadOnly: false, isOptional: true)
        }
        for point in container.record.mounts where !point.source.isEmpty {
            binds.append(Bind(source: point.source, destination: point.destination, isReadOnly: !point.rw, isOptional: false))
        }
        return binds.sorted { $0.destination.split(separator: "/").count < $1.destination.split(separator: "/").count }
    }
}

/// Copies the root mount of a running container's namespace, alone, to a place in this thread's.
private func borrowRoot(of pidfd: Int32, at point: String, _ calls: inout MountCalls) throws {
    let own = "/proc/thread-self/ns/mnt"
    let home = try calls.perform("open", [own]) { dd_open(own, O_RDONLY | O_CLOEXEC, 0) }
    defer { close(home) }
    try calls.perform("setns", ["pidfd", "CLONE_NEWNS"]) { dd_enter_mounts(pidfd) }
    // Whatever comes of it, the thread goes back before it names another path.
    let copied = Result { try calls.perform("open_tree", ["/", "OPEN_TREE_CLONE"]) { dd_clone_mount("/", 0) } }
    try calls.perform("setns", ["its own namespace", "CLONE_NEWNS"]) { dd_enter_mounts(home) }
    let mount = try copied.get()
    defer { close(mount) }
    let place = try calls.perform("open", [point, "O_PATH"]) { dd_open(point, dd_o_path | O_CLOEXEC, 0) }
    defer { close(place) }
    try calls.perform("move_mount", ["the copy", point]) { dd_place_mount(mount, place) }
}

private struct Bind: Sendable {
    let source: String
    let destination: String
    let isReadOnly: Bool
    /// Left out when it is not there: a container that never ran has no /etc/hosts of its own yet.
    let isOptional: Bool

    func mount(in root: RootFolder, _ calls: inout MountCalls) throws {
        var what = stat()
        guard stat(source, &what) == 0 else {
            if isOptional { return }
            throw DrydockError(.failed, "the source \(source) of the mount at \(destination) is not there", errno: Errno(code: errno))
        }
        let isFolder = what.st_mode & S_IFMT == S_IFDIR
        let flags = isFolder ? "OPEN_TREE_CLONE|AT_RECURSIVE" : "OPEN_TREE_CLONE"
        let copy = try calls.perform("open_tree", [source, flags]) { dd_clone_mount(source, isFolder ? 1 : 0) }
        defer { close(copy) }
        try root.withPlace(destination, isFolder: isFolder) { place in
            _ = try calls.perform("move_mount", [source, destination]) { dd_place_mount(copy, place) }
        }
        // By the copy's own descriptor: the name may lead elsewhere by now, and this one would stay writable.
        let limits = MountFlags.remount | MountFlags.bind | MountFlags.inert | (isReadOnly ? MountFlags.readOnly : 0)
        try calls.mount("none", at: "/proc/self/fd/\(copy)", type: nil, flags: limits)
    }
}
