import Basics
import ClientArchive
import EngineClient
import Lessons

/// Reads a file in a container through the engine's archive route, as `docker cp` does.
struct FileLook {
    private let client: EngineClient
    private let container: String

    /// What is read of a file at most.
    private static let limit = 1 << 20

    init(_ client: EngineClient, _ container: String) {
        self.client = client
        self.container = container
    }

    func observe(_ path: String) throws -> Observation {
        do {
            let stream = try client.stream("GET", container + "/archive", query: [("path", path)])
            let member = try FirstMember.read(limit: Self.limit) { try stream.next() }
            guard let content = member.content else { return .text("") }
            return .text(String(decoding: content, as: UTF8.self))
        } catch let error as EngineClientError where error.apiError?.status == 404 { return .absent }
    }
}
