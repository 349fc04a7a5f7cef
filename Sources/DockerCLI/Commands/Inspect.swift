import Basics
import EngineClient
import TextTools

/// `docker inspect`: whatever has that name.
@Sendable func inspectCommand(_ invocation: Invocation) throws -> Int32 {
    let kind = invocation.flags.string("type")
    let known: [String: [Inspector]] = [
        "": [.container, .image, .network, .volume], "container": [.container], "image": [.image], "network": [.network],
        "volume": [.volume],
        "plugin": [], "node": [], "service": [], "task": [], "secret": [],
    ]
    guard let inspectors = known[kind] else { throw CommandFailure("\(goQuoted(kind)) is not a valid value for --type") }
    return try inspect(invocation, inspectors, kind: kind.isEmpty ? "object" : kind)
}

/// `docker container inspect`
@Sendable func inspectContainerCommand(_ invocation: Invocation) throws -> Int32 {
    try inspect(invocation, [.container], kind: "container")
}

/// `docker image inspect`
@Sendable func inspectImageCommand(_ invocation: Invocation) throws -> Int32 {
    try inspect(invocation, [.image], kind: "image")
}

/// `docker volume inspect`
@Sendable func inspectVolumeCommand(_ invocation: Invocation) throws -> Int32 {
    try inspect(invocation, [.volume], kind: "volume")
}

/// `docker network inspect`
@Sendable func inspectNetworkCommand(_ invocation: Invocation) throws -> Int32 {
    try inspect(invocation, [.network], kind: "network")
}

/// One kind of object that can be looked at.
enum Inspector: Sendable {
    case container
    case image
    case network
    case volume

    func path(_ name: String) -> String {
        switch self {
        case .container: "/containers/\(segment(name))/json"
        case .image: "/images/\(segment(name))/json"
        case .network: "/networks/\(segment(name))"
        case .volume: "/volumes/\(segment(name))"
        }
    }

    /// The Go type that templates see.
    var shape: GoShape {
        switch self {
        case .container: DockerShapes.container
        case .image: DockerShapes.image
        case .network: DockerShapes.network
        case .volume: DockerShapes.volume
        }
    }
}

private func inspect(_ invocation: Invocation, _ inspectors: [Inspector], kind: String) throws -> Int32 {
    let flags = invocation.flags
    let format = flags.string("format")
    var template: GoTemplate?
    if !format.isEmpty {
        do { template = try GoTemplate(format) } catch { throw CommandFailure(status: 64, "template parsing error: \(error)") }
    }
    let client = try invocation.client()
    var found: [JSONValue] = []
    var lines = ""
    var failures: [String] = []
    for name in invocation.arguments {
        let object: JSONValue
        let inspector: Inspector
        do {
            guard let match = try lookUp(client, name, inspectors, size: flags.bool("size")) else {
                throw CommandFailure("Error: No such \(kind): \(name)")
            }
            (object, inspector) = match
        } catch EngineClientError.interrupted { throw EngineClientError.interrupted } catch {
            failures.append(plainText(error))
            continue
        }
        found.append(object)
        guard let template else { continue }
        do { lines += try renderTyped(template, object, inspector.shape) + "\n" } catch let error as TemplateError {
            // What the first objects gave is still shown.
            invocation.context.print(lines)
            throw CommandFailure("template parsing error: \(error)")
        }
    }
    if template != nil {
        invocation.context.print(lines, terminator: "")
    } else {
        invocation.print(JSONValue.array(found).text(indent: "    "))
    }
    if !failures.isEmpty { invocation.complain(failures.joined(separator: "\n")) }
    return failures.isEmpty ? 0 : 1
}

/// Docker tries the object as its Go type first, and as the plain JSON the engine sent where that fails.
private func renderTyped(_ template: GoTemplate, _ object: JSONValue, _ shape: GoShape) throws -> String {
    do { return try template.render(object, as: shape) } catch {
        return try template.render(object, as: .any, options: .init(missingKey: .error))
    }
}

private func lookUp(_ client: EngineClient, _ name: String, _ inspectors: [Inspector], size: Bool) throws -> (JSONValue, Inspector)? {
    for inspector in inspectors where !name.isEmpty {
        let query = size && inspector == .container ? [("size", "1")] : []
        do {
            return (try client.request("GET", inspector.path(name), query: query).json(), inspector)
        } catch let error as EngineClientError where error.apiError != nil {
            // An ambiguous beginning of an id is worth telling; what is merely not there, or no valid name, may be something else.
            if let status = error.apiError?.status, status != 404, inspectors.count == 1 || status >= 500 { throw error }
        }
    }
    return nil
}
