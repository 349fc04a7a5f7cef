import Basics
import Glibc
import Kernel

/// memory of cgroup v1.
struct MemoryController: CgroupController {
    func apply(_ limits: ResourceLimits, directory: String, _ recorder: Recorder) throws {
        if limits.reservedBytes > 0 { try recorder.writeFile("\(directory)/memory.soft_limit_in_bytes", "\(limits.reservedBytes)") }
        if let swappiness = limits.swappiness { try recorder.writeFile("\(directory)/memory.swappiness", "\(swappiness)") }
        guard limits.memoryBytes > 0 else { return }
        try recorder.writeFile("\(directory)/memory.limit_in_bytes", "\(limits.memoryBytes)")
        // Docker's default: as much swap again. Absent where swap accounting is off.
        if limits.swapBytes >= 0, access("\(directory)/memory.memsw.limit_in_bytes", F_OK) == 0 {
            let both = limits.swapBytes > 0 ? limits.swapBytes : limits.memoryBytes * 2
            try recorder.writeFile("\(directory)/memory.memsw.limit_in_bytes", "\(both)")
        }
    }
}

/// cpu of cgroup v1.
struct CPUController: CgroupController {
    func apply(_ limits: ResourceLimits, directory: String, _ recorder: Recorder) throws {
        if limits.cpuShares > 0 { try recorder.writeFile("\(directory)/cpu.shares", "\(limits.cpuShares)") }
        if limits.processorPeriod > 0 { try recorder.writeFile("\(directory)/cpu.cfs_period_us", "\(limits.processorPeriod)") }
        if limits.processorQuota != 0 { try recorder.writeFile("\(directory)/cpu.cfs_quota_us", "\(limits.processorQuota)") }
    }
}

/// cpuset of cgroup v1, in which a new directory is empty and takes no process until it has processors and memory nodes.
struct CpusetController: CgroupController {
    func apply(_ limits: ResourceLimits, directory: String, _ recorder: Recorder) throws {
        try inherit(directory: directory, recorder)
        if !limits.cpusetCPUs.isEmpty { try recorder.writeFile("\(directory)/cpuset.cpus", limits.cpusetCPUs) }
        if !limits.cpusetMemories.isEmpty { try recorder.writeFile("\(directory)/cpuset.mems", limits.cpusetMemories) }
    }

    func inherit(directory: String, _ recorder: Recorder) throws {
        for file in ["cpuset.cpus", "cpuset.mems"] {
            let own = try readFile("\(directory)/\(file)")
            guard own.allSatisfy({ $0 == 0x0a }), let slash = directory.lastIndex(of: "/") else { continue }
            let above = String(decoding: try readFile("\(directory[..<slash])/\(file)"), as: UTF8.self)
            try recorder.writeFile("\(directory)/\(file)", String(above.prefix { $0 != "\n" }))
        }
    }
}

/// pids of cgroup v1.
struct PidsController: CgroupController {
    func apply(_ limits: ResourceLimits, directory: String, _ recorder: Recorder) throws {
        if limits.pids > 0 { try recorder.writeFile("\(directory)/pids.max", "\(limits.pids)") }
    }
}

/// devices of cgroup v1: nothing but Docker's list, so that a device node made inside does not open the host's disk.
struct DevicesController: CgroupController {
    func apply(_ limits: ResourceLimits, directory: String, _ recorder: Recorder) throws {
        try recorder.writeFile("\(directory)/devices.deny", "a")
        try recorder.writeFile("\(directory)/devices.allow", DeviceRule.docker.map(\.line))
    }
}

/// All controllers of cgroup v2, in one directory.
struct UnifiedController: CgroupController {
    func apply(_ limits: ResourceLimits, directory: String, _ recorder: Recorder) throws {
        try filterDevices(directory, recorder)
        if limits.memoryBytes > 0 {
            try limit("memory.max", "\(limits.memoryBytes)", directory, recorder)
            // Here swap is counted apart from memory.
            let swap = limits.swapBytes > 0 ? limits.swapBytes - limits.memoryBytes : limits.memoryBytes
            try recorder.writeFile("\(directory)/memory.swap.max", limits.swapBytes < 0 ? "max" : "\(swap)", tolerating: [ENOENT])
        }
        if limits.reservedBytes > 0 { try limit("memory.low", "\(limits.reservedBytes)", directory, recorder) }
        if limits.processorQuota > 0 {
            let period = limits.processorPeriod > 0 ? limits.processorPeriod : 100_000
            try limit("cpu.max", "\(limits.processorQuota) \(period)", directory, recorder)
        }
        if limits.cpuShares > 0 {
            // runc's mapping of 2…262144 shares to a weight of 1…10000.
            try limit("cpu.weight", "\(1 + (limits.cpuShares - 2) * 9999 / 262_142)", directory, recorder)
        }
        if limits.pids > 0 { try limit("pids.max", "\(limits.pids)", directory, recorder) }
        if !limits.cpusetCPUs.isEmpty { try limit("cpuset.cpus", limits.cpusetCPUs, directory, recorder) }
        if !limits.cpusetMemories.isEmpty { try limit("cpuset.mems", limits.cpusetMemories, directory, recorder) }
    }

    /// - Throws: `DrydockError` where the controller isn't there: a cgroup v2 hands it down only while it holds no process of its own.
    private func limit(_ file: String, _ value: String, _ directory: String, _ recorder: Recorder) throws {
        guard access("\(directory)/\(file)", F_OK) == 0 else {
            throw DrydockError(
                .unsupported, "\(file) can't be set: the cgroup that the engine runs in has not handed the controller down",
                advice: "Give the engine a cgroup of its own: drydock shutdown; systemd-run --scope -p Delegate=yes drydock serve")
        }
        try recorder.writeFile("\(directory)/\(file)", value)
    }

    /// Without this a device node made inside would open the host's disk: a kernel that can't do it gets no container.
    func filterDevices(_ directory: String, _ recorder: Recorder) throws {
        let opened = try recorder.perform(.open(path: directory, flags: O_RDONLY | O_DIRECTORY, mode: 0))
        let cgroup = Int32(opened.value)
        defer { close(cgroup) }
        let filter = DeviceFilter(DeviceRule.docker)
        let loaded = try recorder.attempt(.bpfLoadDeviceFilter(instructions: filter.instructions))
        guard loaded.errno == 0 else {
            throw DrydockError(
                .unsupported, "this kernel takes no device filter for \(directory)", errno: Errno(code: loaded.errno),
                advice: "A kernel with CONFIG_CGROUP_BPF is needed, and the right to load programs (CAP_BPF).")
        }
        let program = Int32(loaded.value)
        // The cgroup keeps it.
        defer { close(program) }
        try recorder.perform(.bpfAttachDeviceFilter(program: program, cgroup: cgroup, path: directory))
    }
}
