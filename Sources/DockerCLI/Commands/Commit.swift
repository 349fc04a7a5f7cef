import Basics
import EngineClient
import OCI

/// `docker commit`
@Sendable func commitCommand(_ invocation: Invocation) throws -> Int32 {
    let flags = invocation.flags
    let container = invocation.arguments[0]
    var query = [("author", flags.string("author"))]
    for change in flags.list("change") { query.append(("changes", change)) }
    query += [("comment", flags.string("message")), ("container", container)]
    if !flags.bool("pause", default: true) { query.append(("pause", "0")) }
    if invocation.arguments.count > 1 {
        let reference: Reference
        do { reference = try Reference(invocation.arguments[1]) } catch {
            throw CommandFailure("Error parsing reference: \"\(invocation.arguments[1])\" is not a valid repository/tag: \(error.sentence)")
        }
        guard reference.digest == nil else { throw CommandFailure("refusing to create a tag with a digest reference") }
        query += [("repo", reference.familiarName), ("tag", reference.tag ?? "latest")]
    }
    let answer = try invocation.client().request("POST", "/commit", query: query).json()
    invocation.print(answer["Id"]?.stringValue ?? "")
    return 0
}

/// `docker diff`
@Sendable func diffCommand(_ invocation: Invocation) throws -> Int32 {
    guard !invocation.arguments[0].isEmpty else { throw CommandFailure("Container name cannot be empty") }
    let changes = try invocation.client().request("GET", "/containers/\(segment(invocation.arguments[0]))/changes").json()
    for change in changes.arrayValue ?? [] {
        let kind = ["C", "A", "D"]
        let index = change["Kind"]?.intValue ?? 0
        invocation.print("\(kind.indices.contains(index) ? kind[index] : "?") \(change["Path"]?.stringValue ?? "")")
    }
    return 0
}
