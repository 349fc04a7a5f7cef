import Basics
import Glibc

/// The container's own configuration, apart from its streams.
struct ContainerDetails: Sendable {
    let hostname: String
    let domainname: String
    let user: String
    let exposedPorts: JSONObject?
    let environment: [String]
    let command: [String]
    let health: JSONValue?
    let volumes: JSONObject
    let directory: String
    let entrypoint: JSONValue
    let networkDisabled = false
    let macAddress: String
    let labels: JSONObject
    let stopSignal: String?
    let stopTimeout: Int64?

    init(flags: FlagValues, command: [String], volumes: VolumeArguments, ports: PublishedPorts) throws {
        hostname = flags.string("hostname")
        domainname = flags.string("domainname")
        user = flags.string("user")
        exposedPorts = ports.exposed.isEmpty ? nil : ports.exposed
        let own = { (name: String) in getenv(name).map { String(cString: $0) } }
        environment = EnvironmentFile.merged(try EnvironmentFile.read(flags.list("env-file"), inherit: own) + flags.list("env"))
        labels = EnvironmentFile.object(try EnvironmentFile.read(flags.list("label-file"), inherit: { _ in "" }) + flags.list("label"))
        self.command = command
        health = try Self.health(flags)
        self.volumes = volumes.anonymous
        directory = flags.string("workdir")
        // An empty --entrypoint takes the image's away.
        entrypoint = flags.isSet("entrypoint") ? .array([.string(flags.string("entrypoint"))]) : .null
        macAddress = flags.string("mac-address")
        stopSignal = flags.isSet("stop-signal") ? flags.string("stop-signal") : nil
        stopTimeout = flags.isSet("stop-timeout") ? flags.int("stop-timeout") : nil
    }

    private static func health(_ flags: FlagValues) throws -> JSONValue? {
        let names = ["health-interval", "health-timeout", "health-start-period", "health-retries"]
        let command = flags.string("health-cmd")
        let hasSettings = !command.isEmpty || names.contains { flags.int($0) != 0 }
        if flags.bool("no-healthcheck") {
            guard !hasSettings else { throw ValueError("--no-healthcheck conflicts with --health-* options") }
            return ["Test": ["NONE"]]
        }
        guard hasSettings else { return nil }
        for name in ["health-interval", "health-timeout", "health-retries", "health-start-period"] where flags.int(name) < 0 {
            throw ValueError("--\(name) cannot be negative")
        }
        var object = JSONObject()
        if !command.isEmpty { object["Test"] = ["CMD-SHELL", .string(command)] }
        for (key, name) in zip(["Interval", "Timeout", "StartPeriod", "Retries"], names) where flags.int(name) != 0 {
            object[key] = .integer(flags.int(name))
        }
        return .object(object)
    }
}
