import Basics
import EngineClient
import Narration
import TextTools

/// `why`: explains the outcome of the last command, or why a container or an image is as it is.
struct WhyCommand {
    let access: EngineAccess
    let environment: Environment

    private var language: Language { access.settings.language }

    /// - Parameter last: The last command of this shell; nil outside of one: then the engine's last.
    /// - Returns: the exit code.
    func run(_ arguments: [String], last: AskedCommand? = nil) throws -> Int32 {
        switch arguments.first {
        case "--help", "-h":
            say(WhyPhrase.usage.text(language))
            return 0
        case nil:
            guard let evidence = try WhyGatherer(access: access).evidence(of: last) else {
                say(WhyPhrase.nothingYet.text(language))
                return 0
            }
            return tell(WhyExplainer(evidence: evidence).answers(), evidence)
        case let thing? where arguments.count == 1 && !thing.hasPrefix("-"):
            let evidence = try WhyGatherer(access: access).state()
            if let answers = WhyExplainer(evidence: evidence).about(thing) { return tell(answers, nil) }
            complain("drydock: " + WhyPhrase.noSuchThing.text(language, [printable(thing)]))
            let names = evidence.containers.flatMap { $0["Names"]?.arrayValue ?? [] }.compactMap {
                $0.stringValue.map { String($0.drop { $0 == "/" }) }
            }
            let known = names + evidence.images.flatMap(WhyEvidence.names)
            if let guess = closest(to: thing, among: known) { complain(Phrase.didYouMean.text(language, printable(guess))) }
            return 1
        default:
            complain(WhyPhrase.usage.text(language))
            return 2
        }
    }

    private func tell(_ answers: [WhyAnswer], _ evidence: WhyEvidence?) -> Int32 {
        let look = Appearance(descriptor: 1, environment: environment)
        let teller = LessonTeller(language, look)
        if let line = evidence?.asked.line {
            say(teller.heading(printable(line)))
        } else if let request = evidence?.requests.first(where: { !$0.isRead || $0.isRefused }) {
            say(teller.heading("\(WhyEvidence.clock(request.time)) UTC  \(printable(request.words))"))
        }
        for line in Self.lines(answers, teller) { say(line) }
        return 0
    }

    /// Sentences in full, and below them pale what they rest on.
    static func lines(_ answers: [WhyAnswer], _ teller: LessonTeller) -> [String] {
        answers.flatMap { answer in
            answer.text.enumerated().map { teller.item($0.offset == 0 ? "→" : " ", $0.element) }
                + answer.evidence.filter { !$0.isEmpty }.map { teller.evidence($0) }
        }
    }
}
