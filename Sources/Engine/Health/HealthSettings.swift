import DockerAPI

/// How a container's health is found out: what its configuration says, with Docker's defaults where it says nothing. Times are nanoseconds.
///
/// Source: moby 20.10, `daemon/health.go`.
struct HealthSettings: Sendable {
    let command: [String]
    let interval: Int64
    let timeout: Int64
    let startPeriod: Int64
    let retries: Int

    private static let second: Int64 = 1_000_000_000

    /// - Returns: nil when nothing is to be probed: no command, `NONE`, or a kind that Docker does not know either.
    init?(_ config: ContainerConfig) {
        guard let check = config.healthcheck, let kind = check.test.first else { return nil }
        let words = Array(check.test.dropFirst())
        switch kind {
        case "CMD": command = words
        case "CMD-SHELL": command = (config.shell.isEmpty ? ["/bin/sh", "-c"] : config.shell) + words
        default: return nil
        }
        interval = check.interval == 0 ? 30 * Self.second : check.interval
        timeout = check.timeout == 0 ? 30 * Self.second : check.timeout
        startPeriod = check.startPeriod
        retries = check.retries <= 0 ? 3 : check.retries
    }
}

extension HealthConfig {
    /// What is left out here as another says it: a container's as its image's, an image's as that of the container of which it is made.
    /// Source: moby 20.10, `daemon/commit.go`, `merge`.
    func completed(by other: HealthConfig?) -> HealthConfig {
        guard let other else { return self }
        return HealthConfig(
            test: test.isEmpty ? other.test : test, interval: interval == 0 ? other.interval : interval,
            timeout: timeout == 0 ? other.timeout : timeout, startPeriod: startPeriod == 0 ? other.startPeriod : startPeriod,
            retries: retries == 0 ? other.retries : retries)
    }

    /// What keeps it from being used, in Docker's words.
    var fault: String? {
        let millisecond: Int64 = 1_000_000
        for (name, time) in [("Interval", interval), ("Timeout", timeout)] where time != 0 && time < millisecond {
            return "\(name) in Healthcheck cannot be less than 1ms"
        }
        if retries < 0 { return "Retries in Healthcheck cannot be negative" }
        return startPeriod != 0 && startPeriod < millisecond ? "StartPeriod in Healthcheck cannot be less than 1ms" : nil
    }
}
