import Narration

/// Why no script comes of a recording.
public enum ByHandRefusal: Error, Sendable, Equatable {
    /// The command itself failed: the sentence that says why.
    case failed(String)
    /// It did something that is not written down: the operation's verb.
    case unsupported(String)
    /// It was about something that a script can't have.
    case impossible(ByHandObstacle)
    /// Nothing was recorded.
    case nothing
}

/// Writes the script: sections of the recorded steps, in their order, and around them what a script needs to stand alone.
public struct ScriptWriter {
    let recording: Recording
    let language: Language
    let names: Names
    var outer: Translator
    var inner: Translator
    var registry: RegistryScript
    var push: PushScript

    /// Sections before the container's process is made, what it does, and those after.
    var before: [String] = []
    var inside: [String] = []
    var after: [String] = []
    /// After the container's end, of a container in the foreground.
    var ending: [String] = []
    var clone: NarratedEvent?

    /// The container is a step of a build's: others come before and after it.
    let isPart: Bool

    public init(_ recording: Recording, language: Language) { self.init(recording, language, Told(), isPart: false) }

    init(_ recording: Recording, _ language: Language, _ told: Told, isPart: Bool) {
        self.recording = recording
        self.language = language
        self.isPart = isPart
        names = Names(recording)
        outer = Translator(names, language, told)
        inner = Translator(names, language, told)
        registry = RegistryScript(names, language)
        push = PushScript(language)
    }

    /// The script.
    /// - Throws: `ByHandRefusal`.
    public static func script(of recording: Recording, language: Language) throws(ByHandRefusal) -> String {
        if let failure = recording.failure { throw .failed(failure) }
        if recording.steps.isEmpty { throw .nothing }
        if let other = recording.steps.first(where: { !ByHandVerbs.operations.contains($0.verb) }) { throw .unsupported(other.verb) }
        if recording.builds { return try BuildScript.text(of: recording, language) }
        var writer = ScriptWriter(recording, language: language)
        for step in recording.steps { writer.add(step) }
        return writer.text
    }

    // MARK: steps

    mutating func add(_ step: NarratedEvent) {
        switch step.verb {
        case "start" where step.id == "start.clone": clone = step
        case "start" where step.isChilds: inside += section(step, inner.lines(of: step))
        case "exec":
            let lines = step.isChilds ? inner.lines(of: step) : facts(step) + cgroupOfClone(step)
            inside += section(step, lines)
        // A restart's first process ends before the next one is made.
        case "exit" where clone == nil && recording.step("start.clone") != nil: before += section(step, leaving(step))
        case "exit", "rm": ending += section(step, leaving(step))
        case "build" where clone != nil: ending += section(step, outside(step))
        default:
            let lines = section(step, outside(step))
            if clone == nil { before += lines } else { after += lines }
        }
    }

    private mutating func outside(_ step: NarratedEvent) -> [String] {
        if let lines = registry.lines(of: step) ?? push.lines(of: step) ?? buildLines(of: step) ?? copyLines(of: step)
            ?? ArchiveScript(language: language, host: recording.host).lines(of: step)
        {
            return lines
        }
        switch step.id {
        case "start.shim": return ended + outer.remark(.shim)
        case "start.network.bridge": return bridge(step)
        case "start.network.address": return address(step)
        case "create.volume": return volume(step)
        case "stop.wait": return wait(step)
        case "stop.kill": return outer.lines(of: step) + ["tail --pid=\"$PID\" -s 0.02 -f /dev/null"]
        case "commit.layer": return layer(step)
        case "commit.image": return outer.remark(.imageNotes) + facts(step)
        case "attach.connect", "create.name": return facts(step)
        default: return outer.lines(of: step)
        }
    }

    /// Of a restart: what its first process leaves goes in an operation that is not the command's, so nothing of it was recorded.
    private var ended: [String] {
        guard recording.step("stop.signal") != nil else { return [] }
        return outer.remark(.endUnseen) + (names.veth == nil ? [] : ["ip link del \"$VETH\" 2>/dev/null || true"])
    }

    /// The step's title and, the first time, what it is for; then its lines.
    func section(_ step: NarratedEvent, _ lines: [String]) -> [String] {
        let text = Catalogue.text(for: step.id, language: language)
        let isNew = outer.told.isNew(step: step.id)
        return [""] + ShellText.comment("── \(text?.title ?? printable(step.id)) (\(printable(step.id)))")
            + (isNew ? text.map { ShellText.comment($0.text) } ?? [] : []) + lines
    }

    func facts(_ step: NarratedEvent) -> [String] {
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
        return ["timeout \(max(1, Int(seconds))) tail --pid=\"$PID\" -s 0.02 -f /dev/null || true"]
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
        case "rm.volumes":
            return step.facts.filter { $0.key == "removed" }.map { "rm -rf --one-file-system \"$B/volumes/\"\(ShellText.quoted($0.value))" }
        case "rm.layer":
            return ["rm -rf --one-file-system \"$B/making/rm-$ID\""] + (isPart ? [] : outer.remark(.cleanRest))
        default: return outer.lines(of: step).map { $0.hasPrefix("ip ") ? "\($0) 2>/dev/null || true" : $0 }
        }
    }
}
