import Basics
import Glibc
import OCI
import TextTools

/// One container as `docker ps` shows it, made from the engine's list entry.
struct ContainerRow {
    let entry: JSONValue
    let truncates: Bool
    let now: Timestamp

    static let kind = RowKind(
        typeName: "*formatter.ContainerContext",
        titles: [
            ("Command", "COMMAND"), ("CreatedAt", "CREATED AT"), ("ID", "CONTAINER ID"), ("Image", "IMAGE"), ("Labels", "LABELS"),
            ("LocalVolumes", "LOCAL VOLUMES"), ("Mounts", "MOUNTS"), ("Names", "NAMES"), ("Networks", "NETWORKS"), ("Ports", "PORTS"),
            ("RunningFor", "CREATED"), ("Size", "SIZE"), ("State", "STATE"), ("Status", "STATUS"),
        ])

    var row: Row { Row(fields: fields, labels: labels) }

    private var fields: JSONObject {
        var row = JSONObject()
        row["Command"] = .string(command)
        row["CreatedAt"] = .string(LocalTime.text(entry["Created"]?.intValue ?? 0))
        row["ID"] = .string(truncates ? shortID(text("Id")) : text("Id"))
        row["Image"] = .string(image)
        row["Labels"] = .string(labels.map { "\($0.key)=\($0.value.stringValue ?? "")" }.sorted().joined(separator: ","))
        row["LocalVolumes"] = .string(String(mounts.filter { $0["Driver"]?.stringValue == "local" }.count))
        row["Mounts"] = .string(mounts.map(mountName).joined(separator: ","))
        row["Names"] = .string(names)
        row["Networks"] = .string((entry["NetworkSettings"]?["Networks"]?.objectValue?.keys ?? []).sorted().joined(separator: ","))
        row["Ports"] = .string(Self.ports(entry["Ports"]?.arrayValue ?? []))
        row["RunningFor"] = .string(age(entry["Created"]?.intValue ?? 0, now))
        row["Size"] = .string(size)
        row["State"] = .string(text("State"))
        row["Status"] = .string(text("Status"))
        return row
    }

    private func text(_ key: String) -> String { entry[key]?.stringValue ?? "" }

    private var labels: JSONObject { entry["Labels"]?.objectValue ?? [:] }

    private var mounts: [JSONValue] { entry["Mounts"]?.arrayValue ?? [] }

    private var command: String { goQuoted(truncates ? truncated(text("Command"), 20) : text("Command")) }

    private func mountName(_ mount: JSONValue) -> String {
        let name = mount["Name"]?.stringValue ?? ""
        let shown = name.isEmpty ? mount["Source"]?.stringValue ?? "" : name
        return truncates ? truncated(shown, 15) : shown
    }

    /// Without the slash in front; names that links gave are left out unless everything is asked for.
    private var names: String {
        let all = (entry["Names"]?.arrayValue ?? []).map { String(($0.stringValue ?? "").drop { $0 == "/" }) }
        return truncates ? all.first { !$0.contains("/") } ?? all.first ?? "" : all.joined(separator: ",")
    }

    private var image: String {
        let image = text("Image")
        if image.isEmpty { return "<no image>" }
        guard truncates else { return image }
        let id = shortID(text("ImageID"))
        if id == shortID(image) { return id }
        guard let reference = try? Reference(image) else { return image }
        return reference.familiarName + (reference.tag.map { ":\($0)" } ?? "")
    }

    private var size: String {
        let own = humanSize(entry["SizeRw"]?.intValue ?? 0)
        let whole = entry["SizeRootFs"]?.intValue ?? 0
        return whole > 0 ? "\(own) (virtual \(humanSize(whole)))" : own
    }

    /// `0.0.0.0:8080->80/tcp, 443/tcp`; runs of equal ports are drawn together.
    static func ports(_ entries: [JSONValue]) -> String {
        let ports = entries.map(PortEntry.init).sorted { $0.isBefore($1) }
        var groups: [String: ClosedRange<Int>] = [:]
        var order: [String] = []
        var shown: [String] = []
        var mapped: [String] = []
        for port in ports {
            var key = "/" + port.proto
            if !port.address.isEmpty {
                guard port.outside == port.inside else {
                    mapped.append("\(port.address):\(port.outside)->\(port.inside)/\(port.proto)")
                    continue
                }
                key = port.address + key
            }
            if let group = groups[key] {
                if port.inside == group.upperBound + 1 {
                    groups[key] = group.lowerBound...port.inside
                    continue
                }
                shown.append(portGroup(key, group))
            } else {
                order.append(key)
            }
            groups[key] = port.inside...port.inside
        }
        shown += order.compactMap { key in groups[key].map { portGroup(key, $0) } }
        return (shown + mapped).joined(separator: ", ")
    }

    private static func portGroup(_ key: String, _ range: ClosedRange<Int>) -> String {
        let slash = key.lastIndex(of: "/") ?? key.startIndex
        let address = key[..<slash]
        let numbers = range.count == 1 ? "\(range.lowerBound)" : "\(range.lowerBound)-\(range.upperBound)"
        return (address.isEmpty ? numbers : "\(address):\(numbers)->\(numbers)") + key[slash...]
    }
}

private struct PortEntry {
    let address: String
    let inside: Int
    let outside: Int
    let proto: String

    init(_ json: JSONValue) {
        address = json["IP"]?.stringValue ?? ""
        inside = json["PrivatePort"]?.intValue ?? 0
        outside = json["PublicPort"]?.intValue ?? 0
        proto = json["Type"]?.stringValue ?? ""
    }

    func isBefore(_ other: PortEntry) -> Bool {
        if inside != other.inside { return inside < other.inside }
        if address != other.address { return address < other.address }
        if outside != other.outside { return outside < other.outside }
        return proto < other.proto
    }
}

/// The first twelve digits of an id, without its algorithm.
func shortID(_ id: String) -> String {
    let digits = id.split(separator: ":", maxSplits: 1).last ?? ""
    return String(digits.prefix(12))
}

/// `5 minutes ago`
func age(_ created: Int, _ now: Timestamp) -> String { humanDuration(Int(now.seconds) - created) + " ago" }

/// Times as Go prints them, in the user's zone.
enum LocalTime {
    /// `2026-11-23 23:03:20 +0000 UTC`
    static func text(_ seconds: Int) -> String { formatted(seconds, "%Y-%m-%d %H:%M:%S %z %Z") }

    /// `2026-11-23T23:03:20Z`, `2026-11-24T08:03:20+09:00`
    static func rfc3339(_ seconds: Int) -> String {
        let text = formatted(seconds, "%Y-%m-%dT%H:%M:%S%z")
        guard !text.hasSuffix("+0000") else { return String(text.dropLast(5)) + "Z" }
        return "\(text.dropLast(2)):\(text.suffix(2))"
    }

    private static func formatted(_ seconds: Int, _ format: String) -> String {
        var time = time_t(seconds)
        var parts = tm()
        localtime_r(&time, &parts)
        var out = [CChar](repeating: 0, count: 96)
        let length = strftime(&out, out.count, format, &parts)
        return String(decoding: out[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
