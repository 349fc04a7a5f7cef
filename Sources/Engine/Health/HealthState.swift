import Basics
import DockerAPI

/// What the probes of a container have found so far.
///
/// Kept with the container's state when that is written, at its start and at its end, and not at each probe: as in Docker a new engine
/// begins anew with `starting`.
struct HealthState: Codable, Sendable {
    enum Status: String, Codable, Sendable { case starting, healthy, unhealthy }

    /// One probe.
    struct Result: Codable, Sendable {
        var start: Timestamp
        var end: Timestamp
        /// -1 for one that could not be run or took too long.
        var exitCode: Int
        var output: String
    }

    private static let keptResults = 5

    private(set) var status = Status.starting
    private(set) var failingStreak = 0
    private(set) var log: [Result] = []

    init() {}

    /// For a container that starts, or whose engine does. What was logged before stays.
    init(after before: HealthState?) { log = before?.log ?? [] }

    /// - Parameter startedAt: When the container started: a failure within the start period does not count until one has gone well.
    mutating func take(_ result: Result, _ settings: HealthSettings, startedAt: Timestamp) {
        log = log.suffix(Self.keptResults - 1) + [result]
        if result.exitCode == 0 {
            failingStreak = 0
            status = .healthy
            return
        }
        if status == .starting, !startedAt.isZero, result.start.nanoseconds - startedAt.nanoseconds < settings.startPeriod { return }
        failingStreak += 1
        if failingStreak >= settings.retries { status = .unhealthy }
    }

    /// As `inspect` shows it.
    var inspected: Health {
        let results = log.map {
            HealthResult(start: $0.start.description, end: $0.end.description, exitCode: $0.exitCode, output: $0.output)
        }
        return Health(status: status.rawValue, failingStreak: failingStreak, log: results)
    }

    /// As the STATUS column shows it.
    var words: String { status == .starting ? "health: starting" : status.rawValue }
}
