import Basics
import DockerAPI
import EngineInterface
import OCI
import Runtime
import Store

/// `docker ps --filter`: keys are joined by and, values of one key by or.
struct ContainerFilter {
    private let filters: Filters
    private let until: Timestamp?

    static let keys = [
        "ancestor", "before", "exited", "expose", "health", "id", "is-task", "isolation", "label", "label!", "name", "network", "publish",
        "since", "status", "until", "volume",
    ]

    /// - Throws: `DrydockError.invalid` in Docker's words for what is no filter.
    init(_ filters: Filters, allowed: [String] = ContainerFilter.keys) throws {
        for key in filters.keys where !allowed.contains(key) {
            throw DrydockError(.invalid, "Invalid filter '\(key)'")
        }
        for value in filters["status"] ?? []
        where !["created", "restarting", "running", "removing", "paused", "exited", "dead"].contains(value) {
            throw DrydockError(.invalid, "Invalid filter 'status=\(value)'")
        }
        for value in filters["health"] ?? [] where !["none", "starting", "healthy", "unhealthy"].contains(value) {
            throw DrydockError(.invalid, "Unrecognised filter value for health: \(value)")
        }
        for value in filters["exited"] ?? [] where Int(value) == nil {
            throw DrydockError(.invalid, "strconv.Atoi: parsing \"\(value)\": invalid syntax")
        }
        until = try filters["until"]?.first.map(Self.moment)
        self.filters = filters
    }

    /// The value of `until`: a time, or seconds since 1970.
    static func moment(_ text: String) throws -> Timestamp {
        guard let time = Timestamp(rfc3339: text) ?? Int64(text).map({ Timestamp(nanoseconds: $0 * 1_000_000_000) }) else {
            throw DrydockError(.invalid, "failed to parse value as time or duration: \"\(text)\"")
        }
        return time
    }

    func matches(_ container: Container, _ engine: ContainerEngine) -> Bool {
        let (record, state) = container.live.read { ($0.record, $0.state) }
        if let until, record.created >= until { return false }
        return any("id") { container.id.hasPrefix($0) } && any("name") { self.name(record.name, fits: $0) }
            && any("status") { state.status == $0 } && any("exited") { state.phase == .exited && Int32($0) == state.exitCode }
            && labels(record) && any("ancestor") { self.descends(record, from: $0, engine) }
            && any("before") { self.time(of: $0, engine).map { record.created < $0 } ?? false }
            && any("since") { self.time(of: $0, engine).map { record.created > $0 } ?? false }
            && any("network") { record.hostConfig.networkMode == $0 || ($0 == "bridge" && record.hostConfig.networkMode == "default") }
            && any("volume") { value in
                record.mounts.contains { $0.destination == value || ($0.name.isEmpty ? $0.source : $0.name) == value }
            }
            && any("publish") { self.port($0, of: state.network?.ports.map { ($0.hostPort, $0.transport.rawValue) } ?? []) }
            && any("expose") { self.port($0, of: record.config.exposedPorts.keys.compactMap(PortPlan.parse)) }
            && any("health") { $0 == state.health?.status.rawValue ?? "none" } && any("is-task") { $0 != "true" && $0 != "1" }
    }

    private func any(_ key: String, _ fits: (String) -> Bool) -> Bool { filters[key].map { $0.contains(where: fits) } ?? true }

    private func labels(_ record: ContainerRecord) -> Bool {
        let own = record.config.labels ?? [:]
        let has = { (wanted: String) -> Bool in
            let parts = wanted.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            return parts.count == 2 ? own[parts[0]] == parts[1] : own[parts[0]] != nil
        }
        return (filters["label"] ?? []).allSatisfy(has) && !(filters["label!"] ?? []).contains(where: has)
    }

    /// Docker takes a regular expression; here `^` and `$` are known, and the rest is taken as it stands.
    private func name(_ name: String, fits pattern: String) -> Bool {
        var wanted = pattern[...]
        let candidates = [name, "/" + name]
        let anchoredAtStart = wanted.hasPrefix("^")
        if anchoredAtStart { wanted = wanted.dropFirst() }
        let anchoredAtEnd = wanted.hasSuffix("$")
        if anchoredAtEnd { wanted = wanted.dropLast() }
        return candidates.contains { candidate in
            switch (anchoredAtStart, anchoredAtEnd) {
            case (true, true): candidate == wanted
            case (true, false): candidate.hasPrefix(wanted)
            case (false, true): candidate.hasSuffix(wanted)
            case (false, false): candidate.contains(wanted)
            }
        }
    }

    private func descends(_ record: ContainerRecord, from image: String, _ engine: ContainerEngine) -> Bool {
        guard let wanted = try? engine.images.lookup(image) else { return record.imageName == image }
        var current: ImageID? = try? ImageID(record.imageID)
        while let id = current {
            if id == wanted.id { return true }
            current = engine.images.image(id)?.parent
        }
        return false
    }

    private func time(of reference: String, _ engine: ContainerEngine) -> Timestamp? {
        (try? engine.containers.find(reference))?.record.created
    }

    private func port(_ wanted: String, of ports: [(UInt16, String)]) -> Bool {
        let parts = wanted.split(separator: "/").map(String.init)
        return ports.contains { "\($0.0)" == parts.first && (parts.count < 2 || parts[1] == $0.1) }
    }
}
