import Basics
import DockerAPI
import EngineInterface
import Glibc

extension ContainerEngine: EngineService {
    public func drydockPing() throws -> DrydockPing {
        DrydockPing(pid: Int(getpid()), root: paths.root, version: DrydockVersion.number)
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
}
