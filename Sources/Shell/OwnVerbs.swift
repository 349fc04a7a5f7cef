import Basics
import EngineClient
import Glibc
import Narration
import TextTools

/// drydock's own verbs. None of them is a Docker command, so nothing of Docker's is shadowed (`context ls` and the like stay Docker's).
struct OwnVerbs {
    static let names = [
        "doctor", "layers", "context", "stages", "look-inside", "watch", "hub", "serve", "shutdown", "stop-engine", "shell", "lesson",
        "transcript", "grade", "replay", "timeline", "why", "by-hand",
    ]

    let settings: Settings
    let environment: Environment

    private var access: EngineAccess { EngineAccess(settings: settings) }
    private var language: Language { settings.language }

    /// - Returns: the exit code; nil when `name` is no verb of drydock's.
    func run(_ name: String, _ arguments: [String]) -> Int32? {
        do {
            switch name {
            case "doctor": return try doctor(arguments)
            case "layers": return try LayersCommand(access: access, environment: environment).run(arguments)
            case "context":
                return ContextOptions.isDockers(arguments)
                    ? nil : try ContextCommand(language: language, environment: environment).run(arguments)
            case "stages": return try StagesCommand(access: access, environment: environment).run(arguments)
            case "look-inside": return try LookInsideCommand(settings: settings, environment: environment).run(arguments)
            case "timeline": return try TimelineCommand(access: access, environment: environment).run(arguments)
            case "why": return try WhyCommand(access: access, environment: environment).run(arguments)
            case "by-hand": return try ByHandCommand(settings: settings, environment: environment).run(arguments)
            case "watch": return try watch(arguments)
            case "hub": return try hub(arguments)
            case "serve": return try serve(arguments)
            case "shutdown", "stop-engine": return try shutdown(arguments)
            case "lesson": return try LessonsCommand(settings: settings, environment: environment).run(arguments)
            case "transcript": return try TranscriptCommand(language: language, environment: environment).run(arguments)
            case "replay": return try ReplayCommand(settings: settings, environment: environment).run(arguments)
            case "grade": return try GradeCommand(settings: settings, environment: environment).run(arguments)
            case "run-lines": return try RunLinesCommand(settings: settings, environment: environment).run()
            default: return nil
            }
        } catch {
            report(error)
            return 1
        }
    }

    private func refuse(_ phrase: Phrase) -> Int32 {
        complain(phrase.text(language))
        return 1
    }

    // MARK: doctor

    private func doctor(_ arguments: [String]) throws -> Int32 {
        guard arguments.isEmpty || arguments == ["--repair"] else { return refuse(.doctorUsage) }
        let repair = arguments.isEmpty ? "0" : "1"
        let answer = try access.withDrydock("doctor") { try $0.request("GET", "/drydock/doctor", query: [("repair", repair)]).json() }
        let checked = (answer["checked"]?.arrayValue ?? []).map { "\($0["kind"]?.stringValue ?? "?") \($0["count"]?.intValue ?? 0)" }
        say(Phrase.doctorChecked.text(language, checked.joined(separator: ", ")))
        let findings = answer["findings"]?.arrayValue ?? []
        for finding in findings {
            let repaired = finding["repaired"]?.boolValue == true ? "  (\(Phrase.doctorRepaired.text(language)))" : ""
            say("\(text(finding["kind"]))  \(text(finding["what"]))\(repaired)\n    \(text(finding["why"]))")
        }
        if findings.isEmpty { say(Phrase.doctorClean.text(language)) }
        return findings.contains { $0["repaired"]?.boolValue != true } ? 1 : 0
    }

    private func text(_ value: JSONValue?) -> String { printable(value?.stringValue ?? "") }

    // MARK: watch

    /// Tells what any client does, until it is interrupted or the engine ends.
    private func watch(_ arguments: [String]) throws -> Int32 {
        guard arguments.isEmpty else { return refuse(.watchUsage) }
        return try access.withDrydock("watch") { client in
            let look = Appearance(descriptor: 1, environment: environment)
            let holder = try watchStepper()
            let token = randomHex(bytes: 16)
            // Made first, so that the stream's end finds it, whatever ends that.
            if let holder { try client.setSession(token, holder.watchSettings) }
            var narrator = Narrator(
                NarratorOptions(
                    mode: settings.narration == .off ? .brief : settings.narration, language: language, width: look.width,
                    colour: look.colour, unicode: look.unicode, live: look.live, showsOperation: true))
            var events = EventStream(
                try client.stream("GET", "/drydock/events", query: [("all", "1")] + (holder == nil ? [] : [("session", token)])))
            complain(Phrase.watching.text(language, access.name))
            let words = EngineClient(endpoint: client.endpoint)
            while let json = try events.next() {
                guard let event = NarratedEvent(json) else { continue }
                do { try writeAll(1, narrator.render(event)) } catch { return 0 }
                if event.kind == .paused, json["watched"]?.boolValue == true, let holder {
                    holder.ask(event, introduction: narrator.introduction(event), client: words)
                }
            }
            return 0
        }
    }

    /// Asks at the stops of what others do; nil when nothing is stopped at.
    private func watchStepper() throws -> Stepper? {
        guard settings.isStepping || !settings.breakpoints.isEmpty else { return nil }
        var environment = environment
        settings.export(to: &environment)
        let stepper = Stepper.open(
            steps: settings.isStepping, breakpoints: settings.breakpoints, language: language, environment: environment)
        guard let stepper else { throw DrydockError(.unavailable, Phrase.stepNeedsTerminal.text(language)) }
        return stepper
    }

    // MARK: hub

    private func hub(_ arguments: [String]) throws -> Int32 {
        switch arguments {
        case [], ["status"]:
            let answer = try access.withDrydock("hub") { try $0.request("GET", "/drydock/hub").json() }
            say(Phrase.hubAddress.text(language, text(answer["address"])))
            listImages(answer["images"])
        case ["fill"]:
            access.renewIfReplaced()
            let answer = try access.withDrydock("hub") { try $0.request("POST", "/drydock/hub/fill").json() }
            say(Phrase.hubFilled.text(language, text(answer["address"])))
            listImages(answer["filled"])
        case ["serve"]: try serveHub("0.0.0.0:5000")
        default:
            guard arguments.count == 3, arguments[0] == "serve", arguments[1] == "--listen" else { return refuse(.hubUsage) }
            try serveHub(arguments[2])
        }
        return 0
    }

    /// Becomes the hub alone, for a class on a network.
    private func serveHub(_ address: String) throws {
        guard let own = ownExecutable() else { throw DrydockError(.failed, Phrase.noExecutable.text(language)) }
        let engine = String(own.dropLast(baseName(own).count)) + "drydock-engine"
        let words = ["drydock-engine", "--root", settings.root, "--hub-listen", address]
        var argv: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        execv(engine, &argv)
        throw DrydockError(.failed, "cannot start \(engine)", errno: .current)
    }

    /// Images are names, or objects that have one.
    private func listImages(_ images: JSONValue?) {
        for image in images?.arrayValue ?? [] {
            say("  " + text(image.stringValue == nil ? image["name"] ?? image["reference"] : image))
        }
    }

    // MARK: The engine itself

    /// Becomes the engine, in the foreground.
    private func serve(_ arguments: [String]) throws -> Int32 {
        var root = settings.root
        var insecure: [String] = []
        var rest = arguments[...]
        while let word = rest.popFirst() {
            let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard ["--root", "--insecure-registry"].contains(parts[0]), let value = parts.count == 2 ? parts[1] : rest.popFirst(),
                !value.isEmpty
            else { return refuse(.serveUsage) }
            if parts[0] == "--root" { root = absolute(value) } else { insecure.append(value) }
        }
        if geteuid() != 0 { throw DrydockError(.unauthorized, Phrase.notRoot.text(language, "drydock serve")) }
        guard let own = ownExecutable() else { throw DrydockError(.failed, Phrase.noExecutable.text(language)) }
        let engine = own.dropLast(baseName(own).count) + "drydock-engine"
        let words = ["drydock-engine", "--root", root] + insecure.flatMap { ["--insecure-registry", $0] }
        var argv: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        execv(String(engine), &argv)
        throw DrydockError(.failed, "cannot start \(engine)", errno: .current)
    }

    private func shutdown(_ arguments: [String]) throws -> Int32 {
        guard arguments.isEmpty else { return refuse(.shutdownUsage) }
        guard let client = access.runningClient() else {
            say(Phrase.engineNotRunning.text(language, access.name))
            return 0
        }
        // Asked before: afterwards there is nobody to ask.
        let running = (try? client.request("GET", "/containers/json").json())?.arrayValue?.count ?? 0
        do {
            _ = try client.request("POST", "/drydock/shutdown")
        } catch let error as EngineClientError where error.apiError?.status == 404 {
            throw DrydockError(.unsupported, Phrase.needsDrydockEngine.text(language, "shutdown", access.name))
        } catch EngineClientError.malformed {
            // It ended before it could answer: that is what was asked for.
        }
        if settings.host == nil { EngineLauncher.awaitEnd(root: settings.root) }
        say(running == 0 ? Phrase.engineEnded.text(language) : Phrase.engineLeftRunning.text(language, "\(running)"))
        return 0
    }
}
