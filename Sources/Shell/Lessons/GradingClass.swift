import Basics
import Glibc
import Grading
import Lessons
import Narration
import Synchronization
import Transcripts

/// Grades many transcripts side by side, one on each processor, and goes on where it was interrupted.
final class GradingClass: Sendable {
    private let options: GradeOptions
    private let language: Language
    /// The lesson by which all are graded; nil for what each transcript names.
    private let wanted: String?
    private let lessons: [String: (lesson: Lesson, digest: String)]
    private let machine: ReplayOptions
    private let kept: ResultFolder?
    private let progress: GradeProgress
    private let state: Mutex<State>
    /// Of each lesson, what can be judged at all: found out once.
    private let reaches = Mutex<[String: LessonReach]>([:])

    private struct State {
        var next = 0
        var grades: [Grade?]
        var failure: (any Error)?
    }

    /// Reads the lessons and prepares what machines begin with.
    /// - Throws: `DrydockError` when there are no lessons, or machines can't be made here.
    init(_ options: GradeOptions, settings: Settings, environment: Environment) throws {
        self.options = options
        language = settings.language
        let library = try LessonLibrary(folder: options.pack, environment: environment)
        var lessons: [String: (lesson: Lesson, digest: String)] = [:]
        for file in library.files {
            let lesson = try LessonLibrary.load(file)
            lessons[lesson.id] = (lesson, ContentDigest.text(try readFile(file)))
        }
        self.lessons = lessons
        // By its section, too, where only one lesson has it.
        let same = lessons.values.map(\.lesson).filter { $0.section == options.lesson }
        wanted = options.lesson.map { lessons[$0] == nil && same.count == 1 ? same[0].id : $0 }
        if let wanted, lessons[wanted] == nil { throw Self.noLesson(wanted, lessons.keys.sorted(), language) }
        machine = try MachineFolder.options(settings: settings, environment: environment)
        kept = try options.results.map { try ResultFolder(absolute($0), language: settings.language) }
        progress = GradeProgress(total: options.files.count, environment: environment, language: settings.language)
        state = Mutex(State(grades: Array(repeating: nil, count: options.files.count)))
    }

    private static func noLesson(_ name: String, _ known: [String], _ language: Language) -> DrydockError {
        let (shown, guess) = (printable(name), closest(to: name, among: known))
        guard language == .korean else {
            return DrydockError(.notFound, "no lesson is called \(shown)", advice: guess.map { "Did you mean \($0)?" })
        }
        return DrydockError(.notFound, "실습을 찾을 수 없다: \(shown)", advice: guess.map { Phrase.didYouMean.text(language, $0) })
    }

    /// - Returns: the grades in the order of the files.
    /// - Throws: the first trouble of the grader's own; results that were kept stay kept.
    func gradeAll() throws -> [Grade] {
        let processors = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
        let count = min(options.jobs ?? processors, options.files.count)
        let threads = try (1..<count).map { slot in try Thread.start { [self] in work(slot) } }
        work(0)
        for thread in threads { thread.join(seconds: nil) }
        progress.finish()
        let (grades, failure) = state.withLock { ($0.grades, $0.failure) }
        if let failure { throw failure }
        let whole = grades.compactMap { $0 }
        try kept?.summarize(whole)
        return whole
    }

    private func work(_ slot: Int) {
        while let place = state.withLock({ state -> Int? in
            guard state.failure == nil, state.next < options.files.count else { return nil }
            defer { state.next += 1 }
            return state.next
        }) {
            do {
                let grade = try grade(options.files[place], slot)
                state.withLock { $0.grades[place] = grade }
                progress.step(grade.file)
            } catch { state.withLock { if $0.failure == nil { $0.failure = error } } }
        }
    }

    private func grade(_ file: String, _ slot: Int) throws -> Grade {
        var grade = Grade(file: file)
        let isKorean = language == .korean
        let bytes: [UInt8]
        do { bytes = try readFile(file, limit: TranscriptReader.fileLimit + 1) } catch {
            grade.refusal = isKorean ? "읽을 수 없다: \(error.text)" : "it can't be read: \(error.text)"
            return grade
        }
        let transcript: Transcript
        do { transcript = try TranscriptReader.read(bytes) } catch {
            grade.refusal = isKorean ? error.korean : error.description
            return grade
        }
        guard let name = wanted ?? transcript.header.lesson else {
            grade.refusal =
                isKorean ? "1번째 줄: 어느 실습인지 적혀 있지 않다. --lesson으로 정할 수 있다" : "line 1 names no lesson; --lesson gives one"
            return grade
        }
        guard let (lesson, digest) = lessons[name] else {
            let shown = printable(String(name.prefix(60)))
            grade.refusal = isKorean ? "1번째 줄: 여기에 없는 실습이다: \(shown)" : "line 1 names the lesson \(shown), which is not here"
            return grade
        }
        let key = ContentDigest.text(bytes + Array(digest.utf8))
        if let old = kept?.grade(of: key, file: file, lesson: lesson) { return old }
        let reach = try reach(of: lesson, slot)
        grade = try Grader(lesson: lesson, lessonDigest: digest, reach: reach, options: machine).grade(transcript, file: file, slot: slot)
        try kept?.keep(grade, key)
        return grade
    }

    private func reach(of lesson: Lesson, _ slot: Int) throws -> LessonReach {
        try reaches.withLock { reaches in
            if let known = reaches[lesson.id] { return known }
            var options = machine
            options.slot = slot
            let reach = try LessonReach(lesson, options: options)
            reaches[lesson.id] = reach
            return reach
        }
    }
}

/// Where replay machines find their programs and images.
enum MachineFolder {
    static func options(settings: Settings, environment: Environment) throws -> ReplayOptions {
        guard let own = ownExecutable() else { throw DrydockError(.failed, Phrase.noExecutable.text(settings.language)) }
        let programs = String(own.dropLast(baseName(own).count + 1))
        guard let lessons = LessonLibrary.ownFolder else {
            throw DrydockError(.notFound, "the lab hub's recipes are not beside drydock", advice: "run it from its checkout, built by make")
        }
        let images = try PreparedImages(
            folder: "/var/cache/drydock/replay-\(try stamp(of: programs + "/drydock-engine"))", programs: programs)
        return ReplayOptions(programs: programs, recipes: lessons + "/Images", images: images, arguments: ["/bin/true"])
    }

    /// What was prepared by another build isn't used by this one.
    private static func stamp(of path: String) throws -> String {
        var status = stat()
        guard stat(path, &status) == 0 else { throw DrydockError(.notFound, "there is no \(path)", errno: .current) }
        return String(status.st_mtim.tv_sec, radix: 16) + "-" + String(status.st_size, radix: 16)
    }
}
