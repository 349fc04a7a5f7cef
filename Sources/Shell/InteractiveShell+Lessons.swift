import Basics
import Glibc
import Narration
import Transcripts

/// Lessons and recordings in the shell.
extension InteractiveShell: LessonStage {
    var teller: LessonTeller { LessonTeller(language, Appearance(descriptor: 1, environment: environment)) }

    func prefill(_ line: String) -> Bool {
        guard terminal != nil, case .loaded(let library) = Readline.shared else { return false }
        library.prefill = line
        return true
    }

    var canAsk: Bool { terminal != nil && input != nil }

    func ask(_ question: String) -> String? {
        guard terminal != nil, let input, case .line(let answer) = input.reader.read(prompt: question) else { return nil }
        return answer
    }

    func runVisibly(_ words: [String]) -> Int32 {
        let (before, heard) = (recorder, status)
        // What prepares a lesson is no doing of the learner's.
        recorder = nil
        defer { recorder = before }
        runSelf("docker", words)
        defer { restoreStatus(heard) }
        return status
    }

    // MARK: lesson

    /// - Returns: the status.
    func lesson(_ arguments: [String]) -> Int32 {
        let rest = Array(arguments.dropFirst())
        do {
            switch arguments.first {
            case "start": return try startLesson(rest)
            case "quit" where rest.isEmpty:
                guard player != nil else { break }
                quitLesson()
                return 0
            case "reset" where rest.isEmpty: break
            case let verb? where LessonWords.short.contains(verb) && verb != "reset": break
            default: return try LessonsCommand(settings: mainSettings, environment: environment).run(arguments)
            }
            guard let player, let verb = arguments.first else {
                complain(LessonPhrase.notUnderWay.text(language))
                return 1
            }
            return try player.perform(verb, rest)
        } catch {
            report(error)
            return 1
        }
    }

    /// The learner's own settings, also while a lesson has others.
    private var mainSettings: Settings {
        var settings = settings
        if let player { settings.root = player.session.place.mainRoot }
        return settings
    }

    private func startLesson(_ words: [String]) throws -> Int32 {
        guard let options = LessonStartOptions(words) else {
            complain(LessonPhrase.usage.text(language))
            return 2
        }
        if player != nil { quitLesson() }
        let recorder = recorder ?? makeRecorder()
        do {
            player = try LessonPlayer.start(options, on: self, recorder: recorder)
            self.recorder = recorder
        } catch {
            if recorder.isEmpty { self.recorder = nil }
            throw error
        }
        return 0
    }

    func quitLesson() {
        player?.quit()
        player = nil
        if recorder?.isEmpty == true { recorder = nil }
    }

    /// The shell ends.
    func close() {
        quitLesson()
        for path in recorder?.paths ?? [] { recorder?.remove(path, ends: true) }
        recorder = nil
    }

    private func makeRecorder() -> Recorder {
        Recorder { [unowned self] error, _ in complain("drydock: " + LessonPhrase.recordFailed.text(language, "\(error)")) }
    }

    // MARK: record

    /// - Returns: the status.
    func record(_ arguments: [String]) -> Int32 {
        // A lesson's own folder is emptied by undo and reset.
        let folder = player.map { absolute($0.session.place.home + "/..") } ?? absolute(".")
        let name = arguments.count == 2 ? arguments[1] : "drydock-\(randomHex(bytes: 3)).ndjson"
        let path = name.hasPrefix("/") ? absolute(name) : absolute("\(folder)/\(name)")
        do {
            switch (arguments.first, arguments.count) {
            case ("start", 1...2):
                if let recording {
                    throw DrydockError(.conflict, LessonPhrase.recordAlready.text(language, recording))
                }
                if let player { try player.record(to: path) } else { try startRecording(path) }
            case ("stop", 1):
                guard let recording else { throw DrydockError(.conflict, LessonPhrase.recordNone.text(language)) }
                recorder?.remove(recording, ends: true)
                player?.forgetRecording()
                if player == nil { recorder = nil }
                say(LessonPhrase.recordOff.text(language, recording))
            case (nil, 0):
                say(recording.map { LessonPhrase.recordWhere.text(language, $0) } ?? LessonPhrase.recordNone.text(language))
            case ("--help", 1), ("-h", 1): say(LessonPhrase.recordUsage.text(language))
            default:
                complain(LessonPhrase.recordUsage.text(language))
                return 2
            }
            return 0
        } catch {
            report(error)
            return 1
        }
    }

    /// The learner's own recording.
    private var recording: String? {
        player.map(\.recording) ?? recorder?.paths.first
    }

    /// Outside of lessons: a new file, or one that goes on.
    private func startRecording(_ path: String) throws {
        let recorder = recorder ?? makeRecorder()
        var status = stat()
        if stat(path, &status) == 0, status.st_size > 0 {
            recorder.add(try TranscriptWriter.resume(path).writer, first: true)
        } else {
            let size = Terminal.size(1)
            let header = TranscriptHeader(
                started: Timestamp.now().description, language: language.rawValue, columns: Int(size.columns), rows: Int(size.rows))
            recorder.add(try TranscriptWriter(creating: path, header), first: true)
        }
        self.recorder = recorder
        say(LessonPhrase.recordOn.text(language, path))
    }
}
