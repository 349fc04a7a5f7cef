import Basics
import Foundation
import Testing

/// What the engine keeps of operations that have ended, and how it is shown.
@Suite(.serialized, .enabled(if: Dock.obstacle == nil, "\(Dock.obstacle ?? "")"))
struct TimelineTests {
    private func operations(_ dock: Dock) throws -> [JSONValue] {
        try JSONValue(parsing: Array(dock.must("timeline", "--json", "100").utf8)).arrayValue ?? []
    }

    private func ids(_ operation: JSONValue?) -> [String] { (operation?["steps"]?.arrayValue ?? []).compactMap { $0["id"]?.stringValue } }

    @Test func keepsTimesOfWhatNobodyWatched() throws {
        try Dock.with { dock in
            dock.must("pull", "busybox")
            dock.must("run", "--name", "one", "busybox", "true")
            // Not --rm: that is done behind the client's back, and may not have ended here.
            dock.must("rm", "one")
            let all = try operations(dock)
            // The doctor looked before the test.
            let verbs = all.compactMap { $0["verb"]?.stringValue }.filter { $0 != "doctor" }
            #expect(verbs == ["pull", "create", "attach", "start", "exit", "rm"], "\(verbs)")
            let start = try #require(all.first { $0["verb"]?.stringValue == "start" })
            #expect(start["command"]?.stringValue == "run" || start["command"] == nil)
            #expect(ids(start).starts(with: ["start.shim"]) && ids(start).last == "start.record" && start["observed"]?.boolValue == false)
            let whole = try #require(start["us"]?.doubleValue)
            var end = 0.0
            for step in start["steps"]?.arrayValue ?? [] {
                let (at, us) = (step["at"]?.doubleValue ?? -1, step["us"]?.doubleValue ?? -1)
                // One after the other, each within the whole.
                #expect(at >= end - 1 && us >= 0 && at + us <= whole + 1, "\(step)")
                #expect(step["calls"] == nil && step["facts"] == nil)
                end = at + us
            }
            #expect(dock.must("timeline", "1").contains("rm") && dock.must("--lang", "ko", "timeline", "3").contains("█"))
        }
    }

    @Test func keepsEvidenceOfWhatWasWatched() throws {
        try Dock.with { dock in
            dock.must("pull", "busybox")
            let narration = dock.root + "/told.ndjson"
            dock.must("--narrate", "json", "--narrate-to", narration, "run", "--name", "told", "busybox", "true")
            let start = try #require(try operations(dock).first { $0["verb"]?.stringValue == "start" })
            #expect(start["observed"]?.boolValue == true && start["command"]?.stringValue == "run")
            let kept = try #require(start["steps"]?.arrayValue?.first { $0["id"]?.stringValue == "start.clone" })
            let told = try Data(contentsOf: URL(filePath: narration)).split(separator: 10).map { try JSONValue(parsing: Array($0)) }
            let event = try #require(told.first { $0["id"]?.stringValue == "start.clone" && $0["event"]?.stringValue == "end" })
            func lines(_ calls: JSONValue?) -> [String] {
                (calls?.arrayValue ?? []).map { call in
                    ["name", "args", "result", "errno", "us", "pid"].map { "\(call[$0] ?? .null)" }.joined()
                }
            }
            #expect(lines(kept["calls"]) == lines(event["calls"]) && lines(kept["calls"]).count > 1)
            #expect(kept["facts"] == event["facts"])
        }
    }

    @Test func keepsWhatFailedAndWhatWasTakenBack() throws {
        try Dock.with { dock in
            dock.must("pull", "busybox")
            #expect(dock.drydock("run", "--name", "wrong", "busybox", "/<script>alert(1)</script>").code == 127)
            let start = try #require(try operations(dock).last { $0["verb"]?.stringValue == "start" })
            #expect(start["error"]?.stringValue?.contains("<script>") == true)
            let undone = (start["steps"]?.arrayValue ?? []).filter { $0["undo"]?.boolValue == true }.compactMap { $0["id"]?.stringValue }
            #expect(undone.first == "start.connect" || undone.contains("start.shim"), "\(undone)")
            let page = dock.must("timeline", "--html", "-")
            #expect(page.hasPrefix("<!doctype html>") && page.contains("&lt;script&gt;") && !page.lowercased().contains("<script"))
            // It opens offline: nothing in it leads elsewhere but the names of XML's own.
            for piece in page.components(separatedBy: "http").dropFirst() {
                #expect(piece.hasPrefix("://www.w3.org/") || piece.hasPrefix("-equiv"))
            }
            #expect(dock.must("--lang", "ko", "timeline", "--html", "-").contains("<html lang=\"ko\">"))
            #expect(dock.drydock("timeline", "0").code == 1 && dock.drydock("timeline", "--html", "/").code == 1)
        }
    }

    @Test func aShellGoesBackAndForth() throws {
        try Dock.with { dock in
            dock.must("pull", "busybox")
            let lines = "narrate brief\ndocker run --name one busybox true\nback\nback 3\nforth\nforth 100\nback 1000\nback x\n"
            let outcome = dock.drydock(["shell"], input: lines)
            let text = outcome.output
            #expect(text.contains("exit.record") && text.contains("This is now"), "\(text) \(outcome.error)")
            #expect(text.contains("This is the earliest step that is kept.") && outcome.error.contains("usage: back"))
            // Looking changes nothing.
            #expect(dock.must("ps", "-aq").split(separator: "\n").count == 1 && dock.ailments == "")
        }
    }
}
