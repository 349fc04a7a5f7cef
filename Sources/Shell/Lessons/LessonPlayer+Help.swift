import Basics
import Glibc
import Lessons
import Narration
import Replay
import Transcripts

/// What the learner can ask for within a lesson.
extension LessonPlayer {
    /// - Returns: the status.
    func perform(_ verb: String, _ arguments: [String]) throws -> Int32 {
        guard arguments.isEmpty else {
            complain(LessonPhrase.usage.text(language))
            return 2
        }
        switch verb {
        case "next":
            try advance()
            try tellStep()
        case "check": check()
        case "hint": hint()
        case "show": show()
        case "skip": try skip()
        case "undo": try undo()
        default:
            tell(.resetDone)
            try beginAnew()
        }
        return 0
    }

    // MARK: check, hint, show

    private func check() {
        guard session.step != nil else { return tell(.doneAlready) }
        for (check, outcome, isInvariant) in session.outcomes() {
            let values = session.play.keptValues
            switch outcome {
            case .passed where isInvariant: break
            case .passed: say(teller.good(teller.item("✓", "\(check.text(language, values: values))")))
            case .failed(let found):
                let word = isInvariant ? teller.text(.checkStill) : teller.text(.checkFails)
                say(teller.bad(teller.item("✗", "\(word): \(check.text(language, found: found, values: values))")))
            case .notReached(let why):
                let text = check.text(language, values: values)
                say(teller.bad(teller.item("?", "\(text) (\(LessonPhrase.checkUnknown.text(language, why)))")))
            }
        }
        do { try advance() } catch { report(error) }
    }

    /// Three tiers: what is missing, how it is done, the command.
    private func hint() {
        guard let step = session.step else { return tell(.doneAlready) }
        session.tier = min(3, session.tier + 1)
        recorder.write(.lesson(.hint(tier: session.tier)))
        switch session.tier {
        case 1:
            guard let missing = session.outcomes().first(where: { !$0.outcome.hasPassed }) else { return tell(.hintNothing) }
            var found: Observation?
            if case .failed(let observation) = missing.outcome { found = observation }
            tell(.hintState, missing.check.text(language, found: found, values: session.play.keptValues))
            say(teller.aside(teller.text(.hintMore)))
        case 2:
            say(teller.prose(step.hint[language]))
            say(teller.aside(teller.text(.hintMore)))
        default:
            guard let command = session.nextCommand ?? step.commands.last else { return }
            tell(.hintNext, "`\(command.text)`")
            tellTyped(command, .hintTyped)
        }
    }

    private func show() {
        guard session.step != nil else { return tell(.doneAlready) }
        recorder.write(.lesson(.show))
        guard let command = session.nextCommand else { return tell(.showEnd) }
        if stage.prefill(command.text) { tell(.showFilled) } else { tell(.hintNext, "`\(command.text)`") }
        tellTyped(command, .showTyped)
    }

    /// What is typed into a command, each on a line of its own: with commas between, they would be typed, too.
    private func tellTyped(_ command: LessonCommand, _ phrase: LessonPhrase) {
        if command.keys.isEmpty { return }
        tell(phrase)
        for keys in command.keys { say("    " + keys.text) }
    }

    // MARK: skip, undo, reset

    /// Runs the step's own commands, from where the step began.
    private func skip() throws {
        guard let step = session.step else { return tell(.doneAlready) }
        let runs = try session.journal().effectiveRuns
        let changes = Set(session.entry.changes)
        let own = runs.filter { $0.step == step.id }.map(\.number)
        if own.contains(where: changes.contains) {
            tell(.skipRebuild)
            try rebuild(runs.filter { $0.step != step.id })
            for number in own.reversed() { recorder.write(.lesson(.undo(command: number))) }
            session.entry.changes.removeAll(where: own.contains)
            try session.enter(step)
        }
        tell(.skipRuns)
        recorder.write(.lesson(.skip(step: step.id)))
        if !session.entry.skipped.contains(step.id) { session.entry.skipped.append(step.id) }
        try solve(step)
        // The learner's own way so far may lead elsewhere: an image that was committed with another command.
        if missing != nil { try solveAll(upTo: step) }
        if let missing { tell(.skipFailed, missing.text(language, values: session.play.keptValues)) }
        try advance()
    }

    /// The first thing that does not hold.
    private var missing: Check? { session.outcomes().first { !$0.outcome.hasPassed }?.check }

    private func solve(_ step: LessonStep) throws {
        let runner = try LessonRebuild(session: session, settings: stage.settings, environment: stage.environment).lineRunner()
        for command in step.commands { try run(command, by: runner) }
    }

    /// Does every step up to one, on an empty state.
    private func solveAll(upTo last: LessonStep) throws {
        tell(.skipOther)
        let entry = session.entry
        try session.host.empty()
        try session.fetchImages()
        chdir(session.place.home)
        recorder.write(.lesson(.reset))
        session.restart()
        session.entry = LessonProgress.Entry(asked: entry.asked, isFull: entry.isFull)
        for step in session.steps {
            try session.enter(step)
            recorder.write(.step(step.id))
            recorder.write(.lesson(.skip(step: step.id)))
            session.entry.skipped.append(step.id)
            try solve(step)
            if step.id == last.id { return }
            session.play.finish(step)
            session.entry.done.append(step.id)
        }
    }

    private func run(_ command: LessonCommand, by runner: LineRunner) throws {
        say(teller.heading("\(place)> ") + command.text)
        recorder.begin(command.text, isSolution: true)
        runner.terminal.heard = { [recorder] stream, bytes in
            try? writeAll(stream == 1 ? 1 : 2, bytes)
            recorder.heard(stream == 1 ? .out : .err, bytes)
        }
        let result = try runner.run(command.text, keys: command.keys)
        recorder.end(code: result.outcome.status, typed: command.keys.map(\.text))
        session.note(command.text, number: recorder.number, output: recorder.output, errors: recorder.errors, code: result.outcome.status)
        if let subnet = session.learnNetwork() { recorder.write(.network(subnet)) }
    }

    /// Makes the state anew without the last command that changed something.
    private func undo() throws {
        let runs = try session.journal().effectiveRuns
        guard let number = session.entry.changes.last, let last = runs.first(where: { $0.number == number }) else {
            return tell(.undoNothing)
        }
        let before = runs.filter { $0.number < number }
        tell(.undoRuns, last.line, "\(before.count)")
        try rebuild(before)
        // What came after it changed nothing, but might on a state without it: it goes with it.
        for run in runs.reversed() where run.number >= number { recorder.write(.lesson(.undo(command: run.number))) }
        session.entry.changes.removeLast()
        if let step = session.steps.first(where: { $0.id == last.step }) {
            let later = session.steps.drop { $0.id != step.id }.map(\.id)
            session.entry.done.removeAll(where: later.contains)
            if last.isSolution { session.entry.skipped.removeAll { $0 == step.id } }
            try session.enter(step)
        }
        tell(.undoDone)
        try tellStep()
    }

    func rebuild(_ runs: [TranscriptRun]) throws {
        var rebuild = LessonRebuild(session: session, settings: stage.settings, environment: stage.environment)
        rebuild.told = { [teller] line in say(teller.aside("↻ " + line)) }
        rebuild.failed = { [language] phrase, line in complain(phrase.text(language, line)) }
        let here = absolute(".")
        defer { if chdir(here) != 0 { chdir(session.place.home) } }
        try rebuild.run(runs)
    }

    /// The lesson from its first step on, with nothing of what was done.
    func beginAnew() throws {
        try session.host.empty()
        chdir(session.place.home)
        recorder.write(.lesson(.reset))
        session.entry = LessonProgress.Entry(isFull: session.entry.isFull)
        session.restart()
        try pull()
        try begin()
    }
}
