import Basics
import Glibc
import Narration

/// The program `drydock`, and `docker` when it is called by that name.
/// - Parameter arguments: with the program's own name first.
/// - Returns: the exit code.
public func drydockMain(arguments: [String]) -> Int32 {
    // A reader that goes away (`docker ps | head -1`) ends output, not the program with a signal half-way.
    signal(SIGPIPE, SIG_IGN)
    let environment = Environment.inherited()
    let options: GlobalOptions
    var settings: Settings
    do throws(GlobalOptions.Mistake) {
        options = try GlobalOptions(Array(arguments.dropFirst()))
        settings = try Settings(options, environment)
    } catch {
        complain("drydock: " + describe(error, environment.language))
        return 125
    }
    // A file to narrate to and no word on how much: what is written to a file is for programs.
    if options.narrateTo != nil, options.narration == nil, settings.narration == .off { settings.narration = .json }
    let isDocker = baseName(arguments.first ?? "") == "docker"

    guard let verb = options.command.first else {
        if isDocker || !options.dockerOptions.allSatisfy({ isHost($0, options.dockerOptions) }) {
            return docker(options, settings, environment)
        }
        return InteractiveShell.start(settings: settings, environment: environment)
    }
    let rest = Array(options.command.dropFirst())
    if verb == "shell", rest.isEmpty { return InteractiveShell.start(settings: settings, environment: environment) }
    if verb == "shell", rest.count == 2, rest[0] == "-c" {
        return InteractiveShell.start(settings: settings, environment: environment, line: rest[1])
    }
    if verb == "lesson", rest.first == "start", !isDocker {
        return InteractiveShell.start(settings: settings, environment: environment, opening: .own(name: verb, arguments: rest))
    }
    if verb == "help", !isDocker { return Help(settings: settings, environment: environment).run(rest) }
    // `docker context` is Docker's; drydock's own is asked for by drydock's name.
    if verb == "context", isDocker { return docker(options, settings, environment) }
    return OwnVerbs(settings: settings, environment: environment).run(verb, rest) ?? docker(options, settings, environment)
}

private func docker(_ options: GlobalOptions, _ settings: Settings, _ environment: Environment) -> Int32 {
    let command = DockerCommand(settings: settings, environment: environment, ownsNarrationFile: options.narrateTo != nil)
    return command.run(options.dockerOptions + options.command)
}

/// `drydock -H unix:///…` alone opens the shell on that engine; `drydock --version` is Docker's to answer.
private func isHost(_ word: String, _ all: [String]) -> Bool {
    word.hasPrefix("-H") || word.hasPrefix("--host") || !word.hasPrefix("-")
}

private func describe(_ mistake: GlobalOptions.Mistake, _ language: Language) -> String {
    switch mistake {
    case .needsValue(let option): Phrase.optionNeedsValue.text(language, option)
    case .badValue(let option, let value, let choices): Phrase.badValue.text(language, option, printable(value), choices)
    }
}
