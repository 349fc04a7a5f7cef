import Basics

/// One line of comma-separated values with quotes, as `--mount` and `--gpus` take them.
func commaSeparated(_ line: String) throws -> [String] {
    var fields: [String] = []
    var rest = line[...]
    while true {
        var field = ""
        if rest.first == "\"" {
            rest = rest.dropFirst()
            while true {
                guard let next = rest.popFirst() else {
                    throw ValueError("parse error on line 1, column \(line.count + 1): extraneous or missing \" in quoted-field")
                }
                if next != "\"" { field.append(next) } else if rest.first == "\"" { field.append(rest.removeFirst()) } else { break }
            }
        } else {
            field = String(rest.prefix { $0 != "," })
            rest = rest.dropFirst(field.count)
            guard !field.contains("\"") else {
                throw ValueError("parse error on line 1, column \(field.count): bare \" in non-quoted-field")
            }
        }
        fields.append(field)
        guard rest.popFirst() != nil else { return fields }
    }
}

/// `--mount` values: `type=bind,source=/a,target=/b,readonly`.
struct MountSpec: Sendable {
    private var type = "volume"
    private var source = ""
    private var target = ""
    private var isReadOnly = false
    private var consistency = ""
    private var bind = JSONObject()
    private var volume = JSONObject()
    private var labels = JSONObject()
    private var driver = ""
    private var driverOptions = JSONObject()
    private var tmpfs = JSONObject()

    /// - Throws: `ValueError` in Docker's words.
    static func parse(_ text: String) throws -> MountSpec {
        var mount = MountSpec()
        for field in try commaSeparated(text) { try mount.read(field) }
        guard !mount.type.isEmpty else { throw ValueError("type is required") }
        guard !mount.target.isEmpty else { throw ValueError("target is required") }
        let groups = [("volume", mount.volumeOptions), ("bind", mount.bind), ("tmpfs", mount.tmpfs)]
        for (kind, options) in groups where !options.isEmpty && kind != mount.type {
            throw ValueError("cannot mix '\(kind)-*' options with mount type '\(mount.type)'")
        }
        return mount
    }

    /// The API's form.
    var json: JSONValue {
        var object = JSONObject()
        object["Type"] = .string(type)
        if !source.isEmpty { object["Source"] = .string(source) }
        object["Target"] = .string(target)
        if isReadOnly { object["ReadOnly"] = true }
        if !consistency.isEmpty { object["Consistency"] = .string(consistency) }
        if !bind.isEmpty { object["BindOptions"] = .object(bind) }
        if !volumeOptions.isEmpty { object["VolumeOptions"] = .object(volumeOptions) }
        if !tmpfs.isEmpty { object["TmpfsOptions"] = .object(tmpfs) }
        return .object(object)
    }

    private var volumeOptions: JSONObject {
        var options = volume
        if !labels.isEmpty { options["Labels"] = .object(labels) }
        var config = JSONObject()
        if !driver.isEmpty { config["Name"] = .string(driver) }
        if !driverOptions.isEmpty { config["Options"] = .object(driverOptions) }
        // As Docker's client: any option of a volume's brings an empty driver along.
        if !config.isEmpty || !options.isEmpty { options["DriverConfig"] = .object(config) }
        return options
    }

    private mutating func read(_ field: String) throws {
        let parts = field.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let key = parts[0].lowercased()
        let isSwitch = ["readonly", "ro", "volume-nocopy", "bind-nonrecursive"].contains(key)
        guard parts.count == 2 || isSwitch else { throw ValueError("invalid field '\(field)' must be a key=value pair") }
        let value = parts.count == 2 ? parts[1] : "true"
        let refusal = ValueError("invalid value for \(key): \(value)")
        switch key {
        case "type": type = value.lowercased()
        case "source", "src": source = value
        case "target", "dst", "destination": target = value
        case "readonly", "ro":
            guard let read = GoNumber.bool(value) else { throw refusal }
            isReadOnly = read
        case "consistency": consistency = value.lowercased()
        case "bind-propagation": bind["Propagation"] = .string(value.lowercased())
        case "bind-nonrecursive":
            guard let read = GoNumber.bool(value) else { throw refusal }
            if read { bind["NonRecursive"] = true }
        case "volume-nocopy":
            guard let read = GoNumber.bool(value) else { throw refusal }
            if read { volume["NoCopy"] = true }
        case "volume-label": Self.assign(value, &labels)
        case "volume-driver": driver = value
        case "volume-opt": Self.assign(value, &driverOptions)
        case "tmpfs-size":
            guard let size = try? GoNumber.memory(value) else { throw refusal }
            tmpfs["SizeBytes"] = .integer(size)
        case "tmpfs-mode":
            guard let mode = try? GoNumber.uint(value, base: 8, maximum: UInt64(UInt32.max)) else { throw refusal }
            tmpfs["Mode"] = .integer(Int64(mode))
        default: throw ValueError("unexpected key '\(key)' in '\(field)'")
        }
    }

    private static func assign(_ pair: String, _ object: inout JSONObject) {
        let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        object[parts[0]] = .string(parts.count == 2 ? parts[1] : "")
    }
}
