import Basics
import Narration

/// `back` and `forth`: looks at the steps of what was done last, one by one, as they were told then. Nothing is changed by looking.
struct StepHistory {
    private let steps: [(operation: PastOperation, step: PastOperation.Step)]
    /// The step that is shown; one behind the last before anything is.
    private var place: Int

    /// - Throws: when the engine can't be asked.
    init(_ access: EngineAccess) throws {
        steps = (try TimelineCommand.fetch(access, 100).arrayValue ?? []).map(PastOperation.init).flatMap { operation in
            operation.steps.map { (operation, $0) }
        }
        place = steps.count
    }

    /// Goes some steps back, or forth for a negative number.
    /// - Returns: what to say of the step there, or that there is none.
    mutating func move(by count: Int, _ narrator: inout Narrator, _ language: Language) -> String {
        guard !steps.isEmpty else { return Phrase.timelineEmpty.text(language) + "\n" }
        let wished = place - count
        if wished >= steps.count {
            place = steps.count
            return Phrase.historyEnd.text(language) + "\n"
        }
        place = max(0, wished)
        let (operation, step) = steps[place]
        var text = "\(operation.time)  \(operation.name("›"))  (\(place + 1)/\(steps.count))\n"
        if let event = operation.event(of: step) { text += narrator.introduction(event) + narrator.render(event) }
        if !operation.isObserved { text += Phrase.timelineUnobserved.text(language) + "\n" }
        return text + (wished < 0 ? Phrase.historyBegin.text(language) + "\n" : "")
    }
}
