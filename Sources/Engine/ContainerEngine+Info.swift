import Basics
import CDrydock
import DockerAPI
import EngineInterface
import Glibc
import OCI
import Runtime
import Store

/// What this build calls itself. Docker's clients look at the API version, which says what they can expect.
public enum DrydockVersion {
    public static let number = "0.1.0"
    /// The Docker Engine whose behaviour this engine has.
    public static let engine = "20.10.24"
}

extension ContainerEngine {
    public func version() throws -> VersionResponse {
        let machine = Machine()
        var response = VersionResponse()
        response.platform = VersionPlatform(name: "drydock \(DrydockVersion.number)")
        response.version = DrydockVersion.engine
        response.os = "linux"
        response.arch = Platform.host.architecture
        response.kernelVersion = machine.kernel
        response.goVersion = "none (Swift)"
        response.gitCommit = "drydock"
        response.components = [
            VersionComponent(
                name: "Engine", version: DrydockVersion.engine,
                details: [
                    "ApiVersion": response.apiVersion, "MinAPIVersion": response.minAPIVersion, "Os": "linux", "Arch": response.arch,
                    "KernelVersion": machine.kernel, "GitCommit": "drydock", "GoVersion": response.goVersion, "Experimental": "false",
                    "BuildTime": "",
                ])
        ]
        return response
    }

    public func info() throws -> InfoResponse {
        let machine = Machine()
        let all = containers.all
        let running = all.filter(\.isRunning).count
        var info = InfoResponse()
        info.id = network.id
        info.registryConfig.indexConfigs["docker.io"] = IndexInfo(name: "docker.io", secure: true, official: true)
        for name in insecureRegistries { info.registryConfig.indexConfigs[name] = IndexInfo(name: name) }
        info.containers = all.count
        info.containersPaused = all.count { $0.state.isHeldStill }
        info.containersRunning = running - info.containersPaused
        info.containersStopped = all.count - running
        info.images = images.images().count
        info.driver = "overlay2"
        info.driverStatus = [["Backing Filesystem", machine.filesystem(of: paths.root)], ["Supports d_type", "true"]]
        let controllers = Set(cgroups.hierarchies.flatMap(\.controllers))
        let hasAll = cgroups.isUnified
        info.memoryLimit = hasAll || controllers.contains("memory")
        info.swapLimit = info.memoryLimit
        info.cpuCfsPeriod = hasAll || controllers.contains("cpu")
        info.cpuCfsQuota = info.cpuCfsPeriod
        info.cpuShares = info.cpuCfsPeriod
        info.cpuSet = hasAll || controllers.contains("cpuset")
        info.pidsLimit = hasAll || controllers.contains("pids")
        info.ipv4Forwarding = machine.setting("/proc/sys/net/ipv4/ip_forward") == "1"
        info.systemTime = Timestamp.now().description
        info.cgroupVersion = cgroups.isUnified ? "2" : "1"
        info.kernelVersion = machine.kernel
        info.operatingSystem = machine.operatingSystem
        info.osVersion = machine.operatingSystemVersion
        info.architecture = machine.architecture
        info.ncpu = Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))
        info.memTotal = Int64(sysconf(Int32(_SC_PHYS_PAGES))) * Int64(sysconf(Int32(_SC_PAGESIZE)))
        info.dockerRootDir = paths.root
        info.name = machine.name
        info.serverVersion = "\(DrydockVersion.engine)+drydock\(DrydockVersion.number)"
        info.runtimes = ["runc": RuntimeInfo(path: shimProgram.file)]
        info.defaultRuntime = "runc"
        info.initBinary = ""
        info.securityOptions = ["name=seccomp,profile=default"]
        return info
    }
}

/// The machine as it describes itself.
struct Machine {
    let kernel: String
    let architecture: String
    let name: String

    init() {
        var names = utsname()
        uname(&names)
        kernel = Self.text(&names.release)
        architecture = Self.text(&names.machine)
        name = Self.text(&names.nodename)
    }

    private static func text<T>(_ field: inout T) -> String {
        withUnsafePointer(to: &field) { $0.withMemoryRebound(to: CChar.self, capacity: 65) { String(cString: $0) } }
    }

    var operatingSystem: String { release("PRETTY_NAME") ?? "Linux" }
    var operatingSystemVersion: String { release("VERSION_ID") ?? "" }

    private func release(_ key: String) -> String? {
        let lines = String(decoding: (try? readFile("/etc/os-release", limit: 1 << 16)) ?? [], as: UTF8.self).split(separator: "\n")
        return lines.first { $0.hasPrefix(key + "=") }.map { $0.dropFirst(key.count + 1).split(separator: "\"").joined() }
    }

    func setting(_ path: String) -> String {
        String(decoding: ((try? readFile(path, limit: 256)) ?? []).prefix { $0 != 0x0a }, as: UTF8.self)
    }

    /// statfs(2)'s magic numbers.
    func filesystem(of path: String) -> String {
        var what = statfs()
        guard statfs(path, &what) == 0 else { return "unknown" }
        switch UInt32(truncatingIfNeeded: what.f_type) {
        case 0xef53: return "extfs"
        case 0x5846_5342: return "xfs"
        case 0x9123_683e: return "btrfs"
        case 0x0102_1994: return "tmpfs"
        default: return "unknown"
        }
    }
}
