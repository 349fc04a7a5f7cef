import Basics
import Glibc

/// What a build asks the engine for, from the command's flags.
/// Source: docker/cli 20.10, `imageBuildOptions`; moby 20.10, `client/image_build.go`.
struct BuildQuery {
    let flags: FlagValues
    /// `config.json`'s proxies for this engine.
    let proxies: JSONValue?

    /// Sorted by name, as Docker's client sends it.
    func items(for context: BuildContext) throws -> [(String, String)] {
        var items = try fixedItems()
        items.append(("dockerfile", context.dockerfile))
        if !context.remote.isEmpty { items.append(("remote", context.remote)) }
        for (name, key) in [("tag", "t"), ("add-host", "extrahosts")] { items += flags.list(name).map { (key, $0) } }
        items += try split("security-opt").map { ("securityopt", $0) }
        for (name, key) in [("quiet", "q"), ("no-cache", "nocache"), ("force-rm", "forcerm"), ("pull", "pull")] where flags.bool(name) {
            items.append((key, "1"))
        }
        let isolation = flags.string("isolation")
        if !isolation.isEmpty, isolation.lowercased() != "default" { items.append(("isolation", isolation)) }
        let platform = flags.isSet("platform") ? flags.string("platform") : environmentVariable("DOCKER_DEFAULT_PLATFORM") ?? ""
        if !platform.isEmpty { items.append(("platform", platform.lowercased())) }
        return items.enumerated().sorted { ($0.element.0, $0.offset) < ($1.element.0, $1.offset) }.map(\.element)
    }

    /// What is always there.
    private func fixedItems() throws -> [(String, String)] {
        [
            ("buildargs", buildArguments().text()), ("cachefrom", JSONValue.array(try split("cache-from").map { .string($0) }).text()),
            ("cgroupparent", flags.string("cgroup-parent")), ("cpuperiod", String(flags.int("cpu-period"))),
            ("cpuquota", String(flags.int("cpu-quota"))), ("cpusetcpus", flags.string("cpuset-cpus")),
            ("cpusetmems", flags.string("cpuset-mems")), ("cpushares", String(flags.int("cpu-shares"))), ("labels", labels().text()),
            ("memory", String(flags.int("memory"))), ("memswap", String(flags.int("memory-swap"))),
            ("networkmode", flags.isSet("network") ? flags.string("network") : "default"),
            ("rm", flags.bool("rm", default: true) ? "1" : "0"), ("shmsize", String(flags.int("shm-size"))),
            ("target", flags.string("target")), ("ulimits", ulimits().text()), ("version", "1"),
        ]
    }

    private func split(_ name: String) throws -> [String] { try flags.list(name).flatMap { try commaSeparated($0) } }

    /// `--build-arg NAME` without a value takes the client's own; without one there the engine decides (null).
    private func buildArguments() -> JSONValue {
        var members = JSONObject()
        for argument in flags.list("build-arg") {
            let (name, value) = pair(argument)
            members[name] = value.map { .string($0) } ?? .null
        }
        for key in ["http", "https", "no", "ftp"] {
            guard let value = proxies?[key == "no" ? "noProxy" : "\(key)Proxy"]?.stringValue, !value.isEmpty else { continue }
            for name in ["\(key.uppercased())_PROXY", "\(key)_proxy"] where members[name] == nil { members[name] = .string(value) }
        }
        return .object(members.sortedByKey())
    }

    private func labels() -> JSONValue {
        var members = JSONObject()
        for label in flags.list("label") {
            let (name, value) = pair(label)
            members[name] = .string(value ?? "")
        }
        return .object(members.sortedByKey())
    }

    private func pair(_ text: String) -> (String, String?) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        return (parts[0], parts.count == 2 ? parts[1] : nil)
    }

    /// The last limit of a name counts.
    private func ulimits() -> JSONValue {
        var limits: [String: UlimitSpec] = [:]
        for limit in flags.list("ulimit").compactMap({ try? UlimitSpec.parse($0) }) { limits[limit.name] = limit }
        return limits.isEmpty ? .null : .array(limits.values.sorted { $0.name < $1.name }.map(\.json))
    }
}
