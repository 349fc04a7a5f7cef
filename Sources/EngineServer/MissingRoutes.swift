import Basics
import EngineInterface
import NIOHTTP1

extension Router {
    /// What Docker's API has and this engine does not yet: told in a sentence, where an unknown path would only be "not found".
    static let missingRoutes: [Route] = [
        (.GET, "containers/*/stats", "tell what containers use (stats)"),
        (.POST, "containers/*/update", "update containers"),
        (.POST, "networks/create", "make networks"), (.DELETE, "networks/*", "remove networks"),
        (.POST, "networks/*/connect", "connect containers to networks"), (.GET, "events", "stream events"),
        (.GET, "system/df", "tell disk usage"),
    ].map { (method: HTTPMethod, path: String, what: String) in
        Route(method, path) { _ in throw DrydockError(.unsupported, "drydock can't \(what) yet") }
    }
}
