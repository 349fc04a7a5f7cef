import Basics
import EngineClient
import Foundation
import Synchronization
import Testing

/// A watcher holds what other clients do, who know nothing of stepping.
@Suite(.serialized, .enabled(if: Dock.obstacle == nil, "\(Dock.obstacle ?? "")"))
struct WatchTests {
    private static let settings = #"{"step":false,"breakpoints":["start.cgroup.create"],"level":"step","others":true}"#

    /// Runs a command beside a watcher, and `answer` at the command's stop.
    private func watched(_ dock: Dock, _ answer: (EngineClient, Walk.Stop, inout EventStream?) throws -> Void) throws -> Outcome? {
        let client = try dock.client()
        let token = UUID().uuidString
        _ = try client.request("POST", "/drydock/sessions/\(token)", body: Array(Self.settings.utf8))
        var events: EventStream? = EventStream(try client.stream("GET", "/drydock/events", query: [("all", "1"), ("session", token)]))
        _ = try events?.next()
        let outcome = Mutex<Outcome?>(nil)
        let done = DispatchSemaphore(value: 0)
        Thread {
            let ended = dock.drydock("run", "--rm", "ubuntu:14.04", "echo", "went on")
            outcome.withLock { $0 = ended }
            done.signal()
        }.start()
        while let event = try events?.next() {
            guard event["event"]?.stringValue == "paused", event["watched"]?.boolValue == true else { continue }
            try answer(client, Walk.Stop(event), &events)
            break
        }
        #expect(done.wait(timeout: .now() + 30) == .success)
        return outcome.withLock { $0 }
    }

    @Test func theWatcherAbortsWhatAnotherClientDoes() throws {
        try Dock.with { dock in
            dock.must("pull", "ubuntu:14.04")
            let outcome = try watched(dock) { client, stop, _ in
                #expect(stop.id == "start.cgroup.create" && stop.when == "before")
                // Nobody else waits for that.
                #expect(dock.must("ps", "-q").isEmpty)
                _ = try client.request("POST", "/drydock/operations/\(stop.operation)/resume", body: Array(#"{"action":"abort"}"#.utf8))
            }
            #expect(outcome?.code == 125)
            #expect(outcome?.error.contains("aborted before start.cgroup.create") == true)
            #expect(dock.ailments == "")
        }
    }

    @Test func whatIsHeldGoesOnWhenTheWatcherHasGone() throws {
        try Dock.with { dock in
            dock.must("pull", "ubuntu:14.04")
            let outcome = try watched(dock) { _, _, events in events = nil }
            #expect(outcome?.code == 0)
            #expect(outcome?.output.contains("went on") == true)
        }
    }
}
