import Basics
import Glibc
import Lessons

/// Runs lines as the shell does, but on a terminal of its own: for lessons that are checked, transcripts that are replayed, documents
/// that are tried. Directory and variables hold from line to line.
final class LineRunner {
    private var settings: Settings
    private var environment: Environment
    private let executable: String
    private let bash: BashRunner
    private var status: Int32 = 0
    var terminal = TerminalRun()

    /// - Parameter term: what programs are told of their terminal.
    /// - Throws: `DrydockError` when there is no bash or no place for its state.
    init(settings: Settings, environment: Environment, term: String = "dumb") throws(DrydockError) {
        guard let executable = ownExecutable() else { throw DrydockError(.failed, Phrase.noExecutable.text(settings.language)) }
        self.settings = settings
        self.executable = executable
        bash = try BashRunner(executable: executable, environment: environment, dockerNames: DockerWords.names.sorted())
        var environment = environment
        let path = environment["PATH"] ?? "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        environment["PATH"] = "\(bash.directory)/bin:\(path)"
        // Output is compared and recorded: no colour, no letters beyond what every terminal has in one way only.
        environment["TERM"] = term
        environment["NO_COLOR"] = "1"
        self.environment = environment
    }

    deinit { bash.remove() }

    /// - Parameters:
    ///   - line: as it would be typed.
    ///   - keys: what is typed into what it runs.
    /// - Throws: `DrydockError` when it could not be run at all.
    func run(_ line: String, keys: [Keys] = []) throws(DrydockError) -> TerminalResult {
        settings.export(to: &environment)
        let classifier = LineClassifier(
            dockerCommands: DockerWords.names, ownCommands: ShellWords.names, fileExists: { access($0, F_OK) == 0 })
        var result = TerminalResult(outcome: .exited(status))
        switch classifier.classify(line) {
        case .empty: break
        case .docker(let words): result = try launch(["docker"] + words, keys)
        case .own(let name, let words) where OwnVerbs.names.contains(name): result = try launch(["drydock", name] + words, keys)
        // Words of the shell itself (narrate, step, …) change how things are told, not what they do.
        case .own: result = TerminalResult(outcome: .exited(0))
        case .bash:
            var whole = TerminalResult()
            _ = try bash.run(line, last: status, &environment) { path, arguments, child throws(Errno) in
                whole = try terminal.run(path, arguments, child, keys: keys)
                return whole.outcome
            }
            result = whole
            settings.host = environment["DOCKER_HOST"]
        }
        status = result.outcome.status
        return result
    }

    private func launch(_ words: [String], _ keys: [Keys]) throws(DrydockError) -> TerminalResult {
        do { return try terminal.run(executable, words, environment, keys: keys) } catch {
            throw DrydockError(.failed, "cannot run \(executable)", errno: error)
        }
    }
}
