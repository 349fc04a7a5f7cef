import Basics
import Glibc
import Lessons
import Narration
import Replay

/// `drydock lesson lint`: reads lessons, plays them, and tries what happens when anything is left out.
struct LessonLintCommand {
    let settings: Settings
    let environment: Environment

    private struct Options {
        var pack: String?
        var engine: String?
        var isStatic = false
        var altersWords = false
        /// The engine may be emptied before each lesson.
        var wipes = false
        var names: [String] = []
    }

    func run(_ arguments: [String]) throws -> Int32 {
        guard let options = parse(arguments) else {
            complain(Self.usage(settings.language))
            return 125
        }
        let library = try LessonLibrary(folder: options.pack, environment: environment)
        var problems: [LessonProblem] = []
        var lessons: [Lesson] = []
        for file in library.files {
            do throws(LessonProblem) {
                let lesson = try LessonLibrary.load(file)
                guard options.names.isEmpty || options.names.contains(where: { lesson.id == $0 || lesson.section == $0 }) else { continue }
                problems += LessonLint.problems(of: lesson)
                lessons.append(lesson)
            } catch { problems.append(error) }
        }
        if lessons.isEmpty, problems.isEmpty {
            throw DrydockError(.notFound, "no lesson is called \(options.names.joined(separator: ", "))")
        }
        for problem in problems { complain("\(problem)") }
        var (changes, missed) = (0, 0)
        if !options.isStatic, !lessons.isEmpty {
            // A template for each set of images: what one lesson begins with, another pulls.
            var templates: [[String]: StateTemplate] = [:]
            defer { for template in templates.values { template.remove() } }
            for lesson in lessons {
                let images = Set(lesson.images).sorted()
                if options.engine == nil, templates[images] == nil { templates[images] = try StateTemplate(images: images) }
                let tried = try play(lesson, templates[images], options)
                problems += tried.problems
                changes += tried.changes
                missed += tried.missed
            }
        }
        say("lessons \(lessons.count), problems \(problems.count), changes tried \(changes), not noticed \(missed)")
        return problems.isEmpty && missed == 0 ? 0 : 1
    }

    private func play(_ lesson: Lesson, _ template: StateTemplate?, _ options: Options) throws -> (
        problems: [LessonProblem], changes: Int, missed: Int
    ) {
        guard let program = ownExecutable() else { throw DrydockError(.failed, Phrase.noExecutable.text(settings.language)) }
        let trial = LessonTrial(lesson, audience: TrialAudience(isDrydock: options.engine == nil, isFull: false)) {
            let host = try LocalHost(
                program: program, template: template?.root, engine: options.engine, environment: environment.entries)
            if options.engine != nil, options.wipes { host.wipe(except: lesson.images) }
            return host
        }
        let problems = try trial.problems()
        for problem in problems { complain("\(problem)") }
        var (changes, missed) = (0, 0)
        // A lesson that doesn't hold as it stands says nothing about changes; and another engine is not ours to wear out.
        if problems.isEmpty, options.engine == nil {
            for change in trial.omissions() + (options.altersWords ? trial.alterations() : []) {
                changes += 1
                if try !trial.isNoticed(change) {
                    missed += 1
                    complain("\(lesson.file): nobody notices: \(trial.text(change))")
                }
            }
        }
        say("\(lesson.id): problems \(problems.count), changes tried \(changes), not noticed \(missed)")
        return (problems, changes, missed)
    }

    private func parse(_ arguments: [String]) -> Options? {
        var options = Options()
        var rest = arguments[...]
        while let word = rest.popFirst() {
            switch word {
            case "--static": options.isStatic = true
            case "--alter": options.altersWords = true
            case "--wipe": options.wipes = true
            case "--pack", "--engine":
                guard let value = rest.popFirst() else { return nil }
                if word == "--pack" { options.pack = value } else { options.engine = value }
            default:
                guard !word.hasPrefix("-") else { return nil }
                options.names.append(word)
            }
        }
        return options
    }

    static func usage(_ language: Language) -> String {
        language == .korean
            ? "사용법: drydock lesson lint [--static] [--alter] [--pack 폴더] [--engine unix:///… [--wipe]] [과목...]"
            : "usage: drydock lesson lint [--static] [--alter] [--pack FOLDER] [--engine unix:///… [--wipe]] [LESSON...]"
    }
}
