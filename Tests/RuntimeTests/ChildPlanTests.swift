import CDrydock
import Testing

@testable import Runtime

/// Where the container's first process stands still, by who watches.
struct ChildPlanTests {
    private static let spec = ContainerSpec(
        layersDirectory: "/l", lowerLayers: ["a"], upperDirectory: "/u", workDirectory: "/w", mountPoint: "/m", hostname: "h",
        arguments: ["true"], environment: ["PATH=/bin"], workingDirectory: "/",
        user: ContainerSpec.User(uid: 0, gid: 0, groups: [], home: "/root"), capabilities: 0, isTerminal: false, isRootReadOnly: false,
        seccompFilter: [1, 2, 3, 4, 5, 6, 7, 8])
    private static let watches: [ChildPlan.Watch] = [.nobody, .told(standsAfter: ["start.mount", "start.pivot"]), .stepped]

    @Test func itWaitsForEverybodyBeforeItBegins() {
        for watch in Self.watches { #expect(ChildPlan(Self.spec, watch).operations.first?.kind == DD_OP_WAIT) }
    }

    @Test func toldOfItStandsWhereItIsSaidAndBeforeTheProgram() {
        let plan = ChildPlan(Self.spec, .told(standsAfter: ["start.mount", "start.pivot"]))
        let waits = plan.steps.indices.filter { plan.rest(before: $0) == .wait }.map { plan.steps[$0].id }
        let first = plan.steps[0].id
        #expect(waits == [first, "start.pivot", "start.mounts", "start.exec"])
        #expect(plan.steps.indices.allSatisfy { plan.rest(before: $0) != .none })
        let untold = ChildPlan(Self.spec, .nobody)
        #expect(untold.steps.indices.dropFirst().allSatisfy { untold.rest(before: $0) == .none })
        let stepped = ChildPlan(Self.spec, .stepped)
        #expect(stepped.steps.indices.allSatisfy { stepped.rest(before: $0) == .wait })
    }

    @Test func itIsKnownWhereLaterStepsMountSomething() {
        var spec = Self.spec
        spec.mounts = [.bind(source: "/s", destination: "/d", isReadOnly: true, isDirectory: true)]
        (spec.isTerminal, spec.isRootReadOnly, spec.readOnlyPaths, spec.maskedPaths) = (true, true, ["/proc/sys"], ["/proc/keys"])
        let plan = ChildPlan(spec, .nobody)
        #expect(plan.mountPoints(after: "start.mounts") == ["/dev/console", "/proc/sys", "/proc/keys"])
        #expect(plan.mountPoints(after: "start.devices") == ["/proc/sys", "/proc/keys"])
        #expect(plan.mountPoints(after: "start.pivot").contains("/d"))
        #expect(plan.mountPoints(after: "start.exec").isEmpty)
    }

    @Test func theTablesIndexesAreThoseOfTheSteps() {
        for watch in Self.watches {
            let plan = ChildPlan(Self.spec, watch)
            for (step, first) in zip(plan.steps, plan.firstOperations) {
                let own = plan.operations[first..<(first + step.operations.count)]
                #expect(own.map(\.name) == step.operations.map(\.name))
                #expect(own.allSatisfy { $0.kind != DD_OP_WAIT && $0.kind != DD_OP_FLUSH })
            }
        }
    }
}
