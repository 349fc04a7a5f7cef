import Basics

/// What the bodies of a confined client's requests may say. A body comes out as it may be acted on: what is decoded later is what was
/// looked at here, with the limits in it.
///
/// Of a container's host configuration every field that is not known to be harmless is refused when it says anything at all.
struct ConfinedBodies {
    let limits: Confinement.Limits

    /// - Parameter pattern: of the route, with its method: `POST containers/create`.
    /// - Returns: the body to go on with.
    func confined(_ body: JSONValue, of route: String) throws(ConfinedReason) -> JSONValue {
        guard case .object(var object) = body else { return body }
        switch route {
        case "POST containers/create":
            try Self.checkKeys(object, Self.containerKeys)
            if let networking = object["NetworkingConfig"] { try Self.checkNetworking(networking) }
            let host = object["HostConfig"] ?? .null
            guard host.isNull || host.objectValue != nil else { throw ConfinedReason("HostConfig is no object") }
            object["HostConfig"] = .object(try confined(host: host.objectValue ?? JSONObject()))
        case "POST containers/*/update": return .object(try confined(host: object, isUpdate: true))
        case "POST containers/*/exec":
            if Self.says(object["Privileged"]) { throw ConfinedReason("a command can't be privileged (exec --privileged)") }
        case "POST volumes/create":
            try Self.checkDriver(object["Driver"], "local", "volumes")
            if Self.says(object["DriverOpts"]) || Self.says(object["ClusterVolumeSpec"]) {
                throw ConfinedReason("volumes have no options (volume create --opt)")
            }
        case "POST networks/create":
            try Self.checkDriver(object["Driver"], "bridge", "networks")
            for key in ["Options", "ConfigFrom", "ConfigOnly", "Ingress"] where Self.says(object[key]) {
                throw ConfinedReason("networks have no \(key)")
            }
        default: break
        }
        return .object(object)
    }

    // MARK: Containers

    private func confined(host: JSONObject, isUpdate: Bool = false) throws(ConfinedReason) -> JSONObject {
        for (key, value) in host where !Self.harmless.contains(key) {
            // An empty list unmasks what is masked by default; of others "nothing" says nothing.
            let isList = key == "MaskedPaths" || key == "ReadonlyPaths"
            guard isList ? !value.isNull : Self.says(value) else { continue }
            try Self.check(key, value)
        }
        var host = host
        let number = { (key: String) -> Int64 in host[key]?.intValue.map(Int64.init) ?? 0 }
        let asked = (memory: number("Memory"), swap: number("MemorySwap"), reserved: number("MemoryReservation"), pids: number("PidsLimit"))
        // An update leaves alone what it does not name.
        if !isUpdate || asked.memory != 0 { host["Memory"] = .integer(limits.memory(asked: asked.memory)) }
        if asked.swap != 0 { host["MemorySwap"] = .integer(limits.swap(asked: asked.swap)) }
        if asked.reserved > limits.memoryBytes { host["MemoryReservation"] = .integer(limits.memoryBytes) }
        if !isUpdate || asked.pids != 0 { host["PidsLimit"] = .integer(limits.processes(asked: asked.pids)) }
        return host
    }

    /// A field of a host configuration that says something, and is not harmless whatever it says.
    private static func check(_ key: String, _ value: JSONValue) throws(ConfinedReason) {
        let text = value.stringValue
        switch (key, text) {
        case ("Binds", _):
            guard let binds = value.arrayValue else { throw ConfinedReason("Binds is no list") }
            for bind in binds {
                guard let text = bind.stringValue else { throw ConfinedReason("Binds is no list of texts") }
                try check(bind: text)
            }
        case ("Mounts", _):
            guard let mounts = value.arrayValue else { throw ConfinedReason("Mounts is no list") }
            for mount in mounts { try check(mount: mount) }
        case ("NetworkMode", let mode?):
            if let reason = refusal(ofNetwork: mode) { throw reason }
        case ("IpcMode", "none"), ("IpcMode", "private"), ("IpcMode", "shareable"), ("CgroupnsMode", "private"), ("VolumeDriver", "local"),
            ("Isolation", "default"), ("Runtime", "runc"):
            return
        case ("LogConfig", _):
            if !["", "json-file", "none"].contains(value["Type"]?.stringValue ?? "") {
                throw ConfinedReason("logs are kept as json-file or not at all (--log-driver)")
            }
        case ("OomScoreAdj", _):
            if value.intValue.map({ $0 < 0 }) ?? true { throw ConfinedReason("no container is kept alive before others (--oom-score-adj)") }
        default:
            throw ConfinedReason("\(names[key] ?? "\(key.prefix(64)) can't be set") (\(key.prefix(64)): \(value.text().prefix(128)))")
        }
    }

    /// `--network`. - Returns: why not.
    static func refusal(ofNetwork mode: String) -> ConfinedReason? {
        if mode == "host" { return ConfinedReason("the host's network can't be used (--network host)") }
        let isName =
            !mode.isEmpty
            && mode.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                    UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
        return isName ? nil : ConfinedReason("another container's network can't be joined (--network \(mode.prefix(128)))")
    }

    private static func check(bind: String) throws(ConfinedReason) {
        let source = bind.prefix { $0 != ":" }
        // One without a colon is an anonymous volume's place; a name begins with a letter or a digit.
        guard source.utf8.count < bind.utf8.count, !isVolumeName(source) else { return }
        throw ConfinedReason("host folders can't be mounted (-v \(bind.prefix(128)))")
    }

    private static func isVolumeName(_ text: Substring) -> Bool {
        guard let first = text.unicodeScalars.first, !text.utf8.contains(UInt8(ascii: "/")) else { return false }
        return first.isASCII && (first.properties.isAlphabetic || ("0"..."9").contains(first))
    }

    private static func check(mount: JSONValue) throws(ConfinedReason) {
        let (type, source) = (mount["Type"]?.stringValue ?? "", mount["Source"]?.stringValue ?? "")
        switch type {
        case "tmpfs": break
        case "volume":
            guard source.isEmpty || isVolumeName(source[...]) else {
                throw ConfinedReason("host folders can't be mounted (--mount source=\(source.prefix(128)))")
            }
            let driver = mount["VolumeOptions"]?["DriverConfig"]
            try checkDriver(driver?["Name"], "local", "volumes")
            if says(driver?["Options"]) { throw ConfinedReason("volumes have no options (--mount volume-opt)") }
        default:
            throw ConfinedReason("host folders can't be mounted (--mount type=\(type.prefix(32)),source=\(source.prefix(128)))")
        }
        if says(mount["BindOptions"]) { throw ConfinedReason("host folders can't be mounted (--mount bind-propagation)") }
    }

    private static func checkNetworking(_ value: JSONValue) throws(ConfinedReason) {
        for (name, _) in value["EndpointsConfig"]?.objectValue ?? JSONObject() {
            if let reason = refusal(ofNetwork: name) { throw reason }
        }
    }

    private static func checkKeys(_ object: JSONObject, _ known: Set<String>) throws(ConfinedReason) {
        for (key, value) in object where !known.contains(key) && says(value) {
            throw ConfinedReason("\(key.prefix(64)) can't be set (\(value.text().prefix(128)))")
        }
    }

    private static func checkDriver(_ value: JSONValue?, _ own: String, _ what: String) throws(ConfinedReason) {
        guard says(value), value?.stringValue != own, value?.stringValue != "default" else { return }
        throw ConfinedReason("\(what) have no other driver than \(own)")
    }

    /// Whether a value says anything: null, false, 0, and what is empty do not.
    private static func says(_ value: JSONValue?) -> Bool {
        switch value {
        case nil, .null, .bool(false), .integer(0): false
        case .number(let number): number != 0
        case .string(let text): !text.isEmpty
        case .array(let elements): !elements.isEmpty
        case .object(let object): object.values.contains { says($0) }
        default: true
        }
    }

    // MARK: Fields

    private static let containerKeys: Set<String> = [
        "Hostname", "Domainname", "User", "AttachStdin", "AttachStdout", "AttachStderr", "ExposedPorts", "Tty", "OpenStdin", "StdinOnce",
        "Env", "Cmd", "Healthcheck", "ArgsEscaped", "Image", "Volumes", "WorkingDir", "Entrypoint", "NetworkDisabled", "OnBuild", "Labels",
        "StopSignal", "StopTimeout", "Shell", "HostConfig", "NetworkingConfig",
    ]

    /// Whatever they say, they stay within the container and within its limits, which are set over what is asked.
    private static let harmless: Set<String> = [
        "ContainerIDFile", "PortBindings", "RestartPolicy", "AutoRemove", "VolumesFrom", "CapDrop", "Dns", "DnsOptions", "DnsSearch",
        "ExtraHosts", "GroupAdd", "Links", "PublishAllPorts", "ReadonlyRootfs", "Tmpfs", "ShmSize", "ConsoleSize", "CpuShares", "Memory",
        "NanoCpus", "CpuPeriod", "CpuQuota", "CpusetCpus", "CpusetMems", "MemoryReservation", "MemorySwap", "MemorySwappiness",
        "PidsLimit", "Ulimits", "Init", "BlkioWeight", "KernelMemory",
    ]

    /// What is said of those that are asked for most.
    private static let names = [
        "Privileged": "no container is privileged", "CapAdd": "no capability is added", "Devices": "devices can't be given",
        "DeviceRequests": "devices can't be given", "DeviceCgroupRules": "devices can't be given",
        "SecurityOpt": "security options can't be changed", "PidMode": "others' processes can't be joined",
        "IpcMode": "others' memory can't be joined", "UTSMode": "the host's name can't be joined",
        "UsernsMode": "users can't be mapped otherwise", "CgroupParent": "the cgroup can't be chosen",
        "CgroupnsMode": "the host's cgroups can't be joined", "Sysctls": "the kernel can't be set", "Runtime": "there is no other runtime",
        "OomKillDisable": "memory has a limit for all", "StorageOpt": "the disk has a limit for all",
        "MaskedPaths": "what is masked stays masked", "ReadonlyPaths": "what is read-only stays read-only",
    ]
}
