import Basics

/// An image, as a step keeps it for programs, in the script's variables.
struct ImageLines {
    private let image: JSONValue

    init?(_ detail: JSONValue?) {
        guard let detail, detail["id"] != nil else { return nil }
        image = detail
    }

    var id: String { image["id"]?.stringValue ?? "" }

    /// All that is there already, layers too.
    var whole: [String] {
        layers + about + configuration
            + (image["history"]?.arrayValue ?? []).map { "HISTORY+=(\(ShellText.quoted($0.text())))" }
    }

    /// What this step has changed. Its layer has been made by now, and the time is the script's own.
    var changes: [String] {
        about + configuration
            + (image["history"]?.arrayValue ?? []).map { entry in
                var rest = entry.objectValue ?? JSONObject()
                rest["created"] = nil
                return "did \(ShellText.quoted(String(JSONValue.object(rest).text().dropFirst().dropLast())))"
            }
    }

    private var layers: [String] {
        Self.layers(of: image).map { "here \(ShellText.quoted($0.chain)) \(ShellText.quoted($0.diff)) \(ShellText.quoted($0.blob))" }
    }

    /// The folder's name, the digest of the plain archive, and that of the blob in drydock's store; the lowest layer first.
    static func layers(of image: JSONValue) -> [(chain: String, diff: String, blob: String)] {
        (image["layers"]?.arrayValue ?? []).map { layer in
            let word = { (key: String) in layer[key]?.stringValue ?? "" }
            return (word("chain"), word("diff"), word("blob"))
        }
    }

    private var about: [String] {
        ["architecture", "os", "os.version", "variant", "author"].compactMap { key in
            image[key].map { "ABOUT[\(key)]=\(ShellText.quoted($0.text()))" }
        }
    }

    private var configuration: [String] {
        (image["config"]?.objectValue ?? JSONObject()).map { "RUN[\(ShellText.quoted($0.key))]=\(ShellText.quoted($0.value.text()))" }
    }
}
