import Lessons
import Narration
import Replay

/// Follows a replay and gives each step its points: in the lesson's order, but a step that is done early counts, too.
struct StepScores {
    private(set) var grades: [StepGrade]
    private let steps: [LessonStep]
    private let audience: TrialAudience
    private let reach: LessonReach
    /// For each step, which of its own checks were seen to fail: only those can be earned. That something is absent is true before
    /// anything is done, and worth nothing then.
    private var hasFailed: [Set<Int>]

    /// - Parameter visited: Steps that the learner has been at: those with real images are named among the rest, and can't be judged.
    init(_ lesson: Lesson, _ audience: TrialAudience, _ reach: LessonReach, visited: Set<String>) {
        self.audience = audience
        self.reach = reach
        steps = lesson.steps.filter { audience.plays($0) || $0.audience == .full && visited.contains($0.id) }
        grades = steps.map { StepGrade(id: $0.id, title: $0.title) }
        hasFailed = steps.map { _ in [] }
        for place in steps.indices where own(place).isEmpty { grades[place].result = .notJudged }
    }

    private func own(_ place: Int) -> [Check] {
        guard audience.plays(steps[place]) else { return [] }
        return reach.checks(audience.answered(steps[place].checks), of: steps[place])
    }
    private func isOpen(_ place: Int) -> Bool { ![.passed, .skipped, .notJudged].contains(grades[place].result) }

    /// Looks at every step's own checks before the first command: what holds already is not the learner's doing.
    mutating func lookBefore(_ play: LessonPlay) {
        for place in steps.indices { mark(play.judge(own(place)), place) }
    }

    /// The first step that isn't done, nor left out.
    var current: Int? { grades.indices.first(where: isOpen) }
    var currentStep: LessonStep? { current.map { steps[$0] } }

    /// Looks at every open step after a command.
    /// - Returns: whether the step under way is done, so that the next begins.
    mutating func look(_ play: LessonPlay, command: Int) -> Bool {
        guard let first = current else { return false }
        for place in grades.indices[first...] where isOpen(place) {
            let step = steps[place]
            let outcomes = play.judge(own(place) + reach.checks(audience.answered(step.invariants), of: step))
            take(outcomes, place, play.keptValues)
            // Before its turn, a step is done only by something that was seen to become true.
            guard outcomes.allSatisfy(\.outcome.hasPassed), place == current || !hasFailed[place].isEmpty else { continue }
            grades[place].result = .passed
            grades[place].points = 1
            grades[place].command = command
            play.finish(step)
        }
        return grades[first].result == .passed
    }

    /// The best that a step ever showed is what it is worth; what it lacks is told as it stood then.
    private mutating func take(_ outcomes: [(check: Check, outcome: CheckOutcome)], _ place: Int, _ values: [String: String]) {
        let own = outcomes.prefix(own(place).count)
        let earned = own.indices.count { own[$0].outcome.hasPassed && hasFailed[place].contains($0) }
        let points = own.isEmpty ? 0 : Double(earned) / Double(own.count)
        mark(Array(own), place)
        guard points >= grades[place].points || grades[place].checks.isEmpty else { return }
        grades[place].points = points
        grades[place].checks = outcomes.map { CheckGrade($0.check, $0.outcome, values) }
    }

    private mutating func mark(_ outcomes: [(check: Check, outcome: CheckOutcome)], _ place: Int) {
        for (number, (_, outcome)) in outcomes.enumerated() {
            if case .failed = outcome { hasFailed[place].insert(number) }
        }
    }

    mutating func skip(_ id: String) {
        guard let place = grades.firstIndex(where: { $0.id == id }), isOpen(place) else { return }
        grades[place].result = .skipped
        grades[place].points = 0
    }

    /// The first open step is what went wrong; those after it were never reached, unless something of them was done.
    mutating func close() {
        guard let first = current else { return }
        for place in grades.indices[first...] where grades[place].result == .notReached {
            let isPart = grades[place].points > 0
            if place == first || isPart { grades[place].result = .failed }
            // Most checks of a step could only have been met by doing it; that none was is no news.
            if place != first, !isPart { grades[place].checks = [] }
        }
    }
}

extension CheckGrade {
    init(_ check: Check, _ outcome: CheckOutcome, _ values: [String: String]) {
        source = check.source
        switch outcome {
        case .passed:
            hasPassed = true
            text = Localized(english: check.text(.english, values: values), korean: check.text(.korean, values: values))
        case .failed(let found):
            hasPassed = false
            text = Localized(
                english: check.text(.english, found: found, values: values), korean: check.text(.korean, found: found, values: values))
        case .notReached(let why):
            hasPassed = false
            text = Localized(
                english: "\(check.text(.english, values: values)): \(why)", korean: "\(check.text(.korean, values: values)): \(why)")
        }
    }
}
