import Basics
import Glibc
import Narration
import Transcripts

/// `why` and `predict` in the shell.
extension InteractiveShell {
    /// Runs a command so that what it leads to in the engine can be found again.
    func asking(_ line: String, isDockers: Bool, _ body: () -> Void) {
        var asked = AskedCommand(line: line, token: randomHex(bytes: 8), isDockers: isDockers, began: Timestamp.now().description)
        environment[AskedCommand.variable] = asked.token
        body()
        environment[AskedCommand.variable] = nil
        asked.status = status
        lastAsked = asked
    }

    /// - Returns: the status.
    func why(_ arguments: [String]) -> Int32 {
        if arguments.isEmpty, lastAsked == nil {
            say(WhyPhrase.nothingRun.text(language))
            return 0
        }
        do {
            return try WhyCommand(access: EngineAccess(settings: settings), environment: environment).run(arguments, last: lastAsked)
        } catch {
            report(error)
            return 1
        }
    }

    // MARK: predict

    /// `predict`, `predict on`, `predict off`.
    /// - Returns: the status.
    func setPredicting(_ arguments: [String]) -> Int32 {
        switch arguments {
        case ["on"]: predicts = true
        case ["off"]: predicts = false
        case []: break
        case ["--help"], ["-h"]:
            say(PredictPhrase.usage.text(language))
            return 0
        default:
            complain(PredictPhrase.usage.text(language))
            if arguments.count == 1, let guess = closest(to: arguments[0], among: ["on", "off"]) {
                complain(Phrase.didYouMean.text(language, guess))
            }
            return 2
        }
        say(PredictPhrase.isNow.text(language, [(predicts ? Phrase.on : .off).text(language)]))
        return 0
    }

    /// Asks what a command will do, where the engine's state makes that a question.
    /// - Returns: the question with the answer; nil when none was asked or answered.
    func predict(_ arguments: [String]) -> Guess? {
        guard predicts, canAsk, let evidence = try? WhyGatherer(access: EngineAccess(settings: settings)).state(),
            let question = PredictQuestion.make(arguments, evidence)
        else { return nil }
        var text = "\n" + teller.heading("? ") + teller.prose(question.text)
        for (number, choice) in question.choices.enumerated() { text += "\n" + teller.item("  \(number + 1).", choice.text) }
        say(text)
        while true {
            // Enter, Ctrl-C and Ctrl-D go on without an answer.
            guard let word = ask(LessonPhrase.predictChoose.text(language, "\(question.choices.count)")),
                case let answer = word.split(separator: " ").joined(), !answer.isEmpty
            else { return nil }
            guard let number = Int(answer), question.choices.indices.contains(number - 1) else {
                say(teller.prose(LessonPhrase.predictNumber.text(language, "\(question.choices.count)")))
                continue
            }
            recorder?.write(.prediction(id: "predict/\(question.kind)", choice: number - 1))
            return Guess(question: question, choice: number - 1)
        }
    }

    /// Says what did happen, and why.
    func judge(_ guess: Guess) {
        guard let lastAsked, let evidence = try? WhyGatherer(access: EngineAccess(settings: settings)).evidence(of: lastAsked) else {
            return
        }
        let chosen = guess.question.choices[guess.choice]
        let happened = guess.question.happened(evidence)
        var text: [String] = []
        if let happened, let right = guess.question.choices.first(where: { $0.outcome == happened }) {
            if happened == chosen.outcome {
                text.append(teller.good(teller.item("✓", PredictPhrase.right.text(language, [right.text]))))
            } else {
                text.append(teller.bad(teller.item("✗", PredictPhrase.wrong.text(language, [chosen.text]))))
                text.append(teller.item(" ", PredictPhrase.happened.text(language, [right.text])))
            }
        } else {
            text.append(teller.item("?", PredictPhrase.other.text(language)))
        }
        if let reason = guess.question.reason { text.append(teller.item("→", reason)) }
        say((text + WhyCommand.lines(WhyExplainer(evidence: evidence).answers(), teller)).joined(separator: "\n") + "\n")
    }
}

/// A question of `predict` and what was answered.
struct Guess {
    let question: PredictQuestion
    let choice: Int
}
