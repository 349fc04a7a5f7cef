/// What can be said of a lesson by reading it: whether both languages are whole, hints there, checks such that a grade may rest on them.
///
/// Whether its checks tell done from undone is shown by playing it.
public enum LessonLint {
    /// - Returns: every problem, by line; none for a lesson that reads well.
    public static func problems(of lesson: Lesson) -> [LessonProblem] {
        var problems: [LessonProblem] = []
        func add(_ line: Int, _ sentence: String) { problems.append(LessonProblem(lesson.file, line, sentence)) }
        if !lesson.introduction.isWhole { add(1, "the introduction is needed in :::en and :::ko") }
        if lesson.fullImages.isEmpty, let step = lesson.steps.first(where: { $0.audience == .full }) {
            add(step.line, "step \(step.id) is for real images, and the head names none: images.full is expected")
        }
        if lesson.ending.isEmpty != !lesson.ending.isWhole { add(0, "the ending stands in one language only") }
        for step in lesson.steps {
            for sentence in texts(of: step) { add(step.line, "step \(step.id): \(sentence)") }
            for sentence in substance(of: step) { add(step.line, "step \(step.id): \(sentence)") }
            for prediction in step.predictions {
                for sentence in faults(of: prediction) { add(prediction.line, "question \(prediction.id): \(sentence)") }
            }
        }
        problems += unknownValues(in: lesson)
        let ids = lesson.steps.flatMap(\.predictions).map(\.id)
        for id in Set(ids).sorted() where ids.count(where: { $0 == id }) > 1 { add(0, "two questions are called \(id)") }
        return problems.sorted { $0.line < $1.line }
    }

    private static func texts(of step: LessonStep) -> [String] {
        var faults: [String] = []
        if !step.goal.isWhole { faults.append("what is to be done is needed in :::en and :::ko, before the commands") }
        if !step.explanation.isWhole { faults.append("what it meant is needed in :::en and :::ko, after the commands") }
        if !step.hint.isWhole { faults.append("% hint.en: and % hint.ko: are needed") }
        if paragraphs(step.goal.english) != paragraphs(step.goal.korean) { faults.append("the two languages' goals differ in paragraphs") }
        if paragraphs(step.explanation.english) != paragraphs(step.explanation.korean) {
            faults.append("the two languages' explanations differ in paragraphs")
        }
        return faults
    }

    /// A text that is told in one language and forgotten in the other most often lacks a paragraph.
    private static func paragraphs(_ text: String) -> Int {
        var count = 0
        var wasEmpty = true
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            let isEmpty = trimmed(line).isEmpty
            if wasEmpty, !isEmpty { count += 1 }
            wasEmpty = isEmpty
        }
        return count
    }

    private static func substance(of step: LessonStep) -> [String] {
        var faults: [String] = []
        if step.commands.isEmpty { faults.append("there is no command that does it") }
        if step.checks.isEmpty { faults.append("there is no % check:, so nothing tells whether it is done") }
        if !step.checks.isEmpty, !step.checks.contains(where: \.isOfState) {
            faults.append("its checks look at output alone, which anything can print: add one of state, or asked")
        }
        return faults
    }

    private static func faults(of prediction: Prediction) -> [String] {
        var faults: [String] = []
        if !prediction.question.isWhole { faults.append("the question is needed in both languages") }
        if prediction.choices.count < 2 { faults.append("there are fewer than two choices") }
        if !prediction.choices.contains(where: \.isRight) { faults.append("no choice is right: mark one with (x)") }
        for (index, choice) in prediction.choices.enumerated() where !choice.text.isWhole || !choice.explanation.isWhole {
            faults.append("choice \(index + 1) or its explanation (!) lacks a language")
        }
        return faults
    }

    /// `{name}` in a check that no step before has kept.
    private static func unknownValues(in lesson: Lesson) -> [LessonProblem] {
        var known: Set<String> = []
        var problems: [LessonProblem] = []
        for step in lesson.steps {
            for check in step.checks + step.invariants {
                for name in KeptValues.names(in: check.source) where !known.contains(name) {
                    problems.append(LessonProblem(lesson.file, check.line, "{\(name)} is kept by no step before: % keep: \(name) = …"))
                }
            }
            known.formUnion(step.keeps.map(\.name))
        }
        return problems
    }
}
