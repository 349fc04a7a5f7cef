import Basics
import EngineClient
import Glibc

/// A state root with the lab hub filled and images pulled, copied for each replay: pulling anew would take longer than the replay.
public final class StateTemplate: Sendable {
    private let folder: ScratchFolder
    public var root: String { folder.state }

    /// - Parameter images: names that the lab hub has.
    /// - Throws: when an image can't be pulled.
    public init(images: [String]) throws {
        folder = try ScratchFolder()
        do {
            setenv("DRYDOCK_REGISTRY", "lab", 1)
            let client = try EngineLauncher.connect(root: folder.state)
            defer {
                _ = try? client.request("POST", "/drydock/shutdown")
                EngineLauncher.awaitEnd(root: folder.state)
            }
            _ = try client.request("POST", "/drydock/hub/fill")
            for image in images { try client.pull(image) }
        } catch {
            folder.remove()
            throw error
        }
    }

    public func remove() { folder.remove() }
}

extension EngineClient {
    /// Pulls an image of the lab hub, `name` or `name:tag`.
    /// - Throws: `EngineClientError`; `DrydockError` with what the engine says in its last message.
    public func pull(_ image: String) throws {
        let colon = image.lastIndex(of: ":")
        let name = colon.map { String(image[..<$0]) } ?? image
        let tag = colon.map { String(image[image.index(after: $0)...]) } ?? "latest"
        let answer = try request("POST", "/images/create", query: [("fromImage", name), ("tag", tag)])
        // A failure in mid-stream is a message, not a status.
        for line in answer.body.split(separator: 10) {
            if let failure = (try? JSONValue(parsing: Array(line)))?["error"]?.stringValue {
                throw DrydockError(.unavailable, "the image \(image) can't be had", cause: failure)
            }
        }
    }
}
