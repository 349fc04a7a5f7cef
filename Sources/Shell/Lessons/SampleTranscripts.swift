import Basics
import Grading
import Lessons
import Replay
import Transcripts

/// Transcripts of a lesson as different learners would leave them, recorded from real runs: what grading is tried with.
struct SampleTranscripts {
    enum Kind: String, CaseIterable {
        /// The lesson's own commands.
        case perfect
        /// Everything, with slips, looks around and a false start in between.
        case detour
        /// Only the first step.
        case half
        /// The outputs of a perfect one above commands that do nothing.
        case forged
    }

    let lesson: Lesson
    let digest: String

    /// Plays the lesson on a host and takes down what happens.
    func record(_ kind: Kind, on host: any LineHost) throws -> Transcript {
        var header = TranscriptHeader(started: "2026-01-01T00:00:00Z", lesson: lesson.id, lessonDigest: digest)
        (header.columns, header.rows) = (120, 40)
        var transcript = Transcript(header: header)
        let audience = TrialAudience(isDrydock: true, isFull: false)
        let play = LessonPlay(lesson, on: host)
        for (place, step) in lesson.steps.filter(audience.plays).enumerated() {
            try play.begin(step)
            transcript.add(.step(step.id))
            if kind == .half, place > 0 { break }
            if kind == .detour { for line in Self.detours(place) { try run(line, [], play, &transcript, kind) } }
            for command in step.commands { try run(command.text, command.keys, play, &transcript, kind) }
            play.finish(step)
        }
        transcript.add(.end)
        return transcript
    }

    private func run(_ line: String, _ keys: [Keys], _ play: LessonPlay, _ transcript: inout Transcript, _ kind: Kind) throws {
        let result = try play.run(line, keys: keys)
        let number = transcript.runs.count + 1
        transcript.add(.command(number: number, line: kind == .forged ? "true" : line, directory: "~", isSolution: false))
        for key in keys { transcript.add(.input(number: number, text: key.text, isRedacted: false)) }
        if !result.output.isEmpty { transcript.add(.output(number: number, stream: .out, text: result.output)) }
        if !result.errors.isEmpty { transcript.add(.output(number: number, stream: .err, text: result.errors)) }
        transcript.add(.exit(number: number, code: Int(result.code)))
    }

    /// What people type besides; none of it changes what a lesson's checks look at.
    private static func detours(_ place: Int) -> [String] {
        [
            ["docker iamges", "ls -la", "docker version --format '{{.Client.Version}}'"], ["docker ps -aq", "echo hm"],
            ["docker run ubuntu:14:04 true", "pwd"], ["docker inspect nothing-of-that-name", "docker info > /dev/null"],
        ][place % 4]
    }
}

extension Transcript {
    /// With half a second between events.
    fileprivate mutating func add(_ kind: TranscriptEvent.Kind) {
        events.append(TranscriptEvent(time: (events.last?.time ?? 0) + 500, kind))
    }

    /// As a file.
    var text: String { ([header.line] + events.map(\.line)).map { $0 + "\n" }.joined() }
}
