import Basics

/// `--ulimit` values: `nofile=1024:2048`.
struct UlimitSpec: Sendable, Hashable {
    let name: String
    let soft: Int64
    let hard: Int64

    private static let names: Set<String> = [
        "core", "cpu", "data", "fsize", "locks", "memlock", "msgqueue", "nice", "nofile", "nproc", "rss", "rtprio", "rttime", "sigpending",
        "stack",
    ]

    /// - Throws: `ValueError` in Docker's words.
    static func parse(_ text: String) throws -> UlimitSpec {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2 else { throw ValueError("invalid ulimit argument: \(text)") }
        guard names.contains(parts[0]) else { throw ValueError("invalid ulimit type: \(parts[0])") }
        let limits = parts[1].split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard limits.count <= 2 else {
            throw ValueError("too many limit value arguments - \(parts[1]), can only have up to two, `soft[:hard]`")
        }
        let hard = try GoNumber.int(limits.last ?? "")
        let soft = try GoNumber.int(limits[0])
        if hard != -1 {
            guard soft != -1 else {
                throw ValueError("ulimit soft limit must be less than or equal to hard limit: soft: -1 (unlimited), hard: \(hard)")
            }
            guard soft <= hard else { throw ValueError("ulimit soft limit must be less than or equal to hard limit: \(soft) > \(hard)") }
        }
        return UlimitSpec(name: parts[0], soft: soft, hard: hard)
    }

    var json: JSONValue { ["Name": .string(name), "Hard": .integer(hard), "Soft": .integer(soft)] }
}

/// `--device` values: `/dev/sda:/dev/xvda:rwm`.
struct DeviceSpec: Sendable, Hashable {
    let host: String
    let container: String
    let permissions: String

    /// - Throws: `ValueError` in Docker's words.
    static func parse(_ text: String) throws -> DeviceSpec {
        var parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard parts.count <= 3, !parts[0].isEmpty else { throw ValueError("bad format for path: \(text)") }
        var permissions = "rwm"
        if parts.count == 3 {
            guard isMode(parts[2]) else { throw ValueError("bad mode specified: \(parts[2])") }
            permissions = parts.removeLast()
        } else if parts.count == 2, isMode(parts[1]) {
            permissions = parts.removeLast()
        }
        let inside = GoPath.clean(parts.count == 2 ? parts[1] : parts[0])
        guard inside.hasPrefix("/") else { throw ValueError("\(inside) is not an absolute path") }
        return DeviceSpec(host: parts.count == 2 ? parts[0] : inside, container: inside, permissions: permissions)
    }

    private static func isMode(_ text: String) -> Bool {
        !text.isEmpty && text.allSatisfy { "rwm".contains($0) } && Set(text).count == text.count
    }

    var json: JSONValue {
        ["PathOnHost": .string(host), "PathInContainer": .string(container), "CgroupPermissions": .string(permissions)]
    }
}

/// `--gpus` values: `all`, `2`, `device=0,capabilities=utility`.
struct GPURequest: Sendable {
    private var driver = ""
    private var count: Int = 0
    private var devices: [String]?
    private var capabilities = ["gpu"]
    private var options = JSONObject()

    /// - Throws: `ValueError` in Docker's words.
    static func parse(_ text: String) throws -> GPURequest {
        var request = GPURequest()
        var seen: Set<String> = []
        for field in try commaSeparated(text) {
            let parts = field.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard seen.insert(parts[0]).inserted else { throw ValueError("gpu request key '\(parts[0])' can be specified only once") }
            if parts.count == 1 { seen.insert("count") }
            let (key, value) = parts.count == 1 ? ("count", parts[0]) : (parts[0], parts[1])
            switch key {
            case "driver": request.driver = value
            case "count": request.count = try number(value)
            case "device": request.devices = value.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
            case "capabilities":
                request.capabilities = value.split(separator: ",", omittingEmptySubsequences: false).map(String.init) + ["gpu"]
            case "options":
                for option in try commaSeparated(value) {
                    let pair = option.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
                    request.options[pair[0]] = .string(pair.count == 2 ? pair[1] : "")
                }
            default: throw ValueError("unexpected key '\(key)' in '\(field)'")
            }
        }
        if !seen.contains("count"), request.devices == nil { request.count = 1 }
        return request
    }

    private static func number(_ text: String) throws -> Int {
        if text == "all" { return -1 }
        do { return try GoNumber.atoi(text) } catch let error as ValueError { throw ValueError("count must be an integer: \(error.text)") }
    }

    var json: JSONValue {
        [
            "Driver": .string(driver), "Count": .integer(Int64(count)),
            "DeviceIDs": devices.map { .array($0.map { .string($0) }) } ?? .null,
            "Capabilities": .array([.array(capabilities.map { .string($0) })]), "Options": .object(options),
        ]
    }
}
