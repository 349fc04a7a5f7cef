import Narration

/// Why no script comes of a recording.
public enum ByHandRefusal: Error, Sendable, Equatable {
    /// The command itself failed: the sentence that says why.
    case failed(String)
    /// It did something that is not written down: the operation's verb.
    case unsupported(String)
    /// Nothing was recorded.
    case nothing
}

/// Writes the script: sections of the recorded steps, in their order, and around them what a script needs to stand alone.
public struct ScriptWriter {
    let recording: Recording
    let language: Language
    let names: Names
    private var outer: Translator
    private var inner: Translator
    private var registry: RegistryScript

    /// Sections before the container's process is made, what it does, and those after.
    private var before: [String] = []
    private var inside: [String] = []
    private var after: [String] = []
    /// After the container's end, of a container in the foreground.
    private var ending: [String] = []
    private var clone: NarratedEvent?

    public init(_ recording: Recording, language: Language) {
        self.recording = recording
        self.language = language
        names = Names(recording)
        outer = Translator(names, language)
        inner = Translator(names, language)
        registry = RegistryScript(names, language)
    }

    /// The script.
    /// - Throws: `ByHandRefusal`.
    public static func script(of recording: Recording, language: Language) throws(ByHandRefusal) -> String {
        if let failure = recording.failure { throw .failed(failure) }
        if recording.steps.isEmpty { throw .nothing }
        if let other = recording.steps.first(where: { !ByHandVerbs.operations.contains($0.verb) }) { throw .unsupported(other.verb) }
        var writer = ScriptWriter(recording, language: language)
        for step in recording.steps { writer.add(step) }
        return writer.text
    }

    // MARK: steps

    private mutating func add(_ step: NarratedEvent) {
        switch step.verb {
        case "start" where step.id == "start.clone": clone = step
        case "start" where step.isChilds: inside += section(step, inner.lines(of: step))
        case "exec":
            let lines = step.isChilds ? inner.lines(of: step) : facts(step) + cgroupOfClone(step)
            inside += section(step, lines)
        case "exit", "rm": ending += section(step, leaving(step))
        default:
            let lines = section(step, outside(step))
            if clone == nil { before += lines } else { after += lines }
        }
    }

    private mutating func outside(_ step: NarratedEvent) -> [String] {
        if let lines = registry.lines(of: step) { return lines }
        switch step.id {
        case "start.shim": return outer.remark(.shim)
        case "start.network.bridge": return bridge(step)
        case "start.network.address": return address(step)
        case "create.volume": return volume(step)
        case "stop.wait": return wait(step)
        case "commit.layer": return layer(step)
        case "commit.image": return outer.remark(.imageNotes) + facts(step)
        case "attach.connect", "create.name": return facts(step)
        default: return outer.lines(of: step)
        }
    }

    /// The step's title and what it is for, then its lines.
    private func section(_ step: NarratedEvent, _ lines: [String]) -> [String] {
        let text = Catalogue.text(for: step.id, language: language)
        return [""] + ShellText.comment("── \(text?.title ?? printable(step.id)) (\(printable(step.id)))")
            + (text.map { ShellText.comment($0.text) } ?? []) + lines
    }

    private func facts(_ step: NarratedEvent) -> [String] {
        step.facts.flatMap { ShellText.comment("\($0.key) = \(printable($0.value))") }
    }

    private mutating func bridge(_ step: NarratedEvent) -> [String] {
        guard let name = step.fact("bridge")?.split(separator: " ").dropFirst().first.map({ ShellText.quoted(String($0)) }) else {
            return outer.lines(of: step)
        }
        let lines = outer.lines(of: step)
        let there = "ip link show dev \(name) >/dev/null 2>&1"
        guard lines.contains(where: { $0.hasPrefix("ip link add") }) else {
            return ["\(there) || die \(ShellText.quoted(Remark.bridgeMissing.text(language)))"]
        }
        let tables = step.facts.filter { $0.key == "nft" }.flatMap { $0.value.split(separator: "\n") }
            .filter { $0.hasPrefix("add table ") }.map { "nft \(ShellText.quoted("delete" + $0.dropFirst(3)))" }
        outer.undo.append("if [ -e \"$B/made-bridge\" ]; then \((["ip link del \(name)"] + tables).joined(separator: "; ")); fi")
        return outer.remark(.bridgeStands) + ["if ! \(there); then", ": >\"$B/made-bridge\""] + lines + ["fi"]
    }

    private func address(_ step: NarratedEvent) -> [String] {
        guard let recorded = step.fact("address"), let far = Self.farEnd(recorded) else { return facts(step) }
        return outer.remark(.addressFar, recorded)
            + ["export ADDRESS=${ADDRESS:-\(far)}", "MAC=$(printf '02:42:%02x:%02x:%02x:%02x' ${ADDRESS//./ })"]
    }

    /// `172.17.0.2/16` → `172.17.255.253`: as far from the subnet's end as the other is from its begin.
    static func farEnd(_ text: String) -> String? {
        let parts = text.split(separator: "/")
        let bytes = parts.first?.split(separator: ".").compactMap { UInt32($0) } ?? []
        guard parts.count == 2, bytes.count == 4, bytes.allSatisfy({ $0 < 256 }), let prefix = UInt32(parts[1]), prefix < 31 else {
            return nil
        }
        let address = bytes.reduce(0) { $0 << 8 | $1 }
        let hosts = UInt32.max >> prefix
        let far = address & ~hosts | (hosts - address & hosts)
        return [24, 16, 8, 0].map { "\(far >> UInt32($0) & 255)" }.joined(separator: ".")
    }

    /// A volume is filled in a view of the image that only the filling process has.
    private mutating func volume(_ step: NarratedEvent) -> [String] {
        var lines = outer.lines(of: step)
        guard step.calls.contains(where: { $0.name == "unshare" }) else { return lines }
        if let index = lines.firstIndex(where: { $0.hasPrefix("mount -t overlay") }), let place = step.fact("mounted at"),
            let made = step.fact("volume"),
            let view = step.calls.first(where: { $0.name == "mount" && $0.args.first == "overlay" })?.args[1]
        {
            lines.insert(
                contentsOf: outer.remark(.copiesImage) + [
                    "view=\(names.path(view))", "place=\(ShellText.quoted(place))",
                    "if [ \"$(realpath -m \"$view$place\")\" != \"$(realpath \"$view\")$place\" ]; then",
                    "    echo \(ShellText.quoted(Remark.outsideLink.text(language))) >&2",
                    "elif [ -d \"$view$place\" ]; then",
                    "    cp -a \"$view$place/.\" \(names.path("\(names.root)/volumes/.new-\(made)/_data"))",
                    "fi",
                ], at: index + 1)
        }
        return ShellText.hereDocument("unshare --mount --propagation unchanged bash -euo pipefail", lines, "VIEW")
    }

    private func wait(_ step: NarratedEvent) -> [String] {
        let words = step.fact("ended")?.split(separator: " ") ?? []
        let seconds = words.last == "s" ? words.dropLast().last.flatMap { Double($0) } ?? 10 : 10
        let tries = max(1, Int(seconds * 20))
        return ["for (( try = 0; try < \(tries); try++ )); do kill -0 \"$PID\" 2>/dev/null || break; sleep 0.05; done"]
    }

    private func layer(_ step: NarratedEvent) -> [String] {
        guard step.fact("members") != nil else { return facts(step) }
        return facts(step) + outer.remark(.diffDigest) + [
            "pack \"$B/containers/$ID/upper\" \"$B/layer.tar\"", "sha256sum \"$B/layer.tar\"",
        ]
    }

    /// What follows a container's end. Its network namespace may have taken the cable along already.
    private mutating func leaving(_ step: NarratedEvent) -> [String] {
        switch step.id {
        case "rm.layer": return ["rm -rf --one-file-system \"$B/making/rm-$ID\""] + outer.remark(.cleanRest)
        default: return outer.lines(of: step).map { $0.hasPrefix("ip ") ? "\($0) 2>/dev/null || true" : $0 }
        }
    }

    // MARK: the whole

    private var makesContainer: Bool { recording.step("create.name") != nil }
    private var pulls: Bool { recording.step("pull.resolve") != nil }
    private var isRemoved: Bool { recording.step("rm.layer") != nil }
    private var isForeground: Bool { recording.step("attach.connect") != nil }
    private var usesContainer: Bool { names.container != nil }

    private var text: String {
        var lines = ["#!/bin/bash"]
        lines += ShellText.comment(
            Remark.heading.text(language, printable((["drydock"] + recording.command).map(ShellText.quoted).joined(separator: " "))))
        lines += outer.remark(.needs) + outer.remark(.usage) + ["set -euo pipefail", "umask 022", ""]
        lines += variables + [""] + ScriptFunctions.always + cleaning
        if pulls { lines += RegistryScript.functions }
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
            ?? names.volumes.sorted().first ?? "files"
        var lines: [String] = []
        if let container = names.container { lines.append("export ID=\(container) CG=by-hand-\(key)") }
        lines.append("export B=${BYHAND:-\(ShellText.quoted("/var/tmp/by-hand-\(key)"))}")
        if clone != nil || makesContainer {
            lines += outer.remark(.layersHere)
            let own = pulls ? "$B/layers" : ShellText.quoted("\(recording.root)/layers")
            lines += ["export LAYERS=${LAYERS:-\(own)} INIT=${INIT:-\(ShellText.quoted("\(recording.root)/init"))}"]
        }
        if let container = names.container, names.veth != nil { lines.append("VETH=vbh\(container.prefix(8))") }
        return lines
    }

    /// `clean`: the recorded calls' own undoing, as drydock rolls back.
    private var cleaning: [String] {
        guard ownsPlace || clone != nil else { return [] }
        var undo = outer.undo
        if names.veth != nil { undo.append("ip link del \"$VETH\" 2>/dev/null || true") }
        let body = (usesContainer ? ScriptFunctions.endsProcess : []) + undo.reversed().map { "    \($0)" }
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
            let pid = clone == nil ? ["[ ! -s \"$B/pid\" ] || PID=$(<\"$B/pid\")"] : []
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

    // MARK: the container's process

    private func process(_ clone: NarratedEvent) -> [String] {
        let flags = clone.calls.first { $0.name == "clone3" }?.args.first ?? ""
        var options = Namespaces.options(flags)
        let ownsCgroups = options.contains("--cgroup")
        options.removeAll { $0 == "--cgroup" }
        var lines = ["set -euo pipefail"] + ScriptFunctions.inside
        var arrival = [
            "read -r pid _ </proc/self/stat", "echo \"$pid\" 1<>\"$B/born\"", "read -r _ <\"$B/go\"",
        ]
        arrival += cgroupOfClone(clone)
        if ownsCgroups {
            lines += ["if [ \"${1:-}\" != joined ]; then"] + arrival + ["exec unshare --cgroup bash \"$B/inside.sh\" joined", "fi"]
        } else {
            lines += arrival
        }
        lines += inside + [""] + outer.remark(.oldRoot)
        lines += [
            "umount -l /", "cd /proc/self/cwd",
            "for fd in /proc/self/fd/*; do fd=${fd##*/}; [ \"$fd\" -le 2 ] || [ \"$fd\" = 255 ] || eval \"exec $fd>&-\"; done",
            "echo ready 1<>\"..$B/born\"",
        ]
        lines += inner.execution()
        let words = "unshare \((options + ["--fork", "--propagation unchanged"]).joined(separator: " ")) bash \"$B/inside.sh\""
        let make =
            isForeground
            ? ["\(words) <&0 8>&- 9>&- &"] : outer.remark(.detachedLog) + ["setsid \(words) >\"$B/log\" 2>&1 </dev/null 8>&- 9>&- &"]
        return [""] + outer.remark(.inside) + ShellText.hereDocument("cat >\"$B/inside.sh\"", lines, "INSIDE")
            + section(clone, [])
            + outer.remark(.unlikeClone, flags) + [
                "rm -f \"$B/born\" \"$B/go\"", "mkfifo \"$B/born\" \"$B/go\"", "exec 8<>\"$B/born\" 9<>\"$B/go\"", "export BYHAND_INSIDE=1",
            ] + make + [
                "CHILD=$!", "read -r -t 30 PID <&8 || die \(ShellText.quoted(Remark.neverReady.text(language)))",
                "echo \"$PID\" >\"$B/pid\"",
            ]
    }

    /// The cgroup that a process is born into: here it goes there as the first thing.
    private func cgroupOfClone(_ step: NarratedEvent) -> [String] {
        guard step.calls.contains(where: { $0.name == "clone3" && $0.args.first?.contains("CLONE_INTO_CGROUP") == true }),
            let folder = step.calls.last(where: { $0.name == "openat" && $0.args.count > 1 && $0.args[1].contains("O_DIRECTORY") })?.args[0]
        else { return [] }
        return outer.remark(.intoCgroup) + ["printf %s 0 >\(names.path("\(folder)/cgroup.procs"))"]
    }

    private var started: [String] {
        let never = ShellText.quoted(Remark.neverReady.text(language))
        var lines = ["", "echo go >&9", "read -r -t 60 word <&8 && [ \"$word\" = ready ] || die \(never)"]
        guard isForeground else {
            lines += [
                "while grep -qsz '^BYHAND_INSIDE=' \"/proc/$PID/environ\"; do sleep 0.02; done",
                "trap - EXIT", "echo \(ShellText.quoted(Remark.running.text(language))) \"$PID\"",
                "echo \(ShellText.quoted(Remark.endHint.text(language)))",
            ]
            return lines
        }
        lines += outer.remark(.waits) + ["trap - EXIT", "code=0", "wait \"$CHILD\" || code=$?"] + ending
        return lines + (isRemoved ? ["clean"] : []) + ["exit \"$code\""]
    }

    /// `exec`: the process is made by nsenter, and its folder stays the host's /usr until the last tool has run.
    private var joining: [String] {
        let options = Namespaces.options(inner.joined ?? "").joined(separator: " ")
        return ["", "find_loader", "("] + inside + ["", "cd /usr"]
            + inner.execution(entering: "exec nsenter --target \"$PID\" \(options) --wd=/usr --") + [")"]
    }
}
