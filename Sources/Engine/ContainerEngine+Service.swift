import Basics
import DockerAPI
import EngineInterface
import Glibc
import Runtime
import Steps
import Store

extension ContainerEngine: EngineService {
    public func drydockPing() throws -> DrydockPing {
        DrydockPing(pid: Int(getpid()), root: paths.root, version: DrydockVersion.number, started: started.description)
    }

    public func fillHub(context call: CallContext) throws -> HubFillReport {
        let filled = try labHub.fill()
        let address = try labHub.address()
        return HubFillReport(filled: filled, address: "\(address.host):\(address.port)")
    }

    public func describeHub() throws -> HubReport {
        let address = try labHub.address()
        return HubReport(address: "\(address.host):\(address.port)", images: labHub.imageNames())
    }

    /// Containers outlive the engine: there is nothing to wait for but the operations under way.
    public func prepareShutdown(context call: CallContext) throws {
        let paused = sessions.read { Array($0.values) }
        for session in paused { session.close() }
        for container in containers.all { container.lifecycle.with {} }
    }

    /// The engine ends: with no container running it takes along what it had made in the kernel for all of them. What stays on disk is
    /// what its users made.
    public func end() {
        do { try images.saveTimes() } catch { log("at the engine's end: \(error)") }
        guard !containers.all.contains(where: \.isRunning) else { return }
        do {
            try operate("shutdown", CallContext()) { operation in
                try operation.step("shutdown.network") { step in try network.tearDown(recorder(step)) }
                try operation.step("shutdown.cgroups") { step in try cgroups.removeParents(named: paths.cgroupParent, recorder(step)) }
            }
        } catch {
            log("at the engine's end: \(error)")
        }
    }
}
