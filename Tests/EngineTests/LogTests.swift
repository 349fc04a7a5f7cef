import DockerAPI
import Foundation
import Testing

@testable import Engine

/// Logs with a limit (`--log-opt max-size`, `max-file`), as Docker 20.10 keeps them.
@Suite struct LogLimitTests {
    private func complaint(_ options: [String: String]) -> String? {
        do {
            _ = try LogLimits(LogConfig(type: "json-file", config: options))
            return nil
        } catch { return "\(error)" }
    }

    @Test func readsAndRefuses() throws {
        let limits = try LogLimits(LogConfig(type: "json-file", config: ["max-size": "10m", "max-file": "3"]))
        #expect((limits.size, limits.files) == (10_000_000, 3))
        #expect((try LogLimits(LogConfig(type: "json-file")).size) == 0)
        #expect(complaint(["max-size": "0"]) == "failed to initialize logging driver: max-size must be a positive number")
        #expect(complaint(["max-size": "many"]) == "failed to initialize logging driver: invalid size: 'many'")
        #expect(complaint(["max-file": "0"]) == "failed to initialize logging driver: max-file cannot be less than 1")
        #expect(complaint(["max-file": "x"])?.contains("strconv.Atoi: parsing \"x\": invalid syntax") == true)
    }
}

/// The same on the real kernel.
@Suite(.serialized, .enabled(if: Dock.obstacle == nil, "\(Dock.obstacle ?? "")"))
struct LogTests {
    private let counting = "for n in $(seq 1 100); do echo line $n; done"
    private let slowly = "for n in $(seq 1 200); do echo line $n; sleep 0.005; done"

    @Test func aLogWithALimitBeginsAnew() throws {
        try Dock.with { dock in
            dock.must("run", "--name", "one", "--log-opt", "max-size=1k", "ubuntu:14.04", "sh", "-c", counting)
            let left = dock.must("logs", "one").split(separator: "\n")
            #expect(left.last == "line 100" && left.count < 14 && !left.isEmpty)
            #expect(dock.must("logs", "--tail", "2", "one") == "line 99\nline 100")

            dock.must("run", "--name", "three", "--log-opt", "max-size=1k", "--log-opt", "max-file=3", "ubuntu:14.04", "sh", "-c", counting)
            let lines = dock.must("logs", "three").split(separator: "\n").map(String.init)
            #expect((27...42).contains(lines.count) && lines == (101 - lines.count...100).map { "line \($0)" })
            // Across the files' borders.
            #expect(dock.must("logs", "--tail", "20", "three") == (81...100).map { "line \($0)" }.joined(separator: "\n"))
            #expect(dock.must("logs", "--tail", "1000", "three").split(separator: "\n").count == lines.count)
            #expect(dock.must("logs", "--tail", "0", "three").isEmpty)
            let path = dock.must("inspect", "-f", "{{.LogPath}}", "three")
            #expect(Kernel.entries(URL(filePath: path).deletingLastPathComponent().path).count { $0.contains("-json.log") } == 3)

            dock.must("rm", "one", "three")
            #expect(dock.ailments == "")
        }
    }

    @Test func whoFollowsItMissesNothing() throws {
        try Dock.with { dock in
            dock.must(
                "run", "-d", "--name", "told", "--log-opt", "max-size=1k", "--log-opt", "max-file=3", "ubuntu:14.04", "sh", "-c", slowly)
            let told = dock.must("logs", "-f", "told").split(separator: "\n").map(String.init)
            #expect(told == (1...200).map { "line \($0)" })
            let refused = dock.drydock("run", "--log-opt", "max-size=-1", "ubuntu:14.04", "true")
            #expect(refused.code == 125 && refused.error.contains("failed to initialize logging driver"))
            #expect(dock.drydock("run", "--log-opt", "compress=true", "ubuntu:14.04", "true").code == 125)
            dock.must("rm", "-f", "told")
        }
    }
}
