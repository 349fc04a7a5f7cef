import Basics
import OCI

/// A repository that a search found.
public struct FoundImage: Sendable, Hashable {
    public let name: String
    public let description: String
    public let stars: Int
    public let isOfficial: Bool
    public let isAutomated: Bool
}

extension RegistryClient {
    /// Asks the registry's index, in the form that Docker Hub has kept from its first version.
    /// - Throws: `DrydockError`; `.invalid` in Docker's words for a limit outside 1 to 100.
    public func search(_ term: String, limit: Int) throws -> [FoundImage] {
        guard (1...100).contains(limit) else {
            throw DrydockError(.invalid, "Limit \(limit) is outside the range of [1, 100]")
        }
        let url = "\(endpoint)/v1/search?q=\(Self.encoded(term))&n=\(limit)"
        let (answer, body) = try fetched {
            try http.get(HTTPRequest(url: url, authorization: credentials?.basic), limit: limits.answerBytes, what: "the answer of \(url)")
        }
        guard answer.status == 200, let results = (try? JSONValue(parsing: body))?["results"]?.arrayValue else {
            throw DrydockError(.unavailable, "Unexpected status code \(answer.status)")
        }
        return results.prefix(limit).map { result in
            FoundImage(
                name: Self.plain(result["name"]?.stringValue ?? ""), description: Self.plain(result["description"]?.stringValue ?? ""),
                stars: result["star_count"]?.intValue ?? 0, isOfficial: result["is_official"]?.boolValue ?? false,
                isAutomated: result["is_automated"]?.boolValue ?? false)
        }
    }
}
