import Basics
import EngineInterface
import Steps

/// Probes one running container's health, on a thread of its own: waits for the interval, probes, takes note, and so on until the container
/// ends. While it is paused it is not probed, and afterwards the interval begins anew.
struct HealthMonitor: Sendable {
    let engine: ContainerEngine
    let container: Container
    let settings: HealthSettings
    /// Which of the container's starts this is for.
    let starts: Int

    private enum Wake { case over, paused }

    func run() {
        while true {
            switch container.live.wait(seconds: Double(settings.interval) / 1e9, until: { wake($0) }) {
            case .over: return
            case .paused: container.live.wait { wake($0) == .paused ? nil : () }
            case nil: take(HealthProbe(engine: engine, container: container, settings: settings).run())
            }
        }
    }

    /// What ends the waiting before the interval does.
    private func wake(_ live: Container.Live) -> Wake? {
        guard live.state.phase == .running, live.starts == starts else { return .over }
        return live.state.isHeldStill ? .paused : nil
    }

    /// A probe of a container that has ended or been paused meanwhile says nothing about its health.
    private func take(_ result: HealthState.Result) {
        let change = container.live.update { live -> (before: HealthState, after: HealthState)? in
            guard wake(live) == nil, let before = live.state.health else { return nil }
            var after = before
            after.take(result, settings, startedAt: live.state.startedAt)
            live.state.health = after
            return (before, after)
        }
        guard let change else { return }
        do {
            try engine.operate("health", CallContext()) { operation in
                try operation.step("health.record") { step in
                    let (old, new) = (change.before.status.rawValue, change.after.status.rawValue)
                    step.fact("container", container.name)
                    step.fact("exit code", "\(result.exitCode)")
                    step.fact("status", old == new ? new : "\(old) → \(new)")
                    step.fact("failing streak", "\(change.after.failingStreak) of \(settings.retries)")
                }
            }
        } catch {
            engine.log("the health of container \(container.id.prefix(12)): \(error)")
        }
    }
}

extension ContainerEngine {
    /// Begins to probe a container that has just started or been taken up, if it has a way to be probed.
    /// - Throws: `DrydockError` when there is no thread for it.
    func watchHealth(of container: Container) throws {
        guard let settings = HealthSettings(container.record.config) else { return }
        let starts = container.live.update { live in
            live.state.health = HealthState(after: live.state.health)
            return live.starts
        }
        let monitor = HealthMonitor(engine: self, container: container, settings: settings, starts: starts)
        try EngineThread.start { monitor.run() }
    }
}
