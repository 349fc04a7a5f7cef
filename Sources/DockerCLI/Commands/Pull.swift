import Basics
import EngineClient
import OCI

/// Asks the engine to pull an image, and shows how it goes.
struct ImagePuller {
    let client: EngineClient
    let context: CLIContext
    /// What lets the engine in at registries.
    let access: RegistryAccess

    init(_ invocation: Invocation, context: CLIContext? = nil) throws {
        client = try invocation.client()
        self.context = context ?? invocation.context
        access = RegistryAccess(invocation: invocation)
    }

    /// - Parameters:
    ///   - reference: with its tag or digest.
    ///   - descriptor: where progress is shown.
    func pull(_ reference: Reference, allTags: Bool = false, platform: String = "", to descriptor: Int32, isTerminal: Bool) throws {
        var query = [("fromImage", reference.familiarName)]
        if !platform.isEmpty { query.append(("platform", platform)) }
        if !allTags { query.append(("tag", reference.digest?.description ?? reference.tag ?? "latest")) }
        let stream = try access.withCredentials(for: reference.domain, verb: "pull") { credentials in
            // An engine that shows what it is asked need not show a header that says nothing.
            let proof = credentials.map { [("X-Registry-Auth", RegistryCredentials.header($0))] } ?? []
            return try client.stream("POST", "/images/create", query: query, headers: [("Content-Type", "text/plain")] + proof)
        }
        var display = ProgressDisplay(context: context, descriptor: descriptor, isTerminal: isTerminal)
        try display.show(stream)
    }

    /// Pulls without showing anything but a failure.
    func pullQuietly(_ reference: Reference, allTags: Bool, platform: String) throws {
        var quiet = context
        quiet.output = -1
        let puller = try ImagePuller(access.invocation, context: quiet)
        try puller.pull(reference, allTags: allTags, platform: platform, to: -1, isTerminal: false)
    }
}

/// `docker pull`
@Sendable func pullCommand(_ invocation: Invocation) throws -> Int32 {
    let flags = invocation.flags
    let allTags = flags.bool("all-tags")
    var reference: Reference
    do { reference = try Reference(invocation.arguments[0]) } catch {
        invocation.complain(error.sentence)
        invocation.tellAdvice(error)
        return 1
    }
    if allTags, reference.tag != nil || reference.digest != nil { throw CommandFailure("tag can't be used with --all-tags/-a") }
    if !allTags, reference.tag == nil, reference.digest == nil {
        reference = reference.withDefaultTag
        if !flags.bool("quiet") { invocation.print("Using default tag: \(reference.tag ?? "")") }
    }
    let puller = try ImagePuller(invocation)
    let platform = flags.string("platform")
    if flags.bool("quiet") {
        try puller.pullQuietly(reference, allTags: allTags, platform: platform)
    } else {
        try puller.pull(
            reference, allTags: allTags, platform: platform, to: invocation.context.output, isTerminal: invocation.context.outputIsTerminal)
    }
    invocation.print(reference.description)
    return 0
}
