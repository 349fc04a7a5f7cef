import Basics
import TextTools

/// What the host gives the container: the API's HostConfig, in the order in which Docker's client sends it.
struct HostDetails {
    private let flags: FlagValues
    private(set) var object = JSONObject()

    init(flags: FlagValues, volumes: VolumeArguments, ports: PublishedPorts, devices: [DeviceSpec], network: String) throws {
        self.flags = flags
        try checkNamespaces()
        let restart = try restartPolicy()
        let logging = try loggingOptions()
        let security = try SecurityOptions(flags.list("security-opt"))
        let storage = try storageOptions()
        object["Binds"] = .stringsOrNull(volumes.binds)
        object["ContainerIDFile"] = text("cidfile")
        object["LogConfig"] = ["Type": text("log-driver"), "Config": .object(logging)]
        object["NetworkMode"] = .string(network)
        object["PortBindings"] = .object(ports.bindings)
        object["RestartPolicy"] = ["Name": .string(restart.name), "MaximumRetryCount": .integer(Int64(restart.retries))]
        object["AutoRemove"] = switchValue("rm")
        object["VolumeDriver"] = text("volume-driver")
        object["VolumesFrom"] = optionalList("volumes-from")
        object["CapAdd"] = optionalList("cap-add")
        object["CapDrop"] = optionalList("cap-drop")
        object["CgroupnsMode"] = text("cgroupns")
        object["Dns"] = list("dns")
        object["DnsOptions"] = list("dns-option")
        object["DnsSearch"] = list("dns-search")
        object["ExtraHosts"] = optionalList("add-host")
        object["GroupAdd"] = optionalList("group-add")
        object["IpcMode"] = text("ipc")
        object["Cgroup"] = ""
        object["Links"] = optionalList("link")
        object["OomScoreAdj"] = number("oom-score-adj")
        object["PidMode"] = text("pid")
        object["Privileged"] = switchValue("privileged")
        object["PublishAllPorts"] = switchValue("publish-all")
        object["ReadonlyRootfs"] = switchValue("read-only")
        object["SecurityOpt"] = .stringsOrNull(security.options)
        if !storage.isEmpty { object["StorageOpt"] = .object(storage) }
        addMiddle()
        addResources(devices: devices)
        let mounts = try flags.list("mount").map { try MountSpec.parse($0).json }
        if !mounts.isEmpty { object["Mounts"] = .array(mounts) }
        object["MaskedPaths"] = security.showsSystemPaths ? [] : .null
        object["ReadonlyPaths"] = security.showsSystemPaths ? [] : .null
        if flags.isSet("init") { object["Init"] = switchValue("init") }
        if flags.bool("rm"), restart.name != "no", !restart.name.isEmpty { throw ValueError("Conflicting options: --restart and --rm") }
    }

    private mutating func addMiddle() {
        var tmpfs = JSONObject()
        for mount in flags.list("tmpfs") {
            let parts = mount.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            tmpfs[parts[0]] = .string(parts.count == 2 ? parts[1] : "")
        }
        if !tmpfs.isEmpty { object["Tmpfs"] = .object(tmpfs.sortedByKey()) }
        object["UTSMode"] = text("uts")
        object["UsernsMode"] = text("userns")
        object["ShmSize"] = number("shm-size")
        let sysctls = EnvironmentFile.object(flags.list("sysctl"))
        if !sysctls.isEmpty { object["Sysctls"] = .object(sysctls) }
        if flags.isSet("runtime") { object["Runtime"] = text("runtime") }
        object["ConsoleSize"] = [0, 0]
        object["Isolation"] = text("isolation")
    }

    private mutating func addResources(devices: [DeviceSpec]) {
        object["CpuShares"] = number("cpu-shares")
        object["Memory"] = number("memory")
        object["NanoCpus"] = number("cpus")
        object["CgroupParent"] = text("cgroup-parent")
        object["BlkioWeight"] = number("blkio-weight")
        object["BlkioWeightDevice"] = perDevice("blkio-weight-device", "Weight") ?? []
        object["BlkioDeviceReadBps"] = perDevice("device-read-bps", "Rate") ?? .null
        object["BlkioDeviceWriteBps"] = perDevice("device-write-bps", "Rate") ?? .null
        object["BlkioDeviceReadIOps"] = perDevice("device-read-iops", "Rate") ?? .null
        object["BlkioDeviceWriteIOps"] = perDevice("device-write-iops", "Rate") ?? .null
        object["CpuPeriod"] = number("cpu-period")
        object["CpuQuota"] = number("cpu-quota")
        object["CpuRealtimePeriod"] = number("cpu-rt-period")
        object["CpuRealtimeRuntime"] = number("cpu-rt-runtime")
        object["CpusetCpus"] = text("cpuset-cpus")
        object["CpusetMems"] = text("cpuset-mems")
        object["Devices"] = .array(devices.map(\.json))
        object["DeviceCgroupRules"] = optionalList("device-cgroup-rule")
        let gpus = flags.list("gpus").compactMap { try? GPURequest.parse($0).json }
        object["DeviceRequests"] = gpus.isEmpty ? .null : .array(gpus)
        object["KernelMemory"] = number("kernel-memory")
        object["KernelMemoryTCP"] = 0
        object["MemoryReservation"] = number("memory-reservation")
        object["MemorySwap"] = number("memory-swap")
        object["MemorySwappiness"] = .integer(flags.int("memory-swappiness", default: -1))
        object["OomKillDisable"] = switchValue("oom-kill-disable")
        object["PidsLimit"] = number("pids-limit")
        object["Ulimits"] = ulimits()
        object["CpuCount"] = number("cpu-count")
        object["CpuPercent"] = number("cpu-percent")
        object["IOMaximumIOps"] = number("io-maxiops")
        object["IOMaximumBandwidth"] = number("io-maxbandwidth")
    }

    private func text(_ name: String) -> JSONValue { .string(flags.string(name)) }
    private func number(_ name: String) -> JSONValue { .integer(flags.int(name)) }
    private func switchValue(_ name: String) -> JSONValue { .bool(flags.bool(name)) }
    private func list(_ name: String) -> JSONValue { .strings(flags.list(name)) }
    private func optionalList(_ name: String) -> JSONValue { .stringsOrNull(flags.list(name)) }

    /// The last limit of a name counts.
    private func ulimits() -> JSONValue {
        var limits: [UlimitSpec] = []
        for limit in flags.list("ulimit").compactMap({ try? UlimitSpec.parse($0) }) {
            limits.removeAll { $0.name == limit.name }
            limits.append(limit)
        }
        return limits.isEmpty ? .null : .array(limits.map(\.json))
    }

    private func perDevice(_ name: String, _ key: String) -> JSONValue? {
        let values = flags.list(name).map { entry -> JSONValue in
            let parts = entry.split(separator: ":").map(String.init)
            return ["Path": .string(parts[0]), key: .integer(Int64(parts.last ?? "") ?? 0)]
        }
        return values.isEmpty ? nil : .array(values)
    }

    private func checkNamespaces() throws {
        let pid = flags.string("pid")
        guard ["", "host"].contains(pid) || (pid.hasPrefix("container:") && pid.count > 10) else {
            throw ValueError("--pid: invalid PID mode")
        }
        guard ["", "host"].contains(flags.string("uts")) else { throw ValueError("--uts: invalid UTS mode") }
        guard ["", "host"].contains(flags.string("userns")) else { throw ValueError("--userns: invalid USER mode") }
        guard ["", "host", "private"].contains(flags.string("cgroupns")) else { throw ValueError("--cgroupns: invalid CGROUP mode") }
    }

    private func restartPolicy() throws -> (name: String, retries: Int) {
        guard flags.isSet("restart") else { return ("no", 0) }
        let parts = flags.string("restart").split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard parts.count <= 2 else { throw ValueError("invalid restart policy format") }
        guard parts.count == 2 else { return (parts[0], 0) }
        guard let retries = try? GoNumber.atoi(parts[1]) else { throw ValueError("maximum retry count must be an integer") }
        return (parts[0], retries)
    }

    private func loggingOptions() throws -> JSONObject {
        let options = flags.list("log-opt")
        let driver = flags.string("log-driver")
        guard driver != "none" || options.isEmpty else { throw ValueError("invalid logging opts for driver \(driver)") }
        return EnvironmentFile.object(options)
    }

    private func storageOptions() throws -> JSONObject {
        let options = flags.list("storage-opt")
        guard options.allSatisfy({ $0.contains("=") }) else { throw ValueError("invalid storage option") }
        return EnvironmentFile.object(options)
    }
}

/// `--security-opt` values; a seccomp profile is read here and sent along.
private struct SecurityOptions {
    private(set) var options: [String] = []
    /// `systempaths=unconfined`: nothing of /proc and /sys is hidden.
    private(set) var showsSystemPaths = false

    init(_ given: [String]) throws {
        for option in given {
            if option == "systempaths=unconfined" {
                showsSystemPaths = true
            } else {
                options.append(try Self.checked(option))
            }
        }
    }

    private static func checked(_ option: String) throws -> String {
        if option == "no-new-privileges" { return option }
        let separator: Character = option.contains("=") ? "=" : ":"
        let parts = option.split(separator: separator, maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2 else { throw ValueError("Invalid --security-opt: \(goQuoted(option))") }
        guard parts[0] == "seccomp", parts[1] != "unconfined" else { return option }
        let bytes: [UInt8]
        do { bytes = try readFile(parts[1], limit: 4 << 20) } catch {
            throw ValueError("opening seccomp profile (\(parts[1])) failed: open \(parts[1]): \(error.text)")
        }
        do { return "seccomp=" + (try JSONValue(parsing: bytes)).text() } catch {
            throw ValueError("compacting json for seccomp profile (\(parts[1])) failed: \(error)")
        }
    }
}
