import Basics
import Narration
import Testing
import TextTools

@testable import Shell

@Suite struct TimelineTextTests {
    private func operation(_ steps: String, _ more: String = "") throws -> PastOperation {
        PastOperation(
            try JSONValue(
                parsing: Array(
                    #"{"op":"1","verb":"start","command":"run","began":"2026-11-29T03:12:45.5Z","us":1000,"observed":true\#(more),"steps":[\#(steps)]}"#
                        .utf8)))
    }

    private func lines(_ operation: PastOperation, unicode: Bool = true) -> [String] {
        TimelineText(language: .english, style: Style(isTerminal: false), unicode: unicode, width: 100).lines(of: [operation])
    }

    @Test func barsStandWhereTheirStepsLay() throws {
        let shown = lines(
            try operation(#"{"id":"a.first","at":0,"us":500},{"id":"a.second","at":500,"us":250},{"id":"a.third","at":999,"us":1}"#))
        #expect(shown[0] == "03:12:45  run › start  1.0 ms")
        #expect(shown[1] == "  a.first   ████████████············  500 µs")
        #expect(shown[2] == "  a.second  ············██████······  250 µs")
        #expect(shown[3] == "  a.third   ·······················█  1.0 µs")
    }

    @Test func whatFailedAndWasTakenBackIsMarked() throws {
        let shown = lines(
            try operation(
                #"{"id":"a.b","at":0,"us":10,"error":"no\nroom"},{"id":"a.b","at":10,"us":1,"undo":true}"#, #","error":"no room""#),
            unicode: false)
        #expect(shown[0].contains("run > start") && shown[2] == "    ! no\\nroom")
        #expect(shown[3].contains("undo: a.b") && shown.last == "  ! no room")
    }

    @Test func undosOfOneStepAreOneLine() throws {
        let steps = (0..<5).map { #"{"id":"a.b","at":\#($0 * 100),"us":50,"undo":true,"callCount":1,"calls":[{"name":"rmdir"}]}"# }
        let operation = try operation(#"{"id":"a.b","at":0,"us":1},"# + steps.joined(separator: ","))
        #expect(operation.steps.count == 2 && operation.steps[1].callCount == 5 && operation.steps[1].microseconds == 450)
        #expect(operation.event(of: operation.steps[1])?.kind == .undo)
    }

    /// Numbers of strangers: a bar never leaves its lane.
    @Test(arguments: [(-5.0, 1e300), (1e300, 0.0), (0, -1)])
    func barsStayInTheirLane(_ at: Double, _ us: Double) throws {
        let shown = lines(try operation(#"{"id":"a.b","at":\#(at),"us":\#(us)}"#))
        #expect(shown[1].filter { "█·".contains($0) }.count == 24)
    }
}
