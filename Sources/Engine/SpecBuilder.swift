import Basics
import CDrydock
import DockerAPI
import Dockerfile
import Glibc
import OCI
import Runtime
import Steps
import Store

/// Makes of a container's record what its first process has to do.
struct SpecBuilder {
    let engine: ContainerEngine
    let container: Container
    let attachment: NetworkAttachment?
    let cgroup: ContainerCgroup

    /// - Throws: `DrydockError`: a user that isn't there, a bind mount that can't be made.
    func spec() throws -> ContainerSpec {
        let record = container.record
        let (config, host) = (record.config, record.hostConfig)
        let chains = try record.layers.reversed().map { try ChainID($0) }
        let layers = try chains.map { try engine.images.shortLink(of: $0) }
        let visited = record.visit?.over.map { [$0] } ?? []
        let upper = record.visit?.into ?? container.upper
        let directories = [upper] + visited + chains.map { engine.images.filesFolder(of: $0) }
        let user = try UserLookup(layers: directories).resolve(config.user, additionalGroups: host.groupAdd ?? [])
        let capabilities = try Capabilities.merge(add: host.capAdd ?? [], drop: host.capDrop ?? [])
        var spec = ContainerSpec(
            layersDirectory: engine.images.layersFolder, lowerLayers: [engine.paths.initLayer] + visited + layers,
            upperDirectory: upper,
            workDirectory: "\(container.directory)/work", mountPoint: "\(container.directory)/merged", hostname: config.hostname,
            arguments: [record.path] + record.args, environment: environment(record, home: user.home),
            workingDirectory: config.workingDir.isEmpty ? "/" : config.workingDir, user: user, capabilities: capabilities,
            isTerminal: config.tty, isRootReadOnly: host.readonlyRootfs,
            seccompFilter: try Self.isUnconfined(host) ? [] : engine.seccomp.filter(capabilities: capabilities))
        spec.hasInput = config.openStdin
        spec.mounts = try mounts(record)
        spec.cgroupMounts = cgroup.mounts
        spec.cgroupTasks = cgroup.taskFiles
        spec.sharedMemoryBytes = host.shmSize
        spec.maskedPaths = host.maskedPaths ?? HostConfig.defaultMaskedPaths
        // Not in 20.10's list yet, though it tells of other containers' work: CVE-2020-8694.
        if !spec.maskedPaths.isEmpty { spec.maskedPaths.append("/sys/devices/virtual/powercap") }
        spec.readOnlyPaths = host.readonlyPaths ?? HostConfig.defaultReadonlyPaths
        spec.domainName = config.domainname
        spec.noNewPrivileges = Self.hasNoNewPrivileges(host)
        spec.usesHostNetwork = host.networkMode == "host"
        spec.limits = try ProcessLimits.of(host)
        spec.networkMessages = host.networkMode == "host" ? [] : attachment?.endpoint.messages ?? Endpoint.isolatedMessages
        return spec
    }

    static func hasNoNewPrivileges(_ host: HostConfig) -> Bool {
        (host.securityOpt ?? []).contains { $0 == "no-new-privileges" || $0 == "no-new-privileges:true" }
    }

    /// True when the container has no filter of system calls.
    static func isUnconfined(_ host: HostConfig) throws -> Bool {
        var unconfined = false
        for option in host.securityOpt ?? [] {
            switch option {
            case "seccomp=unconfined", "seccomp:unconfined": unconfined = true
            case "no-new-privileges", "no-new-privileges:true", "apparmor=unconfined", "apparmor:unconfined", "label=disable",
                "label:disable":
                break
            default: throw DrydockError(.unsupported, "drydock can't do --security-opt \(option) yet")
            }
        }
        return unconfined
    }

    /// Docker's order: PATH, HOSTNAME, TERM, then the image's and the user's, then HOME.
    private func environment(_ record: ContainerRecord, home: String) -> [String] {
        let given = record.config.env ?? []
        let has = { (name: String) in given.contains { $0.hasPrefix(name + "=") } }
        var all: [String] = []
        if !has("PATH") { all.append("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin") }
        if !has("HOSTNAME") { all.append("HOSTNAME=\(record.config.hostname)") }
        if record.config.tty && !has("TERM") { all.append("TERM=xterm") }
        // A variable without a value is one that the client found unset: it is taken away.
        all += given.filter { $0.contains("=") }
        if !has("HOME") { all.append("HOME=\(home)") }
        return all
    }

    private func mounts(_ record: ContainerRecord) throws -> [ContainerSpec.Mount] {
        var mounts: [ContainerSpec.Mount] = []
        for name in ["resolv.conf", "hostname", "hosts"] {
            mounts.append(
                .bind(source: "\(container.directory)/\(name)", destination: "/etc/\(name)", isReadOnly: false, isDirectory: false))
        }
        if record.script != nil {
            mounts.append(
                .bind(
                    source: "\(container.directory)/\(Container.scripts)", destination: BuildCommand.CommandLine.scriptFolder,
                    isReadOnly: true,
                    isDirectory: true))
        }
        for point in record.mounts {
            var what = stat()
            if point.type == "volume" {
                // The folder itself, not what a link in its place would lead to. Only the engine writes where it is.
                guard lstat(point.source, &what) == 0, what.st_mode & S_IFMT == S_IFDIR else {
                    throw DrydockError(.notFound, "get \(point.name): no such volume")
                }
                let destination = point.destination.hasPrefix("/") ? point.destination : "/\(point.destination)"
                mounts.append(
                    .bind(source: point.source, destination: destination, isReadOnly: !point.rw, isDirectory: true))
                continue
            }
            if stat(point.source, &what) != 0 {
                // Docker makes a missing source of -v as a directory.
                try makeDirectories(point.source)
                guard stat(point.source, &what) == 0 else {
                    throw DrydockError(.failed, "error while creating mount source path '\(point.source)'", errno: Errno(code: errno))
                }
            }
            mounts.append(
                .bind(
                    source: point.source, destination: point.destination, isReadOnly: !point.rw,
                    isDirectory: what.st_mode & S_IFMT == S_IFDIR))
        }
        for (destination, options) in record.hostConfig.tmpfs.sorted(by: { $0.key < $1.key }) {
            mounts.append(.temporary(try TemporaryFilesystem(options: options), destination: GoPath.clean(destination)))
        }
        // A mount below another's destination comes after it, of whatever kind they are.
        return mounts.sorted { $0.destination.split(separator: "/").count < $1.destination.split(separator: "/").count }
    }

    private func makeDirectories(_ path: String) throws {
        var prefix = ""
        for part in path.split(separator: "/") {
            prefix += "/\(part)"
            if mkdir(prefix, 0o755) != 0 && errno != EEXIST {
                throw DrydockError(.failed, "error while creating mount source path '\(path)': mkdir \(prefix)", errno: Errno(code: errno))
            }
        }
    }
}
