import Basics
import EngineClient
import OCI

/// `docker push`
@Sendable func pushCommand(_ invocation: Invocation) throws -> Int32 {
    let flags = invocation.flags
    let pushesAll = flags.bool("all-tags")
    let isQuiet = flags.bool("quiet")
    var reference: Reference
    do { reference = try Reference(invocation.arguments[0]) } catch {
        invocation.complain(error.sentence)
        invocation.tellAdvice(error)
        return 1
    }
    if pushesAll, reference.tag != nil || reference.digest != nil { throw CommandFailure("tag can't be used with --all-tags/-a") }
    guard reference.digest == nil else { throw CommandFailure("cannot push a digest reference") }
    if !pushesAll, reference.tag == nil {
        reference = reference.withDefaultTag
        if !isQuiet { invocation.print("Using default tag: \(reference.tag ?? "")") }
    }
    let path = "/images/\(segment(reference.familiarName))/push"
    let query = pushesAll ? [] : [("tag", reference.tag ?? "")]
    let client = try invocation.client()
    let stream = try RegistryAccess(invocation: invocation).withCredentials(for: reference.domain, verb: "push") { credentials in
        try client.stream("POST", path, query: query, headers: [("X-Registry-Auth", RegistryCredentials.header(credentials))])
    }
    var context = invocation.context
    // Quiet means that failures still end the command, but progress goes nowhere.
    if isQuiet { context.output = -1 }
    var display = ProgressDisplay(context: context, descriptor: context.output, isTerminal: !isQuiet && context.outputIsTerminal)
    try display.show(stream)
    if isQuiet { invocation.print(reference.description) }
    return 0
}
