import Basics
import DockerAPI
import EngineInterface
import Glibc
import Runtime
import Steps

extension ContainerEngine {
    /// Holds a running container's processes still.
    /// - Throws: `DrydockError` in Docker's words when it doesn't run or is paused already.
    public func pauseContainer(_ reference: String, context call: CallContext) throws {
        let container = try containers.find(reference)
        try container.lifecycle.with {
            guard container.isRunning else { throw DrydockError(.conflict, "Container \(container.id) is not running") }
            guard !container.state.isHeldStill else { throw DrydockError(.conflict, "Container \(container.id) is already paused") }
            let cgroup = cgroup(of: container)
            try operate("pause", call) { operation in
                try operation.step("pause.freeze") { step in
                    step.undo { [self] in try cgroup.thaw(recorder($0)) }
                    try cgroup.freeze(recorder(step))
                    step.fact("held still", container.name)
                }
                try operation.step("pause.record") { step in
                    try setPaused(true, container, step)
                    step.undo { [self] in try setPaused(false, container, $0) }
                }
            }
        }
    }

    /// Lets a paused container go on.
    /// - Throws: `DrydockError` in Docker's words when it isn't paused.
    public func unpauseContainer(_ reference: String, context call: CallContext) throws {
        let container = try containers.find(reference)
        try container.lifecycle.with {
            guard container.state.isHeldStill else { throw DrydockError(.conflict, "Container \(container.id) is not paused") }
            let cgroup = cgroup(of: container)
            try operate("unpause", call) { operation in
                try operation.step("unpause.record") { step in
                    try setPaused(false, container, step)
                    step.undo { [self] in try setPaused(true, container, $0) }
                }
                try operation.step("unpause.thaw") { step in
                    step.undo { [self] in try cgroup.freeze(recorder($0)) }
                    try cgroup.thaw(recorder(step))
                    step.fact("goes on", container.name)
                }
            }
        }
    }

    /// A signal that is to end a paused container wakes it, since it could not take notice otherwise. As Docker does, any other signal does so,
    /// too, where the container names none to be stopped by (moby 20.10, `daemon/kill.go`).
    /// - Parameter signal: Sends it, while the container still stands.
    func waking(_ container: Container, for number: Int32, _ step: Step, _ signal: () throws -> Void) throws {
        let named = container.record.config.stopSignal
        let ends = try named.isEmpty || number == SIGKILL || SignalName.number(named, invalid: "Invalid signal") == number
        guard ends, container.state.isHeldStill else { return try signal() }
        try container.lifecycle.with {
            guard container.state.isHeldStill else { return try signal() }
            try setPaused(false, container, step)
            try signal()
            try cgroup(of: container).thaw(recorder(step))
            step.fact("goes on", container.name)
        }
    }

    private func setPaused(_ isPaused: Bool, _ container: Container, _ step: Step) throws {
        var state = container.state
        guard state.phase == .running else { return }
        state.isPaused = isPaused ? true : nil
        try saveState(state, of: container, recorder(step))
        container.live.update { $0.state.isPaused = state.isPaused }
        step.fact("status", isPaused ? "paused" : "running")
    }
}
