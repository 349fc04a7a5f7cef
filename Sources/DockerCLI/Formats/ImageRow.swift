import Basics
import OCI
import TextTools

/// One line of `docker images`: an image under one of its names.
enum ImageRow {
    static let kind = RowKind(
        typeName: "*formatter.imageContext",
        titles: [
            ("Containers", "CONTAINERS"), ("CreatedAt", "CREATED AT"), ("CreatedSince", "CREATED"), ("Digest", "DIGEST"),
            ("ID", "IMAGE ID"),
            ("Repository", "REPOSITORY"), ("SharedSize", "SHARED SIZE"), ("Size", "SIZE"), ("Tag", "TAG"), ("UniqueSize", "UNIQUE SIZE"),
            ("VirtualSize", "VIRTUAL SIZE"),
        ], hasLabels: false)

    /// - Parameter digests: whether each digest has a line of its own.
    static func rows(of entry: JSONValue, truncates: Bool, digests: Bool, now: Timestamp) -> [Row] {
        names(of: entry, digests: digests).map { name in
            var row = JSONObject()
            let id = entry["Id"]?.stringValue ?? ""
            let created = entry["Created"]?.intValue ?? 0
            let containers = entry["Containers"]?.intValue ?? -1
            row["Containers"] = .string(containers < 0 ? "N/A" : String(containers))
            row["CreatedAt"] = .string(LocalTime.text(created))
            row["CreatedSince"] = .string(age(created, now))
            row["Digest"] = .string(name.digest)
            row["ID"] = .string(truncates ? shortID(id) : id)
            row["Repository"] = .string(name.repository)
            row["SharedSize"] = .string(size(entry["SharedSize"]?.intValue ?? -1))
            row["Size"] = .string(humanSize(entry["Size"]?.intValue ?? 0))
            row["Tag"] = .string(name.tag)
            row["UniqueSize"] = "N/A"
            row["VirtualSize"] = .string(humanSize(entry["VirtualSize"]?.intValue ?? 0, precision: 4))
            return Row(fields: row)
        }
    }

    private static func size(_ bytes: Int) -> String { bytes < 0 ? "N/A" : humanSize(bytes, precision: 4) }

    private typealias Name = (repository: String, tag: String, digest: String)

    private static func names(of entry: JSONValue, digests showsDigests: Bool) -> [Name] {
        let tags = references(entry["RepoTags"])
        let digests = references(entry["RepoDigests"])
        guard !tags.isEmpty || !digests.isEmpty else { return [("<none>", "<none>", "<none>")] }
        var names: [Name] = []
        for tag in tags {
            let own = showsDigests ? digests.filter { $0.familiarName == tag.familiarName } : []
            let tagText = tag.tag ?? "<none>"
            names +=
                own.isEmpty
                ? [(tag.familiarName, tagText, "<none>")] : own.map { (tag.familiarName, tagText, $0.digest?.description ?? "<none>") }
        }
        var seen: Set<String> = []
        for digest in digests where !tags.contains(where: { $0.familiarName == digest.familiarName }) {
            guard showsDigests || seen.insert(digest.familiarName).inserted else { continue }
            names.append((digest.familiarName, "<none>", showsDigests ? digest.digest?.description ?? "" : ""))
        }
        return names
    }

    private static func references(_ list: JSONValue?) -> [Reference] {
        (list?.arrayValue ?? []).compactMap { $0.stringValue.flatMap { try? Reference($0) } }
    }
}
