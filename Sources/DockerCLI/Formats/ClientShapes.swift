import Basics
import TextTools

/// The Go types that only the command line itself has, for templates of `version` and `info`.
enum ClientShapes {
    static var version: GoShape {
        let platform = GoField(name: "Platform", shape: .structure(GoStructure(name: "struct { Name string }", fields: strings(["Name"]))))
        let client = GoStructure(
            name: "system.clientVersion",
            fields: [platform, GoField(name: "Version", shape: .string), GoField(name: "APIVersion", key: "ApiVersion", shape: .string)]
                + strings(["DefaultAPIVersion", "GitCommit", "GoVersion", "Os", "Arch", "BuildTime", "Context"])
                + [GoField(name: "Experimental", shape: .bool)])
        let component = GoStructure(
            name: "types.ComponentVersion", fields: strings(["Name", "Version"]) + [GoField(name: "Details", shape: .map(.string))])
        let server = GoStructure(
            name: "types.Version",
            fields: [platform, GoField(name: "Components", shape: .list(.structure(component))), GoField(name: "Version", shape: .string)]
                + [GoField(name: "APIVersion", key: "ApiVersion", shape: .string)]
                + strings(["MinAPIVersion", "GitCommit", "GoVersion", "Os", "Arch", "KernelVersion"])
                + [GoField(name: "Experimental", shape: .bool), GoField(name: "BuildTime", shape: .string)])
        return .structure(
            GoStructure(
                name: "system.versionInfo",
                fields: [
                    GoField(name: "Client", shape: .structure(client)), GoField(name: "Server", shape: .pointer(.structure(server))),
                ]))
    }

    /// `docker info`: whatever the engine says, as one struct.
    static func info(_ object: JSONObject) -> GoShape {
        structure("system.info", object)
    }

    /// What is a map in Go, keyed by names; every other object is a struct.
    private static let maps: Set<String> = ["Runtimes", "IndexConfigs"]

    private static func structure(_ name: String, _ object: JSONObject) -> GoShape {
        let fields = object.map { member in
            GoField(name: member.key, shape: maps.contains(member.key) ? .any : shape(of: member.value, named: member.key))
        }
        return .structure(GoStructure(name: name, fields: fields))
    }

    private static func shape(of value: JSONValue, named name: String) -> GoShape {
        switch value {
        case .bool: .bool
        case .integer: .int
        case .string: .string
        case .object(let object): structure("types.\(name)", object)
        default: .any
        }
    }

    private static func strings(_ names: [String]) -> [GoField] { names.map { GoField(name: $0, shape: .string) } }
}
