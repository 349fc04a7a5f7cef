import Basics
import Narration

/// What the script calls the things that drydock made: nothing of it may collide with the real thing, which may run beside it.
struct Names {
    let root: String
    /// The container that it is about.
    let container: String?
    /// The parent of the containers' cgroups: `drydock` for the default root, `drydock-1a2b3c` for another.
    let cgroup: String?
    let address: String?
    let veth: String?
    /// Volumes that were made in this recording; others are used where they stand.
    let volumes: Set<String>

    init(_ recording: Recording) {
        root = recording.root
        let calls = recording.steps.flatMap(\.calls)
        container =
            recording.isAboutImages
            ? nil
            : recording.step("create.name")?.fact("id") ?? Self.containerInPaths(calls.flatMap(\.args), recording.containers)
                ?? Self.containerOfProcess(calls, recording.containers) ?? recording.steps.lazy.compactMap {
                    $0.detail("copied")?["container"]?.stringValue
                }.first
                ?? Self.containerByName(recording)
        cgroup = calls.flatMap(\.args).lazy.compactMap(Self.cgroupParent).first
        address = recording.step("start.network.address")?.fact("address").map { String($0.prefix { $0 != "/" }) }
        veth = calls.flatMap(\.args).lazy.compactMap { Self.word(after: "RTM_NEWLINK veth ", in: $0) }.first
        volumes = Set(
            recording.steps.filter { $0.fact("made") != nil || $0.id == "volume.create" }.compactMap {
                $0.fact("volume") ?? $0.fact("name")
            })
    }

    /// What the script's folder and cgroups are called after.
    var short: String? { container.map { String($0.prefix(12)) } }

    /// A path of the engine's, or of a kernel's file system, as a word of the script.
    func path(_ path: String) -> String { isOthersVolume(path) ? ShellText.quoted(path) : ShellText.word(path, paths(in: path)) }

    /// The hosts file's text, and whatever else names the container's address.
    func addressed(_ text: String) -> String { ShellText.word(text, addresses) }

    private func paths(in path: String) -> [Replacement] {
        let folder: @Sendable (Character) -> Bool = { "/:,".contains($0) }
        var all = [
            Replacement("\(root)/layers", "LAYERS", ends: folder), Replacement("\(root)/init", "INIT", ends: folder),
            Replacement(root, "B", ends: folder),
        ]
        if let container { all.append(Replacement(container, "ID")) }
        // The default root's is called `drydock`, as folders are elsewhere.
        if let cgroup, path.contains("/sys/fs/cgroup/") { all.append(Replacement(cgroup, "CG", ends: folder)) }
        return all
    }

    /// A volume that was there before: its files are what the container is to see, so it stays the real one.
    private func isOthersVolume(_ path: String) -> Bool {
        guard path.hasPrefix("\(root)/volumes/") else { return false }
        var name = path.dropFirst(root.count + 9).prefix { $0 != "/" }
        for mark in [".new-", ".rm-"] where name.hasPrefix(mark) { name = name.dropFirst(mark.count) }
        return !volumes.contains(String(name))
    }

    private var addresses: [Replacement] {
        address.map { [Replacement($0, "ADDRESS", ends: { !$0.isNumber && $0 != "." })] } ?? []
    }

    /// drydock's notes about itself: nothing of what is made by hand reads them.
    func isNote(_ path: String) -> Bool {
        // The default root's sockets have a folder of their own.
        if path.hasPrefix("/run/drydock/") { return true }
        guard path.hasPrefix(root + "/"), let name = path.split(separator: "/").last else { return false }
        return name.contains(".json") || ["pending", "remove-volumes"].contains(name) || path.hasPrefix("\(root)/run/")
    }

    // MARK: what the recording says

    private static func containerInPaths(_ words: [String], _ known: [Recording.Container]) -> String? {
        for word in words where word.contains("/") {
            for part in word.split(separator: "/") where part.utf8.count == 64 {
                if known.contains(where: { $0.id == part }) { return String(part) }
            }
        }
        return nil
    }

    /// `15 (pid 4458)`: the process that a signal went to.
    private static func containerOfProcess(_ calls: [NarratedEvent.Call], _ known: [Recording.Container]) -> String? {
        for call in calls where call.name == "pidfd_send_signal" || call.name == "kill" {
            guard let first = call.args.first else { continue }
            let number = first.split(whereSeparator: { !$0.isNumber }).last.flatMap { Int($0) }
            if let found = known.first(where: { $0.pid == number && $0.pid > 0 }) { return found.id }
        }
        return nil
    }

    private static func containerByName(_ recording: Recording) -> String? {
        let words = Set(recording.command.dropFirst())
        let found = recording.containers.filter {
            words.contains($0.name) || words.contains($0.id) || words.contains(String($0.id.prefix(12)))
        }
        return found.count == 1 ? found[0].id : nil
    }

    /// `/sys/fs/cgroup/cpu/drydock/…`
    private static func cgroupParent(_ path: String) -> String? {
        guard path.hasPrefix("/sys/fs/cgroup/") else { return nil }
        return path.split(separator: "/").first { $0 == "drydock" || $0.hasPrefix("drydock-") }.map(String.init)
    }

    private static func word(after prefix: String, in text: String) -> String? {
        text.hasPrefix(prefix) ? text.dropFirst(prefix.count).split(separator: " ").first.map(String.init) : nil
    }
}
