import Steps
import Testing

@testable import Engine

/// Events go out together, but never wait for others when somebody waits for them.
struct EventHubTests {
    private func event(_ kind: StepEvent.Kind, _ id: String) -> StepEvent {
        StepEvent(kind: kind, operation: "1", id: id, path: ["run", "start", id])
    }

    @Test func whatHasComeTogetherGoesTogether() {
        let subscription = EventSubscription(session: nil)
        for id in ["start.shim", "start.clone", "start.mount"] { subscription.add(event(.end, id)) }
        #expect(subscription.next()?.map(\.id) == ["start.shim", "start.clone", "start.mount"])
    }

    @Test func nothingIsLostAtTheEnd() {
        let subscription = EventSubscription(session: nil)
        subscription.add(event(.begin, "start.shim"))
        subscription.finish()
        subscription.add(event(.end, "start.shim"))
        #expect(subscription.next()?.map(\.id) == ["start.shim"])
        #expect(subscription.next() == nil)
    }

    @Test func aCallWaitsForItsListener() throws {
        let hub = EventHub()
        #expect(!hub.awaitListener(session: "s", seconds: 0))
        try EngineThread.start { _ = hub.subscribe(session: "s") }
        #expect(hub.awaitListener(session: "s"))
        #expect(hub.observer(session: "s") != nil)
    }

    @Test func thatAStepBeginsIsToldToThoseWhoWantIt() {
        let subscription = EventSubscription(session: nil, stepBegins: false)
        for id in ["start", "start.shim"] { subscription.add(event(.begin, id)) }
        subscription.add(event(.end, "start.shim"))
        #expect(subscription.next()?.map { "\($0.kind) \($0.id)" } == ["begin start", "end start.shim"])
    }

    /// The goodbye may come while the command still waits for its container's end.
    @Test func aSessionEndsWithWhatIsUnderWay() {
        let hub = EventHub()
        let subscription = hub.subscribe(session: "s")
        hub.began(session: "s")
        hub.began(session: "s")
        hub.end(session: "s")
        hub.finished(session: "s")
        hub.observer(session: "s")?.observe(event(.end, "exit.record"))
        hub.finished(session: "s")
        #expect(subscription.next()?.map(\.id) == ["exit.record"])
        #expect(subscription.next() == nil)
        #expect(hub.observer(session: "s") == nil)
    }

    @Test func aSessionWithNothingUnderWayEndsAtOnce() {
        let hub = EventHub()
        let (subscription, other) = (hub.subscribe(session: "s"), hub.subscribe(session: "t"))
        hub.end(session: "s")
        #expect(subscription.next() == nil)
        #expect(hub.observer(session: "t") != nil)
        hub.unsubscribe(other)
    }

    /// A name may come again: nothing is left of the one that has gone.
    @Test func whoLeavesBeforeTheEndLeavesNothing() {
        let hub = EventHub()
        let first = hub.subscribe(session: "s")
        hub.began(session: "s")
        hub.end(session: "s")
        hub.unsubscribe(first)
        let second = hub.subscribe(session: "s")
        hub.finished(session: "s")
        #expect(hub.observer(session: "s") != nil)
        hub.unsubscribe(second)
    }

    @Test func everyEventArrivesOnceAndInOrder() throws {
        let subscription = EventSubscription(session: nil)
        try EngineThread.start {
            for number in 0..<2000 {
                subscription.add(StepEvent(kind: number % 7 == 0 ? .paused : .progress, operation: "1", id: "x.\(number)", path: []))
            }
            subscription.finish()
        }
        var seen: [String] = []
        while let events = subscription.next() { seen += events.map(\.id) }
        #expect(seen == (0..<2000).map { "x.\($0)" })
    }
}
