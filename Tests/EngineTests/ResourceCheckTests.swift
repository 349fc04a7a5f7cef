import Basics
import DockerAPI
import Testing

@testable import Engine

/// What Docker 20.10 says to limits that can't be (asked of a real engine).
@Suite struct ResourceCheckTests {
    private func complaint(_ change: (inout HostConfig) -> Void) -> String? {
        var host = HostConfig()
        change(&host)
        do {
            try ResourceChecks(host).check()
            return nil
        } catch { return (error as? DrydockError)?.sentence }
    }

    @Test func limitsThatFitAreTaken() {
        #expect(complaint { _ in } == nil)
        #expect(complaint { ($0.memory, $0.memorySwap, $0.memoryReservation) = (64 << 20, 96 << 20, 32 << 20) } == nil)
        #expect(complaint { ($0.cpuPeriod, $0.cpuQuota) = (50_000, 20_000) } == nil)
        #expect(complaint { $0.cpusetCpus = "0" } == nil)
        #expect(complaint { $0.tmpfs = ["/t": "size=1m"] } == nil)
    }

    @Test func othersAreRefusedInDockersWords() {
        #expect(complaint { $0.memory = 1 << 20 } == "Minimum memory limit allowed is 6MB")
        #expect(
            complaint { ($0.memory, $0.memorySwap) = (64 << 20, 32 << 20) }
                == "Minimum memoryswap limit should be larger than memory limit, see usage")
        #expect(
            complaint { $0.memorySwap = 32 << 20 } == "You should always set the Memory limit when using Memoryswap limit, see usage")
        #expect(
            complaint { ($0.nanoCpus, $0.cpuQuota) = (1_000_000_000, 1000) }
                == "Conflicting options: Nano CPUs and CPU Quota cannot both be set")
        #expect(complaint { $0.nanoCpus = 9999 * 1_000_000_000 }?.hasPrefix("Range of CPUs is from 0.01 to ") == true)
        #expect(complaint { $0.cpusetCpus = "x" } == "Invalid value x for cpuset cpus: invalid format: x")
        #expect(complaint { $0.cpusetCpus = "4000" }?.hasPrefix("Requested CPUs are not available - requested 4000, available: ") == true)
        #expect(complaint { $0.tmpfs = ["t": ""] } == "invalid mount path: 't' mount path must be absolute")
        for root in ["//", "/.", "/..", "/a/../"] {
            #expect(complaint { $0.tmpfs = [root: ""] } == "invalid specification: destination can't be '/'")
        }
        #expect(complaint { $0.isolation = "foo" } == "Invalid isolation: \"foo\" - linux only supports 'default'")
        #expect(
            complaint { $0.logConfig = LogConfig(type: "json-file", config: ["foo": "1"]) }
                == "unknown log opt 'foo' for json-file log driver")
    }
}
