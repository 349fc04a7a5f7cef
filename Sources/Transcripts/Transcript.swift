/// What a learner did at the shell: the commands in order, what was typed into them, what they printed.
///
/// A file of it is newline-delimited JSON: a header, then one event a line, never rewritten. It is the learner's own and proves nothing
/// by itself; who grades replays it.
public struct Transcript: Sendable, Hashable {
    public var header: TranscriptHeader
    public var events: [TranscriptEvent]

    public init(header: TranscriptHeader, events: [TranscriptEvent] = []) {
        self.header = header
        self.events = events
    }

    /// It was closed by its `end` and not gone on with since.
    public var hasEnded: Bool { events.last?.kind == .end }
}

/// The first line.
public struct TranscriptHeader: Sendable, Hashable {
    /// The only version that there is.
    public static let version = 1

    /// When it was begun, RFC 3339.
    public var started: String
    /// The lesson's id; nil for a recording outside of lessons.
    public var lesson: String?
    /// SHA-256 of the lesson's file in hexadecimal digits, as the learner had it.
    public var lessonDigest: String?
    /// `en` or `ko`.
    public var language: String
    /// The terminal's size in the beginning.
    public var columns: Int
    public var rows: Int

    public init(
        started: String, lesson: String? = nil, lessonDigest: String? = nil, language: String = "en", columns: Int = 80, rows: Int = 24
    ) {
        self.started = started
        self.lesson = lesson
        self.lessonDigest = lessonDigest
        self.language = language
        self.columns = columns
        self.rows = rows
    }
}

/// Something that happened, and when.
public struct TranscriptEvent: Sendable, Hashable {
    /// Milliseconds since the transcript was begun; never less than the event's before.
    public var time: Int
    public var kind: Kind

    public init(time: Int, _ kind: Kind) {
        self.time = time
        self.kind = kind
    }

    public enum Kind: Sendable, Hashable {
        /// The lesson's step of that id has begun, or the learner is back at it.
        case step(String)
        /// A line was run. Numbers count up from 1 without gaps.
        /// - isSolution: the lesson ran it for the learner, who skipped the step.
        case command(number: Int, line: String, directory: String, isSolution: Bool)
        /// Something was typed into the command that runs, as `Keys` has it; without its text when that was a password.
        case input(number: Int, text: String, isRedacted: Bool)
        case output(number: Int, stream: Stream, text: String)
        /// The command ended. It is missing for one in whose course the recording broke off.
        case exit(number: Int, code: Int)
        /// A question was answered by its choice, counted from 0.
        case prediction(id: String, choice: Int)
        /// The learner asked for something of the lesson.
        case lesson(LessonVerb)
        /// Containers of this engine get their addresses here, since 172.17.0.0/16 belongs to somebody else on the learner's machine:
        /// lessons say 172.17.0.2, and these commands say what they say of this network.
        case network(String)
        /// The terminal has another size now.
        case size(columns: Int, rows: Int)
        /// The recording goes on in another session, after an end or a crash.
        case resume
        case end
    }

    public enum Stream: String, Sendable, Hashable, CaseIterable {
        case out
        case err
    }

    /// A wish of the learner's that a grade may tell of.
    public enum LessonVerb: Sendable, Hashable {
        /// Of the step under way, in tiers from 1.
        case hint(tier: Int)
        case show
        /// The step was left to the lesson; its commands follow, marked as a solution.
        case skip(step: String)
        /// The command of that number never was: everything else was run again without it.
        case undo(command: Int)
        /// The lesson began anew, with nothing of what was done before.
        case reset
    }
}
