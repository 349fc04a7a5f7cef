import Basics
import Narration

/// `save` and `load`: an image as one archive, from what the steps keep for programs.
struct ArchiveScript {
    let language: Language
    let host: HostFiles?

    static let loadFunctions = [
        "# member DIGEST…: the file of the archive that has one of these digests, whatever its name.",
        "member() {",
        "    local digest file",
        "    for digest in \"$@\"; do",
        "        file=$(sed -n \"s/^$digest  //p\" \"$B/sums\" | head -n 1)",
        "        if [ -n \"$file\" ]; then echo \"$file\"; return; fi",
        "    done",
        "    echo \"the archive has no $*\" >&2",
        "    return 1",
        "}",
    ]

    /// - Returns: nil for a step that is neither's.
    func lines(of step: NarratedEvent) -> [String]? {
        let images = step.detail("images")?.arrayValue ?? []
        switch step.id {
        case "save.archive": return save(images)
        case "load.images": return load(images)
        default: return nil
        }
    }

    private func save(_ images: [JSONValue]) -> [String] {
        var lines = ["mkdir \"$B/image\""]
        var entries: [JSONValue] = []
        for image in images {
            let id = image["id"]?.stringValue ?? ""
            let layers = ImageLines.layers(of: image)
            lines += layers.map { "plain \(ShellText.quoted($0.chain)) \(ShellText.quoted($0.diff)) \(ShellText.quoted($0.blob))" }
            for layer in layers {
                let folder = "\"$B/image/\"\(ShellText.quoted(layer.chain))"
                lines.append("mkdir -p \(folder); ln -f \"$B/layers/\"\(ShellText.quoted(layer.chain))/layer.tar \(folder)/")
            }
            lines.append("cp \"$STORE/images/blobs/sha256/\"\(ShellText.quoted(id)) \"$B/image/\"\(ShellText.quoted("\(id).json"))")
            let names = image["names"]?.arrayValue ?? []
            entries.append([
                "Config": .string("\(id).json"), "RepoTags": names.isEmpty ? .null : .array(names),
                "Layers": .array(layers.map { .string("\($0.chain)/layer.tar") }),
            ])
        }
        return lines + remark(.oldForm)
            + [
                "printf %s \(ShellText.quoted(JSONValue.array(entries).text())) >\"$B/image/manifest.json\"",
                "( cd \"$B/image\" && tar -cf \"$B/saved.tar\" * )",
                "echo \(ShellText.quoted(Remark.imageIsIn.text(language))) \"$B/saved.tar\"",
            ]
    }

    private func load(_ images: [JSONValue]) -> [String] {
        let lines =
            remark(.byDigest) + [
                "mkdir \"$B/load\"", "tar -C \"$B/load\" -xf \"$ARCHIVE\"",
                "find \"$B/load\" -type f -exec sha256sum {} + >\"$B/sums\"",
            ]
        let unpacked = images.flatMap { image -> [String] in
            let id = ShellText.quoted(image["id"]?.stringValue ?? "")
            let names = (image["names"]?.arrayValue ?? []).compactMap(\.stringValue).joined(separator: " ")
            return ShellText.comment("\(printable(names.isEmpty ? id : names))") + ["cp \"$(member \(id))\" \"$B/blobs/\"\(id)"]
                + ImageLines.layers(of: image).map { layer in
                    "unpack \"$(member \(ShellText.quoted(layer.diff)) \(ShellText.quoted(layer.blob)))\" \(ShellText.quoted(layer.chain))"
                }
        }
        // Images of one archive share layers.
        var seen: Set<String> = []
        return lines + unpacked.filter { !$0.hasPrefix("unpack ") || seen.insert($0).inserted } + remark(.imageNotes)
    }

    private func remark(_ remark: Remark) -> [String] { ShellText.comment(remark.text(language)) }
}
