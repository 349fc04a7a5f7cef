import Narration

/// A text in both of drydock's languages.
public struct Localized: Sendable, Hashable {
    public var english: String
    public var korean: String

    public init(english: String = "", korean: String = "") {
        self.english = english
        self.korean = korean
    }

    public subscript(_ language: Language) -> String {
        get { language == .korean ? korean : english }
        set { if language == .korean { korean = newValue } else { english = newValue } }
    }

    public var isEmpty: Bool { english.isEmpty && korean.isEmpty }
    /// Said in both languages.
    public var isWhole: Bool { !english.isEmpty && !korean.isEmpty }
}

/// A chapter's scenario as a story of steps, each with the commands that do it and checks of the state that they lead to.
public struct Lesson: Sendable, Hashable {
    public var id: String
    /// The section of the book's notes, `2.3.1`.
    public var section: String
    public var title = Localized()
    /// About how long it takes.
    public var minutes: Int
    /// Images that are there when it begins; the lesson's own commands may pull others.
    public var images: [String]
    /// Real images that its full variant needs besides.
    public var fullImages: [String] = []
    public var introduction = Localized()
    public var steps: [LessonStep] = []
    /// The last words, after every step.
    public var ending = Localized()
    /// Where it was read from, for messages.
    public var file: String

    public init(id: String, section: String, minutes: Int, images: [String], file: String) {
        self.id = id
        self.section = section
        self.minutes = minutes
        self.images = images
        self.file = file
    }
}

/// Where a step makes sense.
public enum Audience: String, Sendable, Hashable, CaseIterable {
    case everywhere
    /// With drydock's engine alone: it uses what Docker doesn't have.
    case drydock
    /// With real images of Docker Hub or a package mirror alone.
    case full
    /// With the lab hub's small images alone.
    case lab
}

/// One step: what to do, how it is known to be done, and what it meant.
public struct LessonStep: Sendable, Hashable {
    public var id: String
    public var title: Localized
    /// What is to be done, told before.
    public var goal = Localized()
    /// What it meant, told once it is done.
    public var explanation = Localized()
    /// Files that lie in the learner's folder when the step begins.
    public var files: [LessonFile] = []
    public var predictions: [Prediction] = []
    public var commands: [LessonCommand] = []
    /// False before the step, true after it.
    public var checks: [Check] = []
    /// True before and after.
    public var invariants: [Check] = []
    public var keeps: [Keep] = []
    /// Patterns of step ids that the engine must have executed (`start.clone`, `pull.*`); told by its narration.
    public var narrated: [String] = []
    public var hint = Localized()
    public var audience = Audience.everywhere
    public var line: Int

    public init(id: String, title: Localized, line: Int) {
        self.id = id
        self.title = title
        self.line = line
    }
}

/// A file that the lesson gives.
public struct LessonFile: Sendable, Hashable {
    /// Relative to the learner's folder, without `..`.
    public var path: String
    public var content: String
}

/// A line that is typed at the shell's prompt, and what is typed on into what it runs.
public struct LessonCommand: Sendable, Hashable {
    /// May have several lines (a backslash at the end, a here-document).
    public var text: String
    public var keys: [Keys] = []
    public var expected: [ExpectedLine] = []
    public var exitCode = 0
    public var line: Int

    public init(text: String, line: Int) {
        self.text = text
        self.line = line
    }
}

/// A number or text that is looked up when a step is done and stands in later checks as `{name}`.
public struct Keep: Sendable, Hashable {
    public var name: String
    public var subject: Subject
    public var property: Property
}

/// A question asked before a step's commands; answering wrongly costs nothing and explains why.
public struct Prediction: Sendable, Hashable {
    public struct Choice: Sendable, Hashable {
        public var text: Localized
        public var isRight: Bool
        public var explanation = Localized()
    }

    public var id: String
    public var question = Localized()
    public var choices: [Choice] = []
    public var line: Int
}
