extension HostConfig {
    /// Paths below /proc and /sys that a container that is not privileged cannot read (Docker 20.10's list, in its order).
    public static let defaultMaskedPaths = [
        "/proc/asound", "/proc/acpi", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/timer_list",
        "/proc/timer_stats", "/proc/sched_debug", "/proc/scsi", "/sys/firmware",
    ]

    /// Paths below /proc that a container that is not privileged cannot write (Docker 20.10's list, in its order).
    public static let defaultReadonlyPaths = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"]

    /// The size of /dev/shm, in bytes, when nobody asks for another.
    public static let defaultShmSize: Int64 = 64 << 20

    /// Fills in what a client left open, as Docker's daemon does when it creates a container.
    ///
    /// `CgroupnsMode` stays as it is: its default depends on the host's cgroup version, which the engine knows.
    public mutating func applyDockerDefaults() {
        if logConfig.type.isEmpty { logConfig.type = "json-file" }
        if logConfig.config == nil { logConfig.config = [:] }
        if networkMode.isEmpty { networkMode = "default" }
        if ipcMode.isEmpty { ipcMode = "private" }
        if shmSize == 0 { shmSize = Self.defaultShmSize }
        if oomKillDisable == nil { oomKillDisable = false }
        if memorySwappiness == -1 { memorySwappiness = nil }
        if pidsLimit == 0 { pidsLimit = nil }
        guard !privileged else { return }
        if maskedPaths == nil { maskedPaths = Self.defaultMaskedPaths }
        if readonlyPaths == nil { readonlyPaths = Self.defaultReadonlyPaths }
    }
}
