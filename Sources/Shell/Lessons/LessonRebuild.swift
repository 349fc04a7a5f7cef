import Basics
import Glibc
import Lessons
import Narration
import Replay
import Transcripts

/// Makes a lesson's state anew by running what its journal says again: an engine has no way back from a removed container.
struct LessonRebuild {
    let session: LessonSession
    let settings: Settings
    let environment: Environment
    /// Hears each line before it is run again.
    var told: (String) -> Void = { _ in }
    /// Hears of a line that could not be run as it was.
    var failed: (LessonPhrase, String) -> Void = { _, _ in }

    /// Empties the state and runs commands again.
    /// - Parameter runs: in order.
    /// - Throws: when the state can't be made at all; what single commands end with is theirs.
    func run(_ runs: [TranscriptRun]) throws {
        try session.host.empty()
        try session.fetchImages()
        session.restart()
        let runner = try lineRunner()
        var under: LessonStep?
        for run in runs {
            if let id = run.step, id != under?.id, let step = session.steps.first(where: { $0.id == id }) {
                if let under { session.play.finish(under) }
                try session.play.begin(step)
                under = step
            }
            told(run.line)
            if chdir(run.directory) != 0 { chdir(session.place.home) }
            if run.isRedacted { failed(.rebuildLost, run.line) }
            if try runner.run(run.line, keys: run.inputs.map(Keys.init)).isLate { failed(.undoLate, run.line) }
        }
        if let under { session.play.finish(under) }
        session.entry.values = session.play.keptValues
        try session.host.renew()
    }

    /// Runs lines as the shell would, without narration.
    func lineRunner() throws -> LineRunner {
        var quiet = settings
        quiet.narration = .off
        quiet.isStepping = false
        quiet.breakpoints = []
        // Editors whose keys are typed again need a screen.
        return try LineRunner(settings: quiet, environment: environment, term: "xterm")
    }
}
