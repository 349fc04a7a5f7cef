import Basics
import DockerCLI
import EngineClient
import Glibc
import Narration
import TextTools

/// drydock's shell: Docker's commands, the shell's own words, and bash for everything else.
final class InteractiveShell {
    var settings: Settings
    var environment: Environment
    private let executable: String
    private let bash: BashRunner
    /// The terminal that commands are given, nil when lines come from a file or a pipe.
    let terminal: Int32?
    let appearance: Appearance
    private(set) var status: Int32 = 0
    private var stopped: [pid_t] = []
    private var history: History?
    private var lastLine: String?
    private(set) var input: InputLines?
    /// Listens to commands while a lesson is under way or a recording.
    var recorder: Recorder?
    var player: LessonPlayer?
    /// Where `back` has gone; nil once something has been run.
    private var stepHistory: StepHistory?
    /// What `why` explains.
    var lastAsked: AskedCommand?
    /// `predict on`: asks before commands what they will do.
    var predicts = false

    /// Runs the shell until `exit` or the end of input.
    /// - Parameters:
    ///   - line: One line to run instead, as if it had been typed: `drydock shell -c LINE`.
    ///   - opening: What is done first: `drydock lesson start`.
    /// - Returns: the exit code: `exit`'s, or the last command's.
    static func start(settings: Settings, environment: Environment, line: String? = nil, opening: LineKind? = nil) -> Int32 {
        do {
            guard let executable = ownExecutable() else { throw DrydockError(.failed, Phrase.noExecutable.text(settings.language)) }
            let names = DockerWords.names.sorted()
            let bash = try BashRunner(executable: executable, environment: environment, dockerNames: names)
            defer { bash.remove() }
            let shell = InteractiveShell(settings, environment, executable, bash)
            defer { shell.close() }
            guard let line else { return shell.run(opening) }
            return shell.execute(line) ?? shell.status
        } catch {
            report(error)
            return 1
        }
    }

    private init(_ settings: Settings, _ environment: Environment, _ executable: String, _ bash: BashRunner) {
        self.settings = settings
        self.executable = executable
        self.bash = bash
        terminal = Terminal.isTerminal(0) ? 0 : nil
        appearance = Appearance(descriptor: 1, environment: environment)
        var environment = environment
        let path = environment["PATH"] ?? "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        environment["PATH"] = "\(bash.directory)/bin:\(path)"
        self.environment = environment
    }

    var language: Language { settings.language }

    // MARK: The loop

    private func run(_ opening: LineKind?) -> Int32 {
        EngineAccess(settings: settings).renewIfReplaced()
        if terminal != nil { prepareTerminal() }
        input = InputLines(
            reader: reader(), stripper: PromptStripper { [unowned self] in isCommand($0) },
            isIncomplete: { [unowned self] in bash.isIncomplete($0, environment) },
            leftOut: { [unowned self] in complain(Phrase.pasteLeftOut.text(language, "\($0)")) })
        if case .own(let name, let arguments) = opening {
            _ = own(name, arguments, "")
            if status != 0 { return status }
        }
        while let next = input?.next(prompt: prompt) {
            switch next {
            case .interrupted: status = 130
            case .end(let unfinished):
                if unfinished {
                    complain("drydock: " + Phrase.unfinished.text(language))
                    status = 2
                } else if terminal != nil {
                    say("exit")
                }
                history?.finish()
                return status
            case .line(let line):
                remember(line)
                if let code = execute(line) {
                    history?.finish()
                    return code
                }
            }
        }
        return status
    }

    private var prompt: String {
        let text = player?.place ?? "drydock"
        return appearance.colour ? "\u{01}\u{1B}[1;36m\u{02}\(text)>\u{01}\u{1B}[0m\u{02} " : "\(text)> "
    }

    private func prepareTerminal() {
        // A command has the terminal's signals for itself; the shell goes on. When the terminal is gone, input ends, and
        // with it the shell, in good order.
        for number in [SIGINT, SIGQUIT, SIGTSTP, SIGTTIN, SIGTTOU, SIGHUP, SIGTERM] { signal(number, SIG_IGN) }
        let text = [Phrase.welcome1, .welcome2, .welcome3].flatMap { wrap($0.text(language), width: Terminal.width(1)) }
        say(text.joined(separator: "\n"))
        if geteuid() != 0, settings.host == nil { complain(Phrase.notRoot.text(language, "drydock")) }
    }

    private func reader() -> any LineReader {
        guard terminal != nil else { return ByteReader(descriptor: 0) }
        switch Readline.shared {
        case .loaded(let library):
            let reader = ReadlineReader(library, terminal: 0, name: "drydock")
            history = History(library, environment: environment)
            let names = EngineNames { [unowned self] in EngineAccess(settings: settings) }
            library.completer = { [unowned self] before, word in
                Completer(table: DockerWords.table, source: names) { self.programs(beginning: $0) }.complete(before: before, word: word)
            }
            return reader
        case .missing(let why):
            complain(Phrase.noReadline.text(language, why))
            return PlainReader(terminal: 0)
        }
    }

    private func remember(_ line: String) {
        history?.add(line, after: lastLine)
        lastLine = line
    }

    // MARK: Lines

    /// - Returns: the exit code when the shell shall end.
    private func execute(_ line: String) -> Int32? {
        let classifier = LineClassifier(dockerCommands: DockerWords.names, ownCommands: ownWords, fileExists: { access($0, F_OK) == 0 })
        switch classifier.classify(line) {
        case .empty: break
        case .docker(let arguments):
            let guess = predict(arguments)
            listening(to: line) { asking(line, isDockers: true) { runSelf("docker", arguments) } }
            if let guess { judge(guess) }
            if takesTerminal(arguments) { dropUnread() }
        case .bash:
            listening(to: line) { asking(line, isDockers: false) { runBash(line) } }
            if line.contains("docker"), LineScanner.scan(line).words.contains(where: { ["-it", "-ti", "attach"].contains($0) }) {
                dropUnread()
            }
        case .own(let name, let arguments): return own(name, arguments, line)
        }
        return nil
    }

    /// Outside of lessons their words are ours as far as the host has no program of that name, to say that none is under way.
    private var ownWords: Set<String> {
        ShellWords.names.union(player == nil ? LessonWords.short.filter { environment.program($0) == nil } : LessonWords.short)
    }

    /// Runs a command, recorded and seen by a lesson if there is one.
    private func listening(to line: String, _ body: () -> Void) {
        recorder?.begin(line)
        stepHistory = nil
        readAhead = []
        body()
        recorder?.end(code: status, typed: readAhead)
        player?.ran(line, code: status)
    }

    /// Pasted lines that the last command has read.
    private var readAhead: [String] = []

    /// What was pasted behind a command that was to give a container the terminal, and didn't: never is that to be run on the host.
    private func dropUnread() {
        guard let count = input?.pending.count, count > 0 else { return }
        input?.dropPending()
        complain(Phrase.pasteNotRead.text(language, "\(count)"))
    }

    /// Runs this program again for one command: what happens to it, Ctrl-C above all, leaves the shell alone.
    func runSelf(_ name: String, _ arguments: [String]) {
        settings.export(to: &environment)
        perform { environment, started in
            try launch(executable, [name] + arguments, environment, started)
        }
    }

    /// On the real terminal, or where it can be listened to.
    private func launch(
        _ path: String, _ arguments: [String], _ environment: Environment, _ started: (pid_t) -> Void
    ) throws(Errno) -> Outcome {
        guard let recorder else {
            let child = try Process.spawn(path, arguments, environment, terminal: terminal)
            started(child)
            return Process.wait(for: child, terminal: terminal)
        }
        guard let terminal else { return try PipedRun(listener: recorder).run(path, arguments, environment) }
        let (outcome, unread) = try RelayRun(terminal: terminal, listener: recorder).run(path, arguments, environment)
        if let rest = input?.giveBack(unread), !rest.isEmpty { _ = prefill(rest) }
        return outcome
    }

    private func runBash(_ line: String) {
        settings.export(to: &environment)
        perform { environment, started in
            try bash.run(line, last: status, &environment) { path, arguments, child throws(Errno) in
                try launch(path, arguments, child, started)
            }
        }
        // What a line did to DOCKER_HOST counts for Docker's own lines, too.
        settings.host = environment["DOCKER_HOST"]
        if status == 127, terminal != nil { suggest(line) }
    }

    private func perform(_ body: (inout Environment, (pid_t) -> Void) throws -> Outcome) {
        let before = terminal.flatMap(Terminal.settings)
        var child: pid_t = 0
        let ahead = TypedAhead(input?.pending ?? [])
        environment[TypedAhead.variable] = ahead?.name
        do {
            let outcome = try body(&environment) { child = $0 }
            settle(outcome, child, before)
        } catch {
            report(error)
            status = 1
        }
        environment[TypedAhead.variable] = nil
        guard ahead?.wasRead == true else { return }
        readAhead = (input?.pending ?? []).map(TypedAhead.withoutPrompt)
        input?.dropPending()
    }

    /// Takes note of how a command ended, and puts right what it left of the terminal.
    private func settle(_ outcome: Outcome, _ child: pid_t, _ before: termios?) {
        status = outcome.status
        guard let terminal else { return }
        switch outcome {
        case .exited: break
        case .signalled:
            if let before { Terminal.apply(before, to: terminal) }
            say("")
        case .stopped:
            if let before { Terminal.apply(before, to: terminal) }
            stopped.append(child)
            say("\n" + Phrase.stopped.text(language))
        }
    }

    private func suggest(_ line: String) {
        guard let word = LineScanner.scan(line).words.first, environment.program(word) == nil else { return }
        if OwnVerbs.names.contains(word), ShellWords.names.contains(word) {
            return complain(Phrase.didYouMean.text(language, "drydock \(word)"))
        }
        guard let guess = closest(to: word, among: DockerWords.names.sorted() + ownWords.sorted())
        else { return }
        complain(Phrase.didYouMean.text(language, guess))
    }

    private func isCommand(_ word: String) -> Bool {
        word == "docker" || DockerWords.names.contains(word) || ShellWords.names.contains(word) || BashWords.names.contains(word)
            || environment.program(word) != nil
    }

    private func programs(beginning prefix: String) -> [String] {
        var found: Set<String> = []
        for directory in (environment["PATH"] ?? "").split(separator: ":") {
            for name in (try? folderNames(String(directory))) ?? [] where name.hasPrefix(prefix) {
                if access("\(directory)/\(name)", X_OK) == 0 { found.insert(name) }
            }
        }
        return Array(found)
    }

    /// A command that was none of the learner's says nothing about `$?`.
    func restoreStatus(_ old: Int32) { status = old }

    // MARK: Own words

    private func own(_ name: String, _ arguments: [String], _ line: String) -> Int32? {
        switch name {
        case "quit" where player != nil && arguments.isEmpty: quitLesson()
        case "exit", "quit":
            guard let code = arguments.first else { return status }
            return Int32(code).map { $0 & 0xFF } ?? 2
        case "help": status = help(arguments, line)
        case "fg": foreground()
        case "history": printHistory(arguments)
        case "doctor", "layers", "context", "stages", "watch", "hub", "shutdown", "grade", "replay", "timeline":
            listening(to: line) { runSelf("drydock", [name] + arguments) }
        case "look-inside", "by-hand":
            runSelf("drydock", [name] + arguments)
            dropUnread()
        case "back", "forth": status = look(name, arguments)
        case "why": status = why(arguments)
        case "predict": status = setPredicting(arguments)
        case "transcript": runSelf("drydock", [name] + arguments)
        case "record": status = record(arguments)
        case "lesson": status = lesson(arguments)
        case let word where LessonWords.short.contains(word): status = lesson([word] + arguments)
        default:
            let answer = ShellWords.apply(name, arguments, to: &settings)
            status = answer.status
            if answer.status == 0 { say(answer.text) } else { complain(answer.text) }
        }
        return nil
    }

    /// `back [N]`, `forth [N]`.
    private func look(_ name: String, _ arguments: [String]) -> Int32 {
        guard arguments.count <= 1, let count = arguments.isEmpty ? 1 : Int(arguments[0]), count > 0 else {
            complain(Phrase.historyUsage.text(language))
            return 2
        }
        do {
            var history = try stepHistory ?? StepHistory(EngineAccess(settings: settings))
            var narrator = Narrator(
                NarratorOptions(
                    mode: .full, language: language, width: appearance.width, colour: appearance.colour, unicode: appearance.unicode,
                    live: false))
            try? writeAll(1, history.move(by: name == "back" ? count : -count, &narrator, language))
            stepHistory = history
            return 0
        } catch {
            report(error)
            return 1
        }
    }

    private func help(_ arguments: [String], _ line: String) -> Int32 {
        // `help cd` is bash's to answer.
        let ours = DockerWords.names.union(ShellWords.names)
        if let topic = arguments.first, !ours.contains(topic), BashWords.names.contains(topic) {
            runBash(line)
            return status
        }
        return Help(settings: settings, environment: environment).run(arguments)
    }

    private func foreground() {
        guard let terminal, let child = stopped.popLast() else {
            complain(Phrase.noJob.text(language))
            status = 1
            return
        }
        let before = Terminal.settings(terminal)
        let outcome = Process.resume(child, terminal: terminal)
        if outcome != .stopped { bash.adopt(&environment) }
        settle(outcome, child, before)
    }

    private func printHistory(_ arguments: [String]) {
        let lines = history?.lines ?? []
        let count = arguments.first.flatMap { Int($0) } ?? lines.count
        for (number, line) in lines.enumerated().suffix(max(0, count)) { say("\(number + 1)  \(line)") }
        status = 0
    }
}
