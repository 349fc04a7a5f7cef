import Basics

/// `docker search`, which still speaks the first version of the registry API.
///
/// Source: Docker Registry HTTP API V1, "Search"; Moby's `api/types/registry/search.go`.
extension HubRoutes {
    private static let usualCount = 25
    private static let counts = 1...100

    func search(_ request: HubRequest) throws -> HubAnswer {
        let term = request.parameter("q") ?? ""
        let wish = request.parameter("n")
        guard let count = wish.map({ Int($0) }) ?? Self.usualCount, Self.counts.contains(count) else {
            throw HubRefusal(.paginationInvalid, ["n": .string(wish ?? "")])
        }
        let found = HubSearch.results(for: term, in: storage.catalogue)
        return .json([
            "num_results": .integer(Int64(found.count)), "query": .string(term), "num_pages": 1, "page": 1,
            "page_size": .integer(Int64(count)), "results": .array(found.prefix(count).map(\.json)),
        ])
    }
}

enum HubSearch {
    struct Result {
        /// As people type it: `ubuntu`, `me2u/app`.
        let name: String
        let description: String
        let isOfficial: Bool

        var json: JSONValue {
            [
                "name": .string(name), "description": .string(description), "star_count": 0, "is_official": .bool(isOfficial),
                "is_automated": false,
            ]
        }
    }

    /// Repositories whose name or description has the term in it: first the one of that very name, then the official ones.
    static func results(for term: String, in catalogue: HubCatalogue) -> [Result] {
        let term = term.lowercased()
        let all = catalogue.repositories.map { name, repository in
            Result(name: HubName.familiar(name), description: repository.description, isOfficial: name.hasPrefix("library/"))
        }
        func rank(_ result: Result) -> Int { result.name == term ? 0 : result.isOfficial ? 1 : 2 }
        return all.filter { term.isEmpty || $0.name.contains(term) || $0.description.lowercased().contains(term) }
            .sorted { rank($0) != rank($1) ? rank($0) < rank($1) : goOrdered($0.name, $1.name) }
    }
}
