import Basics
import EngineClient
import Glibc
import TextTools

/// Runs one `docker` command line, in this process.
/// - Parameters:
///   - arguments: what follows the word `docker`.
///   - context: streams, engine and clock.
/// - Returns: the exit code that Docker's command line would end with.
public func runDocker(arguments: [String], context: CLIContext) -> Int32 {
    Dispatcher(context: context).run(arguments)
}

/// Finds the command, parses its flags, runs it, and tells failures.
private struct Dispatcher {
    let context: CLIContext

    private var width: Int { context.terminalWidth ?? CLIContext.size(of: context.input)?.columns ?? 80 }
    private var defaultConfig: String { environmentVariable("DOCKER_CONFIG") ?? (environmentVariable("HOME") ?? "/root") + "/.docker" }

    func run(_ arguments: [String]) -> Int32 {
        let parser = FlagParser(flags: CommandTable.globalFlags, endsAtFirstArgument: true)
        let outcome: FlagParser.Outcome
        do { outcome = try parser.parse(arguments) } catch {
            context.complain("\((error as? FlagError)?.text ?? "\(error)")\nSee 'docker --help'.\n\n" + topHelp(withCompletion: false))
            return 125
        }
        if outcome.usedHelpShorthand { tellDeprecatedShorthand() }
        if outcome.values.bool("version") {
            context.print(ClientVersion.line)
            return 0
        }
        var settings = GlobalSettings(configDirectory: outcome.values.isSet("config") ? outcome.values.string("config") : defaultConfig)
        if outcome.values.isSet("host") { settings.host = outcome.values.string("host") }
        var words = outcome.arguments
        var wantsHelp = outcome.wantsHelp
        if words.first == "help" {
            wantsHelp = true
            words.removeFirst()
        }
        guard let first = words.first else {
            if wantsHelp {
                context.print("\n" + topHelp(withCompletion: true), terminator: "")
            } else {
                context.complainExactly("\n" + topHelp(withCompletion: true))
            }
            return 0
        }
        let level = outcome.values.isSet("log-level") ? outcome.values.string("log-level") : "info"
        guard ["debug", "info", "warn", "warning", "error", "fatal", "panic", "trace"].contains(level.lowercased()) else {
            context.complain("Unable to parse logging level: \(level)")
            return 1
        }
        if let group = CommandTable.groups.first(where: { $0.name == first }) {
            return runGroup(group, Array(words.dropFirst()), wantsHelp, isHelpCommand: arguments.first == "help", settings)
        }
        if let (spec, name) = CommandTable.find(group: nil, first) {
            return runCommand(spec, name, Array(words.dropFirst()), wantsHelp, isHelpCommand: arguments.first == "help", settings)
        }
        if arguments.first == "help" {
            context.complain("unknown help topic: \(words.joined(separator: " "))")
            return 1
        }
        return refuse(first)
    }

    private func refuse(_ word: String) -> Int32 {
        context.complain("docker: '\(word)' is not a docker command.\nSee 'docker --help'")
        // Scripts and comparisons see Docker's text alone; a person at a terminal is told what was probably meant.
        if context.errorIsTerminal, let meant = suggestion(for: word, among: CommandTable.topNames) {
            context.complain(
                context.language == .korean ? "혹시 'docker \(meant)'?" : "Did you mean 'docker \(meant)'?")
        }
        return 1
    }

    private func runGroup(_ group: GroupSpec, _ words: [String], _ wantsHelp: Bool, isHelpCommand: Bool, _ settings: GlobalSettings)
        -> Int32
    {
        let outcome: FlagParser.Outcome
        do { outcome = try FlagParser(flags: [], endsAtFirstArgument: true).parse(words) } catch {
            context.complain("\((error as? FlagError)?.text ?? "\(error)")\nSee 'docker \(group.name) --help'.\n\n" + HelpText.group(group))
            return 125
        }
        if outcome.usedHelpShorthand { tellDeprecatedShorthand() }
        let wantsHelp = wantsHelp || outcome.wantsHelp
        if let first = outcome.arguments.first {
            if let (spec, name) = CommandTable.find(group: group.name, first) {
                return runCommand(spec, name, Array(outcome.arguments.dropFirst()), wantsHelp, isHelpCommand: isHelpCommand, settings)
            }
            if isHelpCommand {
                context.complain("unknown help topic: \(outcome.arguments.joined(separator: " "))")
                return 1
            }
            if !wantsHelp {
                context.complainExactly("\n" + HelpText.group(group))
                if context.errorIsTerminal, let meant = suggestion(for: first, among: CommandTable.names(in: group.name)) {
                    context.complain("\nDid you mean 'docker \(group.name) \(meant)'?")
                }
                return 1
            }
        }
        if wantsHelp {
            context.print("\n" + HelpText.group(group), terminator: "")
        } else {
            context.complainExactly("\n" + HelpText.group(group))
        }
        return 0
    }

    private func runCommand(
        _ spec: CommandSpec, _ name: CommandSpec.Name, _ words: [String], _ wantsHelp: Bool, isHelpCommand: Bool, _ settings: GlobalSettings
    ) -> Int32 {
        if isHelpCommand, let extra = words.first {
            context.complain("unknown help topic: \(extra)")
            return 1
        }
        let outcome: FlagParser.Outcome
        do { outcome = try FlagParser(flags: spec.flags, endsAtFirstArgument: spec.optionsEndAtFirstArgument).parse(words) } catch {
            context.complain("\((error as? FlagError)?.text ?? "\(error)")\nSee '\(name.path) --help'.")
            return 125
        }
        if outcome.usedHelpShorthand { tellDeprecatedShorthand() }
        if wantsHelp || outcome.wantsHelp {
            context.print("\n" + HelpText.command(spec, name, width: width, defaultConfig: defaultConfig), terminator: "")
            return 0
        }
        if let complaint = spec.rule.complaint(outcome.arguments.count) {
            context.complain("\"\(name.path)\" \(complaint).\nSee '\(name.path) --help'.\n\nUsage:  \(spec.usage(name))\n\n\(spec.summary)")
            return 1
        }
        return execute(spec, name, outcome, settings)
    }

    private func execute(_ spec: CommandSpec, _ name: CommandSpec.Name, _ outcome: FlagParser.Outcome, _ settings: GlobalSettings) -> Int32
    {
        guard let handler = spec.handler else {
            context.complain(
                context.language == .korean
                    ? "docker: '\(name.path)': drydock에 아직 없는 명령이다."
                    : "docker: '\(name.path)' is a command that drydock does not have yet.")
            return 1
        }
        var settings = settings
        let trap = context.catchesInterrupt ? SignalTrap([SIGINT]) : nil
        defer { trap?.restore() }
        settings.interruptDescriptor = trap?.descriptor ?? -1
        let invocation = Invocation(
            context: context, spec: spec, name: name, flags: outcome.values, arguments: outcome.arguments, settings: settings)
        defer { invocation.finish() }
        do {
            return try handler(invocation)
        } catch let failure as CommandFailure {
            if !failure.text.isEmpty { context.complain(failure.text) }
            if let hint = failure.hint, context.errorIsTerminal { context.complain(hint) }
            return failure.status
        } catch EngineClientError.interrupted {
            context.complain("")
            return 130
        } catch {
            context.complain("\(error)")
            if let advice = (error as? EngineClientError)?.apiError?.advice, context.errorIsTerminal { context.complain(advice) }
            return 1
        }
    }

    private func topHelp(withCompletion: Bool) -> String {
        HelpText.top(width: width, defaultConfig: defaultConfig, withCompletion: withCompletion)
    }

    private func tellDeprecatedShorthand() { context.print("Flag shorthand -h has been deprecated, please use --help") }
}

extension CLIContext {
    /// Standard error, without a line end of its own.
    func complainExactly(_ text: String) { write(Array(text.utf8), to: error) }
}

/// True for a command that would give a container the terminal: `run -it`, `exec -it`, `start -i`, `attach`.
public func takesTerminal(_ arguments: [String]) -> Bool {
    var words = arguments[...]
    if words.first == "container" { words = words.dropFirst() }
    guard let name = words.popFirst(), let (spec, _) = CommandTable.find(group: nil, name),
        let flags = try? FlagParser(flags: spec.flags, endsAtFirstArgument: spec.optionsEndAtFirstArgument).parse(Array(words)).values
    else { return false }
    return switch name {
    case "run", "exec": flags.bool("interactive") && flags.bool("tty") && !flags.bool("detach")
    case "start": flags.bool("interactive")
    case "attach": !flags.bool("no-stdin")
    default: false
    }
}
