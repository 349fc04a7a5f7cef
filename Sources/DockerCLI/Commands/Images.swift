import Basics
import EngineClient
import Glibc
import OCI

/// `docker rmi`
@Sendable func removeImageCommand(_ invocation: Invocation) throws -> Int32 {
    let client = try invocation.client()
    let flags = invocation.flags
    var query: [(String, String)] = []
    if flags.bool("force") { query.append(("force", "1")) }
    if flags.bool("no-prune") { query.append(("noprune", "1")) }
    var failures: [String] = []
    var isHarmless = true
    for name in invocation.arguments {
        do {
            let removed = try naming("image", name) { try client.request("DELETE", "/images/\(segment(name))", query: query).json() }
            for entry in removed.arrayValue ?? [] {
                if let deleted = entry["Deleted"]?.stringValue { invocation.print("Deleted: \(deleted)") }
                if let untagged = entry["Untagged"]?.stringValue { invocation.print("Untagged: \(untagged)") }
            }
        } catch let failure as CommandFailure {
            failures.append(failure.text)
            isHarmless = isHarmless && flags.bool("force")
        } catch EngineClientError.interrupted { throw EngineClientError.interrupted } catch {
            failures.append(plainText(error))
            isHarmless = false
        }
    }
    if !failures.isEmpty { invocation.complain(failures.joined(separator: "\n")) }
    return isHarmless ? 0 : 1
}

/// `docker tag`
@Sendable func tagCommand(_ invocation: Invocation) throws -> Int32 {
    let source = invocation.arguments[0]
    let target = invocation.arguments[1]
    let reference: Reference
    do { reference = try Reference(target) } catch {
        throw CommandFailure("Error parsing reference: \(quoted(target)) is not a valid repository/tag: \(error.sentence)")
    }
    do { _ = try ImageName(source) } catch {
        throw CommandFailure("Error parsing reference: \(quoted(source)) is not a valid repository/tag: \(error.sentence)")
    }
    guard reference.digest == nil else { throw CommandFailure("refusing to create a tag with a digest reference") }
    let query = [("repo", reference.familiarName), ("tag", reference.tag ?? "latest")]
    _ = try invocation.client().request("POST", "/images/\(segment(source))/tag", query: query)
    return 0
}

private func quoted(_ text: String) -> String { "\"\(text)\"" }

/// `docker load`
@Sendable func loadCommand(_ invocation: Invocation) throws -> Int32 {
    let context = invocation.context
    let path = invocation.flags.string("input")
    var source = context.input
    if !path.isEmpty {
        source = open(path, O_RDONLY | O_CLOEXEC)
        guard source >= 0 else { throw CommandFailure("open \(path): \(Errno.current.text)") }
    } else if context.inputIsTerminal {
        throw CommandFailure("requested load from stdin, but stdin is empty")
    }
    defer { if source != context.input { close(source) } }
    // Without a terminal progress would only clutter; the engine then sends what it loaded and nothing else.
    let isQuiet = invocation.flags.bool("quiet") || !context.outputIsTerminal
    let stream = try invocation.client().upload(
        "POST", "/images/load", query: [("quiet", isQuiet ? "1" : "0")], headers: [("Content-Type", "application/x-tar")]
    ) { try nextPiece(of: source) }
    guard stream.head.header("content-type")?.hasPrefix("application/json") == true else {
        while let bytes = try stream.next() { context.write(bytes, to: context.output) }
        return 0
    }
    var display = ProgressDisplay(context: context, descriptor: context.output, isTerminal: context.outputIsTerminal)
    try display.show(stream)
    return 0
}

/// Up to 256 KiB of a file, nil at its end.
func nextPiece(of descriptor: Int32) throws -> [UInt8]? {
    while true {
        var failure: Int32 = 0
        let piece = [UInt8](unsafeUninitializedCapacity: 256 << 10) { space, count in
            let got = read(descriptor, space.baseAddress, space.count)
            failure = got < 0 ? errno : 0
            count = max(got, 0)
        }
        if failure == EINTR { continue }
        guard failure == 0 else { throw CommandFailure("cannot read the archive: \(Errno(failure).text)") }
        return piece.isEmpty ? nil : piece
    }
}
