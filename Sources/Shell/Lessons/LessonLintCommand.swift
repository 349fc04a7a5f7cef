import Basics
import EngineClient
import Glibc
import Lessons
import Narration
import Replay
import Synchronization

/// `drydock lesson lint`: reads lessons, plays them, and tries what happens when anything is left out.
struct LessonLintCommand {
    let settings: Settings
    let environment: Environment

    private struct Options {
        var pack: String?
        var engine: String?
        var isStatic = false
        var altersWords = false
        /// With real images: only lessons that have steps for these.
        var isFull = false
        /// The engine may be emptied before each lesson.
        var wipes = false
        var names: [String] = []
        /// How many lessons at a time.
        var jobs = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
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
                if options.isFull, lesson.fullImages.isEmpty { continue }
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
            var made: [[String]: StateTemplate] = [:]
            defer { for template in made.values { template.remove() } }
            for images in Set(lessons.map { Set($0.images).sorted() }) where options.engine == nil {
                made[images] = try StateTemplate(images: images)
            }
            if options.isFull, options.engine == nil {
                // One lesson's template may then have another's real images, too: they are only there.
                for lesson in lessons {
                    guard let template = made[Set(lesson.images).sorted()] else { continue }
                    try FullImages(mainRoot: settings.root, environment: environment).provide(lesson.fullImages, to: template.root)
                    _ = try? EngineLauncher.connect(root: template.root).request("POST", "/drydock/shutdown")
                    EngineLauncher.awaitEnd(root: template.root)
                }
            }
            let templates = made
            // Another engine is one for all lessons; of ours there may be several.
            let workers = options.engine == nil ? min(options.jobs, lessons.count) : 1
            let queue = Mutex(lessons[...])
            let results = Mutex((problems: [LessonProblem](), changes: 0, missed: 0, failure: (any Error)?.none))
            let work: @Sendable () -> Void = {
                while let lesson = queue.withLock({ $0.popFirst() }) {
                    do {
                        let tried = try play(lesson, templates[Set(lesson.images).sorted()], options)
                        results.withLock {
                            $0.problems += tried.problems
                            $0.changes += tried.changes
                            $0.missed += tried.missed
                        }
                    } catch { results.withLock { $0.failure = error } }
                }
            }
            let threads = try (1..<max(1, workers)).map { _ in try Thread.start(work) }
            work()
            for thread in threads { thread.join(seconds: nil) }
            let result = results.withLock { $0 }
            if let failure = result.failure { throw failure }
            problems += result.problems
            (changes, missed) = (result.changes, result.missed)
        }
        say("lessons \(lessons.count), problems \(problems.count), changes tried \(changes), not noticed \(missed)")
        return problems.isEmpty && missed == 0 ? 0 : 1
    }

    private func play(_ lesson: Lesson, _ template: StateTemplate?, _ options: Options) throws -> (
        problems: [LessonProblem], changes: Int, missed: Int
    ) {
        guard let program = ownExecutable() else { throw DrydockError(.failed, Phrase.noExecutable.text(settings.language)) }
        let trial = LessonTrial(lesson, audience: TrialAudience(isDrydock: options.engine == nil, isFull: options.isFull)) {
            let host = try LocalHost(
                program: program, template: template?.root, engine: options.engine, environment: environment.entries)
            if options.engine != nil, options.wipes {
                try EngineCleaner(host.client).prepare(images: lesson.images)
            }
            return host
        }
        let problems = try trial.problems()
        for problem in problems { complain("\(problem)") }
        var (changes, missed) = (0, 0)
        // A lesson that doesn't hold as it stands says nothing about changes; and another engine is not ours to wear out.
        if problems.isEmpty, options.engine == nil {
            for change in trial.omissions(of: options.isFull ? .full : nil) + (options.altersWords ? trial.alterations() : []) {
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
            case "--full": options.isFull = true
            case "--wipe": options.wipes = true
            case "--pack", "--engine", "--jobs":
                guard let value = rest.popFirst() else { return nil }
                switch word {
                case "--pack": options.pack = value
                case "--engine": options.engine = value
                default:
                    guard let jobs = Int(value), (1...64).contains(jobs) else { return nil }
                    options.jobs = jobs
                }
            default:
                guard !word.hasPrefix("-") else { return nil }
                options.names.append(word)
            }
        }
        return options
    }

    static func usage(_ language: Language) -> String {
        language == .korean
            ? "사용법: drydock lesson lint [--static] [--alter] [--full] [--jobs 수] [--pack 폴더] [--engine unix:///… [--wipe]] [실습...]"
            : "usage: drydock lesson lint [--static] [--alter] [--full] [--jobs N] [--pack FOLDER] [--engine unix:///… [--wipe]] [LESSON...]"
    }
}
