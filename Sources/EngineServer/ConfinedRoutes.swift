/// Which routes a confined client may take, and with which query. What is not named here is refused.
enum ConfinedRoutes {
    /// - Parameters:
    ///   - method: of the request.
    ///   - pattern: of the route that fits it.
    /// - Returns: why not; nil where the request may go on.
    static func refusal(of method: String, _ pattern: String, _ query: Query) -> ConfinedReason? {
        guard allowed.contains("\(method) \(pattern)") else {
            return ConfinedReason("\(method) /\(pattern) is not for it")
        }
        switch pattern {
        case "drydock/events": return query.flag("all") ? ConfinedReason("only the events of one's own commands can be followed") : nil
        case "images/create": return refusalOfImport(query)
        case "build": return refusalOfBuild(query)
        default: return nil
        }
    }

    private static func refusalOfImport(_ query: Query) -> ConfinedReason? {
        guard query["fromImage"] == nil, let source = query["fromSrc"], source != "-" else { return nil }
        return ConfinedReason("images can't be imported from addresses (\(source.prefix(128)))")
    }

    private static func refusalOfBuild(_ query: Query) -> ConfinedReason? {
        if let remote = query["remote"] {
            return ConfinedReason("builds of contexts elsewhere (\(remote.prefix(128))) can't be made")
        }
        if query["kept"] != nil { return ConfinedReason("contexts can't be kept") }
        if let mode = query["networkmode"], let reason = ConfinedBodies.refusal(ofNetwork: mode) { return reason }
        if !query.all("securityopt").isEmpty { return ConfinedReason("security options can't be changed (--security-opt)") }
        if query["cgroupparent"] != nil { return ConfinedReason("the cgroup can't be chosen (--cgroup-parent)") }
        return nil
    }

    /// Docker's routes for a learner's own containers, images, volumes and networks, and of drydock's those that the client needs for
    /// Docker's commands (ping, the events of its session) or that only read what is the learner's own.
    static let allowed: Set<String> = [
        "GET version", "GET info", "GET events", "GET system/df", "POST auth",
        "GET containers/json", "POST containers/create", "POST containers/prune", "GET containers/*/json", "GET containers/*/changes",
        "GET containers/*/export", "GET containers/*/top", "GET containers/*/logs", "GET containers/*/stats", "POST containers/*/start",
        "POST containers/*/stop", "POST containers/*/restart", "POST containers/*/kill", "POST containers/*/rename",
        "POST containers/*/resize", "POST containers/*/wait", "POST containers/*/attach", "POST containers/*/pause",
        "POST containers/*/unpause", "POST containers/*/update", "POST containers/*/exec", "DELETE containers/*",
        "HEAD containers/*/archive", "GET containers/*/archive", "PUT containers/*/archive",
        "POST exec/*/start", "POST exec/*/resize", "GET exec/*/json", "POST commit", "POST build",
        "GET images/json", "POST images/create", "POST images/load", "GET images/get", "GET images/**/get", "POST images/prune",
        "GET images/search", "POST images/**/push", "GET images/**/json", "GET images/**/history", "POST images/**/tag",
        "DELETE images/**",
        "GET volumes", "POST volumes/create", "POST volumes/prune", "GET volumes/*", "DELETE volumes/*",
        "GET networks", "POST networks/create", "POST networks/prune", "GET networks/*", "DELETE networks/*",
        "POST networks/*/connect", "POST networks/*/disconnect",
        "GET drydock/ping", "GET drydock/events", "GET drydock/layers", "GET drydock/builds",
        "GET drydock/images/**/files", "GET drydock/hub",
    ]

    /// drydock's own that are not for a confined client, so that a test can tell a decision from an oversight.
    static let refused: Set<String> = [
        "POST drydock/sessions/*", "DELETE drydock/sessions/*", "POST drydock/operations/*/resume", "GET drydock/operations/*/look",
        "GET drydock/doctor", "POST drydock/hub/fill", "POST drydock/shutdown", "GET drydock/refusals",
        "GET drydock/requests", "POST drydock/operations/*/visit", "POST drydock/containers/*/visit",
        "GET drydock/contexts", "GET drydock/operations", "GET drydock/containers/*/ending",
    ]
}
