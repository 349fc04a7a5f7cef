import Basics
import EngineClient
import Glibc
import TextTools

/// What this client says of itself.
enum ClientVersion {
    /// The Docker release whose command line this one follows.
    static let version = "20.10.24"
    static let apiVersion = "1.41"
    static let commit = "drydock"
    static let line = "Docker version \(version), build \(commit)"

    #if arch(arm64)
        static let architecture = "arm64"
    #else
        static let architecture = "amd64"
    #endif

    static let json: JSONValue = [
        "Platform": ["Name": ""], "Version": .string(version), "ApiVersion": .string(apiVersion), "DefaultAPIVersion": .string(apiVersion),
        "GitCommit": .string(commit), "GoVersion": "none (Swift)", "Os": "linux", "Arch": .string(architecture), "BuildTime": "unknown",
        "Context": "default",
        "Experimental": true,
    ]
}

/// `docker version`
@Sendable func versionCommand(_ invocation: Invocation) throws -> Int32 {
    let format = invocation.flags.string("format")
    var template: GoTemplate?
    if !format.isEmpty {
        do { template = try GoTemplate(format, name: "version") } catch {
            throw CommandFailure(status: 64, "template parsing error: \(error)")
        }
    }
    var server: JSONValue = .null
    var problem: (any Error)?
    do { server = withReadableTimes(try invocation.client().request("GET", "/version").json()) } catch { problem = error }
    if let template {
        let value: JSONValue = ["Client": ClientVersion.json, "Server": server]
        do { invocation.print(try template.render(value, as: ClientShapes.version)) } catch {
            invocation.print("")
            throw CommandFailure("\(error)")
        }
    } else {
        invocation.print(clientText + (problem == nil ? "\n" + serverText(server) : ""))
    }
    if let problem { throw problem }
    return 0
}

/// The components' build times as people read them; templates see them so too.
private func withReadableTimes(_ version: JSONValue) -> JSONValue {
    guard var object = version.objectValue, let components = object["Components"]?.arrayValue else { return version }
    object["Components"] = .array(
        components.map { component in
            guard var fields = component.objectValue, var details = fields["Details"]?.objectValue, details["BuildTime"] != nil else {
                return component
            }
            details["BuildTime"] = .string(builtTime(.object(details)))
            fields["Details"] = .object(details)
            return .object(fields)
        })
    return .object(object)
}

private var clientText: String {
    let client = ClientVersion.json
    return "Client:\n"
        + lines(
            [
                ("Version:", text(client, "Version")), ("API version:", text(client, "ApiVersion")),
                ("Go version:", text(client, "GoVersion")),
                ("Git commit:", text(client, "GitCommit")), ("Built:", text(client, "BuildTime")),
                ("OS/Arch:", "\(text(client, "Os"))/\(text(client, "Arch"))"), ("Context:", text(client, "Context")),
                ("Experimental:", "true"),
            ], indent: 1)
}

private func serverText(_ server: JSONValue) -> String {
    let platform = server["Platform"]?["Name"]?.stringValue ?? ""
    var out = "\nServer:\(platform.isEmpty ? "" : " \(platform)")"
    for component in server["Components"]?.arrayValue ?? [] {
        out += "\n \(text(component, "Name")):\n"
        let details = component["Details"] ?? [:]
        if text(component, "Name") == "Engine" {
            out += lines(
                [
                    ("Version:", text(component, "Version")),
                    ("API version:", "\(text(details, "ApiVersion")) (minimum version \(text(details, "MinAPIVersion")))"),
                    ("Go version:", text(details, "GoVersion")), ("Git commit:", text(details, "GitCommit")),
                    ("Built:", text(details, "BuildTime")), ("OS/Arch:", "\(text(details, "Os"))/\(text(details, "Arch"))"),
                    ("Experimental:", text(details, "Experimental")),
                ], indent: 2)
        } else {
            let known = (details.objectValue ?? [:]).map { ("\($0.key):", $0.value.stringValue ?? "") }
            out += lines([("Version:", text(component, "Version"))] + known.sorted { $0.0 < $1.0 }, indent: 2)
        }
        out.removeLast()
    }
    return String(out.dropFirst())
}

/// `2026-05-07T21:09:36.000000000+00:00` as `Thu May  7 21:09:36 2026`.
private func builtTime(_ details: JSONValue) -> String {
    let given = text(details, "BuildTime")
    guard let time = Timestamp(rfc3339: given) else { return given }
    var seconds = time_t(time.seconds)
    var parts = tm()
    gmtime_r(&seconds, &parts)
    var out = [CChar](repeating: 0, count: 64)
    let length = strftime(&out, out.count, "%a %b %e %H:%M:%S %Y", &parts)
    return String(decoding: out[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self)
}

private func text(_ value: JSONValue, _ key: String) -> String { value[key]?.stringValue ?? "" }

private func lines(_ pairs: [(String, String)], indent: Int) -> String {
    pairs.map { name, value in
        String(repeating: " ", count: indent) + name + String(repeating: " ", count: max(1, 20 - indent - name.count)) + value + "\n"
    }.joined()
}
