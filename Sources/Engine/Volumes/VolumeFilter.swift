import Basics
import DockerAPI
import EngineInterface

/// `docker volume ls --filter`: keys are joined by and, values of one key by or, but labels by and.
struct VolumeFilter {
    private let filters: Filters
    private let dangling: Bool?

    /// - Throws: `DrydockError.invalid` in Docker's words for what is no filter.
    init(_ filters: Filters, allowed: [String]) throws {
        for key in filters.keys.sorted() where !allowed.contains(key) { throw DrydockError(.invalid, "Invalid filter '\(key)'") }
        if let values = filters["dangling"] {
            switch values {
            case ["1"], ["true"]: dangling = true
            case ["0"], ["false"]: dangling = false
            default: throw DrydockError(.invalid, "Invalid filter 'dangling=[\(values.joined(separator: " "))]'")
            }
        } else {
            dangling = nil
        }
        self.filters = filters
    }

    /// - Parameter isUsed: asked only where it matters.
    func matches(_ record: VolumeRecord, isUsed: () -> Bool) -> Bool {
        let any = { (key: String, fits: (String) -> Bool) in filters[key].map { $0.contains(where: fits) } ?? true }
        guard any("name", { record.name.contains($0) }), any("driver", { $0 == "local" }) else { return false }
        guard (filters["label"] ?? []).allSatisfy({ has($0, record) }), !(filters["label!"] ?? []).contains(where: { has($0, record) })
        else {
            return false
        }
        return dangling.map { $0 != isUsed() } ?? true
    }

    private func has(_ wanted: String, _ record: VolumeRecord) -> Bool {
        let parts = wanted.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let own = record.labels ?? [:]
        return parts.count == 2 ? own[parts[0]] == parts[1] : own[parts[0]] != nil
    }
}
