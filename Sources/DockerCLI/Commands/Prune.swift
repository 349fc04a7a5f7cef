import Basics
import EngineClient
import TextTools

extension Invocation {
    /// Asks before something is removed for good; no answer is no.
    func confirms(_ warning: String) throws -> Bool {
        if flags.bool("force") { return true }
        context.print("\(warning)\nAre you sure you want to continue? [y/N] ", terminator: "")
        return try context.readLine(interrupt: settings.interruptDescriptor)?.lowercased() == "y"
    }

    /// What a prune gave back, as Docker ends its report.
    func printReclaimed(_ answer: JSONValue) {
        print("Total reclaimed space: \(humanSize(answer["SpaceReclaimed"]?.intValue ?? 0, precision: 4))")
    }
}

/// `docker container prune`
@Sendable func pruneContainersCommand(_ invocation: Invocation) throws -> Int32 {
    guard try invocation.confirms("WARNING! This will remove all stopped containers.") else { return reportNothing(invocation) }
    let answer = try invocation.client().request("POST", "/containers/prune", query: filterQuery(invocation.flags.list("filter"))).json()
    let removed = answer["ContainersDeleted"]?.arrayValue ?? []
    if !removed.isEmpty { invocation.print("Deleted Containers:\n" + removed.map { "\($0.stringValue ?? "")\n" }.joined()) }
    invocation.printReclaimed(answer)
    return 0
}

/// `docker volume prune`
@Sendable func pruneVolumesCommand(_ invocation: Invocation) throws -> Int32 {
    let warning = "WARNING! This will remove all local volumes not used by at least one container."
    guard try invocation.confirms(warning) else { return reportNothing(invocation) }
    let answer = try invocation.client().request("POST", "/volumes/prune", query: filterQuery(invocation.flags.list("filter"))).json()
    let removed = answer["VolumesDeleted"]?.arrayValue ?? []
    if !removed.isEmpty { invocation.print("Deleted Volumes:\n" + removed.map { "\($0.stringValue ?? "")\n" }.joined()) }
    invocation.printReclaimed(answer)
    return 0
}

/// `docker network prune`
@Sendable func pruneNetworksCommand(_ invocation: Invocation) throws -> Int32 {
    let warning = "WARNING! This will remove all custom networks not used by at least one container."
    guard try invocation.confirms(warning) else { return 0 }
    let answer = try invocation.client().request("POST", "/networks/prune", query: filterQuery(invocation.flags.list("filter"))).json()
    let removed = answer["NetworksDeleted"]?.arrayValue ?? []
    if !removed.isEmpty { invocation.print("Deleted Networks:\n" + removed.map { "\($0.stringValue ?? "")\n" }.joined()) }
    return 0
}

/// `docker image prune`
@Sendable func pruneImagesCommand(_ invocation: Invocation) throws -> Int32 {
    let all = invocation.flags.bool("all")
    let kind = all ? "images without at least one container associated to them." : "dangling images."
    guard try invocation.confirms("WARNING! This will remove all \(kind)") else { return reportNothing(invocation) }
    let filters = invocation.flags.list("filter") + ["dangling=\(!all)"]
    let answer = try invocation.client().request("POST", "/images/prune", query: filterQuery(filters)).json()
    let removed = answer["ImagesDeleted"]?.arrayValue ?? []
    if !removed.isEmpty {
        let lines = removed.map { entry in
            entry["Untagged"]?.stringValue.map { "untagged: \($0)\n" } ?? "deleted: \(entry["Deleted"]?.stringValue ?? "")\n"
        }
        invocation.print("Deleted Images:\n" + lines.joined())
    }
    invocation.printReclaimed(answer)
    return 0
}

private func reportNothing(_ invocation: Invocation) -> Int32 {
    invocation.print("Total reclaimed space: 0B")
    return 0
}
