import Basics
import EngineClient

/// A wait for a container's end that was asked for before the container started, so that nothing is missed.
struct ExitWaiter {
    private let stream: ResponseStream

    /// Asks the engine; returns once it has confirmed that it waits (it sends its answer's head at once).
    /// - Parameter condition: `next-exit`, `removed`, or empty for "not running".
    init(_ client: EngineClient, _ containerID: String, condition: String) throws {
        let query = condition.isEmpty ? [] : [("condition", condition)]
        stream = try client.stream("POST", "/containers/\(segment(containerID))/wait", query: query)
    }

    /// Blocks until the container has ended (or is removed).
    /// - Returns: its exit code; 125 with the engine's message if waiting failed.
    func status() throws -> (code: Int32, error: String?) {
        let body = try stream.collect()
        guard let answer = try? JSONValue(parsing: body), let code = answer["StatusCode"]?.intValue else {
            throw EngineClientError.malformed("the engine's answer to wait is not understood")
        }
        if let message = answer["Error"]?["Message"]?.stringValue, !message.isEmpty { return (125, message) }
        return (Int32(truncatingIfNeeded: code), nil)
    }
}
