import Basics

/// The words after the second colon of a `-v`, and after the first of a `--volumes-from`: one of each kind at most.
/// Source: moby, volume/mounts/linux_parser.go, `linuxValidMountMode`.
struct MountMode {
    let text: String
    private(set) var isReadOnly = false
    private(set) var copies = true
    /// `shared` and the like; nil where nothing was said.
    private(set) var propagation: String?

    /// - Throws: `DrydockError` in Docker's words, with Docker's status.
    init(_ text: String) throws {
        self.text = text
        guard !text.isEmpty else { return }
        var seen: Set<String> = []
        for word in text.split(separator: ",", omittingEmptySubsequences: false).map(String.init) {
            let kind: String
            switch word {
            case "ro", "rw":
                kind = "access"
                isReadOnly = word == "ro"
            case "z", "Z": kind = "label"
            case "private", "rprivate", "slave", "rslave", "shared", "rshared":
                kind = "propagation"
                propagation = word
            case "nocopy":
                kind = "copy"
                copies = false
            case "consistent", "cached", "delegated": kind = "consistency"
            default: throw Self.refusal(text)
            }
            guard seen.insert(kind).inserted else { throw Self.refusal(text) }
        }
    }

    static func isValid(_ text: String) -> Bool { (try? MountMode(text)) != nil }

    static func refusal(_ text: String) -> DrydockError { DrydockError(.failed, "invalid mode: \(text)") }
}
