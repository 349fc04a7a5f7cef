import Basics
import Lessons
import Narration

/// `drydock lesson …` outside the shell.
struct LessonsCommand {
    let settings: Settings
    let environment: Environment

    private var language: Language { settings.language }

    func run(_ arguments: [String]) throws -> Int32 {
        let rest = Array(arguments.dropFirst())
        switch arguments.first {
        case "lint": return try LessonLintCommand(settings: settings, environment: environment).run(rest)
        case "samples": return try SamplesCommand(settings: settings, environment: environment).run(rest)
        case "new": return try LessonNewCommand(language: language).run(rest)
        case "list" where rest.isEmpty:
            let look = Appearance(descriptor: 1, environment: environment)
            let catalogue = try LessonCatalogue(environment: environment)
            say(catalogue.text(try LessonProgress.load(settings.root), language, colour: look.colour))
            return 0
        case "reset": return try reset(rest)
        case let verb? where LessonWords.verbs.contains(verb) && !["list", "new", "samples"].contains(verb):
            complain("drydock: " + LessonPhrase.needsShell.text(language, verb))
            return 1
        default:
            complain(LessonPhrase.usage.text(language))
            if let verb = arguments.first, let guess = closest(to: verb, among: LessonWords.verbs) {
                complain(Phrase.didYouMean.text(language, guess))
            }
            return arguments.isEmpty || arguments == ["--help"] ? 0 : 2
        }
    }

    /// Removes what lessons have left.
    private func reset(_ words: [String]) throws -> Int32 {
        var progress = try LessonProgress.load(settings.root)
        let ids: [String]
        if words == ["--all"] {
            ids = progress.lessons.keys.sorted()
        } else if let word = words.first, words.count == 1 {
            let catalogue = try LessonCatalogue(environment: environment)
            ids = [catalogue.lessons[try catalogue.find(word, language)].lesson.id]
        } else {
            complain(LessonPhrase.usage.text(language))
            return 2
        }
        for id in ids {
            try LessonEraser(place: LessonPlace(id, mainRoot: settings.root, environment: environment)).erase()
            progress.lessons[id] = nil
            if progress.current == id { progress.current = nil }
            try progress.save(settings.root)
            say(LessonPhrase.resetAll.text(language, id))
        }
        if words == ["--all"] {
            try LessonEraser(place: LessonPlace(FullImages.id, mainRoot: settings.root, environment: environment)).erase()
        }
        return 0
    }
}
