import Basics
import DockerCLI
import Narration

/// Makes the questions, a kind each.
struct PredictMaker {
    let command: CommandOutline
    let now: WhyEvidence

    private typealias Choice = PredictQuestion.Choice
    private var language: Language { now.language }
    private func tell(_ phrase: PredictPhrase, _ values: String...) -> String { phrase.text(language, values) }

    /// More choices than these are no question but a list.
    private static let mostSteps = 9

    func rmi() -> PredictQuestion? {
        guard command.arguments.count == 1, let name = command.arguments.first, now.state("/images/\(name)/json") != nil else { return nil }
        return PredictQuestion(
            kind: "rmi", text: tell(.askRmi, printable(name)),
            choices: [
                Choice(text: tell(.rmiDeletes), outcome: .deleted), Choice(text: tell(.rmiUntags), outcome: .untagged),
                Choice(text: tell(.rmiRefuses), outcome: .refused),
            ]
        ) { after in
            if after.requests.contains(where: { $0.method == "DELETE" && $0.isRefused }) { return .refused }
            let steps = after.operations.filter { $0.verb == "rmi" }.flatMap(\.steps).filter { $0.error == nil && !$0.isUndo }.map(\.id)
            return steps.contains("rmi.delete") ? .deleted : steps.contains("rmi.untag") ? .untagged : nil
        }
    }

    func rm() -> PredictQuestion? {
        guard command.arguments.count == 1, let name = command.arguments.first, isRunning(name) else { return nil }
        return PredictQuestion(
            kind: "rm", text: tell(.askRm, printable(name)),
            choices: [Choice(text: tell(.rmRefuses), outcome: .refused), Choice(text: tell(.rmRemoves), outcome: .removed)]
        ) { after in
            after.requests.last { $0.method == "DELETE" }.map { $0.isRefused ? .refused : .removed }
        }
    }

    private func isRunning(_ name: String) -> Bool {
        ["running", "paused"].contains(now.state("/drydock/containers/\(name)/ending")?["status"]?.stringValue)
    }

    func commit() -> PredictQuestion? {
        guard command.arguments.count == 2, let container = now.state("/containers/\(command.arguments[0])/json"),
            let image = container["Image"]?.stringValue, let base = now.state("/images/\(image)/json")
        else { return nil }
        let count = WhyExplainer.layers(base).count
        guard count > 0 else { return nil }
        let name = printable(WhyEvidence.names(of: base).first ?? WhyEvidence.short(image))
        let new = command.arguments[1]
        return PredictQuestion(
            kind: "commit", text: tell(.askCommit, printable(command.arguments[0]), name, "\(count)"),
            choices: [
                Choice(text: tell(.commitCopies, "\(count + 1)", name), outcome: .newLayers(count + 1)),
                Choice(text: tell(.commitOneNew, "\(count)", name), outcome: .newLayers(1)),
                Choice(text: tell(.commitNone), outcome: .newLayers(0)),
            ]
        ) { after in
            guard !after.requests.contains(where: { $0.path == "/commit" && $0.isRefused }), let made = after.state("/images/\(new)/json")
            else { return nil }
            let layers = WhyExplainer.layers(made)
            return .newLayers(layers.count - zip(layers, WhyExplainer.layers(base)).prefix { $0 == $1 }.count)
        }
    }

    func run() -> PredictQuestion? {
        guard let image = command.arguments.first else { return nil }
        return PredictQuestion(
            kind: "run", text: tell(.askRun, printable(image)),
            choices: [Choice(text: tell(.runPulls), outcome: .pulls), Choice(text: tell(.runUses), outcome: .uses)]
        ) { after in
            if after.requests.contains(where: { $0.path == "/images/create" }) { return .pulls }
            return after.requests.contains { $0.path == "/containers/create" && !$0.isRefused } ? .uses : nil
        }
    }

    func pull() -> PredictQuestion? {
        // Where nothing is here there is nothing to be shared.
        guard command.arguments.count == 1, !now.images.isEmpty else { return nil }
        return PredictQuestion(
            kind: "pull", text: tell(.askPull, printable(command.arguments[0])),
            choices: [
                Choice(text: tell(.pullAll), outcome: .all), Choice(text: tell(.pullSome), outcome: .some),
                Choice(text: tell(.pullNone), outcome: .nothing),
            ]
        ) { after in
            guard let pull = after.operations.last(where: { $0.verb == "pull" }), pull.error == nil else { return nil }
            let layers = pull.steps.filter { $0.id == "pull.layer" && !$0.isUndo }
            let fetched = layers.filter { $0.values("download").isEmpty }.count
            return fetched == 0 ? .nothing : fetched == layers.count ? .all : .some
        }
    }

    func stop() -> PredictQuestion? {
        guard command.arguments.count == 1, let name = command.arguments.first, isRunning(name) else { return nil }
        let container = now.state("/containers/\(name)/json")
        guard ["", "SIGTERM", "TERM", "15"].contains(container?["Config"]?["StopSignal"]?.stringValue ?? "") else { return nil }
        var question = PredictQuestion(
            kind: "stop", text: tell(.askStop, printable(name)),
            choices: [Choice(text: tell(.stopEnds), outcome: .ended), Choice(text: tell(.stopKills), outcome: .killed)]
        ) { after in
            guard let ending = after.state("/drydock/containers/\(name)/ending"), let signal = ending["signal"]?.intValue else {
                return nil
            }
            return signal == 9 ? .killed : .ended
        }
        if let pid = container?["State"]?["Pid"]?.intValue, pid > 0, let handles = now.handles(pid, 15) {
            question.reason = tell(handles ? .stopHandler : .stopNoHandler, "\(pid)")
        }
        return question
    }

    func build() -> PredictQuestion? {
        guard command.arguments.count == 1, let folder = command.arguments.first, folder != "-", !folder.contains("://"),
            !command.isOn("explain"), !command.isOn("advise")
        else { return nil }
        let named = command.string("file")
        let file = named.isEmpty ? "\(folder)/Dockerfile" : named
        guard let steps = dockerfileSteps(at: file) else { return nil }
        // FROM and an ARG before it are not looked for in the cache.
        let looked = steps.enumerated().filter { !$0.element.uppercased().hasPrefix("FROM ") }
        guard (1...Self.mostSteps).contains(looked.count) else { return nil }
        let choices = looked.map {
            Choice(text: tell(.buildStep, "\($0.offset + 1)", printable($0.element)), outcome: .step($0.offset + 1))
        }
        return PredictQuestion(
            kind: "build", text: tell(.askBuild), choices: choices + [Choice(text: tell(.buildNone), outcome: .nothing)]
        ) { after in
            guard let request = after.requests.first(where: { $0.path == "/build" }), !request.isRefused,
                let story = after.story(of: request)
            else { return nil }
            let done = story.stages.flatMap(\.steps)
            if let first = done.first(where: { $0.result == "MISS" || $0.result == "FAILED" }) { return .step(first.number) }
            return .nothing
        }
    }
}
