import TextTools

/// Chooses what a brief line tells of a step's facts.
enum Telling {
    /// Facts worth a place in one line, in this order; others are for the full narration.
    private static let preferred = [
        "name", "registry", "image id", "image", "manifest", "layer", "digest", "chain id", "volume", "files", "size", "address", "port",
        "subnet",
        "pid", "command", "hostname", "signal", "exit code", "ended", "cgroup", "the container's own layer",
    ]

    /// The two most telling facts of a step, shortened.
    static func facts(_ event: NarratedEvent, marks: Marks) -> String {
        let ranks = event.facts.map { rank($0.key) }
        let told = ranks.indices.sorted { ranks[$0] == ranks[$1] ? $0 < $1 : ranks[$0] < ranks[$1] }.prefix(2)
        return told.map { "\(printable(event.facts[$0].key)) \(short(event.facts[$0].value, marks))" }.joined(separator: marks.dot)
    }

    private static func rank(_ key: String) -> Int { preferred.firstIndex(of: key.lowercased()) ?? preferred.count }

    /// A digest as people quote it, and one line of a value with several.
    private static func short(_ value: String, _ marks: Marks) -> String {
        let first = printable(String(value.split(separator: "\n").first ?? ""))
        if first.hasPrefix("sha256:"), first.utf8.count == 71 { return String(first.dropFirst(7).prefix(12)) }
        if first.utf8.count == 64, first.allSatisfy(\.isHexDigit) { return String(first.prefix(12)) }
        return shortened(first, to: 48, ellipsis: marks.ellipsis)
    }
}
