import Narration

/// The steps of a pull: HTTP requests and unpacking, from the facts that they left.
struct RegistryScript {
    let names: Names
    let language: Language
    /// Blobs of layers that have not been unpacked yet, in order, and whether they had to be fetched.
    private var layers: [(digest: String, isFetched: Bool)] = []
    private var registry = ""

    init(_ names: Names, _ language: Language) {
        self.names = names
        self.language = language
    }

    /// Shell functions that the steps' lines call.
    static let functions =
        [
            "# get FILE URL [DIGEST]: fetches, and checks what came.",
            "get() {",
            "    curl -fsSL ${TOKEN:+-H \"Authorization: Bearer $TOKEN\"} \\",
            "        -H 'Accept: application/vnd.docker.distribution.manifest.v2+json' \\",
            "        -H 'Accept: application/vnd.docker.distribution.manifest.list.v2+json' \\",
            "        -H 'Accept: application/vnd.oci.image.manifest.v1+json' -H 'Accept: application/vnd.oci.image.index.v1+json' \\",
            "        -H 'Accept: */*' -o \"$1\" \"$2\"",
            "    [ -z \"${3:-}\" ] || echo \"${3#sha256:}  $1\" | sha256sum --check --quiet",
            "}",
        ] + unpacking

    static let unpacking = [
        "# unpack BLOB CHAIN: a layer as a folder, its .wh. files as overlayfs wants them.",
        "unpack() {",
        "    local folder=$B/layers/$2/fs file base",
        "    mkdir -p \"$folder\"",
        "    tar --numeric-owner --xattrs --xattrs-include='*' -C \"$folder\" -xpf \"$1\"",
        "    while IFS= read -r -d '' file; do",
        "        base=${file##*/}",
        "        rm -f \"$file\"",
        "        case $base in",
        "            .wh..wh..opq) opaque \"${file%/*}\" ;;",
        "            .wh..wh.*) ;;",
        "            *) mknod -m 0 \"${file%/*}/${base#.wh.}\" c 0 0 ;;",
        "        esac",
        "    done < <(find \"$folder\" -depth -name '.wh.*' -print0)",
        "    ln -s \"../$2/fs\" \"$B/layers/l/${2:0:12}\"",
        "}",
        "# opaque FOLDER: nothing of the layers below shines through. tar can set the attribute, too.",
        "opaque() {",
        "    if command -v setfattr >/dev/null; then setfattr -n trusted.overlay.opaque -v y \"$1\"; return; fi",
        "    tar -C \"$1\" --no-recursion --format=pax --pax-option='SCHILY.xattr.trusted.overlay.opaque:=y' -cf - . |",
        "        tar -C \"$1\" --numeric-owner --xattrs --xattrs-include='trusted.*' -xpf -",
        "}",
    ]

    /// The lines of one step; nil for a step that is none of a pull's.
    mutating func lines(of step: NarratedEvent) -> [String]? {
        guard step.verb == "pull" else { return nil }
        switch step.id {
        case "pull.resolve":
            registry = String((step.fact("registry") ?? "").prefix { $0 != " " })
            return ["REGISTRY=${REGISTRY:-\(ShellText.quoted(registry))}", "TOKEN="]
        case "pull.token": return requests(step).flatMap(token)
        case "pull.layer":
            guard let digest = step.fact("layer") else { return nil }
            layers.append((digest, step.fact("http") != nil))
            return step.fact("http") == nil ? ShellText.comment(Remark.layerWasThere.text(language)) : requests(step).flatMap(blob)
        case "pull.unpack": return unpack(step)
        case "pull.tag": return ShellText.comment(Remark.imageNotes.text(language))
        default: return requests(step).flatMap(blob)
        }
    }

    private struct Request {
        let url: String
        let status: String
    }

    /// `GET URL → 200, 435 bytes, 464 µs`
    private func requests(_ step: NarratedEvent) -> [Request] {
        step.facts.filter { $0.key == "http" }.compactMap { fact in
            let words = fact.value.split(separator: " ").map(String.init)
            guard words.count >= 4, words[0] == "GET", words[2] == "→" else { return nil }
            return Request(url: words[1], status: words[3].filter(\.isNumber))
        }
    }

    private func token(_ request: Request) -> [String] {
        switch request.status {
        case "401":
            return ShellText.comment(Remark.challenge.text(language))
                + ["curl -sS -o /dev/null -w '%{http_code}\\n' \(address(request.url))"]
        case "200" where request.url.contains("token") || request.url.contains("scope="):
            return ["TOKEN=$(curl -fsSL \(address(request.url)) | sed -E 's/.*\"(access_)?token\": *\"([^\"]*)\".*/\\2/')"]
        default: return ["curl -fsSL -o /dev/null \(address(request.url))"]
        }
    }

    /// A manifest or a blob; what is asked for by digest is checked.
    private func blob(_ request: Request) -> [String] {
        guard request.status == "200" else { return ShellText.comment("GET \(printable(request.url)) → \(request.status)") }
        let name = ShellText.lastPart(request.url)
        let isDigest = name.hasPrefix("sha256:")
        return [
            "get \"$B/blobs/\"\(ShellText.quoted(isDigest ? String(name.dropFirst(7)) : name)) \(address(request.url))"
                + (isDigest ? " \(ShellText.quoted(name))" : "")
        ]
    }

    private mutating func unpack(_ step: NarratedEvent) -> [String] {
        guard let chain = step.fact("chain id"), chain.hasPrefix("sha256:"), !layers.isEmpty else {
            return ShellText.comment(Remark.cannot.text(language, step.id))
        }
        let layer = layers.removeFirst()
        let folder = ShellText.quoted(String(chain.dropFirst(7)))
        guard layer.isFetched else {
            let own = "\"$B/layers/\"\(folder)"
            return [
                "mkdir -p \(own)", "ln -s \(ShellText.quoted("\(names.root)/layers/\(chain.dropFirst(7))/fs")) \(own)/fs",
                "ln -s ../\(folder)/fs \"$B/layers/l/\"\(ShellText.quoted(String(chain.dropFirst(7).prefix(12))))",
            ]
        }
        return ["unpack \"$B/blobs/\"\(ShellText.quoted(String(layer.digest.dropFirst(7)))) \(folder)"]
    }

    private func address(_ url: String) -> String {
        ShellText.word(url, registry.isEmpty ? [] : [Replacement(registry, "REGISTRY", ends: { $0 == "/" || $0 == "?" })])
    }
}
