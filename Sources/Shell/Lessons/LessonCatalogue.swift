import Basics
import Lessons
import Narration
import TextTools

/// All lessons in order, with how far the learner is in each.
struct LessonCatalogue {
    let lessons: [(file: String, lesson: Lesson)]

    /// - Parameter complains: hears what is wrong with a file, which is left out.
    /// - Throws: `DrydockError` when there is no folder of lessons.
    init(folder: String? = nil, environment: Environment, complains: (LessonProblem) -> Void = { complain("drydock: \($0)") }) throws {
        var lessons: [(file: String, lesson: Lesson)] = []
        for file in try LessonLibrary(folder: folder, environment: environment).files {
            do throws(LessonProblem) { lessons.append((file, try LessonLibrary.load(file))) } catch { complains(error) }
        }
        self.lessons = lessons.sorted {
            Self.key($0.lesson) == Self.key($1.lesson) ? $0.lesson.id < $1.lesson.id : Self.isLess($0.lesson, $1.lesson)
        }
    }

    private static func key(_ lesson: Lesson) -> [Int] { lesson.section.split(separator: ".").map { Int($0) ?? 0 } }
    private static func isLess(_ one: Lesson, _ other: Lesson) -> Bool { key(one).lexicographicallyPrecedes(key(other)) }

    /// The lesson that a word means: its number in the list, its id, or its section.
    /// - Throws: `DrydockError` that guesses what was meant.
    func find(_ word: String, _ language: Language) throws -> Int {
        if let number = Int(word), lessons.indices.contains(number - 1) { return number - 1 }
        if let place = lessons.firstIndex(where: { $0.lesson.id == word }) { return place }
        if let place = lessons.firstIndex(where: { $0.lesson.section == word }) { return place }
        let beginnings = lessons.indices.filter { lessons[$0].lesson.id.hasPrefix(word) || lessons[$0].lesson.id.hasSuffix("-" + word) }
        if beginnings.count == 1 { return beginnings[0] }
        let names = lessons.flatMap { [$0.lesson.id, $0.lesson.section] }
        let guess = closest(to: word, among: names)
        throw DrydockError(
            .notFound, LessonPhrase.noLesson.text(language, printable(word)),
            advice: guess.map { Phrase.didYouMean.text(language, $0) })
    }

    /// The one to go on with: the current one, else the first that isn't done.
    func next(_ progress: LessonProgress) -> Int? {
        if let current = progress.current, !progress[current].isDone, let place = lessons.firstIndex(where: { $0.lesson.id == current }) {
            return place
        }
        return lessons.firstIndex { !progress[$0.lesson.id].isDone }
    }

    /// Which lessons have steps with real images.
    func fullAdvice(_ language: Language) -> String? {
        let ids = lessons.map(\.lesson).filter { !$0.fullImages.isEmpty }.map(\.id)
        return ids.isEmpty ? nil : LessonPhrase.fullThere.text(language, ids.joined(separator: ", "))
    }

    /// The list as text.
    func text(_ progress: LessonProgress, _ language: Language, colour: Bool) -> String {
        var lines: [String] = []
        let titles = lessons.map { $0.lesson.title[language] }
        let width = titles.map { displayWidth($0) }.max() ?? 0
        let names = lessons.map(\.lesson.id.count).max() ?? 0
        for (place, title) in titles.enumerated() {
            let lesson = lessons[place].lesson
            let entry = progress[lesson.id]
            let minutes = LessonPhrase.minutes.text(language, "\(lesson.minutes)")
            let left = "\(entry.mark) \(padded("\(place + 1)", to: 3)) \(padded(lesson.id, to: names))  \(padded(title, to: width))  "
            let line = left + padded(minutes, to: 7) + "  " + Self.state(entry, lesson, language)
            lines.append(Self.trimmed(line))
        }
        if colour {
            lines = lines.map { $0.hasPrefix("✓") ? "\u{1B}[32m\($0)\u{1B}[0m" : $0.hasPrefix("▸") ? "\u{1B}[1m\($0)\u{1B}[0m" : $0 }
        }
        return (lines + ["", LessonPhrase.listFoot.text(language)]).joined(separator: "\n")
    }

    private static func trimmed(_ line: String) -> String {
        var line = line
        while line.last == " " { line.removeLast() }
        return line
    }

    private static func state(_ entry: LessonProgress.Entry, _ lesson: Lesson, _ language: Language) -> String {
        if entry.isDone {
            return entry.skipped.isEmpty
                ? LessonPhrase.stateDone.text(language) : LessonPhrase.stateDoneWithSkips.text(language, "\(entry.skipped.count)")
        }
        guard let place = lesson.steps.firstIndex(where: { $0.id == entry.step }) else { return "" }
        return LessonPhrase.stateUnder.text(language, "\(place + 1)", "\(lesson.steps.count)")
    }
}

extension LessonProgress.Entry {
    fileprivate var mark: String { isDone ? "✓" : isBegun ? "▸" : " " }
}
