import Basics
import Narration

/// The script of a build: a part for each instruction of the Dockerfile, and the image at the end.
struct BuildScript {
    private let recording: Recording
    private let language: Language
    private let told = Told()
    /// Parts in their order, each with what stands in the Dockerfile.
    private var parts: [(title: String, steps: [NarratedEvent])] = []

    /// - Throws: `ByHandRefusal` for a build of something else than a folder.
    static func text(of recording: Recording, _ language: Language) throws(ByHandRefusal) -> String {
        guard case .context(let folder, _) = recording.host else { throw .impossible(.context) }
        guard recording.step("build.stage") != nil else { throw .nothing }
        return BuildScript(recording, language).text(folder)
    }

    private init(_ recording: Recording, _ language: Language) {
        self.recording = recording
        self.language = language
        var (title, steps): (String, [NarratedEvent]) = ("", [])
        func end(_ parts: inout [(title: String, steps: [NarratedEvent])]) {
            if !steps.isEmpty { parts.append((title, steps)) }
            (title, steps) = ("", [])
        }
        for event in recording.events {
            switch (event.id, event.kind) {
            case ("instruction", .begin):
                end(&parts)
                title = event.json["subject"]?.stringValue ?? ""
            case ("instruction", .end): end(&parts)
            case ("build.from", .end):
                // An image that was missing has been pulled before this.
                title = event.fact("instruction") ?? ""
                steps.append(event)
                end(&parts)
            case ("build.dockerfile", .end), ("build.stage", .end):
                steps.append(event)
                end(&parts)
            case (_, .end) where !event.isVerb: steps.append(event)
            default: break
            }
        }
        end(&parts)
    }

    private func text(_ folder: String) -> String {
        var (body, undo): ([String], [String]) = ([], [])
        var cgroups: Set<String> = []
        for part in parts {
            var writer = ScriptWriter(recording.part(part.steps), language, told, isPart: true)
            writer.outer.cgroups = cgroups
            if !part.title.isEmpty { body += ["", ""] + ShellText.comment("════ \(printable(part.title))") }
            body += lines(of: part.steps, &writer)
            cgroups = writer.outer.cgroups
            undo += writer.outer.undo.filter { !$0.hasPrefix("gone ") }
        }
        return (heading(folder) + functions + cleaning(undo) + place + body + ending).joined(separator: "\n") + "\n"
    }

    private func lines(of steps: [NarratedEvent], _ writer: inout ScriptWriter) -> [String] {
        var steps = steps
        var lines: [String] = []
        let isEmpty = !steps.contains { $0.id == "start.clone" || $0.id == "build.workdir" }
        if isEmpty, let id = steps.first(where: { $0.id == "create.name" })?.fact("id") {
            // Its container never runs, and nothing of it gets into the image.
            steps.removeAll { ["create", "rm"].contains($0.verb) }
            lines = writer.outer.remark(.neverRuns, String(id.prefix(12)))
        } else if let container = writer.names.container {
            lines = ["export ID=\(container)" + (writer.names.veth == nil ? "" : " VETH=vbh\(container.prefix(8))")]
        }
        for step in steps { writer.add(step) }
        return lines + writer.body
    }

    // MARK: Around it

    private var key: String {
        recording.steps.last { $0.detail("image") != nil }?.detail("image")?["id"]?.stringValue.map { String($0.prefix(12)) } ?? "build"
    }

    private func remark(_ remark: Remark) -> [String] { ShellText.comment(remark.text(language)) }

    private func heading(_ folder: String) -> [String] {
        let command = (["drydock"] + recording.command).map(ShellText.quoted).joined(separator: " ")
        return ["#!/bin/bash"] + ShellText.comment(Remark.heading.text(language, printable(command))) + remark(.needs) + remark(.usage)
            + ["set -euo pipefail", "umask 022", "", "export CG=by-hand-\(key)", "export B=${BYHAND:-/var/tmp/by-hand-\(key)}"]
            + remark(.contextHere)
            + ["CONTEXT=${CONTEXT:-\(ShellText.quoted(folder))}"] + remark(.storeHere)
            + ["export STORE=${STORE:-\(ShellText.quoted(recording.root))}", "export LAYERS=$B/layers INIT=${INIT:-$STORE/init}", ""]
    }

    private var functions: [String] {
        let pulls = recording.step("pull.resolve") != nil
        return ScriptFunctions.always + (pulls ? RegistryScript.functions : RegistryScript.unpacking) + ScriptFunctions.pack
            + BuildFunctions.plain + BuildFunctions.image
    }

    private func cleaning(_ undo: [String]) -> [String] {
        remark(.release) + ["release() {"] + ScriptFunctions.endsProcess(in: "$CG/")
            + [
                "    find /sys/fs/cgroup -depth -type d -path \"*/$CG*\" 2>/dev/null | while read -r folder; do gone \"$folder\"; done"
            ] + undo.reversed().map { "    \($0)" } + ["}"] + remark(.clean)
            + [
                "clean() {", "    [ -d \"$B\" ] || return 0", "    release", "    rm -rf --one-file-system -- \"$B\"", "}",
                "if [ \"${1:-}\" = clean ]; then clean; exit; fi", "",
            ]
    }

    private var place: [String] {
        [
            "[ \"$(id -u)\" = 0 ] || die \(ShellText.quoted(Remark.notRoot.text(language)))",
            "mkdir -m 711 \"$B\" || die \"$B\" \(ShellText.quoted(Remark.folderTaken.text(language)))",
            "trap 'code=$?; if [ $code != 0 ]; then clean; fi; exit $code' EXIT",
            "mkdir -p \"$B\"/{making,containers,volumes,networks,layers/l,blobs,slots}",
        ] + remark(.toolsFile) + ShellText.hereDocument("cat >\"$B/tools.sh\"", BuildFunctions.tools, "TOOLS")
    }

    private var ending: [String] {
        let names = recording.steps.filter { $0.id == "build.tag" }.compactMap { $0.facts.first?.key }
        return ["", ""] + remark(.imageAtEnd) + ["image\(names.map { " \(ShellText.quoted("\($0)-by-hand"))" }.joined())", "release"]
            + ["echo \(ShellText.quoted(Remark.imageIsIn.text(language))) \"$B/image.tar\""]
    }
}
