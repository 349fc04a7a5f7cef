import Basics
import EngineClient

/// Empties an engine that belongs to a lesson or a trial.
public struct EngineCleaner {
    let client: EngineClient

    public init(_ client: EngineClient) { self.client = client }

    /// Removes every container and volume.
    public func clear() {
        let containers = (try? client.request("GET", "/containers/json", query: [("all", "1")]).json().arrayValue) ?? []
        for container in containers {
            guard let id = container["Id"]?.stringValue else { continue }
            _ = try? client.request("DELETE", "/containers/\(id)", query: [("force", "1"), ("v", "1")])
        }
        let volumes = (try? client.request("GET", "/volumes").json()["Volumes"]?.arrayValue) ?? []
        for volume in volumes {
            guard let name = volume["Name"]?.stringValue else { continue }
            _ = try? client.request("DELETE", "/volumes/\(name)", query: [("force", "1")])
        }
    }

    /// Ends the engine of a state root and waits for that; what runs in containers runs on.
    public func shutDown(root: String) {
        _ = try? client.request("POST", "/drydock/shutdown")
        EngineLauncher.awaitEnd(root: root)
    }
}
