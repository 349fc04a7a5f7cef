import Basics
import DockerAPI
import Glibc
import Runtime

/// What Docker refuses of a container's limits and file systems, in its words (moby, daemon/daemon_unix.go), and what it only warns of.
struct ResourceChecks {
    private let host: HostConfig

    init(_ host: HostConfig) { self.host = host }

    /// - Throws: `DrydockError.invalid`.
    func check() throws {
        try checkMemory()
        try checkProcessors()
        for path in host.tmpfs.keys.sorted() {
            guard path.hasPrefix("/") else { throw refusal("invalid mount path: '\(path)' mount path must be absolute") }
            guard GoPath.clean(path) != "/" else { throw refusal("invalid specification: destination can't be '/'") }
        }
        guard ["", "default"].contains(host.isolation.lowercased()) else {
            throw refusal("Invalid isolation: \"\(host.isolation)\" - linux only supports 'default'")
        }
        for (option, _) in (host.logConfig.config ?? [:]).sorted(by: { $0.key < $1.key }) {
            let known = ["max-file", "max-size", "compress", "labels", "labels-regex", "env", "env-regex", "tag"]
            guard known.contains(option) else { throw refusal("unknown log opt '\(option)' for json-file log driver") }
            guard LogLimits.options.contains(option) else {
                throw DrydockError(.unsupported, "drydock can't do --log-opt \(option) yet", advice: "Leave the option out.")
            }
        }
    }

    /// Sentences that `docker run` prints after `WARNING: `.
    var warnings: [String] {
        host.networkMode == "host" && !(host.portBindings ?? [:]).isEmpty
            ? ["Published ports are discarded when using host network mode"] : []
    }

    private func checkMemory() throws {
        let least: Int64 = 6 << 20
        if host.memory != 0 && host.memory < least { throw refusal("Minimum memory limit allowed is 6MB") }
        if host.memory > 0 && host.memorySwap > 0 && host.memorySwap < host.memory {
            throw refusal("Minimum memoryswap limit should be larger than memory limit, see usage")
        }
        if host.memory == 0 && host.memorySwap > 0 {
            throw refusal("You should always set the Memory limit when using Memoryswap limit, see usage")
        }
        if host.memoryReservation > 0 && host.memoryReservation < least { throw refusal("Minimum memory reservation allowed is 6MB") }
        if host.memory > 0 && host.memoryReservation > 0 && host.memory < host.memoryReservation {
            throw refusal("Minimum memory limit can not be less than memory reservation limit, see usage")
        }
    }

    private func checkProcessors() throws {
        if host.nanoCpus != 0 {
            if host.cpuPeriod > 0 { throw refusal("Conflicting options: Nano CPUs and CPU Period cannot both be set") }
            if host.cpuQuota > 0 { throw refusal("Conflicting options: Nano CPUs and CPU Quota cannot both be set") }
            // _SC_NPROCESSORS_ONLN, which Glibc's module hides.
            let count = sysconf(84)
            if host.nanoCpus < 0 || host.nanoCpus > Int64(count) * 1_000_000_000 {
                throw refusal("Range of CPUs is from 0.01 to \(count).00, as there are only \(count) CPUs available")
            }
        }
        if host.cpuPeriod != 0 && !(1000...1_000_000).contains(host.cpuPeriod) {
            throw refusal("CPU cfs period can not be less than 1ms (i.e. 1000) or larger than 1s (i.e. 1000000)")
        }
        if host.cpuQuota > 0 && host.cpuQuota < 1000 { throw refusal("CPU cfs quota can not be less than 1ms (i.e. 1000)") }
        try checkSet(host.cpusetCpus, "cpus", "CPUs", available: "/sys/devices/system/cpu/online")
        try checkSet(host.cpusetMems, "mems", "memory nodes", available: "/sys/devices/system/node/online")
    }

    private func checkSet(_ text: String, _ name: String, _ what: String, available path: String) throws {
        guard !text.isEmpty else { return }
        guard let wanted = Self.numbers(text) else { throw refusal("Invalid value \(text) for cpuset \(name): invalid format: \(text)") }
        let present = String(decoding: (try? readFile(path, limit: 4096)) ?? [], as: UTF8.self).prefix { $0 != "\n" }
        guard let all = Self.numbers(String(present)), !wanted.isSubset(of: all) else { return }
        throw refusal("Requested \(what) are not available - requested \(text), available: \(present)")
    }

    /// `0-3,7`; nil for what is no such list.
    private static func numbers(_ text: String) -> Set<Int>? {
        var all: Set<Int> = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let ends = part.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
            guard (1...2).contains(ends.count), let first = ends[0], let last = ends.count == 2 ? ends[1] : first, first >= 0,
                last >= first,
                last < 8192
            else { return nil }
            all.formUnion(first...last)
        }
        return all
    }

    private func refusal(_ sentence: String) -> DrydockError { DrydockError(.invalid, sentence) }
}
