import Basics
import Narration

/// `cp`: files out of a container, and into one.
extension ScriptWriter {
    static let copyTools =
        ScriptFunctions.slot + ScriptFunctions.loader + BuildFunctions.inRoot + [
            "# fetch PATH TARGET: out of $ROOT. A target that is a folder takes it in, otherwise it is the new name.",
            "fetch() {",
            "    local name=${1##*/} target=${2%/} folder=$2 one=$B/making/one",
            "    rm -rf \"$one\"",
            "    mkdir \"$one\"",
            "    in_root tar -C \"$(dirname \"$1\")\" --numeric-owner -cf - \"./$name\" | tar -C \"$one\" --no-same-owner -xpf -",
            "    if [ ! -d \"$2\" ]; then",
            "        folder=$(dirname \"$target\")",
            "        mv -T \"$one/$name\" \"$one/${target##*/}\"",
            "    fi",
            "    tar -C \"$one\" --numeric-owner -cf - . | tar -C \"$folder\" --no-overwrite-dir -xpf -",
            "}",
            "# bring SOURCE TARGET: into $ROOT, in the same way.",
            "bring() {",
            "    local name=${1##*/} target=${2%/} folder=$2 one=$B/making/one",
            "    rm -rf \"$one\"",
            "    mkdir \"$one\"",
            "    if ! in_root test -d \"$2\"; then",
            "        folder=$(dirname \"$target\")",
            "        name=${target##*/}",
            "    fi",
            "    cp -a \"$1\" \"$one/$name\"",
            "    tar -C \"$one\" --numeric-owner -cf - . | in_root tar -C \"$folder\" --numeric-owner --no-overwrite-dir -xpf -",
            "}",
        ]

    /// - Returns: nil for a step that copies nothing.
    mutating func copyLines(of step: NarratedEvent) -> [String]? {
        guard step.id == "cp.read" || step.id == "cp.write", case .copy(_, let inside) = recording.host else { return nil }
        let line =
            step.id == "cp.read"
            ? "fetch \(ShellText.quoted(step.detail("copied")?["path"]?.stringValue ?? inside)) \"$HERE\""
            : "bring \"$HERE\" \(ShellText.quoted(inside))"
        let tools = ShellText.hereDocument("cat >\"$B/tools.sh\"", Self.copyTools, "TOOLS")
        guard !step.calls.contains(where: { $0.name == "setns" }) else {
            return outer.remark(.runningFiles) + tools + [". \"$B/tools.sh\"", "find_loader", "export ROOT=/proc/$PID/root", line]
        }
        let view = ShellText.hereDocument(
            "HERE=$HERE unshare --mount --propagation unchanged bash -euo pipefail",
            [". \"$B/tools.sh\"", "find_loader"] + mounts(of: step) + [line], "VIEW")
        return outer.remark(.stoppedFiles) + tools + view
    }

    /// What drydock mounts to see the files of a container that does not run.
    private mutating func mounts(of step: NarratedEvent) -> [String] {
        var lines: [String] = []
        var number = 0
        for call in step.calls {
            switch (call.name, call.args.count) {
            case ("mount", 5) where call.args[0] == "overlay":
                lines += (outer.mount(call) ?? []) + ["export ROOT=\(names.path(call.args[1]))"]
            case ("mount", 5) where !call.args[1].hasPrefix("/proc/self/fd/"): lines += outer.mount(call) ?? []
            case ("chdir", 1): lines += outer.file(call) ?? []
            case ("move_mount", 2) where call.args[1].hasPrefix("/"):
                // A file of the container's that only its start makes may be missing here.
                let (source, target) = (names.path(call.args[0]), ShellText.quoted(call.args[1]))
                lines += [
                    "if [ -e \(source) ]; then", "    slot \(number) --rbind \(source)",
                    "    [ ! -d \(source) ] || in_root mkdir -p \(target)",
                    "    in_root mount -n -i -c --move \"..$B/slots/\(number)\" \(target)", "fi",
                ]
                number += 1
            default: break
            }
        }
        return lines
    }
}
