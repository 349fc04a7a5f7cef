import NIOHTTP1

/// One way to reach the engine.
struct Route: Sendable {
    enum Part: Sendable, Equatable {
        case literal(String)
        /// One segment.
        case one
        /// One segment or more: image names hold slashes.
        case some
    }

    /// What happens to the request's body.
    enum Body: Sendable {
        case ignored, json, stream
    }

    typealias Handler = @Sendable (Call) throws -> Void

    let method: HTTPMethod
    let pattern: String
    let parts: [Part]
    let body: Body
    let handler: Handler

    /// - Parameter pattern: segments, with `*` for one variable segment and `**` for one or more.
    init(_ method: HTTPMethod, _ pattern: String, body: Body = .ignored, _ handler: @escaping Handler) {
        self.method = method
        self.pattern = pattern
        self.parts = pattern.split(separator: "/").map { $0 == "*" ? .one : $0 == "**" ? .some : .literal(String($0)) }
        self.body = body
        self.handler = handler
    }

    /// Method and pattern: `GET containers/*/json`.
    var name: String { "\(method.rawValue) \(pattern)" }

    /// The variable parts of a path that fits, nil for others.
    func match(_ segments: [String]) -> [String]? {
        if let spread = parts.firstIndex(of: .some) {
            let tail = parts.count - spread - 1
            guard segments.count >= parts.count else { return nil }
            let middle = spread..<(segments.count - tail)
            let joined = segments[middle].joined(separator: "/")
            return match(segments[..<spread] + [joined] + segments[middle.upperBound...])
        }
        return match(segments[...])
    }

    private func match(_ segments: ArraySlice<String>) -> [String]? {
        guard segments.count == parts.count else { return nil }
        var found: [String] = []
        for (part, segment) in zip(parts, segments) {
            if case .literal(let text) = part {
                guard text == segment else { return nil }
            } else {
                found.append(segment)
            }
        }
        return found
    }
}

/// All routes, by method.
struct Router: Sendable {
    private let routes: [String: [Route]]
    /// Method and pattern of each.
    let names: [String]

    init(_ routes: [Route]) {
        names = routes.map(\.name)
        self.routes = Dictionary(grouping: routes) { $0.method.rawValue }
    }

    func find(_ method: HTTPMethod, _ segments: [String]) -> (route: Route, parameters: [String])? {
        for route in routes[method.rawValue] ?? [] {
            if let parameters = route.match(segments) { return (route, parameters) }
        }
        return nil
    }

    static let engine = Router(
        systemRoutes + containerRoutes + execRoutes + archiveRoutes + streamRoutes + imageRoutes + buildRoutes + drydockRoutes
            + missingRoutes)
}
