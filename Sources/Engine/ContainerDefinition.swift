import Basics
import DockerAPI
import Glibc
import OCI
import Store

/// A request to create a container, checked and completed with what the image says.
struct ContainerDefinition {
    private var config: ContainerConfig
    private var host: HostConfig
    /// nil for a step of a build on `scratch`, on which nothing has been made yet.
    private let image: StoredImage?
    private let paths: EnginePaths

    /// - Throws: `DrydockError` in Docker's words for what can't be, and plainly for what this engine doesn't do.
    init(_ request: CreateContainerRequest, image: StoredImage?, paths: EnginePaths) throws {
        config = request.config
        host = request.hostConfig
        self.image = image
        self.paths = paths
        try refuseUnsupported()
        try check()
        inheritFromImage()
    }

    /// The record of the container to be.
    /// - Parameter mounts: as `mounts` gives them.
    func record(name: String?, mounts: ContainerMounts, generate: () -> String) throws -> ContainerRecord {
        let id = newContainerID()
        var config = config
        if config.hostname.isEmpty { config.hostname = host.networkMode == "host" ? Self.hostName() : String(id.prefix(12)) }
        let command = (config.entrypoint ?? []) + (config.cmd ?? [])
        guard let program = command.first else {
            throw DrydockError(.invalid, "No command specified")
        }
        let chosen = try name.map(Self.checkedName)
        return ContainerRecord(
            id: id, name: chosen ?? generate(), created: .now(), imageID: image?.id.description ?? "",
            imageName: config.image, layers: (image?.chain ?? []).map(\.description), path: program, args: Array(command.dropFirst()),
            config: config, hostConfig: host,
            mounts: mounts.points, anonymousVolumes: mounts.anonymous.isEmpty ? nil : mounts.anonymous)
    }

    /// What is to be mounted into it.
    /// - Parameter find: Finds a container for `--volumes-from`.
    func mounts(find: (String) throws -> ContainerRecord) throws -> ContainerMounts {
        try ContainerMounts(config: config, host: host, folder: paths.volumes, find: find)
    }

    /// A name as it may be given: with or without the slash that Docker shows.
    static func checkedName(_ given: String) throws -> String {
        try ContainerName(given.hasPrefix("/") ? String(given.dropFirst()) : given).text
    }

    private static func hostName() -> String {
        var name = utsname()
        uname(&name)
        return withUnsafePointer(to: &name.nodename) { $0.withMemoryRebound(to: CChar.self, capacity: 65) { String(cString: $0) } }
    }

    /// What Docker can do and this engine can't yet: refused rather than ignored.
    private func refuseUnsupported() throws {
        let asked: [(Bool, String)] = [
            (host.privileged, "--privileged"), (!(host.devices ?? []).isEmpty, "--device"),
            (!(host.deviceRequests ?? []).isEmpty, "--gpus"), (!(host.deviceCgroupRules ?? []).isEmpty, "--device-cgroup-rule"),
            (!config.macAddress.isEmpty, "--mac-address"), (host.blkioWeight != 0, "--blkio-weight"),
            (!(host.blkioWeightDevice ?? []).isEmpty, "--blkio-weight-device"),
            (!(host.blkioDeviceReadBps ?? []).isEmpty, "--device-read-bps"),
            (!(host.blkioDeviceWriteBps ?? []).isEmpty, "--device-write-bps"),
            (!(host.blkioDeviceReadIOps ?? []).isEmpty, "--device-read-iops"),
            (!(host.blkioDeviceWriteIOps ?? []).isEmpty, "--device-write-iops"), (host.cpuRealtimePeriod != 0, "--cpu-rt-period"),
            (host.cpuRealtimeRuntime != 0, "--cpu-rt-runtime"), (host.kernelMemory != 0, "--kernel-memory"),
            (host.initProcess == true, "--init"), (!(host.links ?? []).isEmpty, "--link"),
            (!host.sysctls.isEmpty, "--sysctl"),
            (!["", "private", "shareable"].contains(host.ipcMode), "--ipc \(host.ipcMode)"),
            (!host.pidMode.isEmpty, "--pid \(host.pidMode)"),
            (!host.utsMode.isEmpty, "--uts \(host.utsMode)"), (!host.usernsMode.isEmpty, "--userns \(host.usernsMode)"),
            (!["", "no"].contains(host.restartPolicy.name), "--restart \(host.restartPolicy.name)"),
            (!["", "json-file"].contains(host.logConfig.type), "--log-driver \(host.logConfig.type)"),
            (!host.cgroupParent.isEmpty, "--cgroup-parent"), (host.oomKillDisable == true, "--oom-kill-disable"),
            (host.oomScoreAdj != 0, "--oom-score-adj"),
            (!host.storageOpt.isEmpty, "--storage-opt"), (!["", "runc"].contains(host.runtime), "--runtime \(host.runtime)"),
        ]
        if !["", "no", "always", "unless-stopped", "on-failure"].contains(host.restartPolicy.name) {
            throw DrydockError(.invalid, "invalid restart policy '\(host.restartPolicy.name)'")
        }
        if let (_, flag) = asked.first(where: \.0) {
            throw DrydockError(.unsupported, "drydock can't do \(flag) yet", advice: "Leave the option out.")
        }
    }

    private func check() throws {
        if !config.workingDir.isEmpty && !config.workingDir.hasPrefix("/") {
            throw DrydockError(
                .invalid, "the working directory '\(config.workingDir)' is invalid, it needs to be an absolute path")
        }
        for variable in config.env ?? [] where variable.isEmpty || variable.hasPrefix("=") {
            throw DrydockError(.invalid, "invalid environment variable: \(variable)")
        }
        for text in (config.env ?? []) + (config.cmd ?? []) + (config.entrypoint ?? []) + [config.user, config.workingDir, config.hostname]
        where text.utf8.contains(0) {
            throw DrydockError(.invalid, "a NUL byte can't stand in an argument, a variable, a user or a path")
        }
        if config.hostname.utf8.count > 64 {
            throw DrydockError(.invalid, "invalid hostname: longer than the kernel's 64 bytes")
        }
        try ResourceChecks(host).check()
        if host.networkMode.hasPrefix("container:") {
            throw DrydockError(.unsupported, "drydock can't do --network \(host.networkMode) yet")
        }
        if let fault = config.healthcheck?.fault { throw DrydockError(.invalid, fault) }
        if !config.stopSignal.isEmpty { _ = try SignalName.number(config.stopSignal, invalid: "Invalid signal") }
    }

    private mutating func inheritFromImage() {
        if let image { inherit(image.config) }
        if image == nil, config.entrypoint == [""] { config.entrypoint = nil }
        for port in (host.portBindings ?? [:]).keys where config.exposedPorts[port] == nil { config.exposedPorts[port] = EmptyObject() }
        // None are null in Docker's inspect.
        if config.volumes?.isEmpty == true { config.volumes = nil }
        completeHost()
    }

    private mutating func inherit(_ own: ImageConfig) {
        // A command of one's own goes to the image's entrypoint; an entrypoint of one's own drops the image's command.
        if (config.entrypoint ?? []).isEmpty {
            if (config.cmd ?? []).isEmpty { config.cmd = own.run.cmd }
            config.entrypoint = own.run.entrypoint.isEmpty ? nil : own.run.entrypoint
        } else if config.entrypoint == [""] {
            config.entrypoint = nil
        }
        let names = Set((config.env ?? []).map { $0.split(separator: "=", maxSplits: 1).first.map(String.init) ?? $0 })
        let inherited = own.run.env.filter { !names.contains($0.split(separator: "=", maxSplits: 1).first.map(String.init) ?? $0) }
        config.env = (config.env ?? []) + inherited
        if config.workingDir.isEmpty { config.workingDir = own.run.workingDir }
        if config.user.isEmpty { config.user = own.run.user }
        if config.stopSignal.isEmpty { config.stopSignal = own.run.stopSignal }
        let check = own.run.json?["Healthcheck"].flatMap { try? JSONDecoder().decode(HealthConfig.self, from: $0) }
        config.healthcheck = config.healthcheck?.completed(by: check) ?? check
        for port in own.run.exposedPorts where config.exposedPorts[port] == nil { config.exposedPorts[port] = EmptyObject() }
        var labels = Dictionary(own.run.labels.map { ($0.key, $0.value) }, uniquingKeysWith: { $1 })
        for (key, value) in config.labels ?? [:] { labels[key] = value }
        config.labels = labels
        let volumes = Dictionary(own.run.volumes.map { ($0, EmptyObject()) }, uniquingKeysWith: { $1 })
        config.volumes = (config.volumes ?? [:]).merging(volumes) { own, _ in own }
    }

    /// What Docker writes where nothing was said.
    private mutating func completeHost() {
        if host.networkMode.isEmpty { host.networkMode = "default" }
        // As much swap again as memory (moby, adaptContainerSettings).
        if host.memory > 0 && host.memorySwap == 0 { host.memorySwap = host.memory * 2 }
        if host.shmSize == 0 { host.shmSize = HostConfig.defaultShmSize }
        if host.ipcMode.isEmpty { host.ipcMode = "private" }
        if host.cgroupnsMode.isEmpty { host.cgroupnsMode = "host" }
        if host.logConfig.type.isEmpty { host.logConfig = LogConfig(type: "json-file", config: [:]) }
        if host.runtime.isEmpty { host.runtime = "runc" }
        if host.maskedPaths == nil { host.maskedPaths = HostConfig.defaultMaskedPaths }
        if host.readonlyPaths == nil { host.readonlyPaths = HostConfig.defaultReadonlyPaths }
    }
}

/// A container's id: 64 hexadecimal digits.
///
/// Its first twelve are the container's host name, and resolvers take a name of decimal digits alone for a number: `hostname -i` would fail
/// in one container out of 280. As Docker's stringid.GenerateRandomID (moby issue 3869).
func newContainerID(_ random: () -> String = { randomHex(bytes: 32) }) -> String {
    while true {
        let id = random()
        if !id.prefix(12).allSatisfy({ ("0"..."9").contains($0) }) { return id }
    }
}
