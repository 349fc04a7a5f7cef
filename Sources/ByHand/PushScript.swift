import Basics
import Narration

/// The steps of a push: what was asked of the registry, done anew with curl.
struct PushScript {
    let language: Language
    private var layers: [(chain: String, diff: String, blob: String)] = []
    private var image = ""
    private var (registry, repository) = ("", "")

    init(_ language: Language) { self.language = language }

    static let functions = [
        "ask() { curl -fsS ${TOKEN:+-H \"Authorization: Bearer $TOKEN\"} \"$@\"; }",
        "digest() { local sum; sum=$(sha256sum <\"$1\"); echo \"sha256:${sum%% *}\"; }",
        "# send FILE: a blob goes to the repository, unless it is there already.",
        "send() {",
        "    local digest location",
        "    digest=$(digest \"$1\")",
        "    if ask -I -o /dev/null \"$REGISTRY/v2/$REPOSITORY/blobs/$digest\" 2>/dev/null; then echo \"$digest is there\"; return; fi",
        "    location=$(ask -X POST -d '' -o /dev/null -D - \"$REGISTRY/v2/$REPOSITORY/blobs/uploads/\" |",
        "        tr -d '\\r' | sed -n 's/^[Ll]ocation: *//p')",
        "    case $location in /*) location=$REGISTRY$location ;; esac",
        "    case $location in *\\?*) location+='&' ;; *) location+='?' ;; esac",
        "    ask -o /dev/null -H 'Content-Type: application/octet-stream' -T \"$1\" \"${location}digest=$digest\"",
        "    echo \"$digest sent\"",
        "}",
        "# part TYPE FILE: how a manifest names a blob.",
        "part() { printf '{\"mediaType\":\"%s\",\"size\":%s,\"digest\":\"%s\"}' \"$1\" \"$(stat -Lc %s \"$2\")\" \"$(digest \"$2\")\"; }",
        "# manifest CONFIG LAYER…: Docker's manifest, schema 2.",
        "manifest() {",
        "    local type=application/vnd.docker list= config=$1 file",
        "    shift",
        "    for file in \"$@\"; do list+=,$(part $type.image.rootfs.diff.tar.gzip \"$file\"); done",
        "    printf '{\"schemaVersion\":2,\"mediaType\":\"%s\",\"config\":%s,\"layers\":[%s]}' $type.distribution.manifest.v2+json \\",
        "        \"$(part $type.container.image.v1+json \"$config\")\" \"${list#,}\"",
        "}",
    ]

    /// - Returns: nil for a step that is none of a push's.
    mutating func lines(of step: NarratedEvent) -> [String]? {
        guard step.verb == "push" else { return nil }
        switch step.id {
        case "push.resolve":
            if let detail = step.detail("image") {
                layers = ImageLines.layers(of: detail)
                image = detail["id"]?.stringValue ?? ""
            }
            registry = String((step.fact("registry") ?? "").prefix { $0 != " " })
            let (path, tag) = Self.parts(of: step.fact("name") ?? "")
            repository = path
            return ["REGISTRY=${REGISTRY:-\(ShellText.quoted(registry))} REPOSITORY=\(ShellText.quoted(path)) TOKEN="] + remark(.tagBeside)
                + ["TAG=${TAG:-\(ShellText.quoted("\(tag)-by-hand"))}"]
        case "push.token": return token(step)
        case "push.layer":
            guard let diff = step.fact("layer")?.dropFirst(7), let layer = layers.first(where: { $0.diff == diff }) else {
                return remark(.cannot, step.id)
            }
            return http(step) + pack(layer, sent: step.fact("blob") ?? "") + ["send \(file(layer))"]
        case "push.config": return http(step) + ["send \(config)"]
        case "push.manifest":
            let files = ([config] + layers.map(file)).joined(separator: " \\\n    ")
            return http(step) + [
                "manifest \(files) >\"$B/manifest.json\"",
                "ask -o /dev/null -H 'Content-Type: application/vnd.docker.distribution.manifest.v2+json' -T \"$B/manifest.json\" \\",
                "    \"$REGISTRY/v2/$REPOSITORY/manifests/$TAG\"", "echo \"$REPOSITORY:$TAG is $(digest \"$B/manifest.json\")\"",
            ]
        default: return remark(.cannot, step.id)
        }
    }

    /// `docker.io/learner/app:1`: the path in its registry, and the tag.
    static func parts(of name: String) -> (path: String, tag: String) {
        let path = name.split(separator: "/").dropFirst().joined(separator: "/")
        guard let colon = path.lastIndex(of: ":") else { return (path, "latest") }
        return (String(path[..<colon]), String(path[path.index(after: colon)...]))
    }

    private var config: String { "\"$STORE/images/blobs/sha256/\"\(ShellText.quoted(image))" }

    private func file(_ layer: (chain: String, diff: String, blob: String)) -> String {
        "\"$B/blobs/\"\(ShellText.quoted("\(layer.chain).gz"))"
    }

    /// A layer that was built here is stored as it is, and compressed to be sent.
    private func pack(_ layer: (chain: String, diff: String, blob: String), sent: String) -> [String] {
        let stored = "\"$STORE/images/blobs/sha256/\"\(ShellText.quoted(layer.blob))"
        guard sent != "sha256:\(layer.blob)" else { return ["ln -s \(stored) \(file(layer))"] }
        return remark(.packed) + ["gzip -nc \(stored) >\(file(layer))"]
    }

    private func token(_ step: NarratedEvent) -> [String] {
        step.facts.filter { $0.key == "http" }.flatMap { fact -> [String] in
            let words = fact.value.split(separator: " ").map(String.init)
            guard words.count >= 4, words[0] == "GET" else { return comment(fact.value) }
            let address = ShellText.word(words[1], registry.isEmpty ? [] : [Replacement(registry, "REGISTRY", ends: { "/?".contains($0) })])
            if words[3].hasPrefix("401") {
                return remark(.challenge) + ["curl -sS -o /dev/null -w '%{http_code}\\n' \(address)"]
            }
            return remark(.login) + [
                "TOKEN=$(curl -fsSL ${LOGIN:+-u \"$LOGIN\"} \(address) | sed -E 's/.*\"(access_)?token\": *\"([^\"]*)\".*/\\2/')"
            ]
        }
    }

    /// What drydock asked, as it was: the script's uploads have other addresses.
    private func http(_ step: NarratedEvent) -> [String] {
        step.facts.filter { $0.key == "http" }.flatMap { comment($0.value) }
    }

    private func comment(_ text: String) -> [String] { ShellText.comment(printable(text)) }
    private func remark(_ remark: Remark, _ value: String = "") -> [String] { ShellText.comment(remark.text(language, value)) }
}
