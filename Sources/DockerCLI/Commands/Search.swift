import Basics
import EngineClient

/// `docker search`
@Sendable func searchCommand(_ invocation: Invocation) throws -> Int32 {
    let flags = invocation.flags
    let term = invocation.arguments[0]
    let registry = try RegistryAddress.ofSearchTerm(term)
    let query = filterQuery(flags.list("filter")) + [("limit", String(flags.int("limit", default: 25))), ("term", term)]
    let client = try invocation.client()
    let list = try RegistryAccess(invocation: invocation).withCredentials(for: registry, verb: "search") { credentials in
        try client.request("GET", "/images/search", query: query, headers: [("X-Registry-Auth", RegistryCredentials.header(credentials))])
            .json()
    }
    let text = try SearchRow.text(list.arrayValue ?? [], format: flags.string("format"), truncates: !flags.bool("no-trunc"))
    invocation.context.print(text, terminator: "")
    return 0
}
