import Basics
import CDrydock
import Foundation
import Testing

@testable import DockerAPI
@testable import Engine

/// What a row of probes makes of a container's health.
struct HealthStateTests {
    private let second: Int64 = 1_000_000_000

    private func settings(retries: Int = 2, startPeriod: Int64 = 0) throws -> HealthSettings {
        let check = HealthConfig(test: ["CMD", "true"], startPeriod: startPeriod, retries: retries)
        return try #require(HealthSettings(ContainerConfig(healthcheck: check)))
    }

    private func result(_ code: Int, at seconds: Int64) -> HealthState.Result {
        let time = Timestamp(nanoseconds: seconds * second)
        return HealthState.Result(start: time, end: time, exitCode: code, output: "\(seconds)")
    }

    @Test func aRowOfFailuresMakesUnhealthyAndOneSuccessHealthy() throws {
        let settings = try settings()
        var state = HealthState()
        var seen: [String] = []
        for (time, code) in [1, -1, 0, 1, 0, 1, 1, 1, 0].enumerated() {
            state.take(result(code, at: Int64(time) + 1), settings, startedAt: Timestamp(nanoseconds: 0))
            seen.append("\(state.status.rawValue) \(state.failingStreak)")
        }
        #expect(
            seen == [
                "starting 1", "unhealthy 2", "healthy 0", "healthy 1", "healthy 0", "healthy 1", "unhealthy 2", "unhealthy 3", "healthy 0",
            ])
        #expect(state.log.map(\.output) == ["5", "6", "7", "8", "9"], "the last five")
        let again = HealthState(after: state)
        #expect(again.status == .starting && again.failingStreak == 0 && again.log.count == 5)
    }

    @Test func failuresInTheStartPeriodDoNotCountUntilOneHasGoneWell() throws {
        let settings = try settings(retries: 1, startPeriod: 10 * second)
        var state = HealthState()
        state.take(result(1, at: 5), settings, startedAt: Timestamp(nanoseconds: 0))
        #expect(state.status == .starting && state.failingStreak == 0 && state.log.count == 1)
        state.take(result(0, at: 6), settings, startedAt: Timestamp(nanoseconds: 0))
        state.take(result(1, at: 7), settings, startedAt: Timestamp(nanoseconds: 0))
        #expect(state.status == .unhealthy)
        var late = HealthState()
        late.take(result(1, at: 10), settings, startedAt: Timestamp(nanoseconds: 0))
        #expect(late.status == .unhealthy)
    }

    @Test func outputIsKeptToItsFirst4096BytesHoweverItArrives() {
        let bytes = Array(repeating: UInt8(ascii: "a"), count: 4095)
        let frames = StandardStream.output.frame(bytes) + StandardStream.error.frame([]) + StandardStream.error.frame(Array("b".utf8))
        for size in [1, 3, 8, 9, 5000] {
            var output = ProbeOutput()
            for start in stride(from: 0, to: frames.count, by: size) { output.take(frames[start..<min(start + size, frames.count)]) }
            #expect(output.text.utf8.count == 4096 && output.text.hasSuffix("ab"), "in pieces of \(size)")
            output.take(StandardStream.output.frame(Array("c".utf8))[...])
            #expect(output.text.hasSuffix("ab..."))
        }
    }

    @Test func whatIsNotProbed() {
        for test in [[], ["NONE"], ["FOO", "x"]] {
            #expect(HealthSettings(ContainerConfig(healthcheck: HealthConfig(test: test))) == nil)
        }
        #expect(HealthSettings(ContainerConfig()) == nil)
        let shell = ContainerConfig(healthcheck: HealthConfig(test: ["CMD-SHELL", "a b"]))
        #expect(HealthSettings(shell)?.command == ["/bin/sh", "-c", "a b"])
    }
}

/// Health checks, pauses and stop signals, on the real kernel.
@Suite(.serialized, .enabled(if: Dock.obstacle == nil, "\(Dock.obstacle ?? "")"))
struct HealthTests {
    private func eventually(_ what: String, _ condition: () -> Bool) {
        for _ in 0..<100 {
            if condition() { return }
            usleep(100_000)
        }
        Issue.record("never came: \(what)")
    }

    private func health(_ dock: Dock, _ format: String = "{{.State.Health.Status}}") -> String {
        dock.must("inspect", "-f", format, "host")
    }

    @Test func aContainerBecomesHealthyUnhealthyAndHealthyAgain() throws {
        try Dock.with { dock in
            dock.must(
                "run", "-d", "--name", "host", "--health-interval", "200ms", "--health-retries", "2", "--health-cmd",
                "echo $A; test -e /ok", "-e", "A=out", "busybox", "sleep", "1000")
            #expect(dock.must("ps", "--format", "{{.Status}}").hasSuffix("(health: starting)"))
            eventually("unhealthy") { health(dock) == "unhealthy" }
            #expect(dock.must("ps", "-q", "-f", "health=unhealthy") == dock.must("ps", "-q"))
            #expect(health(dock, "{{(index .State.Health.Log 0).ExitCode}} {{json (index .State.Health.Log 0).Output}}") == #"1 "out\n""#)
            dock.must("exec", "host", "touch", "/ok")
            eventually("healthy") { health(dock) == "healthy" }
            #expect(dock.must("ps", "--format", "{{.Status}}").hasSuffix("(healthy)"))
            dock.must("stop", "-t", "0", "host")
            #expect(health(dock) == "healthy", "what was found last stays")
            dock.must("start", "host")
            #expect(health(dock, "{{.State.Health.FailingStreak}} {{ne (len .State.Health.Log) 0}}") == "0 true")
            eventually("healthy again") { health(dock) == "healthy" }
            // Nobody's command asked for a probe: not even one that is stepped or narrated hears of it.
            let narrated = dock.drydock("--narrate", "json", "exec", "host", "sleep", "1")
            #expect(!narrated.error.contains("health") && narrated.error.contains("exec.join"), "\(narrated.error)")
            #expect(dock.ailments == "")
        }
    }

    @Test func aNewEngineGoesOnProbing() throws {
        try Dock.with { dock in
            dock.must(
                "run", "-d", "--name", "host", "--health-interval", "200ms", "--health-cmd", "echo x >> /probes", "busybox", "sleep", "1000"
            )
            eventually("healthy") { health(dock) == "healthy" }
            try dock.killEngine()
            eventually("healthy with the new engine") { health(dock) == "healthy" }
            // One monitor, not two: five more probes take about a second.
            let count = { dock.must("exec", "host", "cat", "/probes").split(separator: "\n").count }
            let before = count()
            sleep(2)
            #expect((3...11).contains(count() - before))
            #expect(dock.ailments == "")
        }
    }

    @Test func aProbeThatHangsIsKilled() throws {
        try Dock.with { dock in
            dock.must(
                "run", "-d", "--name", "host", "--health-interval", "100ms", "--health-timeout", "300ms", "--health-retries", "1",
                "--health-cmd", "exec sleep 500", "busybox", "sleep", "1000")
            eventually("unhealthy") { health(dock) == "unhealthy" }
            #expect(health(dock, "{{(index .State.Health.Log 0).Output}}") == "Health check exceeded timeout (300ms)")
            usleep(500_000)
            let processes = dock.must("exec", "host", "ps").split(separator: "\n").filter { $0.contains("sleep 500") }
            #expect(processes.count <= 1, "at most the one that is running now: \(processes)")
            #expect(health(dock, "{{len .ExecIDs}}") <= "1")
        }
    }

    @Test func aPausedContainerStandsStillAndIsNotProbed() throws {
        try Dock.with { dock in
            dock.must(
                "run", "-d", "--name", "host", "--health-interval", "100ms", "--health-cmd", "true", "busybox", "sh", "-c",
                "trap 'exit 3' TERM; while :; do sleep 0.1; done")
            eventually("healthy") { health(dock) == "healthy" }
            dock.must("pause", "host")
            let before = health(dock, "{{json .State.Health.Log}}")
            try dock.killEngine()
            #expect(health(dock, "{{.State.Status}} {{.State.Running}}") == "paused true", "a later engine leaves it alone")
            dock.must("unpause", "host")
            eventually("healthy") { health(dock) == "healthy" }
            #expect(health(dock, "{{json .State.Health.Log}}") != before)
            dock.must("pause", "host")
            let id = health(dock, "{{.Id}}")
            for (words, message) in [
                (["exec", "host", "true"], "Container host is paused, unpause the container before exec"),
                (["pause", "host"], "Container \(id) is already paused"),
                (["start", "host"], "cannot start a paused container, try unpause instead"),
            ] {
                let outcome = dock.drydock(words)
                #expect(outcome.code == 1 && outcome.error.contains(message), "\(outcome)")
            }
            // A stop wakes it, so that it can end as it wants.
            dock.must("stop", "host")
            #expect(health(dock, "{{.State.Status}} {{.State.ExitCode}} {{.State.Paused}}") == "exited 3 false")
            dock.must("start", "host")
            dock.must("pause", "host")
            dock.must("rm", "-f", "host")
            #expect(dock.ailments == "")
        }
    }

    @Test func stopTakesTheSignalAndTheTimeThatWereGiven() throws {
        try Dock.with { dock in
            let loop = "trap 'exit 7' USR1; trap '' TERM; while :; do sleep 0.1; done"
            dock.must("run", "-d", "--name", "host", "--stop-signal", "USR1", "busybox", "sh", "-c", loop)
            usleep(300_000)
            dock.must("stop", "host")
            #expect(health(dock, "{{.State.ExitCode}}") == "7")
            dock.must("rm", "host")
            dock.must("run", "-d", "--name", "host", "--stop-timeout", "1", "busybox", "sh", "-c", loop)
            usleep(300_000)
            let start = Date()
            dock.must("stop", "host")
            #expect(health(dock, "{{.State.ExitCode}}") == "137" && (0.9..<5).contains(Date().timeIntervalSince(start)))
        }
    }
}

/// What is read of ps(1), and how signals are named.
struct TopAndSignalTests {
    @Test func linesOfOthersAreLeftOutAndTheLastColumnMayHoldBlanks() throws {
        let output = "UID   PID CMD\nroot   10 sleep 1 2\nroot    - thread\nroot   11 other\nroot    - its thread\nbroken\n"
        let list = try ProcessList(output, pids: [10]).response
        #expect(list.titles == ["UID", "PID", "CMD"])
        #expect(list.processes == [["root", "10", "sleep 1 2"], ["root", "-", "thread"]])
        for (text, message) in [("CMD\nx\n", "Couldn't find PID field in ps output"), ("", "Couldn't find PID field in ps output")] {
            #expect { try ProcessList(text, pids: []) } throws: { "\($0)".hasPrefix(message) }
        }
        #expect(throws: DrydockError.self) { try ProcessList("PID\nx\n", pids: []) }
        #expect(ProcessList.fault("-o x=PID,pid") == "specifying \"x=PID,pid\" is not allowed")
        #expect(ProcessList.fault("-o pid=PID") == nil && ProcessList.fault("") == nil)
        #expect(ProcessList.words(nil) == ["-ef"] && ProcessList.words("a  b") == ["a", "", "b"])
    }

    @Test func signalsHaveNamesAndNumbers() throws {
        let known: [(String, Int32)] = [
            ("KILL", 9), ("sigterm", 15), ("10", 10), ("99", 99), ("-5", -5), ("RTMIN", 34), ("SIGRTMIN+3", 37), ("RTMAX-14", 50),
            ("RTMAX", 64), ("CLD", 17),
        ]
        for (name, number) in known { #expect(try SignalName.number(name, invalid: "Invalid signal") == number, "\(name)") }
        for name in ["", "0", "FOO", "RTMIN+16", "RTMIN+", "RTMIN-1", "RTMAX-15", "RTMAX+1", "RTMIN++1", "SIG", "SIGSIGKILL"] {
            #expect(throws: DrydockError.self, "\(name)") { try SignalName.number(name, invalid: "Invalid signal") }
        }
        #expect(SignalName.isSupported(64) && !SignalName.isSupported(65) && !SignalName.isSupported(-1))
    }
}
