import Basics
import Narration

/// The steps of a build that are no container's: what goes where, and what the image is then.
extension ScriptWriter {
    /// - Returns: nil for a step that is none of a build's.
    mutating func buildLines(of step: NarratedEvent) -> [String]? {
        guard step.verb == "build" else { return nil }
        switch step.id {
        case "build.context", "build.context.kept": return context()
        case "build.dockerfile": return dockerfile(step)
        case "build.from": return from(step)
        case "build.cache": return cache(step)
        case "build.source": return outer.remark(.sourceLook)
        case "build.download": return download(step)
        case "build.copy": return copy(step)
        case "build.workdir": return workingDirectory(step)
        case "build.layer": return layerOfStep(step)
        case "build.image": return ImageLines(step.detail("image"))?.changes ?? []
        case "build.stage", "build.tag": return facts(step)
        default: return outer.remark(.cannot, step.id)
        }
    }

    // MARK: Context

    /// The client sends the folder as an archive, all of it as root's, and the engine unpacks it.
    private func context() -> [String] {
        guard case .context(_, let leftOut) = recording.host else { return [] }
        var words = ["tar -C \"$CONTEXT\" --format=gnu --numeric-owner --owner=:0 --group=:0"]
        if !leftOut.isEmpty { words.append("--anchored --no-wildcards") }
        words += leftOut.map { "--exclude=\(ShellText.quoted("./\($0)"))" }
        words.append("-cf - . | tar -C \"$B/context\" --numeric-owner -xpf -")
        return (leftOut.isEmpty ? [] : outer.remark(.ignored)) + ["mkdir \"$B/context\"", words.joined(separator: " \\\n    ")]
            + outer.remark(.setUserID) + ["find \"$B/context\" -type f -perm /6000 -exec chmod a-s {} +"]
    }

    private func dockerfile(_ step: NarratedEvent) -> [String] {
        let names = step.detail("left out")?.arrayValue?.compactMap(\.stringValue) ?? []
        return facts(step)
            + (names.isEmpty ? [] : outer.remark(.sentAnyway) + names.map { "rm \"$B/context/\"\(ShellText.quoted($0))" })
    }

    private func download(_ step: NarratedEvent) -> [String] {
        guard let detail = step.detail("download"), let url = detail["url"]?.stringValue, let file = detail["file"]?.stringValue,
            let modified = detail["modified"]?.intValue
        else { return outer.remark(.cannot, step.id) }
        let place = names.path(file)
        return [
            "mkdir -p \"$(dirname \(place))\"", "curl -fsSL -o \(place) \(ShellText.quoted(url))", "chmod 600 \(place)",
            "touch -d @\(modified) \(place)",
        ]
    }

    // MARK: Images

    private func from(_ step: NarratedEvent) -> [String] {
        ["STACK=() RUN=() ABOUT=() HISTORY=()"] + (ImageLines(step.detail("image"))?.whole ?? outer.remark(.scratch))
    }

    /// A question changes nothing; an answer that is an image is one that nobody made now.
    private func cache(_ step: NarratedEvent) -> [String] {
        guard let image = ImageLines(step.detail("image")) else {
            return ShellText.comment("\(step.fact("cache") ?? "MISS") \(printable(step.fact("why") ?? ""))")
        }
        return ShellText.comment("HIT \(image.id.prefix(12))") + outer.remark(.cached) + image.whole
    }

    private func layerOfStep(_ step: NarratedEvent) -> [String] {
        guard let detail = step.detail("layer"), let folder = detail["of"]?.stringValue, let chain = detail["chain"]?.stringValue else {
            return facts(step)
        }
        return outer.remark(.diffDigest) + ["layer \(names.path(folder)) \(ShellText.quoted(chain))"]
    }

    // MARK: Files

    private mutating func copy(_ step: NarratedEvent) -> [String] {
        guard let detail = step.detail("copied"), let target = detail["target"]?.stringValue else { return outer.remark(.cannot, step.id) }
        let owner = ShellText.quoted(detail["owner"]?.stringValue ?? "")
        let names = names
        return view(step) { other in
            (detail["sources"]?.arrayValue ?? []).flatMap { source -> [String] in
                let name = source["name"]?.stringValue ?? ""
                let path = "/" + (source["path"]?.stringValue ?? "")
                let place: String
                var lines: [String] = []
                if source["context"] != nil {
                    place = path == "/" ? "\"$B/context\"" : "\"$B/context\"\(ShellText.quoted(path))"
                } else if let folder = source["folder"]?.stringValue {
                    place = names.path("\(folder)/\(name)")
                    if let content = source["content"]?.stringValue {
                        lines = [
                            "mkdir -p \(names.path(folder))", "printf %s \(ShellText.quoted(content)) >\(place)", "chmod 644 \(place)",
                        ]
                    }
                } else {
                    place = names.path(other + path)
                }
                if source["isUnpacked"]?.boolValue == true { return lines + ["copy_archive \(place) \(ShellText.quoted(target))"] }
                if source["isFolder"]?.boolValue == true { return lines + ["copy_folder \(place) \(ShellText.quoted(target)) \(owner)"] }
                let whole = target.hasSuffix("/") ? target + name : target
                return lines + ["copy_file \(place) \(ShellText.quoted(whole)) \(owner)"]
            }
        }
    }

    private mutating func workingDirectory(_ step: NarratedEvent) -> [String] {
        guard let folder = step.fact("folder") else { return facts(step) }
        return view(step) { _ in ["folder \(ShellText.quoted(folder)) 0:0"] }
    }

    /// A shell of its own, in a mount namespace of its own, where the image so far is shown as `$ROOT`.
    /// - Parameter body: Gets the folder that shows another image.
    private mutating func view(_ step: NarratedEvent, _ body: (String) -> [String]) -> [String] {
        var lines = [". \"$B/tools.sh\"", "find_loader"]
        var (merged, other) = ("", "")
        var folders: [String] = []
        for call in step.calls where ["mount", "chdir"].contains(call.name) {
            if call.name == "mount", call.args.first == "overlay", call.args.count == 5 {
                if call.args[3].contains("MS_RDONLY") { other = call.args[1] } else { merged = call.args[1] }
                folders += Self.folders(of: call)
            }
            lines += outer.file(call) ?? outer.mount(call) ?? []
        }
        lines += ["export ROOT=\(names.path(merged))"] + body(other)
        // drydock makes these without a step of their own.
        let missing = folders.filter { $0.hasPrefix("\(recording.root)/staging/") }
        return (missing.isEmpty ? [] : ["mkdir -p \(missing.map(names.path).joined(separator: " "))"])
            + outer.remark(.view) + ShellText.hereDocument("unshare --mount --propagation unchanged bash -euo pipefail", lines, "VIEW")
    }

    private static func folders(of call: NarratedEvent.Call) -> [String] {
        let options = call.args[4].split(separator: ",").flatMap { option -> [String] in
            let parts = option.split(separator: "=", maxSplits: 1)
            guard parts.count == 2, ["lowerdir", "upperdir", "workdir"].contains(parts[0]) else { return [] }
            return parts[1].split(separator: ":").map(String.init)
        }
        var folders = [call.args[1]]
        for option in options where !folders.contains(option) { folders.append(option) }
        return folders
    }
}
