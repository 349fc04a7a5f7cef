import Basics
import Narration

/// What a script of its own needs around its sections.
extension ScriptWriter {
    private var makesContainer: Bool { recording.step("create.name") != nil }
    private var pulls: Bool { recording.step("pull.resolve") != nil }
    var isRemoved: Bool { recording.step("rm.layer") != nil }
    var isForeground: Bool { recording.step("attach.connect") != nil }
    private var usesContainer: Bool { names.container != nil }

    /// The sections alone, as they stand between those of other containers.
    var body: [String] {
        if let clone { before + process(clone) + after + started } else { before + ending }
    }

    var text: String {
        var lines = ["#!/bin/bash"]
        lines += ShellText.comment(
            Remark.heading.text(language, printable((["drydock"] + recording.command).map(ShellText.quoted).joined(separator: " "))))
        lines += outer.remark(.needs) + outer.remark(.usage) + ["set -euo pipefail", "umask 022", ""]
        lines += variables + [""] + ScriptFunctions.always + cleaning
        let loads = recording.step("load.images") != nil
        if pulls { lines += RegistryScript.functions }
        if loads { lines += RegistryScript.unpacking + ArchiveScript.loadFunctions }
        if recording.step("save.archive") != nil { lines += BuildFunctions.plain }
        if recording.step("push.resolve") != nil { lines += PushScript.functions }
        if recording.step("commit.layer") != nil { lines += ScriptFunctions.pack }
        if recording.step("exec.exec") != nil { lines += ScriptFunctions.loader }
        lines += ["", "[ \"$(id -u)\" = 0 ] || die \(ShellText.quoted(Remark.notRoot.text(language)))"] + place
        lines += before
        if let clone { lines += process(clone) + after + started }
        if recording.step("exec.exec") != nil { lines += joining }
        if clone == nil { lines += ending + (isRemoved ? [". \"$B/clean.sh\""] : []) }
        return lines.joined(separator: "\n") + "\n"
    }

    private var variables: [String] {
        let key =
            names.short ?? recording.step("pull.config")?.fact("image id").map { String($0.dropFirst(7).prefix(12)) }
            ?? imageInDetails ?? names.volumes.sorted().first ?? "files"
        var lines: [String] = []
        if let container = names.container { lines.append("export ID=\(container) CG=by-hand-\(key)") }
        lines.append("export B=${BYHAND:-\(ShellText.quoted("/var/tmp/by-hand-\(key)"))}")
        if clone != nil || makesContainer || recording.steps.contains(where: { $0.verb == "cp" }) {
            lines += outer.remark(.layersHere)
            let own = pulls ? "$B/layers" : ShellText.quoted("\(recording.root)/layers")
            lines += ["export LAYERS=${LAYERS:-\(own)} INIT=${INIT:-\(ShellText.quoted("\(recording.root)/init"))}"]
        }
        if imageInDetails != nil {
            lines += outer.remark(.storeHere) + ["export STORE=${STORE:-\(ShellText.quoted(recording.root))}"]
        }
        switch recording.host {
        case .copy(let path, _): lines.append("HERE=${HERE:-\(ShellText.quoted(path))}")
        case .archive(let path): lines.append("ARCHIVE=${ARCHIVE:-\(ShellText.quoted(path))}")
        case .context, nil: break
        }
        if let container = names.container, names.veth != nil { lines.append("VETH=vbh\(container.prefix(8))") }
        return lines
    }

    /// An image that is saved, loaded or pushed.
    private var imageInDetails: String? {
        let detail = recording.steps.lazy.compactMap { $0.detail("image") ?? $0.detail("images")?[0] }.first
        return detail?["id"]?.stringValue.map { "\($0.prefix(12))-\(recording.command.first ?? "")" }
    }

    /// `clean`: the recorded calls' own undoing, as drydock rolls back.
    private var cleaning: [String] {
        guard ownsPlace || clone != nil else { return [] }
        var undo = outer.undo
        if names.veth != nil { undo.append("ip link del \"$VETH\" 2>/dev/null || true") }
        let body = (usesContainer ? ScriptFunctions.endsProcess(in: "$CG/$ID") : []) + undo.reversed().map { "    \($0)" }
        return outer.remark(.clean) + ["clean() {", "    [ -d \"$B\" ] || return 0"] + body
            + [
                "    rm -rf --one-file-system -- \"$B\"", "}", "if [ \"${1:-}\" = clean ]; then",
                "    if [ -e \"$B/clean.sh\" ]; then . \"$B/clean.sh\"; else clean; fi", "    exit", "fi",
            ]
    }

    /// A script that begins something has a folder of its own; one that goes on with a container uses that one's.
    private var ownsPlace: Bool { makesContainer || !usesContainer }

    private var place: [String] {
        guard ownsPlace else {
            let pid = ["[ ! -s \"$B/pid\" ] || PID=$(<\"$B/pid\")"]
            return ["[ -d \"$B\" ] || die \"$B\" \(ShellText.quoted(Remark.folderMissing.text(language)))"] + pid
                + (clone == nil ? [] : keepsCleaning)
        }
        let folders = "mkdir -p \"$B\"/{making,containers,volumes,networks,layers/l,blobs,slots}"
        return [
            "mkdir -m 711 \"$B\" || die \"$B\" \(ShellText.quoted(Remark.folderTaken.text(language)))",
            "trap 'code=$?; if [ $code != 0 ]; then clean; fi; exit $code' EXIT", folders,
        ] + (makesContainer || clone != nil ? keepsCleaning : [])
    }

    /// Kept beside the files, for the script of `rm`.
    private var keepsCleaning: [String] {
        let variables = names.veth == nil ? "B ID CG" : "B ID CG VETH"
        return ["{ declare -p \(variables); declare -f gone clean; echo clean; } >\"$B/clean.sh\""]
    }
}
