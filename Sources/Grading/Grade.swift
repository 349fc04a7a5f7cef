import Lessons

/// What a transcript is worth, as its replay showed.
public struct Grade: Sendable, Hashable {
    /// The transcript's file.
    public var file: String
    /// The lesson by which it was graded.
    public var lesson: String
    public var title: Localized
    public var steps: [StepGrade] = []
    /// The first thing in which the replay differs from what the transcript says.
    public var divergence: Localized?
    /// What the transcript tried and was not let: reaching for the host, for other containers, for more than its share.
    public var attempts: [String] = []
    /// Things to know that change nothing: another edition of the lesson, a cut of time.
    public var remarks: [Localized] = []
    /// Why it could not be graded at all; then there are no steps.
    public var refusal: String?

    public init(file: String, lesson: String = "", title: Localized = Localized()) {
        self.file = file
        self.lesson = lesson
        self.title = title
    }

    public var points: Double { steps.reduce(0) { $0 + $1.points } }
    public var maximum: Double { Double(steps.count { $0.result != .notJudged }) }
    /// Every step that can be judged passed, and nothing was tried that isn't allowed.
    public var isPerfect: Bool {
        refusal == nil && attempts.isEmpty && !steps.isEmpty && steps.allSatisfy { [.passed, .notJudged].contains($0.result) }
    }
}

/// What a step is worth.
public struct StepGrade: Sendable, Hashable {
    /// In check50's words: what couldn't be reached isn't called wrong.
    public enum Result: String, Sendable, Hashable, CaseIterable {
        case passed, failed
        case notReached = "not reached"
        /// Left to the lesson.
        case skipped
        /// No replay can show it.
        case notJudged = "not judged"
    }

    public var id: String
    public var title: Localized
    public var result = Result.notReached
    /// From 0 to 1; parts of it for some of its checks.
    public var points = 0.0
    public var checks: [CheckGrade] = []
    /// The number of the transcript's command with which it was done.
    public var command: Int?

    public init(id: String, title: Localized) {
        self.id = id
        self.title = title
    }
}

/// One check of a step.
public struct CheckGrade: Sendable, Hashable {
    /// As it stands in the lesson.
    public var source: String
    /// What should be, and what is there.
    public var text: Localized
    public var hasPassed: Bool
}
