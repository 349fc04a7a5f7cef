import Basics

/// What `run` and `create` ask of the engine, made from the command line.
struct ContainerRequest: Sendable {
    var image: String
    var attachStdin: Bool
    var attachStdout: Bool
    var attachStderr: Bool
    var opensStdin: Bool
    var stdinOnce: Bool
    var hasTerminal: Bool
    let removesItself: Bool
    let idFile: String
    let oomKillDisabled: Bool
    let memory: Int64
    let dns: [String]
    /// The body's members between the attach switches and the host's configuration.
    private let details: ContainerDetails
    private let host: JSONObject
    private let endpoints: JSONObject

    /// - Parameters:
    ///   - flags: as parsed for `run` or `create`.
    ///   - arguments: the image and the command.
    /// - Throws: `ValueError` in Docker's words.
    init(flags: FlagValues, arguments: [String]) throws {
        let address = flags.string("mac-address")
        guard address.isEmpty || Self.isHardwareAddress(address) else { throw ValueError("\(address) is not a valid mac address") }
        let attach = flags.list("attach")
        image = arguments.first ?? ""
        opensStdin = flags.bool("interactive")
        attachStdin = attach.contains("stdin") || opensStdin
        attachStdout = attach.isEmpty || attach.contains("stdout")
        attachStderr = attach.isEmpty || attach.contains("stderr")
        hasTerminal = flags.bool("tty")
        // With an attached client, the container's input ends with that client.
        stdinOnce = opensStdin && attachStdin
        removesItself = flags.bool("rm")
        idFile = flags.string("cidfile")
        oomKillDisabled = flags.bool("oom-kill-disable")
        memory = flags.int("memory")
        dns = flags.list("dns")
        let swappiness = flags.int("memory-swappiness", default: -1)
        guard swappiness == -1 || (0...100).contains(swappiness) else {
            throw ValueError("invalid value: \(swappiness). Valid memory swappiness range is 0-100")
        }
        let volumes = VolumeArguments(flags.list("volume"))
        let ports = try PublishedPorts(flags)
        let devices = try flags.list("device").map { try DeviceSpec.parse($0) }
        details = try ContainerDetails(flags: flags, command: Array(arguments.dropFirst()), volumes: volumes, ports: ports)
        let networks = try NetworkAttachment.collect(flags)
        host = try HostDetails(flags: flags, volumes: volumes, ports: ports, devices: devices, network: networks.mode).object
        endpoints = networks.endpoints
    }

    /// The body of `POST /containers/create`.
    var json: JSONValue {
        var body = JSONObject()
        body["Hostname"] = .string(details.hostname)
        body["Domainname"] = .string(details.domainname)
        body["User"] = .string(details.user)
        body["AttachStdin"] = .bool(attachStdin)
        body["AttachStdout"] = .bool(attachStdout)
        body["AttachStderr"] = .bool(attachStderr)
        if let exposed = details.exposedPorts { body["ExposedPorts"] = .object(exposed) }
        body["Tty"] = .bool(hasTerminal)
        body["OpenStdin"] = .bool(opensStdin)
        body["StdinOnce"] = .bool(stdinOnce)
        body["Env"] = .stringsOrNull(details.environment)
        body["Cmd"] = .stringsOrNull(details.command)
        if let health = details.health { body["Healthcheck"] = health }
        body["Image"] = .string(image)
        body["Volumes"] = .object(details.volumes)
        body["WorkingDir"] = .string(details.directory)
        body["Entrypoint"] = details.entrypoint
        if details.networkDisabled { body["NetworkDisabled"] = true }
        if !details.macAddress.isEmpty { body["MacAddress"] = .string(details.macAddress) }
        body["OnBuild"] = .null
        body["Labels"] = .object(details.labels)
        if let signal = details.stopSignal { body["StopSignal"] = .string(signal) }
        if let timeout = details.stopTimeout { body["StopTimeout"] = .integer(timeout) }
        body["HostConfig"] = .object(host)
        body["NetworkingConfig"] = ["EndpointsConfig": .object(endpoints)]
        return .object(body)
    }

    /// Detached: nobody is attached, whatever the flags say.
    mutating func detach() {
        attachStdin = false
        attachStdout = false
        attachStderr = false
        stdinOnce = false
    }

    /// Six, eight or twenty bytes in hexadecimal, parted by colons or dashes.
    private static func isHardwareAddress(_ text: String) -> Bool {
        let parts = text.split(omittingEmptySubsequences: false) { $0 == ":" || $0 == "-" }
        return [6, 8, 20].contains(parts.count) && parts.allSatisfy { $0.count == 2 && $0.allSatisfy(\.isHexDigit) }
    }
}

/// `-v` values: those with a source are binds, the others anonymous volumes.
struct VolumeArguments: Sendable {
    private(set) var binds: [String] = []
    private(set) var anonymous = JSONObject()

    init(_ specs: [String]) {
        for spec in specs {
            // Docker's client keeps them as a set: the same again is no second one.
            if !Self.hasSource(spec) { anonymous[spec] = [:] } else if !binds.contains(spec) { binds.append(spec) }
        }
        anonymous = anonymous.sortedByKey()
    }

    /// A single letter before the colon is taken for a Windows drive, as Docker does.
    private static func hasSource(_ spec: String) -> Bool {
        guard spec.count > 2, let colon = spec.firstIndex(of: ":"), colon != spec.startIndex else { return false }
        let source = spec[..<colon]
        return !(source.count == 1 && source.first?.isLetter == true) || spec[spec.index(after: colon)...].contains(":")
    }
}

/// `-p`, `-P` and `--expose` taken together.
struct PublishedPorts: Sendable {
    let exposed: JSONObject
    let bindings: JSONObject

    init(_ flags: FlagValues) throws {
        var exposed = JSONObject()
        var bound: [String: [JSONValue]] = [:]
        for mapping in try flags.list("publish").flatMap({ try PortSpec.parse($0) }) {
            exposed[mapping.port] = [:]
            bound[mapping.port, default: []].append(["HostIp": .string(mapping.hostAddress), "HostPort": .string(mapping.hostPort)])
        }
        for port in try flags.list("expose").flatMap({ try PortSpec.parseExposed($0) }) { exposed[port] = [:] }
        self.exposed = exposed.sortedByKey()
        bindings = JSONObject(bound.map { ($0.key, JSONValue.array($0.value)) }).sortedByKey()
    }
}
