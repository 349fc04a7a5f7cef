import Basics
import Glibc
import Lessons
import Narration
import Replay
import Transcripts

/// What the player asks of the shell that it plays in.
protocol LessonStage: AnyObject {
    var settings: Settings { get set }
    var environment: Environment { get set }
    var teller: LessonTeller { get }
    /// Puts a line at the next prompt; false when there is no prompt to put it at.
    func prefill(_ line: String) -> Bool
    /// Whether there is somebody at a terminal.
    var canAsk: Bool { get }
    /// Asks a question; nil when it is given up.
    func ask(_ question: String) -> String?
    /// Runs a Docker command for the lesson itself, visibly.
    func runVisibly(_ words: [String]) -> Int32
}

/// Plays a lesson in the shell: tells what to do, sees what was done, helps.
final class LessonPlayer {
    let session: LessonSession
    let recorder: Recorder
    unowned let stage: any LessonStage
    /// What the shell had before the lesson.
    private let outside: (settings: Settings, environment: Environment, directory: String)
    /// The learner's own recording beside the journal.
    private var ownRecording: String?

    var teller: LessonTeller { stage.teller }
    var language: Language { stage.settings.language }

    private init(_ session: LessonSession, _ recorder: Recorder, _ stage: any LessonStage) {
        self.session = session
        self.recorder = recorder
        self.stage = stage
        outside = (stage.settings, stage.environment, absolute("."))
    }

    func tell(_ phrase: LessonPhrase, _ values: String...) {
        say(teller.prose(phrase.text(language, values)))
    }

    // MARK: Beginning and end

    /// Begins a lesson, or goes on with it.
    /// - Throws: when it can't be prepared; nothing of the shell's has changed then.
    static func start(_ options: LessonStartOptions, on stage: any LessonStage, recorder: Recorder) throws -> LessonPlayer {
        let language = stage.settings.language
        if geteuid() != 0 { throw DrydockError(.unauthorized, Phrase.notRoot.text(language, "drydock lesson start")) }
        if stage.settings.host != nil { throw DrydockError(.unsupported, LessonPhrase.needsOwnEngine.text(language)) }
        let catalogue = try LessonCatalogue(folder: options.pack, environment: stage.environment)
        let progress = try LessonProgress.load(stage.settings.root)
        let number = try options.name.map { try catalogue.find($0, language) } ?? catalogue.next(progress)
        guard let number else { throw DrydockError(.notFound, LessonPhrase.allDone.text(language)) }
        let (file, lesson) = catalogue.lessons[number]
        let place = LessonPlace(lesson.id, mainRoot: stage.settings.root, environment: stage.environment)
        say(stage.teller.text(.preparing))
        var entry = progress[lesson.id]
        if options.isFull {
            guard !lesson.fullImages.isEmpty else {
                throw DrydockError(.notFound, LessonPhrase.noFull.text(language, lesson.id), advice: catalogue.fullAdvice(language))
            }
            entry.isFull = true
        }
        let session = try LessonSession(file, place, entry)
        let player = LessonPlayer(session, recorder, stage)
        try player.openJournal()
        do {
            if let path = options.record { try player.record(to: path) }
            try player.open()
        } catch {
            player.close()
            throw error
        }
        return player
    }

    private func header() -> TranscriptHeader {
        let size = Terminal.size(1)
        return TranscriptHeader(
            started: Timestamp.now().description, lesson: session.lesson.id, lessonDigest: session.digest, language: language.rawValue,
            columns: Int(size.columns), rows: Int(size.rows))
    }

    private func openJournal() throws {
        let path = session.place.journal
        let texts = session.publicTexts
        var status = stat()
        if stat(path, &status) == 0, status.st_size > 0 {
            recorder.add(try TranscriptWriter.resume(path, publicTexts: texts).writer, first: true)
        } else {
            recorder.add(try TranscriptWriter(creating: path, header(), publicTexts: texts), first: true)
        }
    }

    /// Moves the shell into the lesson and tells where it stands.
    private func open() throws {
        stage.settings.root = session.place.root
        stage.environment["DRYDOCK_REGISTRY"] = "lab"
        stage.environment["DOCKER_CONFIG"] = session.place.configuration
        if chdir(session.place.home) != 0 { throw DrydockError(.failed, "cannot go to \(session.place.home)", errno: .current) }
        try session.host.fillHub()
        if session.entry.isDone || session.entry.isBegun && session.step != nil {
            try goOn()
        } else {
            try pull()
            try begin()
        }
    }

    func pull() throws {
        for image in session.host.missing(session.lesson.images) where stage.runVisibly(["pull", image]) != 0 {
            throw DrydockError(.failed, "the image \(image) could not be fetched")
        }
        if session.entry.isFull, !session.host.missing(session.lesson.fullImages).isEmpty {
            tell(.fullFetch, session.lesson.fullImages.joined(separator: ", "))
            try session.fetchImages()
        }
    }

    func begin() throws {
        say("\n" + teller.heading("\(session.lesson.section)  \(session.lesson.title[language])"))
        tell(.place, session.place.home)
        say("\n" + teller.prose(session.lesson.introduction[language]) + "\n")
        guard let first = session.steps.first else { return }
        try session.enter(first)
        try tellStep()
        say(teller.aside(teller.text(.howTo)))
        try advance()
    }

    private func goOn() throws {
        say("\n" + teller.heading("\(session.lesson.section)  \(session.lesson.title[language])"))
        if !session.entry.isDone { tell(.goesOn) }
        tell(.place, session.place.home)
        try pull()
        // Containers don't outlive the machine that they ran on.
        if !session.entry.boot.isEmpty, session.entry.boot != LessonSession.boot {
            tell(.rebootRebuild)
            try rebuild(try session.journal().effectiveRuns)
        }
        session.entry.boot = ""
        if let subnet = session.learnNetwork() { noteNetwork(subnet) }
        // Done without the steps that have come with --full.
        if session.entry.isDone, let left = session.steps.first(where: { !session.entry.done.contains($0.id) }) { try session.enter(left) }
        guard let step = session.step else { return tell(.doneAlready) }
        try session.goOn(with: step)
        try tellStep()
        say(teller.aside(teller.text(.howTo)))
        try advance()
    }

    /// Leaves the lesson; the shell is as it was.
    func quit() {
        let running = session.host.runningContainers
        session.entry.boot = running > 0 ? LessonSession.boot : ""
        do { try session.save() } catch { report(error) }
        session.host.end()
        close()
        say(teller.text(session.entry.isDone ? .quitDone : .quitWords))
        if running > 0 { tell(.quitRunning, "\(running)", session.lesson.id) }
    }

    private func close() {
        recorder.remove(session.place.journal, ends: false)
        if let ownRecording {
            recorder.remove(ownRecording, ends: true)
            say(LessonPhrase.recordOff.text(language, ownRecording))
        }
        stage.settings.root = outside.settings.root
        stage.settings.host = outside.settings.host
        for name in ["DRYDOCK_REGISTRY", "DOCKER_CONFIG"] { stage.environment[name] = outside.environment[name] }
        _ = chdir(outside.directory)
    }

    // MARK: Steps

    /// `2.3.1-commit 2/4`, for the prompt.
    var place: String {
        let steps = session.steps.count
        return "\(session.lesson.id) \(session.index.map { "\($0 + 1)/\(steps)" } ?? "✓")"
    }

    func tellStep() throws {
        guard let step = session.step, let index = session.index else { return tell(.doneAlready) }
        recorder.write(.step(step.id))
        let heading = LessonPhrase.stepOf.text(language, "\(index + 1)", "\(session.steps.count)", step.title[language])
        say(teller.heading(heading) + "\n" + teller.prose(step.goal[language]))
        for prediction in step.predictions where stage.canAsk && !session.entry.asked.contains("\(step.id)/\(prediction.id)") {
            ask(prediction, of: step)
        }
    }

    /// A line of the learner's has been run.
    func ran(_ line: String, code: Int32) {
        do {
            session.note(line, number: recorder.number, output: recorder.output, errors: recorder.errors, code: code)
            if let subnet = session.learnNetwork() { noteNetwork(subnet) }
            try advance()
        } catch { report(error) }
    }

    private func noteNetwork(_ subnet: String) {
        recorder.write(.network(subnet))
        if subnet != LessonNetwork.usual, session.speaksOfAddresses { tell(.network, subnet) }
    }

    /// Goes on as long as steps are done: the next one's goal may have been reached already.
    func advance() throws {
        while let done = try session.finishIfDone() {
            say("\n" + teller.good("✓ " + LessonPhrase.stepDone.text(language, done.title[language])))
            if !done.explanation.isEmpty { say(teller.prose(done.explanation[language])) }
            say("")
            if session.entry.isDone { return tellEnd() }
            try tellStep()
        }
        try session.save()
    }

    private func tellEnd() {
        if !session.lesson.ending.isEmpty { say(teller.prose(session.lesson.ending[language]) + "\n") }
        let skipped = session.entry.skipped.count
        say(teller.good(skipped == 0 ? teller.text(.lessonDone) : LessonPhrase.lessonDoneSkipped.text(language, "\(skipped)")))
        tell(.doneAlready)
    }

    // MARK: Questions

    /// Asks until the answer is right or none: each wrong one is told why.
    private func ask(_ prediction: Prediction, of step: LessonStep) {
        let key = "\(step.id)/\(prediction.id)"
        var text = "\n" + teller.heading("? ") + teller.prose(prediction.question[language])
        for (number, choice) in prediction.choices.enumerated() { text += "\n" + teller.item("  \(number + 1).", choice.text[language]) }
        let question = LessonPhrase.predictChoose.text(language, "\(prediction.choices.count)")
        var isFirst = true
        while true {
            if isFirst { say(text) }
            isFirst = false
            guard let answer = stage.ask(question) else { break }
            let word = answer.split(separator: " ").joined()
            if word.isEmpty { break }
            guard let number = Int(word), prediction.choices.indices.contains(number - 1) else {
                tell(.predictNumber, "\(prediction.choices.count)")
                continue
            }
            let choice = prediction.choices[number - 1]
            recorder.write(.prediction(id: prediction.id, choice: number - 1))
            let reply = teller.item(choice.isRight ? "✓" : "✗", choice.explanation[language])
            say(choice.isRight ? teller.good(reply) : teller.bad(reply))
            if choice.isRight { break }
        }
        say("")
        session.entry.asked.append(key)
    }

    // MARK: Recording

    /// Writes what the learner does to a file of his own, too, from the lesson's beginning on.
    func record(to path: String) throws {
        if let ownRecording { throw DrydockError(.conflict, LessonPhrase.recordAlready.text(language, ownRecording)) }
        if path.hasPrefix(session.place.home + "/") {
            throw DrydockError(
                .invalid, LessonPhrase.recordInside.text(language, path, session.place.home))
        }
        if let bytes = try? readFile(path, limit: TranscriptReader.fileLimit), !bytes.isEmpty {
            guard let old = try? TranscriptReader.read(bytes, toleratesTornEnd: true), old.header.lesson == session.lesson.id else {
                throw DrydockError(.conflict, "\(path) is there already and no recording of this lesson", advice: "name another file")
            }
        }
        // The journal has everything, also what was done while nothing was recorded here.
        let journal = try readFile(session.place.journal, limit: TranscriptReader.fileLimit)
        try FileReplacement.write(journal, to: path)
        chmod(path, 0o600)
        recorder.add(try TranscriptWriter.resume(path, publicTexts: session.publicTexts).writer, first: false)
        ownRecording = path
        say(LessonPhrase.recordOn.text(language, path))
    }

    /// The learner's own recording has been ended.
    func forgetRecording() { ownRecording = nil }
    var recording: String? { ownRecording }
}
