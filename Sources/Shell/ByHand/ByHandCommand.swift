import Basics
import ByHand
import DockerCLI
import EngineClient
import Glibc
import Narration
import Synchronization

/// `drydock by-hand`: runs a Docker command, and writes what drydock recorded of it as a shell script (docs/decisions/0022).
struct ByHandCommand {
    let settings: Settings
    let environment: Environment

    /// What can follow the word.
    static var completions: [String] { ByHandVerbs.names.map { String($0.prefix { $0 != " " }) } + ["-o", "--help"] }

    private var language: Narration.Language { settings.language }

    /// - Returns: the command's exit code; 1 where there is no script.
    func run(_ arguments: [String]) throws -> Int32 {
        var words = arguments[...]
        var file: String?
        while let word = words.first, word.hasPrefix("-") {
            words.removeFirst()
            switch word {
            case "-h", "--help":
                say(Phrase.byHandUsage.text(language, verbs))
                return 0
            case "-o", "--output": file = words.popFirst()
            case let word where word.hasPrefix("--output="): file = String(word.dropFirst(9))
            default: return misused()
            }
            if file?.isEmpty ?? true { return misused() }
        }
        if words.first == "docker" { words.removeFirst() }
        let command = Array(words)
        if command.isEmpty { return misused() }
        guard ByHandVerbs.contains(command) else {
            complain(Phrase.byHandOthers.text(language, printable(command[0]), verbs))
            return 1
        }
        if let file, FileReplacement.isFolder(file) {
            throw DrydockError(.invalid, Phrase.pictureIsFolder.text(language, printable(file), "-o"))
        }
        do {
            // Refused before anything is done.
            return try record(command, try hostFiles(command), to: file)
        } catch let refusal as ByHandRefusal {
            complain(sentence(refusal))
            return 1
        }
    }

    /// The files of this machine that the command is about: the engine knows only what came of them.
    /// - Throws: `ByHandRefusal`; `DrydockError` with the sentence that the command itself would end with.
    private func hostFiles(_ command: [String]) throws -> HostFiles? {
        guard let outline = CommandOutline(command) else { return nil }
        switch outline.name {
        case "build":
            guard let folder = outline.arguments.first, access(folder, F_OK) == 0 else { throw ByHandRefusal.impossible(.context) }
            let listing = try ContextListing(folder, dockerfile: outline.string("file"))
            var leftOut: [String] = []
            listing.visit { if $0.leftOutBy != nil, !$0.isLookedInto { leftOut.append($0.path) } }
            return .context(folder: listing.path, leftOut: leftOut)
        case "cp":
            if outline.isOn("archive") || outline.isOn("follow-link") { throw ByHandRefusal.impossible(.copyFlags) }
            guard let copy = CopyOutline(outline.arguments) else { throw ByHandRefusal.impossible(.stream) }
            return .copy(here: copy.here, inside: copy.inside)
        case "load":
            let file = outline.string("input")
            return .archive(file.isEmpty ? "/dev/stdin" : absolute(file))
        default: return nil
        }
    }

    private var verbs: String { ByHandVerbs.names.joined(separator: ", ") }

    private func misused() -> Int32 {
        complain(Phrase.byHandUsage.text(language, verbs))
        return 1
    }

    /// What is asked of the engine before the command.
    private struct Known {
        let root: String
        let containers: [Recording.Container]
    }

    private func record(_ command: [String], _ host: HostFiles?, to file: String?) throws -> Int32 {
        let access = EngineAccess(settings: settings)
        let known: Known = try access.withDrydock("by-hand") { (client: EngineClient) throws -> Known in
            // Another engine has no narration; it says so before anything has been done.
            _ = try client.request("GET", "/drydock/ping")
            let root = try client.request("GET", "/info").json()["DockerRootDir"]?.stringValue
            return Known(root: root ?? settings.root, containers: try containers(client))
        }
        let events = EventList()
        var docker = DockerCommand(settings: settings, environment: environment, ownsNarrationFile: false)
        docker.listener = { events.append($0) }
        // The script alone goes to standard output; what the command prints goes aside.
        let output = file == nil ? dup(1) : -1
        if output >= 0 { dup2(2, 1) }
        let status = docker.run(command)
        if output >= 0 { dup2(output, 1) }
        defer { if output >= 0 { close(output) } }
        let recording = Recording(
            command: command, root: known.root, containers: known.containers, host: host,
            isDetached: CommandOutline(command)?.isOn("detach") ?? false, events: events.all)
        do throws(ByHandRefusal) {
            let script = try ScriptWriter.script(of: recording, language: language)
            try write(script, to: file)
        } catch {
            complain(sentence(error))
            return status == 0 ? 1 : status
        }
        return status
    }

    private func write(_ script: String, to file: String?) throws(ByHandRefusal) {
        do {
            guard let file else { return try writeAll(1, script) }
            try FileReplacement.write(Array(script.utf8), to: file)
            complain(Phrase.byHandWritten.text(language, printable(file)))
        } catch {
            throw .failed("\(error)")
        }
    }

    private func sentence(_ refusal: ByHandRefusal) -> String {
        switch refusal {
        case .failed(let why): Phrase.byHandFailed.text(language, printable(why))
        case .unsupported(let verb): Phrase.byHandUnsupported.text(language, printable(verb))
        case .impossible(.copyFlags): Phrase.byHandCopyFlags.text(language)
        case .impossible(.stream): Phrase.byHandStream.text(language)
        case .impossible(.context): Phrase.byHandContext.text(language)
        case .nothing: Phrase.byHandNothing.text(language)
        }
    }

    /// A signal's record names a process, a removal's a name: whose they are is asked before.
    private func containers(_ client: EngineClient) throws -> [Recording.Container] {
        let list = try client.request("GET", "/containers/json", query: [("all", "1")]).json().arrayValue ?? []
        return list.compactMap { entry in
            guard let id = entry["Id"]?.stringValue else { return nil }
            let name = entry["Names"]?.arrayValue?.first?.stringValue.map { String($0.drop { $0 == "/" }) } ?? ""
            let state = (try? client.request("GET", "/containers/\(id)/json").json())?["State"]
            return Recording.Container(id: id, name: name, pid: state?["Pid"]?.intValue ?? 0)
        }
    }
}

/// The events of a command, gathered on the thread that reads them.
private final class EventList: Sendable {
    private let events = Mutex<[NarratedEvent]>([])
    var all: [NarratedEvent] { events.withLock { $0 } }
    func append(_ event: NarratedEvent) { events.withLock { $0.append(event) } }
}
