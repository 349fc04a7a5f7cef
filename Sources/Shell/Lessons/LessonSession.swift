import Basics
import Glibc
import Lessons
import Narration
import Replay
import Transcripts

/// A lesson under way: which step, what holds, what the learner has done. Says nothing itself.
final class LessonSession {
    let place: LessonPlace
    let host: LessonHost
    private(set) var lesson: Lesson
    /// The lesson's file as it is, of which addresses are still Docker's usual ones.
    private let source: String
    private(set) var play: LessonPlay
    var entry: LessonProgress.Entry
    /// How much of a hint the learner has had in this step.
    var tier = 0
    /// The lines that were run in this step.
    private(set) var lines: [String] = []
    private var subnet = LessonNetwork.usual
    private var fingerprint = ""

    private var audience: TrialAudience { TrialAudience(isDrydock: true, isFull: entry.isFull) }

    /// - Parameter file: the lesson's.
    init(_ file: String, _ place: LessonPlace, _ entry: LessonProgress.Entry) throws {
        let bytes = try readFile(file, limit: LessonParser.limit + 1)
        source = String(decoding: bytes, as: UTF8.self)
        lesson = try LessonLibrary.load(file)
        self.place = place
        self.entry = entry
        try place.prepare()
        host = try LessonHost(place)
        play = LessonPlay(lesson, on: host, values: entry.values)
    }

    var digest: String { ContentDigest.text(Array(source.utf8)) }

    /// The steps that make sense with the images that are there.
    var steps: [LessonStep] { lesson.steps.filter(audience.plays) }
    /// The place of the step under way; nil when all are done.
    var index: Int? { entry.isDone ? nil : steps.firstIndex { $0.id == entry.step } }
    var step: LessonStep? { index.map { steps[$0] } }

    /// Texts that may look like passwords and are the lesson's own.
    var publicTexts: [String] { lesson.steps.flatMap(\.commands).flatMap { [$0.text] + $0.keys.map(\.text) } }

    /// Whether the lesson's text names addresses of containers.
    var speaksOfAddresses: Bool { source.split(separator: "172.17.", maxSplits: 1, omittingEmptySubsequences: false).count > 1 }

    // MARK: Steps

    /// Begins a step, or begins it again.
    func enter(_ step: LessonStep) throws {
        entry.step = step.id
        entry.isDone = false
        tier = 0
        lines = []
        try play.begin(step)
        fingerprint = files
        try save()
    }

    /// Goes on with a step in another session: its files are the learner's by now.
    func goOn(with step: LessonStep) throws {
        var plain = step
        plain.files = step.files.filter { host.readFile($0.path) == nil }
        try play.begin(plain)
        fingerprint = files
    }

    /// Takes note of a line that was run, as the recorder has heard it.
    /// - Parameter number: in the journal.
    func note(_ line: String, number: Int, output: [UInt8], errors: [UInt8], code: Int32) {
        try? host.renew()
        lines.append(line)
        play.note(CommandRunText.run(line, output, errors, code))
        let isChange = play.listen().contains(where: Self.changes)
        let now = files
        if isChange || now != fingerprint { entry.changes.append(number) }
        fingerprint = now
    }

    /// Whether a request has changed something: none that only asks, waits or fails.
    private static func changes(_ asked: (request: String, status: Int)) -> Bool {
        let words = asked.request.split(separator: " ", maxSplits: 1)
        guard words.count == 2, words[0] != "GET", words[0] != "HEAD", asked.status < 400 else { return false }
        let path = words[1].prefix { $0 != "?" }
        return !path.hasSuffix("/wait") && !path.hasSuffix("/resize") && !path.hasPrefix("/auth") && asked.status != 304
    }

    /// Names, sizes and times of the learner's files: what an editor or a redirection changes.
    private var files: String {
        var found: [String] = []
        var folders = [place.home]
        while let folder = folders.popLast(), found.count < 2000 {
            for name in ((try? folderNames(folder)) ?? []).prefix(2000 - found.count) {
                var status = stat()
                let path = "\(folder)/\(name)"
                guard lstat(path, &status) == 0 else { continue }
                if status.st_mode & S_IFMT == S_IFDIR { folders.append(path) }
                found.append("\(path) \(status.st_mode) \(status.st_size) \(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec)")
            }
        }
        return found.sorted().joined(separator: "\n")
    }

    // MARK: Checks

    /// What the step asks for and what must not have been broken, each as it is now.
    func outcomes() -> [(check: Check, outcome: CheckOutcome, isInvariant: Bool)] {
        guard let step else { return [] }
        let outcomes = play.judge(step.checks + step.invariants)
        return outcomes.enumerated().map { ($0.element.check, $0.element.outcome, $0.offset >= step.checks.count) }
    }

    /// Closes the step if all of it holds.
    /// - Returns: the step, when it is done now.
    func finishIfDone() throws -> LessonStep? {
        guard let step, !step.checks.isEmpty, outcomes().allSatisfy(\.outcome.hasPassed) else { return nil }
        play.finish(step)
        entry.values = play.keptValues
        if !entry.done.contains(step.id) { entry.done.append(step.id) }
        let next = (index ?? 0) + 1
        if next < steps.count { try enter(steps[next]) } else { entry.isDone = true }
        try save()
        return step
    }

    /// The command of the step that has not been run yet.
    var nextCommand: LessonCommand? {
        step?.commands.first { command in !lines.contains { Self.normal($0) == Self.normal(command.text) } }
    }

    private static func normal(_ line: String) -> String { line.split { $0 == " " || $0 == "\n" }.joined(separator: " ") }

    // MARK: State

    /// Fetches what the lesson begins with, without showing the lab hub's.
    func fetchImages() throws {
        try host.pull(lesson.images)
        guard entry.isFull else { return }
        try FullImages(mainRoot: place.mainRoot, environment: .inherited()).provide(host.missing(lesson.fullImages), to: place.root)
    }

    /// Forgets what was kept and run: the state has been made anew.
    func restart() {
        play = LessonPlay(lesson, on: host)
        lines = []
    }

    /// Learns where containers get their addresses, and says them so from then on.
    /// - Returns: the network, when it is another than the lesson has said so far.
    func learnNetwork() -> String? {
        guard let now = host.subnet, now != subnet else { return nil }
        subnet = now
        if let adapted = try? LessonParser.parse(LessonNetwork.adapt(source, to: now), file: lesson.file) { lesson = adapted }
        return now
    }

    /// Keeps how far the learner is.
    func save() throws {
        var progress = try LessonProgress.load(place.mainRoot)
        progress.current = lesson.id
        progress[lesson.id] = entry
        try progress.save(place.mainRoot)
    }

    /// Everything that was done so far.
    /// - Throws: `DrydockError` when the journal can't be read.
    func journal() throws -> Transcript {
        do {
            return try TranscriptReader.read(try readFile(place.journal, limit: TranscriptReader.fileLimit), toleratesTornEnd: true)
        } catch { throw DrydockError(.invalid, "\(place.journal) can't be read", cause: "\(error)", advice: "lesson reset begins anew") }
    }

    /// The machine's life: another one after it has been started anew.
    static var boot: String {
        String(decoding: ((try? readFile("/proc/sys/kernel/random/boot_id", limit: 100)) ?? []).prefix { $0 != 10 }, as: UTF8.self)
    }
}
